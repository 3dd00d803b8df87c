/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes in on a connection. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udpst/conn.h"
#include "udpst/conn_private.h"

/* A valid PDU came: the other side lives. */
static void
alive(struct conn *c, uint8_t action, int64_t now_ns)
{
	c->last_rx_ns = now_ns;
	c->quiet = false;
	if (c->action == WIRE_TEST && action == WIRE_TEST)
		c->watchdog_ns = now_ns + CONN_WATCHDOG_NS;
}

/* The other side has stopped hearing us, or hears us again. */
static void
peer_quiet(struct conn *c, bool stopped)
{
	if (stopped && !c->peer_quiet)
		conn_warn(c, CONN_NEWS_QUIET, true, 0);
	c->peer_quiet = stopped;
}

/* A server is done; a client says the same once more (spec 3.10). */
static void
stop_came(struct conn *c)
{
	if (c->confirm || c->ended != CONN_RUNNING)
		return;
	if (c->conf.is_server) {
		/* Whether it answers our stop or makes its own. */
		if (c->action == WIRE_TEST)
			(void)conn_tell(c, CONN_NEWS_STOPPED);
		conn_end(c, CONN_GRACEFUL);
		return;
	}
	(void)conn_tell(c, CONN_NEWS_STOPPED);
	c->action = WIRE_STOP_2;
	c->confirm = true;
}

/* Load. */

static int32_t
get_be32s(const uint8_t *p)
{
	return (int32_t)((uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3]);
}

bool
conn_load(struct conn *c, const uint8_t *buf, size_t have, size_t len,
    int64_t wall_ns, int64_t now_ns, int tos, struct wire_load *p,
    struct rxstat_event *e)
{
	if (have < WIRE_LOAD_LEN ||
	    !wire_load_get(buf, have, c->conf.version, p))
		return false;
	p->rtt_delay_more_ns = c->conf.ours && have >= CONN_HEADER_LEN ?
	    get_be32s(buf + WIRE_LOAD_LEN) : 0;
	alive(c, p->action, now_ns);
	peer_quiet(c, p->rx_stopped);
	memset(e, 0, sizeof(*e));
	if (p->action != WIRE_TEST || c->confirm) {
		stop_came(c);
		return true;
	}
	rxstat_load(&c->rx, p, len, wall_ns, tos, e);
	if (e->status_lost != 0)
		conn_warn(c, CONN_NEWS_LOST, true, e->status_lost);
	return true;
}

void
conn_subint_own(const struct conn *c, struct result_subint *s)
{
	const struct rxstat_count *n = &c->rx.saved;

	s->datagrams = n->datagrams;
	s->bytes = n->bytes;
	s->delta_us = c->rx.saved_delta_us;
	s->loss = n->loss;
	s->ooo = n->ooo;
	s->dup = n->dup;
	s->ce = n->ce;
	s->owd_min = n->owd_min;
	s->owd_max = n->owd_max;
	s->owd_sum = n->owd_sum;
	s->owd_cnt = n->owd_cnt;
	s->rtt_min = n->rtt_min;
	s->rtt_max = n->rtt_max;
	s->rtt_sum = n->rtt_sum;
	s->rtt_cnt = n->rtt_cnt;
	s->accum_ms = c->rx.accum_ms;
	s->have_clock_delta = c->rx.got_owd;
	s->clock_delta_min = c->rx.clock_delta_min;
	s->rtt_minimum = c->rx.rtt_minimum;
	s->have_figures = c->rx.got_owd;
	s->owd_minimum_ns = c->rx.owd_minimum_ns;
	s->rtt_minimum_ns = c->rx.got_rtt ? c->rx.rtt_minimum_ns : -1;
	s->owd_ns = n->owd_ns;
	s->rtt_ns = n->rtt_ns;
}

/* Status. */

unsigned int
conn_adjust(struct conn *c, const struct adjust_input *in)
{
	bool was_limited = c->adjust.limited;
	unsigned int index = adjust_step(&c->adjust, in);

	if (c->adjust.limited && !was_limited)
		conn_tell(c, CONN_NEWS_LIMITED)->index = index;
	return index;
}

void
conn_tell_adjusted(struct conn *c, const struct wire_status *s)
{
	struct conn_news *n = conn_tell(c, CONN_NEWS_ADJUSTED);

	n->status = *s;
	n->index = c->adjust.index;
}

static void
adjust_from(struct conn *c, const struct wire_status *s, int64_t now_ns)
{
	struct adjust_input in = {
		.subint_seq = s->subint_seq,
		.loss = s->loss,
		.ooo = s->ooo,
		.dup = s->dup,
		.owd_sum = s->owd_sum,
		.owd_cnt = s->owd_cnt,
		.rtt_sample = s->rtt_sample,
		.ce = s->ti_ce,
		.datagrams = s->ti_datagrams
	};
	unsigned int index = conn_adjust(c, &in);

	conn_tell_adjusted(c, s);
	pace_set_row(&c->pace, &c->conf.table->rows[index], now_ns);
}

static void
subint_figures(const struct conn *c, uint32_t seq, struct result_subint *s)
{
	s->rtt_minimum_ns = -1;
	if (!c->have_peer || c->peer.subint_seq != seq)
		return;
	s->have_figures = true;
	s->owd_minimum_ns = c->peer.owd_minimum_ns;
	s->rtt_minimum_ns = c->peer.rtt_minimum_ns;
	s->owd_ns = c->peer.owd_var;
	s->rtt_ns = c->peer.rtt_var;
}

/* A sub-interval that the other side has finished. */
static void
subint_from(struct conn *c, const struct wire_status *p)
{
	const struct wire_subint *w = &p->subint;
	struct result_subint s = {
		.datagrams = w->datagrams, .bytes = w->bytes,
		.delta_us = w->delta_us,
		.loss = w->loss, .ooo = w->ooo, .dup = w->dup,
		.ce = p->subint_ce,
		.owd_min = w->owd_min, .owd_max = w->owd_max,
		.owd_sum = w->owd_sum, .owd_cnt = w->owd_cnt,
		.rtt_min = w->rtt_min, .rtt_max = w->rtt_max,
		.rtt_sum = c->rtt_sum, .rtt_cnt = c->rtt_cnt,
		.accum_ms = w->accum_ms,
		.have_clock_delta = true,
		.clock_delta_min = p->clock_delta_min,
		.rtt_minimum = p->rtt_minimum,
		.ipv6 = c->conf.ipv6
	};

	s.number = ++c->subint_count;
	c->subint_seen = p->subint_seq;
	c->rtt_sum = c->rtt_cnt = 0;
	subint_figures(c, p->subint_seq, &s);
	conn_tell(c, CONN_NEWS_SUBINT)->subint = s;
}

/* Status PDUs between the last two that came; an old one is no news. */
static bool
track_sequence(struct conn *c, uint32_t seq)
{
	uint32_t ahead = seq - c->status_seq;

	if (ahead == 0 || ahead > UINT32_MAX / 2)
		c->status_err = WIRE_REORDERED;
	else if (ahead > WIRE_REORDERED)
		c->status_err = WIRE_REORDERED - 1;
	else
		c->status_err = (uint16_t)(ahead - 1);
	if (c->status_err != 0)
		conn_warn(c, CONN_NEWS_LOST, false, c->status_err);
	if (c->status_err == WIRE_REORDERED)
		return false;
	c->status_seq = seq;
	return true;
}

struct wire_row
conn_sane_row(const struct wire_row *from)
{
	struct wire_row r = *from;

	if (r.burst1 > SRATE_BURST_MAX)
		r.burst1 = SRATE_BURST_MAX;
	if (r.burst2 > SRATE_BURST_MAX)
		r.burst2 = SRATE_BURST_MAX;
	if (r.interval1_us > 0 && r.interval1_us < CONN_INTERVAL_MIN_US)
		r.interval1_us = CONN_INTERVAL_MIN_US;
	if (r.interval2_us > 0 && r.interval2_us < CONN_INTERVAL_MIN_US)
		r.interval2_us = CONN_INTERVAL_MIN_US;
	return r;
}

static void
take_status(struct conn *c, const struct wire_status *s, int64_t wall_ns,
    int64_t now_ns)
{
	struct wire_row row;

	c->status_time = s->time;
	c->status_wall_ns = wall_ns;
	c->unanswered = false;
	if (s->min_updated)
		conn_tell(c, CONN_NEWS_MINIMUM)->status = *s;
	if ((s->modifier & WIRE_MOD_BLEACHED) != 0 && !c->peer_bleached) {
		c->peer_bleached = true;
		conn_warn(c, CONN_NEWS_BLEACHED, true, 0);
	}
	if (s->rtt_sample != WIRE_NO_SAMPLE) {
		c->rtt_sum += s->rtt_sample;
		c->rtt_cnt++;
	}
	if (c->conf.is_server)
		adjust_from(c, s, now_ns);
	else {
		conn_tell(c, CONN_NEWS_FEEDBACK)->status = *s;
		row = conn_sane_row(&s->row);
		pace_set_row(&c->pace, &row, now_ns);
	}
	if (s->subint_seq != c->subint_seen)
		subint_from(c, s);
}

bool
conn_status(struct conn *c, const uint8_t *buf, size_t len, int64_t wall_ns,
    int64_t now_ns)
{
	struct wire_status s;

	if (!wire_status_get(buf, len, c->conf.version, &s))
		return false;
	alive(c, s.action, now_ns);
	peer_quiet(c, s.rx_stopped);
	if (s.action != WIRE_TEST) {
		stop_came(c);
		return true;
	}
	if (c->action == WIRE_TEST && track_sequence(c, s.seq))
		take_status(c, &s, wall_ns, now_ns);
	return true;
}

/* Sums and counters of a host that counts; -1 is a counter it has not. */
static bool
figures_sane(const struct wire_figures *f)
{
	return f->owd_var.sum_ns >= 0 && f->rtt_var.sum_ns >= 0 &&
	    f->socket_drops >= -1 && f->pacing_missed >= -1;
}

bool
conn_figures(struct conn *c, const uint8_t *buf, size_t len)
{
	struct wire_figures f;

	if (!c->conf.ours || !wire_figures_get(buf, len, &f) ||
	    !figures_sane(&f))
		return false;
	c->peer = f;
	c->have_peer = true;
	return true;
}
