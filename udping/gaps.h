/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_GAPS_H
#define UDPING_GAPS_H

#include <stddef.h>
#include <stdint.h>

#include "common/stats.h"

/*
 * The gaps between packets (spec 4.2): exponential, none longer than GAPS_CAP
 * means. They are drawn a block at a time, from each thousandth of the
 * distribution once and in random order, so that a block lasts exactly
 * GAPS_BLOCK means and varies as it should: independent draws of mean 20 ms
 * would be off by 3 % after 20 s, by chance alone. A part of a block, GAPS_PART
 * gaps, has one of each fiftieth.
 */
#define GAPS_CAP	10
#define GAPS_PART	50
#define GAPS_PARTS	20
#define GAPS_BLOCK	(GAPS_PART * GAPS_PARTS)

struct gaps {
	double		mean_ns;
	struct rng	rng;
	size_t		next;			/* of the block */
	double		gap_ns[GAPS_BLOCK];
};

/* mean_ns: at least 0. */
void	gaps_init(struct gaps *g, double mean_ns, uint64_t seed);
double	gaps_next(struct gaps *g);		/* ns */

#endif
