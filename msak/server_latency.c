/* SPDX-License-Identifier: BSD-2-Clause */
/* latency1 in the main thread: its socket, its timer, its records. */
#include "config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "msak/server_private.h"

#define BATCH		64
#define ROUNDS		16		/* of batches, then others' turn */
#define BUFFER		4194304		/* to survive a flood */

/* A session whose record is to be written, by the clerk. */
struct ended {
	struct job		 job;
	struct latency_session	*session;
	int64_t			 end_wall_ns;
};

static void
save(struct server *s, const struct ended *e)
{
	struct archive_place place = { s->o->datadir, "latency1",
		"application", e->session->uuid, clock_wall() };
	struct archive_latency r = { SERVER_COMMIT, PACKAGE_VERSION,
		e->session, s->udp_addr, e->end_wall_ns };
	char why[128];
	int error;

	if (archive_save_latency(&place, &r) == 0)
		return;
	error = errno;
	SERVER_LOG(s, LOG_LEVEL_ERROR, "failed to write latency1 result "
	    "uuid=%s error=\"%s\"", e->session->uuid,
	    server_error(error, why, sizeof(why)));
}

static struct ended *
ended_of(struct job *j)
{
	return (struct ended *)(void *)((char *)j -
	    offsetof(struct ended, job));
}

static void
take_saved(struct job *j, void *arg)
{
	struct server *s = arg;
	struct ended *e = ended_of(j);

	s->latency_unwritten--;
	latency_session_free(e->session);
	free(e);
	server_check_stopped(s);
}

/* In the clerk. */
static void
write_record(struct job *j, void *arg)
{
	struct worker *clerk = arg;

	if (!clerk->server->too_late)
		save(clerk->server, ended_of(j));
	j->run = take_saved;
	mailbox_post(&clerk->server->back, j);
}

/* Room for one more record, so that a disk that has no time for them does not
 * make them pile up. */
static struct ended *
ended_new(struct server *s, const struct latency_session *session)
{
	struct ended *e = NULL;

	if (s->latency_unwritten < s->o->max_latency_sessions)
		e = malloc(sizeof(*e));
	if (e != NULL) {
		s->latency_unwritten++;
		return e;
	}
	SERVER_LOG(s, LOG_LEVEL_ERROR, "failed to write latency1 result "
	    "uuid=%s error=\"too many wait\"", session->uuid);
	return NULL;
}

/* The session is taken over; reason: 1 by a result, 3 too old. */
static void
archive(struct server *s, struct latency_session *session, int reason)
{
	struct ended *e = ended_new(s, session);
	struct server_text t;

	peers_remove(&s->askers, &session->peer);
	SERVER_LOG(s, LOG_LEVEL_DEBUG, "Session expired id=%s reason=%d",
	    server_value(&t, session->mid, strlen(session->mid)), reason);
	if (e == NULL) {
		latency_session_free(session);
		return;
	}
	e->job.run = write_record;
	e->session = session;
	e->end_wall_ns = clock_wall();
	server_workers_write(s, &e->job);
}

/* Sending. */

static void
begin_stamps(struct server *s)
{
	s->stamps = udpio_stamp_start(s->udp);
	s->npings = 0;
}

/* Those of the kernel are what counts. */
static void
take_stamps(struct server *s)
{
	const struct sent_ping *p;
	int64_t wall_ns;
	uint32_t number;

	while (s->stamps && udpio_stamp_next(s->udp, &number, &wall_ns)) {
		if (s->npings - number - 1 >= SERVER_PINGS)
			continue;
		p = &s->pings[number % SERVER_PINGS];
		if (wall_ns >= p->wall_ns)
			latency_stamp(s->latency, p->ref, p->seq, wall_ns);
	}
}

/* Stamped right before it goes, so that no echo can be earlier. */
static void
send_ping(struct server *s, const struct latency_action *a)
{
	struct sent_ping p = { a->ref, a->seq, clock_wall() };

	latency_stamp(s->latency, p.ref, p.seq, p.wall_ns);
	if (udpio_send_from(s->udp, a->buf, a->len, &a->to, &a->from) == -1) {
		SERVER_LOG(s, LOG_LEVEL_DEBUG, "failed to send packet "
		    "error=%d", errno);
		begin_stamps(s);
		return;
	}
	s->counts.packets[METRICS_SENT]++;
	s->pings[s->npings++ % SERVER_PINGS] = p;
	take_stamps(s);
}

static void
arm(struct server *s)
{
	int64_t due_ns = latency_due(s->latency);

	if (due_ns == CLOCK_NEVER)
		loop_timer_clear(s->loop, &s->udp_timer);
	else
		(void)loop_timer_set(s->loop, &s->udp_timer, due_ns);
}

static void
on_due(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;
	struct latency_action a;

	(void)l;
	(void)now_ns;
	for (;;) {
		latency_act(s->latency, clock_mono(), clock_wall(), &a);
		if (a.act == LATENCY_NOTHING)
			break;
		if (a.act == LATENCY_SEND)
			send_ping(s, &a);
		else
			archive(s, a.session, 3);
	}
	arm(s);
}

/* Receiving. */

static void
log_verdict(struct server *s, enum latency_verdict v, const struct addr *from)
{
	static const char *const reasons[] = {
		[LATENCY_MALFORMED] = "malformed",
		[LATENCY_UNKNOWN] = "unauthorized",
		[LATENCY_BAD_SEQ] = "\"invalid seq number\"",
		[LATENCY_FOREIGN] = "\"not from the session's address\""
	};
	char text[ADDR_STRLEN];

	SERVER_LOG(s, LOG_LEVEL_DEBUG, "failed to process packet err=%s "
	    "addr=%s", reasons[v], addr_format(from, text, sizeof(text)));
}

static void
take_packet(struct server *s, const struct udpio_msg *m)
{
	enum latency_verdict v;

	v = latency_receive(s->latency, m->data, m->len, &m->from, &m->to,
	    clock_mono(), m->wall_ns);
	switch (v) {
	case LATENCY_STARTED:
	case LATENCY_REPEATED:
	case LATENCY_ECHO:
	case LATENCY_DUPLICATE:
		s->counts.packets[METRICS_RECEIVED]++;
		break;
	case LATENCY_MALFORMED:
	case LATENCY_UNKNOWN:
	case LATENCY_BAD_SEQ:
	case LATENCY_FOREIGN:
		s->counts.packets[METRICS_DROPPED]++;
		log_verdict(s, v, &m->from);
		break;
	}
}

static void
on_packets(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct server *s = f->arg;
	int i, n, round;

	(void)l;
	(void)events;
	/* They may be why we were woken. */
	take_stamps(s);
	for (round = 0; round < ROUNDS; round++) {
		n = udpio_recv(s->rx, s->udp);
		for (i = 0; i < n; i++)
			take_packet(s, udpio_msg(s->rx, i));
		if (n < BATCH)
			break;
	}
	arm(s);
}

/* HTTP. */

/* A session of the same id, were it too old or not, is replaced and
 * forgotten. */
static void
forget(struct server *s, const char *mid)
{
	struct latency_session *old = latency_take(s->latency, mid, 0);

	if (old == NULL)
		return;
	peers_remove(&s->askers, &old->peer);
	latency_session_free(old);
}

/* 0, or -1 with errno: as latency_authorise, or EUSERS when there are as many
 * sessions of this address as there may be. */
static int
authorise(struct server *s, const char *mid, const char *uuid,
    const struct addr *peer)
{
	int error;

	forget(s, mid);
	if (!peers_add(&s->askers, peer, s->o->max_per_address)) {
		errno = EUSERS;
		return -1;
	}
	if (latency_authorise(s->latency, mid, uuid, peer, clock_mono(),
	    clock_wall()) == 0)
		return 0;
	error = errno;
	peers_remove(&s->askers, peer);
	errno = error;
	return -1;
}

static int
status_of(int error)
{
	if (error == EUSERS)
		return 429;
	return error == ENAMETOOLONG ? 400 : error == ENOSPC ? 503 : 500;
}

void
server_latency_authorise(struct conn *c, const char *mid,
    struct http_answer *a)
{
	struct server *s = c->server;
	char uuid[UUID_MAX];
	struct server_text t;

	(void)uuid_text(s->o->uuid_prefix, sock_cookie(c->t.fd), uuid);
	if (authorise(s, mid, uuid, &c->peer) == -1) {
		http_answer_set(a, status_of(errno));
		arm(s);
		return;
	}
	arm(s);
	s->counts.sessions++;
	SERVER_LOG(s, LOG_LEVEL_DEBUG, "session created id=%s uuid=%s",
	    server_value(&t, mid, strlen(mid)), uuid);
	http_answer_set(a, 200);
	a->own = malloc(LATENCY_PACKET_MAX + 1);
	if (a->own == NULL)
		return;
	a->type = "text/plain; charset=utf-8";
	a->body = a->own;
	a->len = latency_kickoff(mid, a->own);
}

void
server_latency_result(struct conn *c, const char *mid, struct http_answer *a)
{
	struct server *s = c->server;
	struct latency_session *session;
	char *text = NULL;
	size_t len;
	FILE *out;

	http_answer_set(a, 404);
	session = latency_take(s->latency, mid, clock_mono());
	if (session == NULL)
		return;
	out = open_memstream(&text, &len);
	http_answer_set(a, 500);
	if (out != NULL) {
		latency_summary(session, out);
		if (fclose(out) == 0) {
			http_answer_set(a, 200);
			a->type = "text/plain; charset=utf-8";
			a->body = text;
			a->len = len;
		}
		a->own = text;
	}
	archive(s, session, 1);
	arm(s);
}

/* Start and end. */

int
server_latency_open(struct server *s)
{
	struct addr bound;

	sock_set_rcvbuf(s->udp, BUFFER);
	udpio_rx_setup(s->udp);
	udpio_rx_local(s->udp);
	begin_stamps(s);
	if (sock_local(s->udp, &bound) == 0)
		(void)addr_format(&bound, s->udp_addr, sizeof(s->udp_addr));
	loop_timer_init(&s->udp_timer, on_due, s);
	s->rx = udpio_rx_new(BATCH, LATENCY_PACKET_MAX);
	s->latency = latency_new(s->o->latency_ttl_ns,
	    (size_t)s->o->max_latency_sessions, rng_u64(&s->rng));
	if (s->rx == NULL || s->latency == NULL)
		return -1;
	return loop_fd_add(s->loop, &s->udp_watch, s->udp, LOOP_READ,
	    on_packets, s);
}

void
server_latency_close(struct server *s)
{
	struct latency_session *session;

	if (s->udp == -1)
		return;
	loop_timer_clear(s->loop, &s->udp_timer);
	loop_fd_del(s->loop, &s->udp_watch);
	close(s->udp);
	s->udp = -1;
	while (s->latency != NULL &&
	    (session = latency_take_any(s->latency)) != NULL)
		archive(s, session, 3);
}
