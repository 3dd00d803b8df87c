/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "udpst/adjust.h"
#include "udpst/srate.h"

#define THR_START	5	/* algorithm C: slow steps until fast ones */
#define THR_STEP	5
#define CE_SCALE	255	/* of ce_thresh */

/* The highest row in use. */
static unsigned int
adjust_last(const struct adjust *a)
{
	const int limit = a->conf.limit_index;

	return limit < 0 || limit > SRATE_LAST ? SRATE_LAST :
	    (unsigned int)limit;
}

/* A row as asked for, or the highest one when that is lower. */
static unsigned int
adjust_cap(struct adjust *a, unsigned int index)
{
	const unsigned int last = adjust_last(a);

	if (index <= last)
		return index;
	if (last < SRATE_LAST)
		a->limited = true;
	return last;
}

void
adjust_init(struct adjust *a, const struct adjust_conf *conf)
{
	memset(a, 0, sizeof(*a));
	a->conf = *conf;
	a->thr = THR_START;
	if (conf->fixed_index < 0 && conf->start_index > 0)
		a->index = adjust_cap(a, (unsigned int)conf->start_index);
}

unsigned int
adjust_first(const struct adjust *a, bool upstream)
{
	const unsigned int last = adjust_last(a);
	unsigned int fixed;

	if (a->conf.fixed_index < 0)
		return a->index;
	if (!upstream || a->conf.suppress > 0)
		return 0;
	fixed = (unsigned int)a->conf.fixed_index;
	return fixed < last ? fixed : last;
}

/*
 * n/d rounded to the nearest by way of tenths, as the original does, whose
 * sums are of 32 bits and wrap where these do not.
 */
static uint64_t
ratio_round(uint64_t n, uint64_t d)
{
	return (n * 10 / d + 5) / 10;
}

/* Delay variation in ms; a value that changes nothing when there is none. */
static uint64_t
input_delay(const struct adjust_conf *c, const struct adjust_input *in)
{
	if (c->use_owd && in->owd_cnt > 0)
		return ratio_round(in->owd_sum, in->owd_cnt);
	return in->rtt_sample == WIRE_NO_SAMPLE ? c->low_ms : in->rtt_sample;
}

static bool
input_congested(const struct adjust_conf *c, const struct adjust_input *in)
{
	return c->ce_thresh > 0 && in->ce > 0 && in->ce >
	    ratio_round((uint64_t)(c->ce_thresh - 1) * in->datagrams,
	    CE_SCALE);
}

static bool
may_leap(const struct adjust *a)
{
	return a->index < SRATE_HIGH_SPEED && a->slow < a->conf.slow_thresh;
}

static void
leap_b(struct adjust *a)
{
	a->index += a->conf.high_speed_delta;
	if (a->index > SRATE_HIGH_SPEED)
		a->index = SRATE_HIGH_SPEED;
}

/* Algorithm C doubles, every second time. */
static void
leap_c(struct adjust *a)
{
	if (2 * a->index > SRATE_HIGH_SPEED) {
		a->index = SRATE_HIGH_SPEED;
		return;
	}
	if (a->index == 0)
		a->index = 1;
	if (a->upd)
		a->index *= 2;
	a->upd = !a->upd;
}

/* Algorithm C leaps again after so many single steps; more each time that it
 * was on the way up. */
static void
count_step(struct adjust *a, bool up)
{
	if (a->conf.algorithm != ADJUST_C || ++a->cnt < a->thr)
		return;
	a->slow = 0;
	a->cnt = 0;
	if (up)
		a->thr += THR_STEP;
}

static void
rate_up(struct adjust *a)
{
	if (may_leap(a)) {
		if (a->conf.algorithm == ADJUST_C)
			leap_c(a);
		else
			leap_b(a);
		a->slow = 0;
	} else if (a->index < SRATE_LAST) {
		a->index++;
		count_step(a, true);
	}
}

/* Only the S-th bad interval since the last leap costs more than a row. */
static void
rate_down(struct adjust *a)
{
	const unsigned int drop = 3 * a->conf.high_speed_delta;

	a->slow++;
	if (a->index < SRATE_HIGH_SPEED && a->slow == a->conf.slow_thresh)
		a->index = a->index > drop ? a->index - drop : 0;
	else if (a->index > 0) {
		a->index--;
		count_step(a, false);
	}
}

static void
adjust_search(struct adjust *a, const struct adjust_input *in)
{
	const struct adjust_conf *c = &a->conf;
	const uint64_t delay = input_delay(c, in);
	const bool congested = input_congested(c, in);
	uint64_t errors = in->loss;

	if (c->count_ooo)
		errors += (uint64_t)in->ooo + in->dup;
	if (errors > c->seq_thresh || delay > c->upper_ms || congested)
		rate_down(a);
	else if (delay < c->low_ms)
		rate_up(a);
}

unsigned int
adjust_step(struct adjust *a, const struct adjust_input *in)
{
	const bool suppressed = in->subint_seq < a->conf.suppress;

	if (a->conf.fixed_index >= 0)
		a->index = suppressed ? 0 : (unsigned int)a->conf.fixed_index;
	else if (!suppressed)
		adjust_search(a, in);
	a->index = adjust_cap(a, a->index);
	return a->index;
}
