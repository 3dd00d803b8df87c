/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_MODES_H
#define PATHRATE_MODES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The mode finder of pathrate 2.4.1 (spec 4.6), with its peculiarities: a
 * bell may jump a gap and swallow another cluster.
 */
struct mode {
	double	lo, hi;			/* edges of the bin */
	size_t	count;			/* values in it */
	double	bell_lo, bell_hi;
	size_t	bell_count;
	double	kurtosis;		/* of the bell; see series.h */
};

enum mode_kind {
	MODE_NONE,		/* every value is used up */
	MODE_NOISE,		/* too few values */
	MODE_SPIKE,		/* enough, but its kurtosis is undefined */
	MODE_LOCAL
};

/* Local modes that 1000 values have at most: each has 16 of its own. */
#define MODES_MAX	62

struct modes {
	const double	*x;		/* sorted */
	size_t		 n;
	double		 width;		/* of a bin */
	bool		*used;		/* n, the caller's, all false */
};

/* The next mode, strongest first; *m is set unless MODE_NONE. */
enum mode_kind modes_next(struct modes *f, struct mode *m);

/* Figure of merit of a mode among n values. */
double	mode_merit(const struct mode *m, size_t n);

#endif
