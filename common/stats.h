/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_STATS_H
#define PL_STATS_H

#include <stddef.h>
#include <stdint.h>

/* Count, extremes, mean and variance of a series (Welford; merge after Chan
 * et al.). All zero is an empty one. */
struct stats {
	uint64_t	n;
	double		min, max;
	double		mean;
	double		m2;		/* sum of squared deviations */
};

void	stats_add(struct stats *s, double v);
void	stats_merge(struct stats *s, const struct stats *other);
/* Population variance; 0 for fewer than two values. */
double	stats_variance(const struct stats *s);
/* Standard deviation over mean; 0 where the mean is 0. */
double	stats_cv(const struct stats *s);

/*
 * Order statistics of int64_t values. Exact while no more than exact_max
 * values came (all are kept), afterwards a log-linear histogram of the
 * distance from the smallest value of the exact phase (from the first value
 * when exact_max is 0), on both sides of it, with a bucket no wider than
 * 1/QUANT_SUB of that distance: a quantile is then off by at most
 * 1/(2 * QUANT_SUB) of the true value's distance from that value, and not at
 * all at distances up to 2 * QUANT_SUB. Minimum, maximum and mean stay exact.
 */
#define QUANT_SUB	128
#define QUANT_EXACT	1000000

struct quant;

/* NULL with errno when out of memory. Memory grows with use, at most 8 bytes
 * a value to exact_max values, then one histogram. */
struct quant *quant_new(size_t exact_max);
void	quant_free(struct quant *q);
void	quant_reset(struct quant *q);		/* empty again, memory kept */
/* 0, or -1 with errno when memory ran out: the value then went into the
 * histogram, into which everything was moved, or was lost if that too could
 * not be had. */
int	quant_add(struct quant *q, int64_t v);
/*
 * Add all of other (not q itself). Exact when both are and the sum fits.
 * Histograms around different values add their errors, and the distance is
 * then that from the farther of those values. 0, or -1 with errno when memory
 * ran out: for an exact other as for quant_add, else nothing was added.
 */
int	quant_merge(struct quant *q, const struct quant *other);
uint64_t quant_count(const struct quant *q);
/*
 * The order statistic number ceil(n * p), p in [0,1]; p = 0 is the minimum,
 * 1 the maximum. 0 when empty. Takes time in proportion to the values kept
 * (a few milliseconds for a million), and never more.
 */
int64_t	quant_get(const struct quant *q, double p);
/* 0 when empty. */
int64_t	quant_min(const struct quant *q);
int64_t	quant_max(const struct quant *q);
double	quant_mean(const struct quant *q);
/* Largest error of a quantile as a part of the distance defined above: 0
 * while exact, then 1/(2 * QUANT_SUB), more after merges around different
 * values. */
double	quant_error(const struct quant *q);
/* Bytes of memory now held. */
size_t	quant_memory(const struct quant *q);

/*
 * A seeded generator (xoshiro256** after Blackman and Vigna, seeded by
 * splitmix64) for schedules and tests; not for secrets.
 */
struct rng {
	uint64_t	s[4];
};

void	rng_seed(struct rng *r, uint64_t seed);
uint64_t rng_u64(struct rng *r);
double	rng_unit(struct rng *r);		/* (0,1], 53 bits */
double	rng_exp(struct rng *r, double mean);	/* exponential */

#endif
