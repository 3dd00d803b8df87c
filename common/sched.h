/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_SCHED_H
#define PL_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/stats.h"

/*
 * When packets are due: absolute times with constant gaps, or exponential ones
 * (a Poisson process, RFC 2330 section 11.1.1), without any rounding that
 * would add up. Reads no clock; times are ns of any one.
 */
struct sched {
	bool		constant;
	double		mean_ns;	/* gap */
	double		frac_ns;	/* of next_ns, [0,1) */
	int64_t		next_ns;
	struct rng	rng;
};

/* The first packet is due at start_ns; sched_advance at once for a gap before
 * it. gap_ns, mean_ns: at least 0. */
void	sched_constant(struct sched *s, double gap_ns, int64_t start_ns);
void	sched_poisson(struct sched *s, double mean_ns, uint64_t seed,
	    int64_t start_ns);

/* When the next packet is due. */
int64_t	sched_due(const struct sched *s);
/* It was sent: go on to the one after it. */
void	sched_advance(struct sched *s);
/* The same with a gap of the caller's own, at least 0. */
void	sched_step(struct sched *s, double gap_ns);
/* Give up what was missed: the next packet is due at now_ns. */
void	sched_restart(struct sched *s, int64_t now_ns);

#endif
