/* SPDX-License-Identifier: BSD-2-Clause */
/* A throughput1 stream: its life, its timers, what it measures. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "msak/stream.h"
#include "msak/stream_private.h"

#define SCRATCH_LEN	262144
/*
 * What may wait in the kernel that has not been sent, lest measurements and
 * the close are far behind: two messages at first, which are small then, and
 * later what goes out in so much time.
 */
#define UNSENT_MIN	16384
#define UNSENT_MAX	262144
#define UNSENT_US	100000

void
stream_io_free(struct stream_io *io)
{
	if (io == NULL)
		return;
	free(io->noise);
	free(io->scratch);
	free(io);
}

struct stream_io *
stream_io_new(struct loop *l)
{
	struct stream_io *io = calloc(1, sizeof(*io));
	struct rng noise;
	uint64_t v;
	size_t i;

	if (io == NULL)
		return NULL;
	io->loop = l;
	io->scratch_len = SCRATCH_LEN;
	io->noise = malloc(STREAM_NOISE_LEN);
	io->scratch = malloc(SCRATCH_LEN);
	if (io->noise == NULL || io->scratch == NULL) {
		stream_io_free(io);
		errno = ENOMEM;
		return NULL;
	}
	rng_seed(&noise, (uint64_t)clock_wall());
	for (i = 0; i < STREAM_NOISE_LEN; i += sizeof(v)) {
		v = rng_u64(&noise);
		memcpy(io->noise + i, &v, sizeof(v));
	}
	return io;
}

/* Measuring. */

void
stream_measure(struct stream *s, struct measurement *m)
{
	uint8_t raw[TCPINFO_LEN], cc[BBRINFO_LEN];
	int64_t now_ns = clock_mono();
	ssize_t n;

	memset(m, 0, sizeof(*m));
	n = sock_tcp_raw(s->t.fd, raw, sizeof(raw));
	if (n >= 0) {
		m->has_tcp = m->has_bbr = true;
		tcpinfo_take(&m->tcp, raw, (size_t)n,
		    (now_ns - s->conf.connected_ns) / CLOCK_NS_PER_US);
		n = sock_cc_raw(s->t.fd, cc, sizeof(cc));
		bbrinfo_take(&m->bbr, cc, n > 0 ? (size_t)n : 0);
	}
	transport_counts(&s->t, &m->net_received, &m->net_sent);
	m->app_sent = s->app_sent;
	m->app_received = s->app_received;
	m->elapsed_us = (now_ns - s->start_ns) / CLOCK_NS_PER_US;
}

/* What only the first measurement says. */
static void
introduce(struct stream *s, struct measurement_first *f)
{
	struct addr a;

	memset(f, 0, sizeof(*f));
	sock_get_cc(s->t.fd, f->cc, sizeof(f->cc));
	(void)snprintf(f->uuid, sizeof(f->uuid), "%s", s->uuid);
	if (sock_local(s->t.fd, &a) == 0)
		(void)addr_format(&a, f->local, sizeof(f->local));
	if (sock_peer(s->t.fd, &a) == 0)
		(void)addr_format(&a, f->remote, sizeof(f->remote));
}

static void
tell(struct stream *s, bool ours, const struct measurement *m,
    const struct measurement_first *first)
{
	if (ours) {
		s->last_own = *m;
		s->have_own = true;
	} else {
		s->last_peer = *m;
		s->have_peer = true;
	}
	if (s->ops->measured != NULL)
		s->ops->measured(s, ours, m, first);
}

static void
set_unsent(struct stream *s, int64_t bytes)
{
	if (bytes < UNSENT_MIN)
		bytes = UNSENT_MIN;
	if (bytes > UNSENT_MAX)
		bytes = UNSENT_MAX;
	if (bytes == s->unsent)
		return;
	s->unsent = (int)bytes;
	(void)sock_set_notsent_lowat(s->t.fd, s->unsent);
}

void
stream_scaled(struct stream *s)
{
	if (s->conf.sender && !s->first_told)
		set_unsent(s, 2 * s->scale.size);
}

/* By the rate since the beginning. */
static void
limit_unsent(struct stream *s, const struct measurement *m)
{
	if (s->conf.sender && m->elapsed_us > 0)
		set_unsent(s, (int64_t)((double)m->net_sent * UNSENT_US /
		    (double)m->elapsed_us));
}

/* Build our measurement as the next frame. False when out of memory. */
bool
stream_queue_measurement(struct stream *s)
{
	char text[MEASUREMENT_TEXT_MAX];
	uint8_t key[WS_KEY_LEN];
	struct measurement_first first;
	struct measurement m;
	bool introduced = s->first_told;
	size_t len;

	stream_measure(s, &m);
	limit_unsent(s, &m);
	if (!introduced)
		introduce(s, &first);
	len = measurement_text(&m, introduced ? NULL : &first, text);
	if (len == 0)
		return false;
	s->first_told = true;
	if (!s->conf.server)
		ws_fresh_key(key);
	s->head_len = ws_put_frame(s->head, STREAM_HEAD_LEN, WS_TEXT, text,
	    len, s->conf.server ? NULL : key);
	s->head_done = 0;
	s->app_sent += (int64_t)len;
	tell(s, true, &m, introduced ? NULL : &first);
	return true;
}

void
stream_take_text(struct stream *s)
{
	struct measurement_first first;
	struct measurement m;

	if (!measurement_get(s->ws.text, s->ws.text_len, &m, &first)) {
		(void)snprintf(s->error, sizeof(s->error),
		    "text that is no measurement");
		stream_want_close(s, STREAM_ERROR, WS_NORMAL, STREAM_REASON);
		return;
	}
	tell(s, false, &m, s->peer_first_told ? NULL : &first);
	s->peer_first_told = true;
}

/* Ending. */

void
stream_want_close(struct stream *s, enum stream_end why, unsigned int code,
    const char *reason)
{
	if (s->want_close)
		return;
	s->want_close = true;
	if (s->end == STREAM_RUNNING)
		s->end = why;
	s->end_ns = clock_mono();
	if (!s->conf.server) {
		s->cut_ns = s->end_ns + s->conf.drain_ns;
		stream_linger(s, STREAM_WAITS, s->end_ns);
	}
	s->close_code = code;
	(void)snprintf(s->close_reason, sizeof(s->close_reason), "%s",
	    reason);
}

/* Off the loop; the connection is gone. The owner may free s then. */
void
stream_over(struct stream *s, enum stream_end why)
{
	if (s->over)
		return;
	s->over = true;
	if (s->end == STREAM_RUNNING) {
		s->end = why;
		s->end_ns = clock_mono();
	}
	loop_fd_del(s->io->loop, &s->watch);
	loop_timer_clear(s->io->loop, &s->timer);
	transport_close(&s->t);
	ws_free(&s->ws);
	free(s->head);
	s->head = NULL;
	s->ops->ended(s);
}

void
stream_finish(struct stream *s)
{
	if (s->over)
		return;
	s->conf.end_ns = 0;
	(void)loop_timer_set(s->io->loop, &s->timer, 0);
}

void
stream_cut(struct stream *s)
{
	stream_over(s, STREAM_CUT);
}

/* Time. */

static int64_t
next_time(const struct stream *s)
{
	int64_t when = s->cut_ns;

	if (s->linger_ns != 0 && s->linger_ns < when)
		when = s->linger_ns;
	if (s->rest_ns != 0 && s->rest_ns < when)
		when = s->rest_ns;
	if (s->want_close)
		return when;
	if (s->conf.end_ns < when)
		when = s->conf.end_ns;
	return s->ticker.due_ns < when ? s->ticker.due_ns : when;
}

/* Our close may still be behind megabytes in the kernel, and the peer's behind
 * as many on the path; those that move are waited for. */
void
stream_linger(struct stream *s, int waits, int64_t now_ns)
{
	int64_t sent;

	s->waits = waits;
	s->linger_ns = now_ns + STREAM_CLOSE_NS;
	s->unacked = sock_outq(s->t.fd);
	transport_counts(&s->t, &s->lingered, &sent);
}

/* Did nothing happen in a whole wait for the peer's close? In several, where
 * a server still sends: what gets lost on a slow path is late by seconds. */
static bool
waited_in_vain(struct stream *s, int64_t now_ns)
{
	int64_t received = s->lingered;
	int unacked = s->unacked;

	if (s->linger_ns == 0 || now_ns < s->linger_ns)
		return false;
	stream_linger(s, s->waits, now_ns);
	if (s->lingered > received && !s->conf.server)
		s->waits = STREAM_WAITS;
	else if (s->unacked >= unacked)
		s->waits--;
	return s->waits < 0;
}

static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct stream *s = t->arg;

	(void)l;
	if (now_ns >= s->cut_ns || waited_in_vain(s, now_ns)) {
		s->given_up = true;
		stream_over(s, STREAM_CUT);
		return;
	}
	if (!s->want_close) {
		if (ticker_take(&s->ticker, now_ns))
			s->tick_due = true;
		if (now_ns >= s->conf.end_ns) {
			s->tick_due = true;	/* the final one */
			stream_want_close(s, STREAM_TIMEOUT, WS_NORMAL,
			    STREAM_REASON);
		}
	}
	/* What came during a rest counts in a measurement. */
	stream_turn(s, s->rest_ns != 0 ? LOOP_READ | LOOP_WRITE : LOOP_WRITE);
}

void
stream_arm(struct stream *s)
{
	(void)loop_timer_set(s->io->loop, &s->timer, next_time(s));
}

static void
on_ready(struct loop *l, struct loop_fd *f, unsigned int events)
{
	(void)l;
	stream_turn(f->arg, events);
}

/* Beginning. */

static void
describe(struct stream *s)
{
	(void)uuid_text(s->conf.uuid_prefix, sock_cookie(s->t.fd), s->uuid);
	sock_get_cc(s->t.fd, s->cc, sizeof(s->cc));
	set_unsent(s, s->conf.sender ? UNSENT_MIN : UNSENT_MAX);
	(void)sock_set_nodelay(s->t.fd, true);
}

int
stream_start(struct stream *s, struct stream_io *io, struct transport *t,
    const void *rest, size_t len, const struct stream_conf *conf,
    const struct stream_ops *ops)
{
	struct ticker_law law = TICKER_MEASUREMENT;
	int64_t last_ns;

	s->head = malloc(STREAM_HEAD_LEN);
	if (s->head == NULL)
		return -1;
	s->io = io;
	s->ops = ops;
	s->conf = *conf;
	s->start_ns = clock_mono();
	last_ns = s->start_ns + (conf->limit_ns > 0 ? conf->limit_ns :
	    STREAM_LIMIT_NS);
	if (s->conf.drain_ns == 0)
		s->conf.drain_ns = STREAM_DRAIN_NS;
	s->cut_ns = last_ns + (conf->server ? STREAM_LAST_NS +
	    STREAM_CLOSE_NS : s->conf.drain_ns);
	if (s->conf.end_ns > last_ns)
		s->conf.end_ns = last_ns;
	ws_init(&s->ws, conf->server);
	scale_init(&s->scale, conf->sender ? conf->bytes : 0);
	ticker_init(&s->ticker, law, conf->seed, s->start_ns);
	loop_timer_init(&s->timer, on_timer, s);
	if (loop_fd_add(io->loop, &s->watch, t->fd, LOOP_READ, on_ready,
	    s) == -1) {
		free(s->head);
		s->head = NULL;
		return -1;
	}
	s->t = *t;
	t->fd = -1;
	t->ssl = NULL;
	transport_count_from_here(&s->t);
	s->t.net_received_base -= (int64_t)len;
	describe(s);
	stream_begin(s, rest, len);
	return 0;
}
