/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_HISTOGRAM_H
#define PATHRATE_HISTOGRAM_H

#include <stddef.h>

/*
 * Rates sorted into bins of equal ratio, and the modes among them: peaks that
 * stand out from the valleys beside them by a part of their own height
 * (topological persistence), so that no mode swallows another one.
 */
#define HISTOGRAM_BINS	40
#define HISTOGRAM_MODES	8

struct histogram_mode {
	double	rate;			/* mean of its values */
	double	lo, hi;			/* where it is half as high */
	size_t	count;
};

struct histogram {
	double	edge[HISTOGRAM_BINS + 1];
	size_t	count[HISTOGRAM_BINS];
	size_t	bins;			/* 0: no values */
	size_t	below, above;		/* outside of the bins */
	struct histogram_mode mode[HISTOGRAM_MODES];
	size_t	modes;			/* the strongest first */
};

/* rate[n] is sorted and positive. */
void	histogram_of(const double *rate, size_t n, struct histogram *h);

#endif
