/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "pathrate/modes.h"
#include "pathrate/series.h"

#define NOISE		15	/* values, at most */
#define TOLERANCE	0.1	/* of a bin's count: the bell still falls */

/* Values lo..hi (inclusive). */
struct window {
	size_t	lo, hi, count;
};

/* The most values, all valid, within a bin. */
static bool
central(const struct modes *f, struct window *best)
{
	size_t i, j;

	best->count = 0;
	for (i = 0; i < f->n; i++) {
		for (j = i; j < f->n && !f->used[j] &&
		    f->x[j] <= f->x[i] + f->width; j++)
			continue;
		if (j - i > best->count)
			*best = (struct window){ i, j - 1, j - i };
	}
	return best->count > 0;
}

/* The fullest bin whose upper end moves from below that of w to below it. */
static bool
window_left(const struct modes *f, const struct window *w,
    struct window *best)
{
	size_t i, j;

	best->count = 0;
	if (w->lo == 0)
		return false;
	for (i = w->hi; i-- > w->lo - 1;) {
		for (j = i; j > 0 && f->x[j - 1] >= f->x[i] - f->width; j--)
			continue;
		if (i - j + 1 >= best->count)
			*best = (struct window){ j, i, i - j + 1 };
	}
	return best->count > 0;
}

static bool
window_right(const struct modes *f, const struct window *w,
    struct window *best)
{
	size_t i, j;

	best->count = 0;
	if (w->hi + 1 >= f->n)
		return false;
	for (i = w->lo + 1; i <= w->hi + 1; i++) {
		for (j = i; j + 1 < f->n && f->x[j + 1] <= f->x[i] + f->width;
		    j++)
			continue;
		if (j - i + 1 >= best->count)
			*best = (struct window){ i, j, j - i + 1 };
	}
	return best->count > 0;
}

/* Does the bell go on falling? */
static bool
falls(const struct window *next, const struct window *w, double tolerance)
{
	return (double)next->count < (double)w->count + tolerance;
}

/* The lowest index of the bell; *tolerance is what the right side begins
 * with. */
static size_t
bell_left(const struct modes *f, struct window w, double *tolerance)
{
	struct window next;

	while (window_left(f, &w, &next) && falls(&next, &w, *tolerance)) {
		w = next;
		*tolerance = TOLERANCE * (double)w.count;
		if (w.lo <= 1)
			break;
	}
	return w.lo;
}

static size_t
bell_right(const struct modes *f, struct window w, double tolerance)
{
	struct window next;

	while (window_right(f, &w, &next) && falls(&next, &w, tolerance)) {
		w = next;
		tolerance = TOLERANCE * (double)w.count;
		if (w.hi + 2 >= f->n)
			break;
	}
	return w.hi;
}

enum mode_kind
modes_next(struct modes *f, struct mode *m)
{
	struct window bin;
	double tolerance;
	size_t lo, hi, i;

	if (!central(f, &bin))
		return MODE_NONE;
	tolerance = TOLERANCE * (double)bin.count;
	lo = bell_left(f, bin, &tolerance);
	hi = bell_right(f, bin, tolerance);
	*m = (struct mode){
		.lo = f->x[bin.lo], .hi = f->x[bin.hi], .count = bin.count,
		.bell_lo = f->x[lo], .bell_hi = f->x[hi],
		.bell_count = hi - lo + 1, .kurtosis = SERIES_UNDEFINED,
	};
	for (i = lo; i <= hi; i++)
		f->used[i] = true;
	if (bin.count <= NOISE)
		return MODE_NOISE;
	m->kurtosis = series_kurtosis(f->x + lo, hi - lo + 1);
	return m->kurtosis == SERIES_UNDEFINED ? MODE_SPIKE : MODE_LOCAL;
}

double
mode_merit(const struct mode *m, size_t n)
{
	return m->kurtosis * (double)m->count / (double)n;
}
