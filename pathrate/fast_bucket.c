/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

/* A token bucket, or what looks like one. */

#include <math.h>

#include "pathrate/fast_private.h"
#include "pathrate/series.h"

#define SAME_RATE	0.2	/* of the two sustained ones */
#define SAME_SIZE	0.35	/* of the two buckets */
#define OVERSLEPT	0.5	/* of what the bucket saves the last packets */
#define TRAINS_MAX	5
#define PEAK_MIN_NS	4000
#define PEAK_GROWTH	0.7	/* of half the size; that of a link is 0.5 */

/* How long the first packet took from SEND, of the trains before. */
static double
usual_delay_ns(const struct fast *f)
{
	double least = INFINITY;
	size_t i;

	for (i = 0; i < f->trains; i++)
		if (f->train[i].sort == FAST_SCALE_TRAIN &&
		    f->stamp[f->train[i].at] != TRAIN_MISSING)
			least = fmin(least, (double)(f->stamp[f->train[i].at] -
			    f->train[i].sent_ns));
	return least;
}

/*
 * A host that was elsewhere when the first packets came takes them all at
 * once, and the rest as they come: like a bucket, but the first one is as
 * late as the others were early.
 */
static bool
overslept(const struct fast *f, int64_t sent_ns, const int64_t *arrival_ns,
    const struct bucket *b)
{
	double late_ns = (double)(arrival_ns[0] - sent_ns) -
	    usual_delay_ns(f);

	return late_ns > OVERSLEPT * b->packets * b->sustained_ns;
}

/* Is this what the train before showed, too? */
static bool
same(const struct bucket *a, const struct bucket *b)
{
	return fabs(log(a->sustained_ns / b->sustained_ns)) < SAME_RATE &&
	    fabs(log(a->packets / b->packets)) < SAME_SIZE;
}

/* What most of the first n packets are apart: pauses of a host are no part of
 * it. 0 for none. */
static double
usual_gap_ns(struct fast *f, const int64_t *ns, size_t n)
{
	size_t i, gaps = 0;

	for (i = 2; i < n; i++)
		if (ns[i] != TRAIN_MISSING && ns[i - 1] != TRAIN_MISSING)
			f->sample[gaps++] = (double)(ns[i] - ns[i - 1]);
	series_sort(f->sample, gaps);
	return gaps == 0 ? 0 : density_quantile(f->sample, gaps, 0.5);
}

static void
half_size(struct fast *f, const int64_t *arrival_ns)
{
	struct bucket b;
	size_t n = f->ask.len + 1;

	if (bucket_find(arrival_ns, n, &b))
		n = (size_t)b.packets;
	f->half_gap_ns = usual_gap_ns(f, arrival_ns, n);
}

static void
full_size(struct fast *f, const int64_t *arrival_ns, const struct bucket *b)
{
	double gap_ns = usual_gap_ns(f, arrival_ns, (size_t)b->packets);

	f->bucket[f->buckets++] = *b;
	f->peak_gap_ns = f->buckets == 1 ? gap_ns : fmin(f->peak_gap_ns,
	    gap_ns);
}

bool
fast_bucket_train(struct fast *f, int64_t sent_ns, const int64_t *arrival_ns)
{
	struct bucket b;

	if (f->buckets == FAST_BUCKETS) {
		half_size(f, arrival_ns);
		return true;
	}
	if (++f->bucket_trains > TRAINS_MAX ||
	    !bucket_find(arrival_ns, f->ask.len + 1, &b)) {
		f->buckets = 0;
		return true;
	}
	if (overslept(f, sent_ns, arrival_ns, &b))
		return false;
	if (f->buckets > 0 && !same(&f->bucket[0], &b))
		f->buckets = 0;
	full_size(f, arrival_ns, &b);
	f->gap_ns = b.sustained_ns;
	return false;
}

/* Did no bucket train leave in less time than it took to arrive? */
static bool
left_as_slowly(const struct fast *f, double peak_ns)
{
	const struct fast_train *t;
	bool known = false;
	size_t i;

	for (i = 0; i < f->trains; i++) {
		t = &f->train[i];
		if (t->sort != FAST_BUCKET_TRAIN || t->departure_us == 0 ||
		    t->payload != f->config.max_payload)
			continue;
		known = true;
		if (1000.0 * t->departure_us / (double)t->n <
		    FAST_DEPARTURE * peak_ns)
			return false;
	}
	return known;
}

/*
 * The peak is that of a host if half the bytes took as long, too, or if it
 * is beyond what stamps can tell.
 */
static bool
peak_is_bound(const struct fast *f, double peak_ns)
{
	return f->peak_gap_ns < PEAK_MIN_NS || f->half_gap_ns == 0 ||
	    f->half_gap_ns > PEAK_GROWTH * f->peak_gap_ns ||
	    left_as_slowly(f, peak_ns);
}

/* Between the two of a pair, with a half width that they do not exceed. */
static double
middle(double a, double b, double *wide)
{
	*wide = fmax(fabs(log(a / b)), FAST_AGREE);
	return (a + b) / 2;
}

void
fast_shaped(struct fast *f)
{
	struct fast_result *r = &f->result;
	const struct bucket *a = &f->bucket[0], *b = &f->bucket[1];
	double bits = 8000.0 * (double)(f->config.max_payload +
	    f->config.headers);
	double peak_wide, wide, peak_ns, sustained_ns;

	peak_ns = middle(fmax(a->peak_ns, 1), fmax(b->peak_ns, 1), &peak_wide);
	sustained_ns = middle(a->sustained_ns, b->sustained_ns, &wide);
	r->verdict = FAST_SHAPED;
	r->lower_bound = false;
	r->peak_mbps = bits / peak_ns;
	r->sustained_mbps = bits / sustained_ns;
	r->bucket_bytes = bits / 8000 * fmax(a->packets, b->packets);
	r->peak_bound = peak_is_bound(f, peak_ns);
	if (!r->peak_bound)
		wide = peak_wide;
	r->mbps = r->peak_bound ? r->sustained_mbps : r->peak_mbps;
	r->lo = r->mbps * exp(-wide);
	r->hi = r->mbps * exp(wide);
}
