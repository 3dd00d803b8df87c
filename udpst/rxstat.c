/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udpst/rxstat.h"

#define ECN_MASK	3	/* of the traffic class */
#define ECN_NONE	0
#define ECN_CE		3

/* A difference of two times in ms, half up; C rounds towards 0. */
static int64_t
round_ms(int64_t ns)
{
	int64_t ms;

	ns += CLOCK_NS_PER_MS / 2;
	ms = ns / CLOCK_NS_PER_MS;
	return ms * CLOCK_NS_PER_MS > ns ? ms - 1 : ms;
}

/* Differences that no clock has are cut to what 32 bits of ms hold. */
static int32_t
clip_ms(int64_t ms)
{
	if (ms > INT32_MAX)
		return INT32_MAX;
	return ms < INT32_MIN ? INT32_MIN : (int32_t)ms;
}

static uint32_t
add32(uint32_t a, uint32_t b)
{
	return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

static void
delay_add(struct wire_delay *d, int64_t ns)
{
	if (d->count == 0 || ns < d->min_ns)
		d->min_ns = ns;
	if (d->count == 0 || ns > d->max_ns)
		d->max_ns = ns;
	d->sum_ns = d->sum_ns > INT64_MAX - ns ? INT64_MAX : d->sum_ns + ns;
	d->count++;
}

/* Rules 1: what counts for every PDU. */
static void
count_all(struct rxstat *r, const struct wire_load *p, size_t len, int tos)
{
	uint32_t payload = p->payload;

	if (payload > len)
		payload = (uint32_t)len;
	r->trial.datagrams++;
	r->trial.bytes += payload;
	r->total_datagrams++;
	r->total_bytes += payload;
	if (r->ce_thresh == 0 || tos < 0)
		return;
	if ((tos & ECN_MASK) == ECN_NONE)
		r->bleached = add32(r->bleached, 1);
	else if ((tos & ECN_MASK) == ECN_CE)
		r->trial.ce++;
}

/* Not above the highest: one of those remembered, or late. */
static bool
seen(const struct rxstat *r, uint32_t seq)
{
	unsigned int i;

	for (i = 0; i < RXSTAT_RING; i++)
		if (r->ring[i] == seq)
			return true;
	return false;
}

static void
remember(struct rxstat *r, uint32_t seq)
{
	r->ring[r->ring_next] = seq;
	r->ring_next = (r->ring_next + 1) % RXSTAT_RING;
}

/*
 * Rules 2: whether this PDU is the newest so far. Numbers are compared as
 * serial ones (RFC 1982), because a fast test goes round their 32 bits. Loss
 * and what takes it back are counted for both intervals at once.
 */
static bool
count_seq(struct rxstat *r, uint32_t seq)
{
	const uint32_t ahead = seq - r->highest;

	if (ahead == 0 || ahead > (uint32_t)INT32_MAX) {
		if (seen(r, seq)) {
			r->trial.dup++;
			return false;
		}
		r->trial.ooo++;
		if (r->trial.loss > 0)
			r->trial.loss--;
		if (r->active.loss > 0)
			r->active.loss--;
		remember(r, seq);
		return false;
	}
	if (ahead > 1) {
		r->trial.loss = add32(r->trial.loss, ahead - 1);
		r->active.loss = add32(r->active.loss, ahead - 1);
	}
	r->highest = seq;
	remember(r, seq);
	return true;
}

/* Rules 3. The first PDU gives a minimum and no variation. */
static void
count_owd(struct rxstat *r, int32_t ms, int64_t ns)
{
	struct rxstat_count *c = &r->trial;
	const bool first = !r->got_owd;
	uint32_t var;

	r->got_owd = true;
	if (first || ns < r->owd_minimum_ns)
		r->owd_minimum_ns = ns;
	if (first || ms < r->clock_delta_min) {
		r->clock_delta_min = ms;
		r->min_updated = true;
	}
	if (first)
		return;
	var = (uint32_t)((int64_t)ms - r->clock_delta_min);
	if (var < c->owd_min)
		c->owd_min = var;
	if (var > c->owd_max)
		c->owd_max = var;
	c->owd_sum += var;
	c->owd_cnt++;
	delay_add(&c->owd_ns, ns - r->owd_minimum_ns);
}

static bool
same_time(struct wire_time a, struct wire_time b)
{
	return a.sec == b.sec && a.nsec == b.nsec;
}

/* Newest first: that is the one a sender sends back. */
static bool
was_sent(const struct rxstat *r, struct wire_time t)
{
	unsigned int i;

	if (t.sec == 0 && t.nsec == 0)
		return false;
	for (i = 1; i <= RXSTAT_SENT; i++)
		if (same_time(r->sent[(r->sent_next - i) % RXSTAT_SENT], t))
			return true;
	return false;
}

static void
rtt_add(struct rxstat *r, uint32_t ms, int64_t ns)
{
	struct rxstat_count *c = &r->trial;
	uint32_t var;

	if (!r->got_rtt || ns < r->rtt_minimum_ns)
		r->rtt_minimum_ns = ns;
	if (!r->got_rtt || ms < r->rtt_minimum) {
		r->rtt_minimum = ms;
		r->min_updated = true;
	}
	r->got_rtt = true;
	var = ms - r->rtt_minimum;
	r->rtt_sample = var;
	if (var < c->rtt_min)
		c->rtt_min = var;
	if (var > c->rtt_max)
		c->rtt_max = var;
	c->rtt_sum += var;
	c->rtt_cnt++;
	delay_add(&c->rtt_ns, ns - r->rtt_minimum_ns);
}

/*
 * Rules 4, for a status time that is news. How long the peer held its answer
 * is known exactly from a peer of ours only, else in rounded ms, so that the ns
 * of an RTT are good to half a ms either way: a peer that held it for 0.4 ms
 * makes the RTT 0.4 ms too long, one that did for 0.6 ms 0.4 ms too short
 * (hence the floor at 0). One that answers within microseconds, as a fast
 * sender does, is exact. A time of day that was set back gives no sample.
 */
static void
count_rtt(struct rxstat *r, const struct wire_load *p, int64_t wall_ns,
    struct rxstat_event *e)
{
	int64_t ns = wall_ns - wire_time_to_ns(p->status_time);
	int64_t ms = round_ms(ns);

	r->last_status_time = p->status_time;
	e->status_lost = p->status_err;
	if (ns < 0)
		return;
	if (p->rtt_delay_ms <= ms + 1) {
		ms -= p->rtt_delay_ms;
		ns -= p->rtt_delay_ms * CLOCK_NS_PER_MS +
		    p->rtt_delay_more_ns;
	}
	if (ms < 0)
		ms = 0;
	if (ns < 0)
		ns = 0;
	e->rtt_ms = (uint32_t)clip_ms(ms);
	e->new_rtt = true;
	rtt_add(r, e->rtt_ms, ns);
}

void
rxstat_load(struct rxstat *r, const struct wire_load *p, size_t len,
    int64_t wall_ns, int tos, struct rxstat_event *e)
{
	const int64_t delta_ns = wall_ns - wire_time_to_ns(p->time);
	struct rxstat_event none;

	if (e == NULL)
		e = &none;
	memset(e, 0, sizeof(*e));
	e->owd_ms = clip_ms(round_ms(delta_ns));
	r->got_load = true;
	count_all(r, p, len, tos);
	if (!count_seq(r, p->seq))
		return;
	count_owd(r, e->owd_ms, delta_ns);
	if (!same_time(p->status_time, r->last_status_time) &&
	    was_sent(r, p->status_time))
		count_rtt(r, p, wall_ns, e);
}
