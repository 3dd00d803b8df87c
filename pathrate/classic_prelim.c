/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

/* Train length discovery, coalescence, preliminary measurements (spec 4.2,
 * 4.3 and 4.5). */

#include "pathrate/classic_private.h"
#include "pathrate/coalesce.h"
#include "pathrate/series.h"

#define FIRST_LEN	2
#define MAX_LEN		50
#define LOSSY_MAX	5	/* trains of all lengths together */
#define BURST_LEN	200
#define BURST_LEN_STEP	20
#define BURST_LEN_MIN	100	/* below it there must be rates already */
#define BURST_RATES_MIN	5
#define BURST_TRAINS	10
#define BURST_QUANTILE	0.9
#define PRELIM_LEN_MAX	10
#define PRELIM_TRAINS	7
#define TRIM_FROM	30	/* values; above it the extremes are left out */
#define TRIM		5	/* values at each end */
#define TRIM_PART	10	/* one in so many at each end, for the range */
#define BIN_DEFAULT	20.0	/* Mbit/s */
#define QUICK_VARIATION	0.05

static void
keep(struct classic *c, double rate)
{
	if (c->nprelim < CLASSIC_PRELIMS)
		c->prelim[c->nprelim++] = rate;
}

void
classic_discovery(struct classic *c)
{
	c->phase = CLASSIC_IN_DISCOVERY;
	classic_tell(c, CLASSIC_DISCOVERY);
	classic_len(c, FIRST_LEN);
}

static void
discovery_end(struct classic *c)
{
	struct classic_event e = { .kind = CLASSIC_MAX_LENGTH };

	e.len = c->max_len;
	if (c->max_len == 0) {
		classic_fail(c, CLASSIC_NOTHING, 0);
		return;
	}
	classic_event(c, &e);
	c->phase = CLASSIC_IN_TEST;
	classic_len(c, c->max_len);
}

static size_t
longer(size_t len)
{
	return len + (len < 6 ? 1 : len < 12 ? 2 : 4);
}

void
classic_discovery_good(struct classic *c, const struct classic_got *t)
{
	struct classic_event e = {
		.kind = CLASSIC_LENGTH, .len = c->ask.len, .rate = t->rate,
		.ignored = !t->counts
	};
	int64_t spacing_us = c->ask.spacing_ns / 1000;

	classic_event(c, &e);
	if (t->counts)
		keep(c, t->rate);
	c->max_len = c->ask.len;
	if (t->gap_us > spacing_us) {
		classic_spacing(c, 2 * c->min_spacing_ns);
		discovery_end(c);
	} else if (longer(c->max_len) > MAX_LEN) {
		discovery_end(c);
	} else {
		classic_len(c, longer(c->max_len));
	}
}

void
classic_discovery_lost(struct classic *c)
{
	if (++c->lossy >= LOSSY_MAX)
		discovery_end(c);
}

static void
bursts(struct classic *c)
{
	struct classic_event e = {
		.kind = CLASSIC_COALESCED, .number = BURST_TRAINS,
		.len = BURST_LEN
	};

	c->phase = CLASSIC_IN_BURSTS;
	c->trains = 0;
	classic_event(c, &e);
	classic_len(c, BURST_LEN);
	classic_payload(c, c->config.max_payload);
}

void
classic_test_good(struct classic *c, const struct classic_got *t)
{
	if (coalesce_detect(t->us, c->ask.len, c->config.latency_us))
		bursts(c);
	else
		classic_preliminary(c);
}

void
classic_bursts_end(struct classic *c)
{
	size_t q = (size_t)(BURST_QUANTILE * (double)c->nburst);

	if (c->nburst < 2) {
		classic_fail(c, CLASSIC_TOO_FEW, c->nburst);
		return;
	}
	series_sort(c->burst, c->nburst);
	classic_final(c, c->burst[q - 1], c->burst[q]);
}

static void
bursts_next(struct classic *c, size_t len)
{
	if (++c->trains == BURST_TRAINS) {
		classic_bursts_end(c);
		return;
	}
	classic_len(c, len);
	classic_payload(c, c->config.max_payload);
}

static void
bursts_train(struct classic *c)
{
	struct classic_event e = {
		.kind = CLASSIC_BURSTS, .number = c->trains
	};

	classic_event(c, &e);
}

void
classic_bursts_good(struct classic *c, const struct classic_got *t)
{
	struct classic_event e = { .kind = CLASSIC_BURST_RATE };
	size_t jumps, i, n;

	bursts_train(c);
	n = coalesce_rates(t->us, c->ask.len, c->config.latency_us,
	    c->burst + c->nburst, CLASSIC_BURST_RATES - c->nburst, &jumps);
	for (i = 0; i < n; i++) {
		e.rate = c->burst[c->nburst + i];
		classic_event(c, &e);
	}
	c->nburst += n;
	e = (struct classic_event){
		.kind = CLASSIC_JUMPS, .number = (int)jumps
	};
	classic_event(c, &e);
	bursts_next(c, c->ask.len);
}

void
classic_bursts_lost(struct classic *c)
{
	struct classic_event e = {
		.kind = CLASSIC_REDUCED, .len = c->ask.len - BURST_LEN_STEP
	};

	bursts_train(c);
	classic_event(c, &e);
	if (e.len < BURST_LEN_MIN && c->nburst < BURST_RATES_MIN)
		classic_fail(c, CLASSIC_GAVE_UP, 0);
	else
		bursts_next(c, e.len);
}

static void
prelim_len(struct classic *c, size_t len)
{
	struct classic_event e = { .kind = CLASSIC_PRELIM_LENGTH, .len = len };

	c->trains = 0;
	classic_event(c, &e);
	classic_len(c, len);
}

void
classic_preliminary(struct classic *c)
{
	c->phase = CLASSIC_IN_PRELIMINARY;
	classic_tell(c, CLASSIC_PRELIMINARY);
	classic_payload(c, c->config.max_payload);
	prelim_len(c, FIRST_LEN);
}

void
classic_preliminary_good(struct classic *c, const struct classic_got *t)
{
	struct classic_event e = {
		.kind = CLASSIC_PRELIM_RATE, .rate = t->rate
	};

	classic_event(c, &e);
	if (t->counts)
		keep(c, t->rate);
	if (++c->trains < PRELIM_TRAINS)
		return;
	classic_tell(c, CLASSIC_PRELIM_END);
	if (c->ask.len < c->max_len && c->ask.len < PRELIM_LEN_MAX)
		prelim_len(c, c->ask.len + 1);
	else
		classic_preliminary_end(c);
}

/* Mean, deviation and bin width of n sorted values. */
static void
resolution(struct classic *c, size_t n)
{
	const double *x = c->prelim;
	size_t trim = n > TRIM_FROM ? TRIM : 0;
	size_t out = n > TRIM_FROM ? n / TRIM_PART : 0;
	double range = x[n - out - 1] - x[out];

	c->mean = series_mean(x + trim, n - 2 * trim);
	c->deviation = series_deviation(x + trim, n - 2 * trim);
	c->bin = range < 1.0 ? range / 4 : range / 8;
	if (c->bin == 0)
		c->bin = BIN_DEFAULT;
}

/* The width of a bin; false: too little for it, and that is the end. */
static bool
resolved(struct classic *c)
{
	struct classic_event e = { .kind = CLASSIC_RESOLUTION };

	/* the original drops the last value; nothing can be said of one */
	if (c->nprelim < 3) {
		classic_fail(c, CLASSIC_NOTHING, 0);
		return false;
	}
	series_sort(c->prelim, c->nprelim - 1);
	resolution(c, c->nprelim - 1);
	e.rate = c->bin;
	classic_event(c, &e);
	return true;
}

void
classic_preliminary_final(struct classic *c)
{
	classic_final(c, c->mean - c->bin / 2, c->mean + c->bin / 2);
}

void
classic_preliminary_end(struct classic *c)
{
	struct classic_event e = {
		.kind = CLASSIC_QUICK, .number = c->config.quick
	};

	if (!resolved(c))
		return;
	e.rate = c->deviation / c->mean;
	if (!c->config.quick && e.rate >= QUICK_VARIATION) {
		classic_phase_1(c);
		return;
	}
	classic_event(c, &e);
	classic_preliminary_final(c);
}

void
classic_preliminary_stop(struct classic *c)
{
	if (c->phase == CLASSIC_IN_PRELIMINARY)
		classic_tell(c, CLASSIC_PRELIM_END);
	if (resolved(c))
		classic_preliminary_final(c);
}
