/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "thrulay/server.h"

/* A reverse test that its client does not end is ended this much later. */
#define REVERSE_GRACE_NS	(10 * CLOCK_NS_PER_S)
/* How often an idle connection is looked for, in parts of its timeout. */
#define IDLE_CHECKS	4

static int64_t
clamp(int64_t v, int64_t lo, int64_t hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

/* Ask for a window and say what the kernel gave (spec 3.3). */
static int
set_window(struct session *s)
{
	const thrulay_server_opt_t *o = &s->server->opt;
	int snd = 0, rcv = 0, want;

	want = (int)clamp(s->proposal.window, THRULAY_MIN_WINDOW,
	    o->max_window > 0 ? o->max_window : INT32_MAX);
	sock_set_sndbuf(s->fd, want);
	sock_set_rcvbuf(s->fd, want);
	sock_get_buffers(s->fd, &snd, &rcv);
	return snd < rcv ? snd : rcv;
}

int
session_tcp_respond(struct session *s)
{
	struct wire_tcp_response r;
	uint8_t buf[WIRE_CONTROL_MAX];
	size_t n;

	s->block = (size_t)clamp(s->proposal.block, THRULAY_MIN_BLOCK,
	    THRULAY_MAX_BLOCK);
	memset(&r, 0, sizeof(r));
	r.extended = s->proposal.extended;
	r.window = set_window(s);
	r.block = (int64_t)s->block;
	n = wire_tcp_response_put(&r, buf, sizeof(buf));
	if (session_send(s, buf, n) == 0)
		return 0;
	/* (sic) the text is the 0.9 server's. */
	log_limited(&s->server->log, LOG_LEVEL_WARN,
	    "could not send TCP session reponse to client");
	return -1;
}

const char *
session_tcp_refuse(const struct session *s)
{
	if (s->request.direction == THRULAY_REVERSE &&
	    s->block < EXT_REVERSE_MIN_BLOCK)
		return "a reverse test needs blocks of at least 64 bytes";
	return NULL;
}

static void
on_ended(void *arg, const char *during, int error)
{
	(void)during;
	(void)error;
	session_end(arg);
}

static void
on_received(void *arg, size_t bytes)
{
	(void)arg;
	(void)bytes;
}

static void
on_echoed(void *arg, size_t n, const int64_t *rtt_ns, size_t m)
{
	(void)arg;
	(void)n;
	(void)rtt_ns;
	(void)m;
}

static const struct block_echo_events echo_events = { on_received, NULL,
	on_ended };
static const struct block_send_events send_events = { on_echoed, on_ended };

static int64_t
idle_ns(const struct session *s)
{
	return (int64_t)(s->server->opt.idle_timeout * 1e9);
}

static int64_t
end_of_session(const struct session *s)
{
	int64_t most = (int64_t)(s->server->opt.max_duration * 1e9);
	int64_t asked = s->request.duration_ns + REVERSE_GRACE_NS;

	if (s->request.direction == THRULAY_REVERSE && asked < most)
		most = asked;
	return s->begin_ns + most;
}

/* When the peer last took or gave something. */
static int64_t
last_moved(struct session *s, int64_t now)
{
	const struct blocks_tx *tx;

	if (s->echo != NULL)
		return block_echo_active(s->echo);
	tx = block_send_state(s->send);
	if (s->moved != tx->bytes + tx->echoed) {
		s->moved = tx->bytes + tx->echoed;
		s->moved_ns = now;
	}
	return s->moved_ns;
}

static void
next_check(struct session *s)
{
	int64_t when = clock_mono() + idle_ns(s) / IDLE_CHECKS;

	if (when > end_of_session(s))
		when = end_of_session(s);
	if (loop_timer_set(s->server->loop, &s->timer, when) == -1)
		session_end(s);
}

/* Ends a session in which nothing moves, or that has lasted long enough. */
static void
on_check(struct loop *l, struct loop_timer *t, int64_t now)
{
	struct session *s = t->arg;

	(void)l;
	if (now >= end_of_session(s) ||
	    now - last_moved(s, now) >= idle_ns(s)) {
		log_limited(&s->server->log, LOG_LEVEL_WARN,
		    "session of %s ended: %s", s->name,
		    now >= end_of_session(s) ? "it has lasted too long" :
		    "nothing moved");
		session_end(s);
		return;
	}
	next_check(s);
}

static int
start_echo(struct session *s)
{
	s->echo = block_echo_new(s->server->loop, s->fd, s->block, false,
	    &echo_events, s);
	return s->echo == NULL ? -1 : block_echo_start(s->echo);
}

static int
start_send(struct session *s)
{
	if (s->request.dscp > 0)
		sock_set_dscp(s->fd, s->request.dscp);
	if (s->request.cc[0] != '\0' &&
	    sock_set_cc(s->fd, s->request.cc) == -1)
		log_limited(&s->server->log, LOG_LEVEL_WARN,
		    "congestion control of %s: %s", s->name, strerror(errno));
	s->send = block_send_new(s->server->loop, s->fd, s->block, true,
	    &send_events, s);
	s->moved_ns = clock_mono();
	return s->send == NULL ? -1 : block_send_start(s->send);
}

void
session_tcp_start(struct session *s)
{
	struct loop *l = s->server->loop;

	s->state = SESSION_TCP;
	loop_fd_del(l, &s->watch);
	loop_timer_clear(l, &s->timer);
	loop_timer_init(&s->timer, on_check, s);
	if ((s->request.direction == THRULAY_REVERSE ? start_send(s) :
	    start_echo(s)) == -1)
		session_end(s);
	else
		next_check(s);
}

void
session_tcp_log(struct session *s)
{
	double seconds = (double)(clock_mono() - s->begin_ns) / 1e9;
	uint64_t blocks = 0;

	if (s->echo != NULL)
		blocks = block_echo_state(s->echo)->blocks;
	else if (s->send != NULL)
		blocks = block_send_state(s->send)->echoed;
	session_log_test(s, "TCP", seconds,
	    (double)blocks * (double)s->block * 8, seconds);
}
