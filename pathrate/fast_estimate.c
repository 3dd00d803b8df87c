/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "pathrate/fast_private.h"
#include "pathrate/series.h"

#define SAMPLES_MIN	6
#define AGREE		0.01	/* of the rate, at least */
#define AGREE_NOISE	0.5	/* of a scale's noise */
#define RESAMPLES	60
#define RESAMPLES_OUT	1	/* at each end: 2.5 % of them, nearly */
#define SYSTEMATIC	0.003	/* stamps, timers, what no resample shows */
#define DISTURBED	0.05	/* off the mode by more */
#define UNDISTURBED	0.85	/* part of the samples of an idle path */
#define QUIET		0.03	/* spread of pairs that a delay can sort */
#define STAMP_NS	500.0	/* two stamps of a train, one to the other */
#define WAKING_NS	4000.0	/* the same of a pair: the host was asleep */
#define WAKING_MAX	0.05	/* of the gap */
#define GROWTH_MAX	0.8	/* gap of half the size over that of all */
#define OVERHEAD_MIN	(-60)	/* bytes; beyond it the two sizes disagree */
#define OVERHEAD_MAX	48	/* of a link: Ethernet, tags and all */
#define OVERHEAD_USUAL	20	/* when cross traffic hides it */
#define OVERHEAD_CROSS	400	/* more is no cross traffic either */
#define CROSS_SCALE	8	/* for it to show in the mean */
#define ALONE		0.1	/* part of the samples without it */
#define DEPARTURE	0.9	/* of the arrival: the sender was as slow */
#define VAGUE		0.1	/* half width of an interval */
#define NOISY_VAGUE	0.05	/* of one between irregular bursts */
#define NOISY		0.15	/* part of them that are too close */
#define TOO_CLOSE	0.7	/* of the gap that the estimate means */
#define CROSS_MAX	2.5	/* times that it can stretch a train */

/* A scale and what it says. */
struct scale {
	struct fast_view	view;
	struct density		d;
	size_t			n;
	enum fast_evidence	evidence;
	double			noise;	/* spread, and what hides in a burst */
	double			grain;	/* of that, the latter */
	double			agreed;	/* difference to the one before it */
	double			stamps;	/* what they leave open, of the gap */
};

static bool
look(struct fast *f, struct scale *s)
{
	s->n = fast_samples(f, &s->view);
	if (s->n < SAMPLES_MIN)
		return false;
	s->d = density_of(f->sample, s->n);
	/* of bursts that come by a clock, a packet more or less is all alike */
	s->grain = s->view.bursts ? 1 / f->reach : 0;
	s->noise = s->d.spread + s->grain;
	s->stamps = STAMP_NS / ((double)s->view.scale * exp(s->d.mode));
	return true;
}

static double
larger(double a, double b)
{
	return a > b ? a : b;
}

/*
 * Pairs that met no queue say best what the smallest scale can say, unless
 * the stamps are so noisy that the noise decides which ones look so.
 */
static void
look_at_pairs(struct fast *f, struct scale *best)
{
	struct scale pairs = *best;

	if (best->d.spread > QUIET)
		return;
	pairs.evidence = FAST_PAIRS;
	pairs.view.delay_max_ns = fast_pair_delay_ns(f);
	if (pairs.view.delay_max_ns == 0 || !look(f, &pairs) ||
	    pairs.d.spread >= best->d.spread)
		return;
	pairs.stamps = WAKING_NS / exp(pairs.d.mode);
	if (pairs.stamps > WAKING_MAX)
		return;
	pairs.noise = best->noise;
	*best = pairs;
}

/* What one scale leaves possible of what the smaller ones did. */
static void
narrow(const struct scale *s, double *lo, double *hi)
{
	double reach = larger(larger(AGREE_NOISE * s->noise, AGREE),
	    s->stamps);

	*lo = larger(*lo, s->d.mode - reach);
	*hi = -larger(-*hi, -(s->d.mode + reach));
}

/*
 * From the smallest scale up: a larger one has less noise and is taken when
 * it says nothing that a smaller one excludes. Cross traffic between the
 * packets makes it say less.
 */
static bool
climb(struct fast *f, struct scale *best)
{
	size_t scale, max = fast_scale_max(f);
	double lo = -INFINITY, hi = INFINITY;
	struct scale next;

	memset(best, 0, sizeof(*best));
	best->view.payload = f->config.max_payload;
	best->view.scale = 1;
	best->view.bursts = fast_batched(f);
	best->evidence = best->view.bursts ? FAST_BURSTS : FAST_TRAINS;
	if (!look(f, best))
		return false;
	next = *best;
	if (!best->view.bursts)
		look_at_pairs(f, best);
	narrow(best, &lo, &hi);
	for (scale = 2; scale <= max; scale *= 2) {
		next.view.scale = scale;
		if (!look(f, &next))
			break;
		if (next.d.mode < lo || next.d.mode > hi ||
		    next.noise >= best->noise)
			continue;
		next.agreed = fabs(next.d.mode - best->d.mode);
		*best = next;
		narrow(best, &lo, &hi);
	}
	return true;
}

/* Mbit/s of a packet in exp(log_ns) ns. */
static double
rate(const struct fast *f, double log_ns)
{
	return 8000.0 * (double)(f->config.max_payload + f->config.headers) /
	    exp(log_ns);
}

/* Draw trains with replacement, those of each sort among themselves. */
static void
resample(struct fast *f, uint8_t *times)
{
	size_t i, j;

	memset(times, 0, FAST_TRAINS_MAX);
	for (i = 0; i < f->trains; i++) {
		do
			j = (size_t)(rng_u64(&f->rng) % f->trains);
		while (f->train[j].sort != f->train[i].sort);
		if (times[j] < UINT8_MAX)
			times[j]++;
	}
}

/* The interval around the mode of this scale, in logarithms. */
static void
interval(struct fast *f, const struct scale *best, double *lo, double *hi)
{
	uint8_t times[FAST_TRAINS_MAX];
	double mode[RESAMPLES];
	struct scale s = *best;
	int i, n = 0;

	rng_seed(&f->rng, f->config.seed);
	s.view.times = times;
	for (i = 0; i < RESAMPLES; i++) {
		resample(f, times);
		if (look(f, &s))
			mode[n++] = s.d.mode;
	}
	*lo = *hi = best->d.mode;
	if (n > 2 * RESAMPLES_OUT) {
		series_sort(mode, (size_t)n);
		*lo = fmin(*lo, mode[RESAMPLES_OUT]);
		*hi = fmax(*hi, mode[n - 1 - RESAMPLES_OUT]);
	}
	*lo -= SYSTEMATIC;
	*hi += SYSTEMATIC;
}

static void
without_cross(struct fast_result *r, double mbps)
{
	r->lo *= mbps / r->mbps * (1 - FAST_CROSSED);
	r->hi *= mbps / r->mbps * (1 + FAST_CROSSED);
	r->mbps = mbps;
	r->crossed = true;
}

/*
 * Do enough half-size packets pass as if there were no cross traffic? Then
 * none of it is in all trains, whatever is in most.
 */
static bool
sometimes_alone(const struct fast *f, const struct scale *s, double full_ns)
{
	double full = (double)(f->config.max_payload + f->config.headers);
	double small = (double)(s->view.payload + f->config.headers);
	double lo = log(full_ns * small / full) - AGREE;
	double hi = log(full_ns * (small + OVERHEAD_USUAL) /
	    (full + OVERHEAD_USUAL)) + AGREE / 2;

	return density_near(f->sample, s->n, (lo + hi) / 2, (hi - lo) / 2) >=
	    ALONE;
}

/*
 * What half-size packets say; false: the same as full ones, so that no link
 * serialises them.
 *
 * Of cross traffic in small packets some falls between any two of a train,
 * so that no scale shows the rate without it. But it is the same for packets
 * of any size, since they leave in the same time: like an overhead, only too
 * large for one. Then the difference of the sizes tells the rate.
 */
static bool
two_sizes(struct fast *f, const struct scale *best)
{
	struct fast_result *r = &f->result;
	double full = (double)(f->config.max_payload + f->config.headers);
	double small = (double)(f->config.max_payload / 2 + f->config.headers);
	double full_ns = exp(best->d.mode), small_ns, byte_ns;
	struct scale s = *best;

	s.view.payload = f->config.max_payload / 2;
	s.view.delay_max_ns = 0;
	if (!look(f, &s))
		return true;
	small_ns = exp(s.d.mode);
	if (small_ns > GROWTH_MAX * full_ns)
		return false;
	byte_ns = (full_ns - small_ns) / (full - small);
	r->overhead_bytes = full_ns / byte_ns - full;
	r->link_mbps = 8000.0 / byte_ns;
	r->has_overhead = r->overhead_bytes > OVERHEAD_MIN &&
	    r->overhead_bytes < OVERHEAD_MAX;
	if (best->view.scale >= CROSS_SCALE &&
	    r->overhead_bytes >= OVERHEAD_MAX &&
	    r->overhead_bytes < OVERHEAD_CROSS &&
	    !sometimes_alone(f, &s, full_ns))
		without_cross(r, r->link_mbps * full / (full + OVERHEAD_USUAL));
	return true;
}

/* How long a train took to leave, over how long it took to arrive. */
static bool
departure_part(const struct fast *f, const struct fast_train *t, double *part)
{
	const int64_t *ns = f->stamp + t->at;

	if (t->departure_us == 0 || ns[0] == TRAIN_MISSING ||
	    ns[t->n - 1] == TRAIN_MISSING || ns[t->n - 1] <= ns[0])
		return false;
	*part = 1000.0 * t->departure_us / (double)(ns[t->n - 1] - ns[0]);
	return true;
}

/* Did most long trains leave as slowly as they came? */
static bool
sender_limited(const struct fast *f)
{
	size_t i, slow = 0, known = 0;
	double part;

	for (i = 0; i < f->trains; i++) {
		if (f->train[i].sort != FAST_LONG_TRAIN ||
		    !departure_part(f, &f->train[i], &part))
			continue;
		known++;
		slow += part > DEPARTURE;
	}
	return slow * 2 > known;
}

/* The peak of a token bucket is that of the host if it left as slowly. */
static bool
peak_is_bound(const struct fast *f, double peak_ns)
{
	const struct fast_train *t;
	size_t i;

	for (i = 0; i < f->trains; i++) {
		t = &f->train[i];
		if (t->sort == FAST_BUCKET_TRAIN && t->departure_us > 0 &&
		    1000.0 * t->departure_us / (double)t->n <
		    DEPARTURE * peak_ns)
			return false;
	}
	return true;
}

static void
shaped(struct fast *f)
{
	struct fast_result *r = &f->result;
	double size = (double)(f->config.max_payload + f->config.headers);
	double peak_ns = (f->bucket[0].peak_ns + f->bucket[1].peak_ns) / 2;
	double sustained_ns = (f->bucket[0].sustained_ns +
	    f->bucket[1].sustained_ns) / 2;
	double wide = fmax(log(r->hi / r->mbps), AGREE);

	r->verdict = FAST_SHAPED;
	r->lower_bound = false;
	r->peak_mbps = 8000.0 * size / fmax(peak_ns, 1);
	r->sustained_mbps = 8000.0 * size / sustained_ns;
	r->bucket_bytes = size * fmax(f->bucket[0].packets,
	    f->bucket[1].packets);
	r->peak_bound = peak_is_bound(f, peak_ns);
	r->mbps = r->peak_bound ? r->sustained_mbps : r->peak_mbps;
	r->lo = r->mbps * exp(-wide);
	r->hi = r->mbps * exp(wide);
}

/*
 * Bursts of a clock are evenly spaced. Where many follow sooner than the
 * link allows, the host was elsewhere and took what had come meanwhile.
 */
static bool
irregular(struct fast *f, const struct scale *best)
{
	struct scale next = *best;
	size_t i, near = 0;

	next.view.scale = 1;
	if (!best->view.bursts || !look(f, &next))
		return false;
	for (i = 0; i < next.n; i++)
		near += f->sample[i] < best->d.mode + log(TOO_CLOSE);
	return (double)near > NOISY * (double)next.n;
}

/* Cross traffic stretches trains, but not to any length. */
static bool
stretched(struct fast *f, const struct scale *best)
{
	size_t i, n = 0;
	double gap_ns;

	for (i = 0; i < f->trains; i++) {
		if (f->train[i].sort != FAST_LONG_TRAIN)
			continue;
		fast_gap_ns(f->stamp + f->train[i].at, f->train[i].n, &gap_ns);
		if (gap_ns > 0)
			f->sample[n++] = gap_ns;
	}
	if (n == 0)
		return false;
	series_sort(f->sample, n);
	return density_quantile(f->sample, n, 0.5) >
	    CROSS_MAX * exp(best->d.mode);
}

/* Is the host's noise so large that the estimate is a guess? */
static bool
guessed(struct fast *f, const struct scale *best)
{
	double half_width = log(f->result.hi / f->result.lo) / 2;

	return half_width > VAGUE || stretched(f, best) ||
	    (half_width > NOISY_VAGUE && irregular(f, best));
}

static void
judge(struct fast *f, const struct scale *best)
{
	struct fast_result *r = &f->result;

	if (!two_sizes(f, best)) {
		r->verdict = FAST_VIRTUAL;
		r->lower_bound = true;
	} else if (sender_limited(f)) {
		r->verdict = FAST_HOST_LIMITED;
		r->lower_bound = true;
	} else if (guessed(f, best)) {
		r->verdict = FAST_HOST_LIMITED;
	} else {
		r->verdict = r->crossed || r->undisturbed < UNDISTURBED ?
		    FAST_LOADED : FAST_IDLE;
	}
	if (f->buckets == 2)
		shaped(f);
}

void
fast_estimate(struct fast *f)
{
	struct fast_result *r = &f->result;
	struct scale best, plain;
	double lo, hi, wide;

	memset(r, 0, sizeof(*r));
	if (!climb(f, &best))
		return;
	wide = best.agreed + best.grain + best.stamps;
	interval(f, &best, &lo, &hi);
	plain = best;
	plain.view.delay_max_ns = 0;
	look(f, &plain);
	*r = (struct fast_result){
		.valid = true, .evidence = best.evidence,
		.mbps = rate(f, best.d.mode), .lo = rate(f, hi + wide),
		.hi = rate(f, lo - wide), .scale = best.view.scale,
		.undisturbed = density_near(f->sample, plain.n, best.d.mode,
		    DISTURBED)
	};
	judge(f, &best);
	f->open = best.stamps + (r->crossed ? FAST_CROSSED : 0);
}
