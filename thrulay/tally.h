/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_TALLY_H
#define THRULAY_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "thrulay/thrulay.h"

/*
 * What a stream achieved, in the present interval and in all (the present
 * interval included). RTTs in ns.
 */
struct quant;
struct tally {
	uint64_t	blocks, bytes;		/* of the interval */
	uint64_t	all_blocks, all_bytes;
	struct quant	*rtt, *all_rtt;
};

/* exact: how many RTTs are kept before histograms take over. 0 or -1. */
int	tally_init(struct tally *t, size_t exact);
void	tally_free(struct tally *t);
void	tally_add(struct tally *t, uint64_t blocks, uint64_t bytes,
	    const int64_t *rtt_ns, size_t n);
/* Fill the counts and RTTs of *out from the interval and begin a new one. */
void	tally_interval(struct tally *t, struct thrulay_interval *out);
void	tally_total(struct tally *t, struct thrulay_interval *out);
/* Order statistics of a quant as results carry them. */
void	tally_times(struct quant *q, struct thrulay_times *out);

#endif
