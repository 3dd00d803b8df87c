/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_DENSITY_H
#define PATHRATE_DENSITY_H

#include <stddef.h>

/*
 * Where a sample is densest. The half-sample mode (Bickel, "Robust estimators
 * of the mode and skewness of continuous data", 2002) finds the place, mean
 * shift with a Gaussian kernel makes it smooth. What lies far off has no
 * influence at all, on either side.
 */
struct density {
	double	mode;
	double	spread;		/* half the width of the densest half */
};

/* x is sorted, n > 0. */
double	density_half_sample_mode(const double *x, size_t n);
struct density density_of(const double *x, size_t n);
/* The part of the values within reach of the middle. */
double	density_near(const double *x, size_t n, double middle, double reach);
/* Order statistic number ceil(n * p), 0 < p <= 1. */
double	density_quantile(const double *x, size_t n, double p);

#endif
