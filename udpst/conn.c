/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udpst/conn.h"
#include "udpst/conn_private.h"

static void
init_sender(struct conn *c, int64_t now_ns)
{
	struct wire_row row = conn_sane_row(&c->conf.first_row);
	unsigned int first;

	if (c->conf.is_server) {
		first = adjust_first(&c->adjust, false);
		row = c->conf.table->rows[first];
		c->unanswered = first > 0;
	}
	pace_init(&c->pace, &row, c->conf.ipv6, c->conf.seed, now_ns);
	if (c->conf.fixed_rate)
		pace_owe(&c->pace, CONN_OWE_NS);
}

void
conn_init(struct conn *c, const struct conn_conf *conf, int64_t now_ns,
    int64_t wall_ns)
{
	int64_t test_ns = (int64_t)conf->test_s * CLOCK_NS_PER_S;

	*c = (struct conn){ .conf = *conf };
	c->sends_load = conf->is_server != conf->upstream;
	c->host.socket_drops = -1;
	c->start_ns = c->last_rx_ns = now_ns;
	c->watchdog_ns = now_ns + CONN_WATCHDOG_NS;
	c->stop_ns = now_ns + test_ns + (conf->is_server ?
	    CONN_STOP_SERVER_NS : CONN_STOP_CLIENT_NS);
	c->status_wall_ns = wall_ns;
	c->next_figures_ns = CLOCK_NEVER;
	if (conf->is_server)
		adjust_init(&c->adjust, &conf->adjust);
	if (c->sends_load) {
		init_sender(c, now_ns);
		if (conf->is_server && conf->ours)
			c->next_figures_ns = now_ns +
			    (int64_t)conf->period_ms * CLOCK_NS_PER_MS;
		return;
	}
	rxstat_init(&c->rx, conf->period_ms, conf->trial_ms, conf->ce_thresh,
	    now_ns);
	c->next_status_ns = now_ns +
	    (int64_t)conf->trial_ms * CLOCK_NS_PER_MS;
}

void
conn_first_row(const struct conn *c, struct wire_row *row)
{
	memset(row, 0, sizeof(*row));
	if (c->conf.upstream)
		*row = c->conf.table->rows[adjust_first(&c->adjust, true)];
}

/* News. The queue is as long as one call can make it; the owner drains it. */

struct conn_news *
conn_tell(struct conn *c, enum conn_news_kind kind)
{
	struct conn_news *n;

	if (c->news_count == CONN_NEWS_MAX) {
		c->news_first = (c->news_first + 1) % CONN_NEWS_MAX;
		c->news_count--;
	}
	n = &c->news[(c->news_first + c->news_count++) % CONN_NEWS_MAX];
	memset(n, 0, sizeof(*n));
	n->kind = kind;
	return n;
}

void
conn_warn(struct conn *c, enum conn_news_kind kind, bool remote,
    uint32_t value)
{
	struct conn_news *n;

	if (c->warnings == CONN_WARNINGS)
		return;
	c->warnings++;
	n = conn_tell(c, kind);
	n->remote = remote;
	n->value = value;
}

bool
conn_next_news(struct conn *c, struct conn_news *n)
{
	if (c->news_count == 0)
		return false;
	*n = c->news[c->news_first];
	c->news_first = (c->news_first + 1) % CONN_NEWS_MAX;
	c->news_count--;
	return true;
}

/* Ends. */

void
conn_end(struct conn *c, enum conn_end how)
{
	if (c->ended != CONN_RUNNING)
		return;
	c->ended = how;
	(void)conn_tell(c, CONN_NEWS_END);
}

void
conn_stop(struct conn *c, int64_t now_ns)
{
	c->action = WIRE_STOP_2;
	c->confirm = true;
	c->stop_ns = now_ns;
}

/* The server's time is up: it says so until the client has answered. */
static void
begin_stop(struct conn *c, int64_t now_ns)
{
	c->action = WIRE_STOP_2;
	c->next_status_ns = c->stop_pdu_ns = now_ns;
	(void)conn_tell(c, CONN_NEWS_STOPPING);
}

static void
check_ends(struct conn *c, int64_t now_ns)
{
	if (now_ns >= c->watchdog_ns)
		conn_end(c, CONN_WATCHDOG_END);
	else if (now_ns >= c->stop_ns && c->action == WIRE_TEST) {
		if (c->conf.is_server)
			begin_stop(c, now_ns);
		else
			conn_stop(c, now_ns);
	}
}

/* Nothing from the other side for a second: told once, and sent along. */
void
conn_check_quiet(struct conn *c, int64_t now_ns)
{
	if (c->quiet || now_ns - c->last_rx_ns < CONN_QUIET_NS)
		return;
	c->quiet = true;
	conn_warn(c, CONN_NEWS_QUIET, false, 0);
}

int64_t
conn_due(const struct conn *c)
{
	int64_t when = c->watchdog_ns, next;

	if (c->ended != CONN_RUNNING)
		return CLOCK_NEVER;
	if (c->confirm)
		return 0;
	if (c->action == WIRE_TEST && c->stop_ns < when)
		when = c->stop_ns;
	if (c->sends_load && c->next_figures_ns < when)
		when = c->next_figures_ns;
	if (!c->sends_load)
		next = c->next_status_ns;
	else
		next = c->action == WIRE_TEST ? pace_due(&c->pace) :
		    c->stop_pdu_ns;
	return next < when ? next : when;
}

/* Status. */

static enum conn_step
emit_figures(struct conn *c, struct conn_out *out)
{
	struct wire_figures f = {
		.flags = c->host.flags,
		.socket_drops = c->host.socket_drops,
		.pacing_missed = c->sends_load ? (int64_t)c->pace.missed : -1,
		.cpu_ppm = c->host.cpu_ppm,
		.rtt_minimum_ns = -1
	};

	if (!c->sends_load)
		rxstat_figures(&c->rx, &f);
	out->len = wire_figures_put(&f, out->pdu);
	return CONN_SEND_PDU;
}

static void
tell_subint(struct conn *c)
{
	struct result_subint *s = &conn_tell(c, CONN_NEWS_SUBINT)->subint;

	conn_subint_own(c, s);
	s->number = ++c->subint_count;
	s->ipv6 = c->conf.ipv6;
}

static void
tell_status(struct conn *c, const struct wire_status *s)
{
	if (s->min_updated)
		conn_tell(c, CONN_NEWS_MINIMUM)->status = *s;
	if (!c->conf.is_server)
		conn_tell(c, CONN_NEWS_FEEDBACK)->status = *s;
	if (rxstat_bleach_news(&c->rx))
		conn_warn(c, CONN_NEWS_BLEACHED, false, 0);
}

/* The server decides the row before it builds the PDU (spec 4.4). */
static void
own_adjust(struct conn *c, struct wire_status *s)
{
	struct adjust_input in;

	rxstat_adjust_input(&c->rx, &in);
	s->row = c->conf.table->rows[conn_adjust(c, &in)];
}

static enum conn_step
emit_status(struct conn *c, int64_t now_ns, int64_t wall_ns,
    struct conn_out *out)
{
	struct wire_status s = {
		.action = c->action,
		.rx_stopped = c->quiet,
		.seq = ++c->status_sent,
		.auth_mode = c->conf.auth_mode
	};
	bool closed;

	if (c->conf.is_server && c->rx.got_load)
		own_adjust(c, &s);
	/* A stop may go out before any load came. */
	closed = c->rx.got_load && rxstat_status(&c->rx, now_ns, &s);
	s.time = wire_time_from_ns(wall_ns);
	out->len = wire_status_put(&s, c->conf.version, out->pdu);
	if (c->conf.checksum)
		wire_checksum_set(out->pdu, out->len);
	rxstat_sent(&c->rx, s.time);
	if (c->conf.is_server && c->rx.got_load)
		conn_tell_adjusted(c, &s);
	tell_status(c, &s);
	if (closed) {
		tell_subint(c);
		if (c->conf.is_server && c->conf.ours)
			c->next_figures_ns = 0;
	}
	return CONN_SEND_PDU;
}

static void
skip_status(struct conn *c)
{
	if (c->skips == CONN_WARNINGS)
		return;
	c->skips++;
	(void)conn_tell(c, CONN_NEWS_SKIPPED);
}

/* On a grid of trial intervals, which starts anew after a long pause. */
static enum conn_step
poll_status(struct conn *c, int64_t now_ns, int64_t wall_ns,
    struct conn_out *out)
{
	int64_t trial_ns = (int64_t)c->conf.trial_ms * CLOCK_NS_PER_MS;

	if (now_ns < c->next_status_ns)
		return CONN_WAIT;
	c->next_status_ns += trial_ns;
	if (c->next_status_ns <= now_ns)
		c->next_status_ns = now_ns + trial_ns;
	if (!c->rx.got_load && c->action == WIRE_TEST) {
		skip_status(c);
		return CONN_WAIT;
	}
	conn_check_quiet(c, now_ns);
	return emit_status(c, now_ns, wall_ns, out);
}

static enum conn_step
last_pdu(struct conn *c, int64_t now_ns, int64_t wall_ns,
    struct conn_out *out)
{
	enum conn_step step = c->sends_load ?
	    conn_emit_single(c, wall_ns, out) :
	    emit_status(c, now_ns, wall_ns, out);

	conn_end(c, CONN_GRACEFUL);
	return step;
}

/*
 * Figures of a finished sub-interval wait for the status PDU that carries it
 * and leave before it, so that the other end has both when it takes it.
 */
static bool
figures_due(struct conn *c, int64_t now_ns)
{
	if (c->next_figures_ns > now_ns || (!c->sends_load &&
	    now_ns < c->next_status_ns))
		return false;
	c->next_figures_ns = c->sends_load ? now_ns +
	    (int64_t)c->conf.period_ms * CLOCK_NS_PER_MS : CLOCK_NEVER;
	return true;
}

enum conn_step
conn_poll(struct conn *c, int64_t now_ns, int64_t wall_ns,
    struct conn_out *out)
{
	check_ends(c, now_ns);
	if (c->ended != CONN_RUNNING)
		return CONN_WAIT;
	if (c->confirm)
		return last_pdu(c, now_ns, wall_ns, out);
	if (figures_due(c, now_ns))
		return emit_figures(c, out);
	return c->sends_load ? conn_poll_load(c, now_ns, wall_ns, out) :
	    poll_status(c, now_ns, wall_ns, out);
}
