/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "pathrate/fast_private.h"
#include "pathrate/series.h"

#define SAMPLES_MIN	6
#define AGREE_NOISE	0.5	/* of a scale's noise */
#define RESAMPLES	60
#define RESAMPLES_OUT	1	/* at each end: 2.5 % of them, nearly */
#define SYSTEMATIC	0.003	/* stamps, timers, what no resample shows */
#define DISTURBED	0.05	/* off the mode by more */
#define UNDISTURBED	0.85	/* part of the samples of an idle path */
#define MET		0.25	/* part of the trains of a loaded one */
#define QUIET		0.03	/* spread of pairs that a delay can sort */
#define STAMP_NS	500.0	/* two stamps of a train, one to the other */
#define WAKING_NS	4000.0	/* the same of a pair: the host was asleep */
#define WAKING_MAX	0.05	/* of the gap */
#define VAGUE		0.1	/* half width of an interval */
#define NOISY_VAGUE	0.05	/* of one between irregular bursts */
#define NOISY		0.15	/* part of them that are too close */
#define TOO_CLOSE	0.7	/* of the gap that the estimate means */
#define CROSS_MAX	2.5	/* times that it can stretch a train */

bool
fast_look(struct fast *f, struct fast_scale *s)
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
look_at_pairs(struct fast *f, struct fast_scale *best)
{
	struct fast_scale pairs = *best;

	if (best->d.spread > QUIET)
		return;
	pairs.evidence = FAST_PAIRS;
	pairs.view.delay_max_ns = fast_pair_delay_ns(f);
	if (pairs.view.delay_max_ns == 0 || !fast_look(f, &pairs) ||
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
narrow(const struct fast_scale *s, double *lo, double *hi)
{
	double reach = larger(larger(AGREE_NOISE * s->noise, FAST_AGREE),
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
climb(struct fast *f, struct fast_scale *best)
{
	size_t scale, max = fast_scale_max(f);
	double lo = -INFINITY, hi = INFINITY;
	struct fast_scale next;

	memset(best, 0, sizeof(*best));
	best->view.payload = f->config.max_payload;
	best->view.scale = 1;
	best->view.bursts = fast_batched(f);
	best->evidence = best->view.bursts ? FAST_BURSTS : FAST_TRAINS;
	if (!fast_look(f, best))
		return false;
	next = *best;
	if (!best->view.bursts)
		look_at_pairs(f, best);
	narrow(best, &lo, &hi);
	for (scale = 2; scale <= max; scale *= 2) {
		next.view.scale = scale;
		if (!fast_look(f, &next))
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
interval(struct fast *f, const struct fast_scale *best, double *lo, double *hi)
{
	uint8_t times[FAST_TRAINS_MAX];
	double mode[RESAMPLES];
	struct fast_scale s = *best;
	int i, n = 0;

	rng_seed(&f->rng, f->config.seed);
	s.view.times = times;
	s.view.rough = true;
	for (i = 0; i < RESAMPLES; i++) {
		resample(f, times);
		if (fast_look(f, &s))
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
		slow += part > FAST_DEPARTURE;
	}
	return slow * 2 > known;
}

/*
 * Bursts of a clock are evenly spaced. Where many follow sooner than the
 * link allows, the host was elsewhere and took what had come meanwhile.
 */
static bool
irregular(struct fast *f, const struct fast_scale *best)
{
	struct fast_scale next = *best;
	size_t i, near = 0;

	next.view.scale = 1;
	if (!best->view.bursts || !fast_look(f, &next))
		return false;
	for (i = 0; i < next.n; i++)
		near += f->sample[i] < best->d.mode + log(TOO_CLOSE);
	return (double)near > NOISY * (double)next.n;
}

/* Cross traffic stretches trains, but not to any length. */
static bool
stretched(struct fast *f, const struct fast_scale *best)
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
guessed(struct fast *f, const struct fast_scale *best)
{
	double half_width = log(f->result.hi / f->result.lo) / 2;

	return half_width > VAGUE || stretched(f, best) ||
	    (half_width > NOISY_VAGUE && irregular(f, best));
}

static void
judge(struct fast *f, const struct fast_scale *best)
{
	struct fast_result *r = &f->result;

	if (!fast_two_sizes(f, best)) {
		r->verdict = FAST_VIRTUAL;
		r->lower_bound = true;
	} else if (sender_limited(f)) {
		r->verdict = FAST_HOST_LIMITED;
		r->lower_bound = true;
	} else if (guessed(f, best)) {
		r->verdict = FAST_HOST_LIMITED;
	} else {
		r->verdict = r->met_others || r->crossed || r->met > MET ||
		    r->undisturbed < UNDISTURBED ? FAST_LOADED : FAST_IDLE;
	}
	if (f->buckets == FAST_BUCKETS)
		fast_shaped(f);
}

void
fast_estimate(struct fast *f)
{
	struct fast_result *r = &f->result;
	struct fast_scale best, plain;
	double lo, hi, wide;

	memset(r, 0, sizeof(*r));
	if (!climb(f, &best))
		return;
	wide = best.agreed + best.grain + best.stamps;
	interval(f, &best, &lo, &hi);
	plain = best;
	plain.view.delay_max_ns = 0;
	fast_look(f, &plain);
	*r = (struct fast_result){
		.valid = true, .evidence = best.evidence,
		.mbps = rate(f, best.d.mode), .lo = rate(f, hi + wide),
		.hi = rate(f, lo - wide), .scale = best.view.scale,
		.undisturbed = density_near(f->sample, plain.n, best.d.mode,
		    DISTURBED)
	};
	r->met = fast_met_part(f, &best);
	f->open = best.stamps;
	judge(f, &best);
}
