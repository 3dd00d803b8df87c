/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "pathrate/series.h"

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
series_sort(double *x, size_t n)
{
	if (n > 1)
		qsort(x, n, sizeof(*x), ascending);
}

double
series_mean(const double *x, size_t n)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += x[i];
	return n == 0 ? 0 : sum / (double)n;
}

double
series_deviation(const double *x, size_t n)
{
	double mean = series_mean(x, n), sum = 0;
	size_t i;

	if (n < 2)
		return 0;
	for (i = 0; i < n; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return sqrt(sum / (double)(n - 1));
}

double
series_kurtosis(const double *x, size_t n)
{
	double mean = series_mean(x, n), second = 0, fourth = 0, d;
	size_t i;

	if (n < 3)
		return SERIES_UNDEFINED;
	for (i = 0; i < n; i++) {
		d = (x[i] - mean) * (x[i] - mean);
		second += d;
		fourth += d * d;
	}
	second /= (double)n;
	return second > 0 ? fourth / (second * second) : SERIES_UNDEFINED;
}
