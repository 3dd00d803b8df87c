/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udpst/adjust.h"
#include "udpst/rxstat.h"

static void
count_clear(struct rxstat_count *c)
{
	memset(c, 0, sizeof(*c));
	c->owd_min = WIRE_NO_SAMPLE;
	c->rtt_min = WIRE_NO_SAMPLE;
}

static uint32_t
to_u32(uint64_t v)
{
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static uint32_t
least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t
most(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Add a trial interval, all but its loss: see rxstat_load. */
static void
count_merge(struct rxstat_count *c, const struct rxstat_count *trial)
{
	c->datagrams += trial->datagrams;
	c->bytes += trial->bytes;
	c->ooo += trial->ooo;
	c->dup += trial->dup;
	c->ce += trial->ce;
	c->owd_min = least(c->owd_min, trial->owd_min);
	c->owd_max = most(c->owd_max, trial->owd_max);
	c->owd_cnt += trial->owd_cnt;
	c->owd_sum += trial->owd_sum;
	c->rtt_min = least(c->rtt_min, trial->rtt_min);
	c->rtt_max = most(c->rtt_max, trial->rtt_max);
	c->rtt_cnt += trial->rtt_cnt;
	c->rtt_sum += trial->rtt_sum;
	wire_delay_merge(&c->owd_ns, &trial->owd_ns);
	wire_delay_merge(&c->rtt_ns, &trial->rtt_ns);
}

void
rxstat_init(struct rxstat *r, unsigned int period_ms, unsigned int trial_ms,
    unsigned int ce_thresh, int64_t now_ns)
{
	memset(r, 0, sizeof(*r));
	r->ce_thresh = ce_thresh;
	r->period_ns = period_ms * CLOCK_NS_PER_MS;
	r->trial_ns = trial_ms * CLOCK_NS_PER_MS;
	count_clear(&r->trial);
	count_clear(&r->active);
	r->trial_start_ns = now_ns;
	r->rtt_minimum = WIRE_NO_SAMPLE;
	r->rtt_sample = WIRE_NO_SAMPLE;
	r->rtt_minimum_ns = -1;
}

static void
status_subint(const struct rxstat *r, struct wire_status *out)
{
	const struct rxstat_count *c = &r->saved;
	struct wire_subint *s = &out->subint;

	out->subint_seq = r->subint_seq;
	out->subint_ce = c->ce;
	s->datagrams = c->datagrams;
	s->bytes = c->bytes;
	s->delta_us = r->saved_delta_us;
	s->loss = c->loss;
	s->ooo = c->ooo;
	s->dup = c->dup;
	s->owd_min = c->owd_min;
	s->owd_max = c->owd_max;
	s->owd_sum = to_u32(c->owd_sum);
	s->owd_cnt = c->owd_cnt;
	s->rtt_min = c->rtt_min;
	s->rtt_max = c->rtt_max;
	s->accum_ms = r->accum_ms;
}

static void
status_trial(const struct rxstat *r, int64_t now_ns, struct wire_status *out)
{
	const struct rxstat_count *c = &r->trial;

	out->loss = c->loss;
	out->ooo = c->ooo;
	out->dup = c->dup;
	out->clock_delta_min = r->clock_delta_min;
	out->owd_min = c->owd_min;
	out->owd_max = c->owd_max;
	out->owd_sum = to_u32(c->owd_sum);
	out->owd_cnt = c->owd_cnt;
	out->rtt_minimum = r->rtt_minimum;
	out->rtt_sample = r->rtt_sample;
	out->min_updated = r->min_updated ? 1 : 0;
	out->ti_delta_us = to_u32((uint64_t)(now_ns - r->trial_start_ns) /
	    CLOCK_NS_PER_US);
	out->ti_datagrams = c->datagrams;
	out->ti_bytes = to_u32(c->bytes);
	out->ti_ce = c->ce;
	out->modifier = r->bleached > 0 ? WIRE_MOD_BLEACHED : 0;
}

/* What came before the first status belongs to no sub-interval. */
static bool
subint_tick(struct rxstat *r, int64_t now_ns)
{
	const int64_t elapsed_ns = now_ns - r->subint_start_ns;
	const int64_t elapsed_ms = (elapsed_ns + CLOCK_NS_PER_MS / 2) /
	    CLOCK_NS_PER_MS;
	const bool running = r->subint_running;

	if (running && elapsed_ms <= r->period_ns / CLOCK_NS_PER_MS -
	    r->trial_ns / CLOCK_NS_PER_MS / 2)
		return false;
	if (running) {
		r->subint_seq++;
		r->saved = r->active;
		r->saved_delta_us = to_u32((uint64_t)elapsed_ns /
		    CLOCK_NS_PER_US);
		r->accum_ms += to_u32((uint64_t)elapsed_ms);
	}
	count_clear(&r->active);
	r->subint_running = true;
	r->subint_start_ns = now_ns;
	return running;
}

bool
rxstat_status(struct rxstat *r, int64_t now_ns, struct wire_status *out)
{
	status_subint(r, out);
	status_trial(r, now_ns, out);
	count_merge(&r->active, &r->trial);
	count_clear(&r->trial);
	r->rtt_sample = WIRE_NO_SAMPLE;
	r->min_updated = false;
	r->trial_start_ns = now_ns;
	return subint_tick(r, now_ns);
}

void
rxstat_adjust_input(const struct rxstat *r, struct adjust_input *out)
{
	const struct rxstat_count *c = &r->trial;

	out->subint_seq = r->subint_seq;
	out->loss = c->loss;
	out->ooo = c->ooo;
	out->dup = c->dup;
	out->owd_sum = to_u32(c->owd_sum);
	out->owd_cnt = c->owd_cnt;
	out->rtt_sample = r->rtt_sample;
	out->ce = c->ce;
	out->datagrams = c->datagrams;
}

void
rxstat_sent(struct rxstat *r, struct wire_time t)
{
	r->sent[r->sent_next] = t;
	r->sent_next = (r->sent_next + 1) % RXSTAT_SENT;
}

bool
rxstat_bleach_news(struct rxstat *r)
{
	const bool news = r->bleached > 0 && !r->bleach_told;

	if (news)
		r->bleach_told = true;
	return news;
}

void
rxstat_figures(const struct rxstat *r, struct wire_figures *out)
{
	out->subint_seq = r->subint_seq;
	out->owd_minimum_ns = r->owd_minimum_ns;
	out->rtt_minimum_ns = r->rtt_minimum_ns;
	out->owd_var = r->saved.owd_ns;
	out->rtt_var = r->saved.rtt_ns;
}
