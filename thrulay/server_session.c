/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "thrulay/server.h"

/* A peer that pauses this long in the middle of a message has ended it. */
#define PAUSE_NS	(1 * CLOCK_NS_PER_S)
#define LINGER_NS	(5 * CLOCK_NS_PER_S)

int64_t
session_deadline(double seconds)
{
	return clock_mono() + (int64_t)(seconds * 1e9);
}

int
session_send(struct session *s, const void *buf, size_t len)
{
	ssize_t n;

	n = send(s->fd, buf, len, MSG_NOSIGNAL);
	if (n == (ssize_t)len)
		return 0;
	if (n >= 0)
		errno = EMSGSIZE;
	return -1;
}

void
session_log_test(struct session *s, const char *kind, double seconds,
    double bits, double over_seconds)
{
	host_end(&s->host);
	log_limited(&s->server->log, LOG_LEVEL_NOTICE,
	    "%s test duration = %.3fs, average throughput = %.3fMb/s, "
	    "CPU user/sys time = %.3f/%.3fs", kind, seconds,
	    over_seconds > 0 ? bits / over_seconds / 1e6 : 0,
	    (double)s->host.cpu_user_ns / 1e9,
	    (double)s->host.cpu_sys_ns / 1e9);
}

static void
log_end(struct session *s)
{
	if (s->begin_ns == 0)
		log_limited(&s->server->log, LOG_LEVEL_NOTICE,
		    "nothing transfered");
	else if (s->proposal.udp)
		session_udp_log(s);
	else
		session_tcp_log(s);
}

void
session_end(struct session *s)
{
	struct thrulay_server *v = s->server;

	log_end(s);
	block_echo_free(s->echo);
	block_send_free(s->send);
	session_udp_release(s);
	loop_fd_del(v->loop, &s->watch);
	loop_timer_clear(v->loop, &s->timer);
	loop_timer_clear(v->loop, &s->pause);
	close(s->fd);
	TAILQ_REMOVE(&v->sessions, s, entry);
	free(s);
	v->count--;
	v->ended++;
	if (v->max_clients > 0 && v->ended >= v->max_clients)
		loop_stop(v->loop);
}

static void
fault(struct session *s, const char *text)
{
	log_limited(&s->server->log, LOG_LEVEL_WARN, "%s", text);
	session_end(s);
}

/* Set the timer of a state. Ends the session and returns -1 when it cannot. */
static int
enter(struct session *s, enum session_state state, int64_t deadline_ns)
{
	s->state = state;
	if (loop_timer_set(s->server->loop, &s->timer, deadline_ns) == 0)
		return 0;
	session_end(s);
	return -1;
}

void
session_linger(struct session *s)
{
	if (session_watch(s) == -1 || shutdown(s->fd, SHUT_WR) == -1) {
		session_end(s);
		return;
	}
	enter(s, SESSION_LINGER, clock_mono() + LINGER_NS);
}

static void
start_test(struct session *s)
{
	if (s->proposal.udp)
		session_udp_start(s);
	else
		session_tcp_start(s);
}

/* NULL error: go on. Otherwise say why not, and close. */
static void
verdict(struct session *s, const char *error)
{
	uint8_t buf[2 * EXT_ERROR_MAX];
	struct ext_message m;
	size_t n;

	memset(&m, 0, sizeof(m));
	m.kind = EXT_VERDICT;
	if (error != NULL)
		strlcpy(m.u.error, error, sizeof(m.u.error));
	n = ext_put(&m, buf, sizeof(buf));
	if (session_send(s, buf, n) == -1) {
		session_end(s);
	} else if (error != NULL) {
		log_limited(&s->server->log, LOG_LEVEL_WARN,
		    "request of %s refused: %s", s->name, error);
		session_linger(s);
	} else {
		start_test(s);
	}
}

/* What this server's operator does not offer. */
static const char *
refuse(const struct session *s)
{
	const struct thrulay_server *v = s->server;

	if (s->request.direction == THRULAY_REVERSE && !v->opt.allow_reverse)
		return "reverse tests are not offered here";
	if (!s->proposal.udp)
		return session_tcp_refuse(s);
	return NULL;
}

static void
challenge(struct session *s)
{
	uint8_t buf[256];
	struct ext_message m;
	size_t n;

	memset(&m, 0, sizeof(m));
	m.kind = EXT_CHALLENGE;
	arc4random_buf(s->challenge, sizeof(s->challenge));
	memcpy(m.u.challenge, s->challenge, sizeof(m.u.challenge));
	n = ext_put(&m, buf, sizeof(buf));
	if (session_send(s, buf, n) == -1)
		session_end(s);
	else
		enter(s, SESSION_PROOF,
		    session_deadline(s->server->opt.proposal_timeout));
}

/* No time that a peer names outlasts the longest session. */
static void
bound_request(struct session *s)
{
	int64_t most = (int64_t)(s->server->opt.max_duration * 1e9);

	if (s->request.duration_ns > most)
		s->request.duration_ns = most;
	if (s->request.feedback_ns > most)
		s->request.feedback_ns = most;
}

static void
take_request(struct session *s, const struct ext_message *m, size_t used)
{
	struct thrulay_server *v = s->server;
	const char *why;

	s->request = m->u.request;
	bound_request(s);
	memcpy(s->request_text, s->in, used);
	s->request_len = used;
	why = refuse(s);
	if (why != NULL)
		verdict(s, why);
	else if (v->opt.require_auth && s->request.auth_name[0] == '\0')
		verdict(s, "authentication is required here");
	else if (v->opt.auth_file != NULL && s->request.auth_name[0] != '\0')
		challenge(s);
	else if (s->request.auth_name[0] != '\0')
		verdict(s, "no keys are known here");
	else
		verdict(s, NULL);
}

/* An unknown name takes the same way as a wrong key. */
static void
take_proof(struct session *s, const struct ext_message *m)
{
	uint8_t expected[EXT_PROOF_LEN];
	const struct auth_entry *entry;
	bool right;

	entry = auth_keys_find(&s->server->keys, s->request.auth_name);
	ext_proof(entry != NULL ? entry->key : "", s->challenge,
	    s->request_text, s->request_len, expected);
	right = ext_proof_equal(expected, m->u.proof) && entry != NULL;
	explicit_bzero(expected, sizeof(expected));
	verdict(s, right ? NULL : "not authorised");
}

static void
take_message(struct session *s, bool final)
{
	struct ext_message m;
	size_t used;

	switch (ext_get(s->in, s->in_len, &m, &used)) {
	case WIRE_MORE:
		if (final)
			fault(s, "incomplete extension message");
		return;
	case WIRE_BAD:
	case WIRE_REJECTED:
		fault(s, "malformed extension message");
		return;
	case WIRE_OK:
		break;
	}
	s->in_len = 0;
	if (s->state == SESSION_REQUEST && m.kind == EXT_REQUEST)
		take_request(s, &m, used);
	else if (s->state == SESSION_PROOF && m.kind == EXT_PROOF)
		take_proof(s, &m);
	else
		fault(s, "unexpected extension message");
}

static void
agree(struct session *s)
{
	int rc;

	host_begin(&s->host);
	if (s->server->opt.require_auth && !s->proposal.extended) {
		fault(s, "a client that cannot prove who it is was refused");
		return;
	}
	rc = s->proposal.udp ? session_udp_respond(s) : session_tcp_respond(s);
	if (rc == -1) {
		session_end(s);
		return;
	}
	s->begin_ns = clock_mono();
	if (s->proposal.extended)
		enter(s, SESSION_REQUEST,
		    session_deadline(s->server->opt.proposal_timeout));
	else
		start_test(s);
}

static void
take_proposal(struct session *s, bool final)
{
	enum wire_fault why;
	bool enough;

	loop_timer_clear(s->server->loop, &s->pause);
	switch (wire_proposal_get(s->in, s->in_len, final, &s->proposal, &why,
	    &enough)) {
	case WIRE_MORE:
		if (enough && loop_timer_set(s->server->loop, &s->pause,
		    clock_mono() + PAUSE_NS) == -1)
			session_end(s);
		return;
	case WIRE_BAD:
	case WIRE_REJECTED:
		fault(s, wire_fault_text(why));
		return;
	case WIRE_OK:
		break;
	}
	/* What came with the proposal is discarded (spec 3.2). */
	s->in_len = 0;
	agree(s);
}

/* New bytes, or the news that there will be none, for the present state. */
static void
take(struct session *s, bool final)
{
	switch (s->state) {
	case SESSION_PROPOSAL:
		take_proposal(s, final);
		break;
	case SESSION_REQUEST:
	case SESSION_PROOF:
		take_message(s, final);
		break;
	case SESSION_UDP:
		session_udp_control(s, final);
		break;
	case SESSION_LINGER:
		s->in_len = 0;
		if (final)
			session_end(s);
		break;
	case SESSION_TCP:
		break;
	}
}

static void
on_readable(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct session *s = f->arg;
	size_t room = WIRE_CONTROL_MAX - s->in_len;
	ssize_t n;

	(void)l;
	(void)events;
	n = recv(s->fd, s->in + s->in_len, room, 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1 || (n == 0 && s->in_len == 0 && s->state != SESSION_UDP)) {
		session_end(s);
		return;
	}
	s->in_len += (size_t)n;
	take(s, n == 0 || s->in_len == WIRE_CONTROL_MAX);
}

int
session_watch(struct session *s)
{
	loop_fd_del(s->server->loop, &s->watch);
	return loop_fd_add(s->server->loop, &s->watch, s->fd, LOOP_READ,
	    on_readable, s);
}

static void
on_pause(struct loop *l, struct loop_timer *t, int64_t now)
{
	(void)l;
	(void)now;
	take(t->arg, true);
}

static void
on_timeout(struct loop *l, struct loop_timer *t, int64_t now)
{
	struct session *s = t->arg;

	(void)l;
	(void)now;
	if (s->state != SESSION_LINGER)
		log_limited(&s->server->log, LOG_LEVEL_WARN,
		    "%s was silent for too long", s->name);
	session_end(s);
}

void
session_begin(struct thrulay_server *v, int fd, const struct addr *peer)
{
	uint8_t greeting[WIRE_GREETING_LEN];
	struct session *s;

	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		close(fd);
		return;
	}
	s->server = v;
	s->fd = fd;
	s->udp_fd = s->send_fd = -1;
	s->peer = *peer;
	addr_host(peer, s->name, sizeof(s->name));
	loop_timer_init(&s->timer, on_timeout, s);
	loop_timer_init(&s->pause, on_pause, s);
	loop_timer_init(&s->feedback, NULL, s);
	TAILQ_INSERT_TAIL(&v->sessions, s, entry);
	v->count++;
	sock_set_nodelay(fd, true);
	if (session_watch(s) == -1 || session_send(s, greeting,
	    wire_greeting_put(greeting, sizeof(greeting))) == -1)
		session_end(s);
	else
		enter(s, SESSION_PROPOSAL,
		    session_deadline(v->opt.proposal_timeout));
}
