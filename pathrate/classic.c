/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "pathrate/classic_private.h"

#define MIN_SPACING_MS	500
#define SPACING_RTTS	1.25
#define LATENCIES	3	/* in the smallest dispersion of a pair */
#define FAILURES_MAX	15	/* trains in a row of one length */

int64_t
classic_spacing_ns(double rtt_ms)
{
	double ms = rtt_ms * SPACING_RTTS;

	return CLOCK_NS_PER_MS *
	    (ms > MIN_SPACING_MS ? (int64_t)ms : MIN_SPACING_MS);
}

double
classic_rate(size_t bytes, size_t gaps, int64_t us)
{
	return us > 0 ? (double)(bytes * 8 * gaps) / (double)us : INFINITY;
}

size_t
classic_bytes(const struct classic *c, size_t payload)
{
	return payload + (c->config.ipv6 ? TRAIN_HEADERS_6 : TRAIN_HEADERS);
}

void
classic_event(struct classic *c, const struct classic_event *e)
{
	c->say(c->arg, e);
}

void
classic_tell(struct classic *c, enum classic_kind kind)
{
	struct classic_event e = { .kind = kind };

	classic_event(c, &e);
}

void
classic_word(struct classic *c, enum wire_code code, size_t argument)
{
	if (c->ask.nwords < TRAIN_WORDS_MAX)
		c->ask.words[c->ask.nwords++] = wire_value(code,
		    (uint32_t)argument);
}

void
classic_len(struct classic *c, size_t len)
{
	c->ask.again = false;
	c->ask.len = len;
	classic_word(c, WIRE_TRAIN_LEN, len);
}

void
classic_payload(struct classic *c, size_t payload)
{
	c->ask.again = false;
	c->ask.payload = payload;
	classic_word(c, WIRE_PCK_LEN, payload);
}

void
classic_spacing(struct classic *c, int64_t spacing_ns)
{
	c->ask.again = false;
	c->ask.spacing_ns = spacing_ns;
	classic_word(c, WIRE_TRAIN_SPACING,
	    (size_t)(spacing_ns / CLOCK_NS_PER_MS));
}

void
classic_final(struct classic *c, double lo, double hi)
{
	struct classic_event e = {
		.kind = CLASSIC_FINAL, .rate = lo, .hi = hi
	};

	c->phase = CLASSIC_DONE;
	c->lo = lo;
	c->hi = hi;
	classic_event(c, &e);
}

void
classic_fail(struct classic *c, enum classic_kind why, size_t number)
{
	struct classic_event e = { .kind = why, .number = (int)number };

	c->phase = CLASSIC_FAILED;
	classic_event(c, &e);
}

size_t
classic_modes(struct classic *c, const double *x, size_t n, struct mode *out)
{
	bool used[CLASSIC_PAIRS] = { false };
	struct modes f = { .x = x, .n = n, .width = c->bin, .used = used };
	struct classic_event e = { .kind = CLASSIC_MODE };
	enum mode_kind kind;
	struct mode m;
	size_t found = 0;

	e.mode = &m;
	while ((kind = modes_next(&f, &m)) != MODE_NONE) {
		if (kind == MODE_NOISE)
			continue;
		e.kind = kind == MODE_LOCAL ? CLASSIC_MODE : CLASSIC_SPIKE;
		classic_event(c, &e);
		if (kind == MODE_LOCAL)
			out[found++] = m;
	}
	return found;
}

void
classic_start(struct classic *c, const struct classic_config *config,
    classic_say *say, void *arg)
{
	struct classic_event e = { .kind = CLASSIC_SETUP };

	memset(c, 0, sizeof(*c));
	c->config = *config;
	c->say = say;
	c->arg = arg;
	c->min_spacing_ns = classic_spacing_ns(config->rtt_ms);
	c->min_gap_us = LATENCIES * config->latency_us;
	e.rate = c->min_gap_us;
	classic_event(c, &e);
	c->ask.round = 1;
	c->ask.payload = config->max_payload;
	c->ask.spacing_ns = c->min_spacing_ns;
	classic_discovery(c);
	c->ask.round++;
}

const struct train_ask *
classic_ask(const struct classic *c)
{
	return c->phase < CLASSIC_DONE ? &c->ask : NULL;
}

static void
take_good(struct classic *c, const int64_t *arrival_ns)
{
	struct classic_got t;
	size_t i, len = c->ask.len;

	for (i = 0; i <= len; i++)
		t.us[i] = arrival_ns[i] / CLOCK_NS_PER_US;
	t.gap_us = t.us[len] - t.us[1];
	t.rate = classic_rate(classic_bytes(c, c->ask.payload), len - 1,
	    t.gap_us);
	t.counts = (double)t.gap_us > c->min_gap_us * (double)(len - 1);
	c->failures = 0;
	switch (c->phase) {
	case CLASSIC_IN_DISCOVERY:
		classic_discovery_good(c, &t);
		break;
	case CLASSIC_IN_TEST:
		classic_test_good(c, &t);
		break;
	case CLASSIC_IN_BURSTS:
		classic_bursts_good(c, &t);
		break;
	case CLASSIC_IN_PRELIMINARY:
		classic_preliminary_good(c, &t);
		break;
	case CLASSIC_IN_PHASE_1:
		classic_phase_1_good(c, &t);
		break;
	case CLASSIC_IN_PHASE_2:
		classic_phase_2_good(c, &t);
		break;
	case CLASSIC_DONE:
	case CLASSIC_FAILED:
		break;
	}
}

/*
 * The original would ask for ever: make the long trains shorter, do without
 * the rest of the preliminaries, or give up.
 */
static void
too_many_failures(struct classic *c)
{
	struct classic_event e = { .kind = CLASSIC_REDUCED };

	c->failures = 0;
	if (c->phase == CLASSIC_IN_PRELIMINARY) {
		classic_tell(c, CLASSIC_PRELIM_END);
		classic_preliminary_end(c);
	} else if (c->phase == CLASSIC_IN_PHASE_1 || c->max_len <= 2) {
		classic_fail(c, CLASSIC_NOTHING, 0);
	} else {
		c->max_len = c->max_len < 4 ? 2 : c->max_len * 3 / 4;
		e.len = c->max_len;
		classic_event(c, &e);
		classic_len(c, c->max_len);
	}
}

static void
take_bad(struct classic *c, enum train_end end)
{
	c->failures++;
	c->ask.again = end == TRAIN_LOST;
	if (c->phase == CLASSIC_IN_DISCOVERY &&
	    (end == TRAIN_LOST || c->failures > FAILURES_MAX))
		classic_discovery_lost(c);
	else if (c->phase == CLASSIC_IN_BURSTS)
		classic_bursts_lost(c);
	else if (c->phase != CLASSIC_IN_DISCOVERY &&
	    c->failures >= FAILURES_MAX)
		too_many_failures(c);
}

void
classic_take(struct classic *c, enum train_end end, const int64_t *arrival_ns)
{
	if (c->phase >= CLASSIC_DONE)
		return;
	c->ask.nwords = 0;
	c->ask.pause_ns = 0;
	c->ask.again = false;
	if (end == TRAIN_GOOD)
		take_good(c, arrival_ns);
	else
		take_bad(c, end);
	if (!c->ask.again)
		c->ask.round++;
}

void
classic_stop(struct classic *c)
{
	switch (c->phase) {
	case CLASSIC_IN_DISCOVERY:
	case CLASSIC_IN_TEST:
	case CLASSIC_IN_PRELIMINARY:
		classic_preliminary_stop(c);
		break;
	case CLASSIC_IN_BURSTS:
		classic_bursts_end(c);
		break;
	case CLASSIC_IN_PHASE_1:
		classic_preliminary_final(c);
		break;
	case CLASSIC_IN_PHASE_2:
		if (!classic_phase_2_end(c))
			classic_preliminary_final(c);
		break;
	case CLASSIC_DONE:
	case CLASSIC_FAILED:
		break;
	}
}
