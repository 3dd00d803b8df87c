/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_VARIATION_H
#define THRULAY_VARIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/stats.h"

/*
 * Variation of one-way delay: the smoothed interarrival jitter of RFC 3550
 * section 6.4.1 over packets as they arrive, and |IPDV| of RFC 5481 section
 * 4.1 over neighbouring packet numbers in whatever order they arrive, as long
 * as fewer than VARIATION_RECENT numbers lie between the two arrivals.
 */
#define VARIATION_RECENT	1024	/* a power of 2 */

struct variation_packet {
	uint64_t	tag;		/* number + 1; 0: none */
	int64_t		delay_ns;
};

struct variation {
	double		jitter_ns;	/* RFC 3550 */
	int64_t		last_ns;	/* delay of the last arrival */
	bool		any;		/* arrived yet */
	struct quant	*ipdv;		/* ns */
	struct variation_packet recent[VARIATION_RECENT];
};

/* exact: how many differences are kept exactly. 0, or -1 with errno. */
int	variation_init(struct variation *v, size_t exact);
void	variation_free(struct variation *v);
/* sequence < UINT64_MAX, never the same twice. */
void	variation_add(struct variation *v, uint64_t sequence, int64_t delay_ns);

#endif
