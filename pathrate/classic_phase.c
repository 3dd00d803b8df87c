/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

/* Phase I, Phase II and the choice between their modes (spec 4.4). */

#include "common/clock.h"
#include "pathrate/classic_private.h"
#include "pathrate/series.h"

#define PAUSE_NS	CLOCK_NS_PER_S
#define FIRST_LEN	2
#define FIRST_PAYLOAD	572
#define SIZES		40
#define PAIRS		(CLASSIC_PAIRS / SIZES)	/* of a size */
#define IGNORED_MAX	(PAIRS / 4)
#define ADJUST_STEP	275	/* bytes */
#define LEN_PART	4	/* of the longest train, for Phase I */
#define TRIM		10	/* values at each end, for the ADR */
#define NARROW		0.05	/* variation of Phase II */
#define NEAR_PRELIM	0.90	/* ADR over the preliminary mean */

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
size_begin(struct classic *c)
{
	struct classic_event e = {
		.kind = CLASSIC_SIZE, .len = c->ask.len,
		.bytes = classic_bytes(c, c->ask.payload),
		.number = c->size * 100 / SIZES
	};

	c->trains = c->ignored = 0;
	classic_payload(c, c->ask.payload);
	classic_len(c, c->ask.len);
	classic_event(c, &e);
}

void
classic_phase_1(struct classic *c)
{
	c->phase = CLASSIC_IN_PHASE_1;
	classic_tell(c, CLASSIC_PHASE_1);
	c->ask.pause_ns = PAUSE_NS;
	c->ask.len = smaller(FIRST_LEN, c->max_len);
	c->ask.payload = smaller(FIRST_PAYLOAD, c->config.max_payload);
	classic_spacing(c, c->min_spacing_ns);
	size_begin(c);
}

static void
phase_1_modes(struct classic *c)
{
	size_t n = c->npair - (c->npair > 0);	/* the last one is dropped */

	classic_tell(c, CLASSIC_MODES_1);
	series_sort(c->pair, n);
	c->nmode = classic_modes(c, c->pair, n, c->mode);
	classic_tell(c, CLASSIC_MODES_1_END);
}

/* The next size of packets and, after too many that were ignored, longer
 * trains of larger ones; false when that is too long. */
static bool
size_next(struct classic *c)
{
	struct classic_event e = { .kind = CLASSIC_ADJUST };
	size_t max = c->config.max_payload, first = smaller(FIRST_PAYLOAD, max);
	size_t len_max = c->max_len / LEN_PART;

	c->ask.payload = smaller(c->ask.payload + (max - first) / SIZES + 1,
	    max);
	if (c->ignored <= IGNORED_MAX)
		return true;
	if (++c->ask.len > (len_max > 2 ? len_max : 2))
		return false;
	c->ask.payload = smaller(c->ask.payload + ADJUST_STEP, max);
	e.len = c->ask.len;
	e.bytes = classic_bytes(c, c->ask.payload);
	classic_event(c, &e);
	return true;
}

static void
size_end(struct classic *c)
{
	classic_tell(c, CLASSIC_SIZE_END);
	c->size++;
	c->aborted = !size_next(c);
	if (c->aborted)
		classic_tell(c, CLASSIC_ABORTED);
	else if (c->size < SIZES)
		size_begin(c);
	else
		phase_1_modes(c);
	if (c->aborted || c->size == SIZES)
		classic_phase_2(c);
}

void
classic_phase_1_good(struct classic *c, const struct classic_got *t)
{
	struct classic_event e = {
		.kind = CLASSIC_PAIR, .number = ++c->trains, .rate = t->rate,
		.gap_us = (double)t->gap_us, .ignored = !t->counts
	};

	classic_event(c, &e);
	if (t->counts)
		c->pair[c->npair++] = t->rate;
	else
		c->ignored++;
	if (c->trains == PAIRS)
		size_end(c);
}

void
classic_phase_2(struct classic *c)
{
	struct classic_event e = {
		.kind = CLASSIC_PHASE_2, .number = CLASSIC_TRAINS,
		.len = c->max_len,
		.bytes = classic_bytes(c, c->config.max_payload)
	};

	c->phase = CLASSIC_IN_PHASE_2;
	c->trains = 0;
	c->ask.pause_ns = PAUSE_NS;
	classic_spacing(c, 2 * c->min_spacing_ns);
	classic_len(c, c->max_len);
	classic_payload(c, c->config.max_payload);
	c->ask.round++;		/* the original counts twice here */
	classic_event(c, &e);
}

/* Of several modes of Phase II the best one's lower edge is taken. */
static void
ambiguous(struct classic *c, const struct mode *mode, size_t modes, size_t n)
{
	struct classic_event e = { .kind = CLASSIC_MERIT };
	double best = 0;
	size_t i;

	classic_tell(c, CLASSIC_AMBIGUOUS);
	for (i = 0; i < modes; i++) {
		e.mode = &mode[i];
		e.merit = mode_merit(&mode[i], n);
		classic_event(c, &e);
		if (e.merit > best) {
			best = e.merit;
			c->adr = mode[i].lo;
		}
	}
}

static void
asymptotic_rate(struct classic *c, size_t n)
{
	struct mode mode[MODES_MAX];
	struct classic_event e = { .kind = CLASSIC_ADR };
	size_t modes;

	classic_tell(c, CLASSIC_MODES_2);
	series_sort(c->train, n);
	modes = classic_modes(c, c->train, n, mode);
	classic_tell(c, CLASSIC_MODES_2_END);
	c->adr = series_mean(c->train + TRIM, n - 2 * TRIM);
	/* the original counts one more here */
	c->adr_deviation = series_deviation(c->train + TRIM, n - 2 * TRIM + 1);
	c->adr_narrow = modes == 1 && c->adr_deviation / c->adr < NARROW &&
	    c->adr / c->mean > NEAR_PRELIM;
	if (c->adr_narrow)
		c->adr = (mode[0].lo + mode[0].hi) / 2;
	else if (modes > 1)
		ambiguous(c, mode, modes, n);
	e.rate = c->adr;
	classic_event(c, &e);
}

static void
by_adr(struct classic *c, enum classic_kind kind)
{
	struct classic_event e = { .kind = kind };

	e.rate = c->adr - c->bin / 2;
	e.hi = c->adr + c->bin / 2;
	classic_event(c, &e);
	classic_final(c, e.rate, e.hi);
}

static void
choose(struct classic *c)
{
	struct classic_event e = { .kind = CLASSIC_CANDIDATE };
	const struct mode *best = NULL;
	double merit = 0;
	size_t i;

	classic_tell(c, CLASSIC_CANDIDATES);
	for (i = 0; i < c->nmode; i++) {
		if (c->mode[i].hi <= c->adr)
			continue;
		e.mode = &c->mode[i];
		e.merit = mode_merit(e.mode, c->npair - 1);
		classic_event(c, &e);
		if (e.merit > merit) {
			merit = e.merit;
			best = e.mode;
		}
	}
	if (best == NULL)
		by_adr(c, CLASSIC_ADR_MODE);
	else
		classic_final(c, best->lo, best->hi);
}

bool
classic_phase_2_end(struct classic *c)
{
	/* the last one is dropped; the ADR needs some between the extremes */
	if (c->ntrain < 2 * TRIM + 2)
		return false;
	asymptotic_rate(c, c->ntrain - 1);
	if (c->aborted)
		by_adr(c, CLASSIC_LOWER_BOUND);
	else
		choose(c);
	return true;
}

void
classic_phase_2_good(struct classic *c, const struct classic_got *t)
{
	struct classic_event e = {
		.kind = CLASSIC_TRAIN, .number = ++c->trains, .rate = t->rate,
		.gap_us = (double)t->gap_us, .ignored = !t->counts
	};

	classic_event(c, &e);
	if (t->counts)
		c->train[c->ntrain++] = t->rate;
	if (c->trains == CLASSIC_TRAINS && !classic_phase_2_end(c))
		classic_fail(c, CLASSIC_NOTHING, 0);
}
