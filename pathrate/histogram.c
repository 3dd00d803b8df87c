/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "pathrate/density.h"
#include "pathrate/histogram.h"

#define TAIL		0.01	/* of the values, left out at each end */
#define RATIO_MIN	1.04	/* from the first bin to the last */
#define PROMINENCE	0.3	/* of a mode's height */
#define NOISE		2.0	/* standard deviations of a count */

static void
edges(const double *rate, size_t n, struct histogram *h)
{
	double lo = density_quantile(rate, n, TAIL);
	double hi = density_quantile(rate, n, 1 - TAIL);
	double middle = sqrt(lo * hi), ratio = fmax(hi / lo, RATIO_MIN);
	size_t i;

	for (i = 0; i <= HISTOGRAM_BINS; i++)
		h->edge[i] = middle * pow(ratio, (double)i / HISTOGRAM_BINS -
		    0.5);
	/* rounding must not put an end into no bin */
	h->edge[0] = fmin(h->edge[0], lo);
	h->edge[HISTOGRAM_BINS] = fmax(h->edge[HISTOGRAM_BINS], hi);
	h->bins = HISTOGRAM_BINS;
}

static void
fill(const double *rate, size_t n, struct histogram *h)
{
	size_t i, bin = 0;

	for (i = 0; i < n; i++) {
		if (rate[i] < h->edge[0]) {
			h->below++;
			continue;
		}
		if (rate[i] > h->edge[h->bins]) {
			h->above++;
			continue;
		}
		while (bin + 1 < h->bins && rate[i] >= h->edge[bin + 1])
			bin++;
		h->count[bin]++;
	}
}

/* Lowest count on the way to a higher bin; 0 when there is none. Of equals
 * the first is the higher one. */
static size_t
valley(const struct histogram *h, size_t peak, int step)
{
	size_t i = peak, lowest = h->count[peak];

	for (;;) {
		if (step < 0 ? i == 0 : i + 1 == h->bins)
			return 0;
		i = step < 0 ? i - 1 : i + 1;
		if (h->count[i] > h->count[peak] ||
		    (step < 0 && h->count[i] == h->count[peak]))
			return lowest;
		if (h->count[i] < lowest)
			lowest = h->count[i];
	}
}

static int
is_mode(const struct histogram *h, size_t i)
{
	size_t left = valley(h, i, -1), right = valley(h, i, 1);
	double height = (double)h->count[i];
	double rise = height - (double)(left > right ? left : right);

	return h->count[i] > 0 && rise >= PROMINENCE * height &&
	    rise >= NOISE * sqrt(height);
}

/* Its neighbours that are half as high belong to it. */
static struct histogram_mode
mode_at(const struct histogram *h, size_t peak, const double *rate, size_t n)
{
	struct histogram_mode m = { .rate = 0 };
	size_t i, lo = peak, hi = peak;

	while (lo > 0 && h->count[lo - 1] * 2 >= h->count[peak])
		lo--;
	while (hi + 1 < h->bins && h->count[hi + 1] * 2 >= h->count[peak])
		hi++;
	m.lo = h->edge[lo];
	m.hi = h->edge[hi + 1];
	for (i = 0; i < n; i++) {
		if (rate[i] < m.lo || rate[i] > m.hi)
			continue;
		m.rate += rate[i];
		m.count++;
	}
	m.rate /= (double)m.count;
	return m;
}

/* Keep the strongest ones, in order. */
static void
keep_mode(struct histogram *h, const struct histogram_mode *m)
{
	size_t i = h->modes;

	if (i == HISTOGRAM_MODES && m->count <= h->mode[i - 1].count)
		return;
	if (i < HISTOGRAM_MODES)
		h->modes++;
	else
		i--;
	for (; i > 0 && h->mode[i - 1].count < m->count; i--)
		h->mode[i] = h->mode[i - 1];
	h->mode[i] = *m;
}

void
histogram_of(const double *rate, size_t n, struct histogram *h)
{
	struct histogram_mode m;
	size_t i;

	memset(h, 0, sizeof(*h));
	if (n == 0)
		return;
	edges(rate, n, h);
	fill(rate, n, h);
	for (i = 0; i < h->bins; i++) {
		if (!is_mode(h, i))
			continue;
		m = mode_at(h, i, rate, n);
		keep_mode(h, &m);
	}
}
