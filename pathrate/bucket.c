/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "pathrate/bucket.h"
#include "pathrate/train.h"

#define PEAK_MIN	8	/* packets at this rate */
#define SUSTAINED_PART	4	/* of the train, at least one in so many */
#define RATIO_MIN	1.3	/* of the rates */
#define FIT_MAX		0.2	/* of one line's squared error, that of two */

/* Sums over packets, with i their number and t their time. */
struct sums {
	double	n, i, t, ii, it, tt;
};

static void
add(struct sums *s, double i, double t, double sign)
{
	s->n += sign;
	s->i += sign * i;
	s->t += sign * t;
	s->ii += sign * i * i;
	s->it += sign * i * t;
	s->tt += sign * t * t;
}

/* Least squares: time a packet, and the squared error that remains. */
static double
line(const struct sums *s, double *error)
{
	double sii = s->ii - s->i * s->i / s->n;
	double sit = s->it - s->i * s->t / s->n;
	double stt = s->tt - s->t * s->t / s->n;
	double slope = sii > 0 ? sit / sii : 0;

	*error = stt - slope * sit;
	if (*error < 0)
		*error = 0;
	return slope;
}

static void
add_packet(struct sums *s, const int64_t *t, size_t i, double sign)
{
	if (t[i] != TRAIN_MISSING)
		add(s, (double)i, (double)(t[i] - t[0]), sign);
}

/* The split with the least error; its packet, 0 for none. */
static size_t
split(const int64_t *t, size_t n, const struct sums *all, struct bucket *b)
{
	struct sums left = { .n = 0 }, right = *all;
	double best = 0, slope_l, slope_r, error_l, error_r;
	size_t i, at = 0;

	for (i = 0; i < n; i++) {
		add_packet(&left, t, i, 1);
		add_packet(&right, t, i, -1);
		if (left.n < PEAK_MIN || right.n < 3 ||
		    right.n * SUSTAINED_PART < all->n)
			continue;
		slope_l = line(&left, &error_l);
		slope_r = line(&right, &error_r);
		if (at == 0 || error_l + error_r < best) {
			best = error_l + error_r;
			at = i + 1;
			b->peak_ns = slope_l;
			b->sustained_ns = slope_r;
		}
	}
	if (at > 0) {
		line(all, &error_l);
		if (best > FIT_MAX * error_l)
			return 0;
	}
	return at;
}

bool
bucket_find(const int64_t *arrival_ns, size_t n, struct bucket *b)
{
	struct sums all = { .n = 0 };
	size_t i, at;

	if (n == 0 || arrival_ns[0] == TRAIN_MISSING)
		return false;
	for (i = 0; i < n; i++)
		add_packet(&all, arrival_ns, i, 1);
	at = split(arrival_ns, n, &all, b);
	if (at == 0 || b->sustained_ns <= 0 || b->peak_ns < 0 ||
	    b->sustained_ns < RATIO_MIN * b->peak_ns)
		return false;
	/* tokens came in meanwhile, too */
	b->packets = (double)at * (1 - b->peak_ns / b->sustained_ns);
	return true;
}
