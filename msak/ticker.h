/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_TICKER_H
#define MSAK_TICKER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/clock.h"
#include "common/stats.h"

/*
 * Ticks at random intervals without memory, spec 4.2: each wait is drawn anew
 * from an exponential distribution and then brought within bounds. The ticks
 * have absolute times: one that is handled late moves no other.
 */
struct ticker_law {
	int64_t	mean_ns, min_ns, max_ns;	/* min_ns > 0 */
};

/* Of measurements, and of the latency server's packets. */
#define TICKER_MEASUREMENT	{ 250 * CLOCK_NS_PER_MS, \
	100 * CLOCK_NS_PER_MS, 400 * CLOCK_NS_PER_MS }
#define TICKER_LATENCY		{ 25 * CLOCK_NS_PER_MS, \
	10 * CLOCK_NS_PER_MS, 40 * CLOCK_NS_PER_MS }

struct ticker {
	struct ticker_law	law;
	struct rng		rng;
	int64_t			due_ns;		/* of the next tick */
};

/* The first tick comes after the first wait. */
void	ticker_init(struct ticker *t, struct ticker_law law, uint64_t seed,
	    int64_t now_ns);
/*
 * Take what has come due: true when that was a tick. The ones that have passed
 * before it, while nobody came for them, are lost, so that due_ns is then
 * later than now_ns.
 */
bool	ticker_take(struct ticker *t, int64_t now_ns);

#endif
