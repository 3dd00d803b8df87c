/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "pathrate/density.h"

#define KERNEL_REACH	3	/* bandwidths; beyond it a value counts 0 */
#define SHIFTS		20
#define SETTLED		1e-6	/* of a bandwidth */

/* Where the narrowest window of m values begins. */
static size_t
narrowest(const double *x, size_t n, size_t m)
{
	size_t i, best = 0;

	for (i = 1; i + m <= n; i++)
		if (x[i + m - 1] - x[i] < x[best + m - 1] - x[best])
			best = i;
	return best;
}

double
density_half_sample_mode(const double *x, size_t n)
{
	size_t half;

	while (n > 3) {
		half = (n + 1) / 2;
		x += narrowest(x, n, half);
		n = half;
	}
	if (n == 3)
		x += x[2] - x[1] < x[1] - x[0];
	return n == 1 ? x[0] : (x[0] + x[1]) / 2;
}

/* The first value that is not below v. */
static size_t
lower_bound(const double *x, size_t n, double v)
{
	size_t lo = 0, hi = n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (x[mid] < v)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static double
shifted(const double *x, size_t n, double middle, double width)
{
	size_t i = lower_bound(x, n, middle - KERNEL_REACH * width);
	double sum = 0, weight = 0, d, k;

	for (; i < n && x[i] <= middle + KERNEL_REACH * width; i++) {
		d = (x[i] - middle) / width;
		k = exp(-d * d / 2);
		sum += k * x[i];
		weight += k;
	}
	return weight > 0 ? sum / weight : middle;
}

struct density
density_of(const double *x, size_t n)
{
	size_t half = (n + 1) / 2, from = narrowest(x, n, half);
	struct density d = {
		.mode = density_half_sample_mode(x, n),
		.spread = (x[from + half - 1] - x[from]) / 2
	};
	double width = d.spread * pow((double)n, -0.2), next;
	int i;

	for (i = 0; width > 0 && i < SHIFTS; i++) {
		next = shifted(x, n, d.mode, width);
		if (fabs(next - d.mode) < SETTLED * width)
			break;
		d.mode = next;
	}
	return d;
}

double
density_near(const double *x, size_t n, double middle, double reach)
{
	size_t lo = lower_bound(x, n, middle - reach);
	size_t hi = lower_bound(x, n, middle + reach);

	return (double)(hi - lo) / (double)n;
}

double
density_quantile(const double *x, size_t n, double p)
{
	size_t k = (size_t)ceil((double)n * p);

	return x[k > n ? n - 1 : k > 0 ? k - 1 : 0];
}
