/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_REORDER_H
#define THRULAY_REORDER_H

#include <stddef.h>
#include <stdint.h>

#include "thrulay/thrulay.h"

/*
 * Reordering of a stream of packet numbers without duplicates, after spec 4.3
 * (j-reordering) and RFC 4737 (reordered packets and their extent). All zero
 * is an empty one.
 */
#define REORDER_RECENT	128	/* a power of 2 >= THRULAY_REORDER_MAX */
#define REORDER_GAPS	1024	/* a power of 2 */

/* A packet that came before all of its predecessors (RFC 4737 section 3.4,
 * sequence discontinuity). */
struct reorder_gap {
	uint64_t	sequence;	/* of the packet */
	uint64_t	index;		/* of its arrival */
};

struct reorder {
	uint64_t	count;		/* packets so far */
	uint64_t	next;		/* RFC 4737 NextExp */
	uint64_t	reordered;	/* came after a larger number */
	uint64_t	extent_max;	/* packets; a lower bound when the
					 * packet was jumped over more than
					 * REORDER_GAPS gaps ago */
	/* packets before which exactly so many larger ones came in a row */
	uint64_t	runs[THRULAY_REORDER_MAX + 1];
	uint64_t	recent[REORDER_RECENT];	/* ring by arrival */
	uint64_t	gap_count;
	struct reorder_gap gaps[REORDER_GAPS];	/* ring */
};

/* sequence < UINT64_MAX, never the same twice. */
void	reorder_add(struct reorder *r, uint64_t sequence);
/* m[j] of spec 4.3: how many packets are (j+1)-reordered. */
void	reorder_counts(const struct reorder *r,
	    uint64_t m[THRULAY_REORDER_MAX]);
/* Numbers below the largest one seen that are missing. */
uint64_t reorder_holes(const struct reorder *r);

#endif
