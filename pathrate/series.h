/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_SERIES_H
#define PATHRATE_SERIES_H

#include <stddef.h>

/*
 * Statistics of a series of rates as pathrate 2.4.1 defines them (spec 4.3
 * to 4.6). Sums run from the first value to the last, so that the last digit
 * comes out the same.
 */
void	series_sort(double *x, size_t n);
/* 0 for none. */
double	series_mean(const double *x, size_t n);
/* Sample standard deviation (n - 1); 0 for fewer than two. */
double	series_deviation(const double *x, size_t n);

/*
 * K of the figure of merit: sum d^4 / (sum d^2 / n)^2, n times the usual
 * kurtosis. Undefined for fewer than three values and without variance.
 */
#define SERIES_UNDEFINED	(-99999.0)
double	series_kurtosis(const double *x, size_t n);

#endif
