/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "common/stats.h"
#include "thrulay/server.h"
#include "thrulay/udp_report.h"

#define UDP_BUFFER	4194304	/* bytes asked for (spec 6.5) */
#define UDP_SIZE_MAX	65535
/* A client whose test should be over has this long to say so. */
#define END_GRACE_NS	(60 * CLOCK_NS_PER_S)
/* Feedback no more often than this. */
#define FEEDBACK_MIN_NS	(10 * CLOCK_NS_PER_MS)
/* Delays kept exactly when memory is short. */
#define EXACT_SMALL	10000
/* Two histograms and the fixed parts of a session. */
#define SESSION_BYTES	400000

static bool
is_ipv4(const struct session *s)
{
	return addr_family(&s->peer) == AF_INET || addr_is_mapped(&s->peer);
}

static size_t
header_bytes(const struct session *s)
{
	return is_ipv4(s) ? WIRE_IPV4_UDP : WIRE_IPV6_UDP;
}

/* How long the packets take by the schedule. */
static double
planned_s(const struct wire_udp_response *u)
{
	return (double)u->packets * 1000 / (double)u->rate;
}

/* The client's wishes within what this server allows. False: refuse. */
static bool
negotiate(struct session *s)
{
	const thrulay_server_opt_t *o = &s->server->opt;
	const struct wire_proposal *p = &s->proposal;
	struct wire_udp_response *u = &s->udp;
	double most;

	if (p->rate == 0 || p->size > UDP_SIZE_MAX ||
	    p->size < header_bytes(s) + WIRE_PACKET_LEN)
		return false;
	u->extended = p->extended;
	u->size = p->size;
	u->rate = p->rate;
	u->packets = p->packets;
	most = (double)o->max_rate * 125 / (double)p->size;
	if (o->max_rate > 0 && (double)u->rate > most)
		u->rate = (uint64_t)most;
	if (u->packets > o->max_packets)
		u->packets = o->max_packets;
	most = o->max_duration * (double)u->rate / 1000;
	if ((double)u->packets > most)
		u->packets = (uint64_t)most;
	return u->rate > 0;
}

/*
 * Reserve what the result of this many packets may take at most: a bit each
 * and two delays of 8 bytes kept. Where that is too much, fewer are kept.
 * Returns how many, 0 when not even that is free.
 */
static size_t
reserve(struct session *s)
{
	struct thrulay_server *v = s->server;
	uint64_t exact = s->udp.packets < QUANT_EXACT ? s->udp.packets + 1 :
	    QUANT_EXACT;
	uint64_t fixed = SESSION_BYTES + s->udp.packets / 8;
	uint64_t left = v->opt.max_memory - v->reserved;

	if (fixed + 16 * exact > left && exact > EXACT_SMALL)
		exact = EXACT_SMALL;
	if (fixed + 16 * exact > left)
		return 0;
	s->reserved = fixed + 16 * exact;
	v->reserved += s->reserved;
	return (size_t)exact;
}

static int
open_socket(struct session *s)
{
	struct thrulay_server *v = s->server;
	struct addr any, bound;

	if (addr_numeric(v->opt.bind_address != NULL ? v->opt.bind_address :
	    is_ipv4(s) ? "0.0.0.0" : "::", 0, &any) == -1)
		return -1;
	s->udp_fd = sock_udp_range(&any, v->opt.udp_first, v->opt.udp_last,
	    &bound);
	if (s->udp_fd == -1)
		return -1;
	sock_set_rcvbuf(s->udp_fd, UDP_BUFFER);
	if (v->group.len != 0 &&
	    (addr_family(&v->group) == AF_INET) == is_ipv4(s) &&
	    sock_mcast_join(s->udp_fd, &v->group) == -1)
		log_limited(&v->log, LOG_LEVEL_WARN,
		    "could not join the multicast group: %s", strerror(errno));
	s->udp.port = addr_port(&bound);
	return 0;
}

static void
on_hello(void *arg, const struct addr *from);

static int
open_receiver(struct session *s, size_t exact)
{
	struct dgram_recv_config c;

	memset(&c, 0, sizeof(c));
	c.fd = s->udp_fd;
	memcpy(c.nonce, s->udp.nonce, sizeof(c.nonce));
	c.peer = s->peer;
	c.packets = s->udp.packets;
	c.exact = exact;
	c.hello = on_hello;
	c.arg = s;
	s->drecv = dgram_recv_new(s->server->loop, &c);
	return s->drecv == NULL ? -1 : dgram_recv_start(s->drecv);
}

static int
refuse(struct session *s, const char *why)
{
	uint8_t buf[16];

	log_limited(&s->server->log, LOG_LEVEL_WARN,
	    "UDP proposal of %s refused: %s", s->name, why);
	(void)session_send(s, buf, wire_udp_refusal_put(buf, sizeof(buf)));
	return -1;
}

int
session_udp_respond(struct session *s)
{
	struct thrulay_server *v = s->server;
	uint8_t buf[WIRE_CONTROL_MAX];
	size_t exact;

	if (!negotiate(s))
		return refuse(s, "size or rate out of range");
	exact = reserve(s);
	if (exact == 0)
		return refuse(s, "no memory left for its result");
	arc4random_buf(s->udp.nonce, sizeof(s->udp.nonce));
	if (open_socket(s) == -1) {
		log_limited(&v->log, LOG_LEVEL_WARN,
		    "could not bind a UDP socket");
		return refuse(s, "no socket");
	}
	if (open_receiver(s, exact) == -1)
		return refuse(s, "no receiver");
	sock_set_keepalive(s->fd, false);
	if (session_send(s, buf, wire_udp_response_put(&s->udp, buf,
	    sizeof(buf))) == 0)
		return 0;
	log_limited(&v->log, LOG_LEVEL_WARN,
	    "could not send UDP session response to client");
	return -1;
}

static void
on_feedback(struct loop *l, struct loop_timer *t, int64_t now)
{
	struct session *s = t->arg;
	struct ext_message m;
	uint8_t buf[2048];

	memset(&m, 0, sizeof(m));
	m.kind = EXT_FEEDBACK;
	dgram_recv_feedback(s->drecv, &m.u.feedback);
	m.u.feedback.begin_ns = s->feedback_from_ns - s->begin_ns;
	m.u.feedback.end_ns = now - s->begin_ns;
	s->feedback_from_ns = now;
	/* A client that does not read misses an interval, nothing more. */
	if (session_send(s, buf, ext_put(&m, buf, sizeof(buf))) == -1 &&
	    errno != EAGAIN) {
		session_end(s);
		return;
	}
	(void)loop_timer_set(l, t, now + s->request.feedback_ns);
}

static bool
wants_feedback(const struct session *s)
{
	return s->request.feedback_ns > 0 &&
	    s->request.direction == THRULAY_FORWARD;
}

void
session_udp_start(struct session *s)
{
	struct loop *l = s->server->loop;
	int64_t now = clock_mono();

	s->state = SESSION_UDP;
	if (wants_feedback(s)) {
		if (s->request.feedback_ns < FEEDBACK_MIN_NS)
			s->request.feedback_ns = FEEDBACK_MIN_NS;
		s->feedback_from_ns = now;
		loop_timer_init(&s->feedback, on_feedback, s);
		(void)loop_timer_set(l, &s->feedback,
		    now + s->request.feedback_ns);
	}
	if (loop_timer_set(l, &s->timer, now + END_GRACE_NS +
	    (int64_t)(planned_s(&s->udp) * 1e9)) == -1)
		session_end(s);
}

/* The packets of a reverse test are out, or had to end. */
static void
send_end(struct session *s)
{
	uint8_t buf[32];
	size_t n;

	n = wire_end_put(dgram_send_count(s->dsend), buf, sizeof(buf));
	if (session_send(s, buf, n) == -1)
		session_end(s);
	else
		session_linger(s);
}

static void
on_sent(void *arg, int error)
{
	struct session *s = arg;

	if (error != 0)
		log_limited(&s->server->log, LOG_LEVEL_WARN,
		    "sending to %s: %s", s->name, strerror(error));
	send_end(s);
}

static int
start_sending(struct session *s, const struct addr *to)
{
	struct dgram_send_config c;

	/* A descriptor of its own: a loop knows each one only once. */
	s->send_fd = fcntl(s->udp_fd, F_DUPFD_CLOEXEC, 0);
	if (s->send_fd == -1)
		return -1;
	memset(&c, 0, sizeof(c));
	c.fd = s->send_fd;
	c.to = *to;
	c.payload = (size_t)s->udp.size - header_bytes(s);
	c.rate = s->udp.rate;
	c.packets = s->udp.packets;
	memcpy(c.nonce, s->udp.nonce, sizeof(c.nonce));
	c.spacing = s->request.spacing;
	arc4random_buf(&c.seed, sizeof(c.seed));
	if (s->request.dscp > 0)
		sock_set_dscp(s->udp_fd, s->request.dscp);
	s->dsend = dgram_send_new(s->server->loop, &c, on_sent, s);
	return s->dsend == NULL ? -1 : dgram_send_start(s->dsend);
}

/*
 * The client of a reverse test asks for packets from the port that its NAT
 * gave it; dgram_recv made sure of nonce and host. A session that cannot send
 * is ended by its timer, since its receiver is at work here.
 */
static void
on_hello(void *arg, const struct addr *from)
{
	struct session *s = arg;

	if (s->state != SESSION_UDP || s->dsend != NULL ||
	    s->request.direction != THRULAY_REVERSE)
		return;
	if (start_sending(s, from) == -1)
		(void)loop_timer_set(s->server->loop, &s->timer, 0);
}

static void
fill_result(struct session *s, uint64_t sent, struct thrulay_udp_result *r)
{
	memset(r, 0, sizeof(*r));
	dgram_recv_stop(s->drecv);
	dgram_recv_result(s->drecv, sent, r);
	r->proposed = s->proposal.packets;
	host_end(&s->host);
	s->host.socket_drops = r->socket_drops;
	r->host_limit = host_limit(&s->host);
}

static enum thrulay_report
report_style(const struct session *s)
{
	switch (s->request.report) {
	case EXT_REPORT_09:
		return THRULAY_REPORT_09;
	case EXT_REPORT_HD:
		return THRULAY_REPORT_HD;
	case EXT_REPORT_DEFAULT:
	case EXT_REPORT_RECORD:
		break;
	}
	return s->server->opt.report;
}

static void
send_report(struct session *s, uint64_t sent)
{
	struct ext_message m;
	char text[UDP_REPORT_MAX];
	uint8_t buf[EXT_PAYLOAD_MAX];
	int rc;

	loop_timer_clear(s->server->loop, &s->feedback);
	memset(&m, 0, sizeof(m));
	m.kind = EXT_RECORD;
	fill_result(s, sent, &m.u.record);
	if (m.u.record.host_limit != NULL)
		strlcpy(m.host_limit, m.u.record.host_limit,
		    sizeof(m.host_limit));
	if (s->request.report == EXT_REPORT_RECORD)
		rc = session_send(s, buf, ext_put(&m, buf, sizeof(buf)));
	else
		rc = session_send(s, text, udp_report_text(&m.u.record,
		    report_style(s), s->server->opt.verbosity > 0, text));
	if (rc == -1) {
		log_limited(&s->server->log, LOG_LEVEL_WARN,
		    "could not send final report to client");
		session_end(s);
		return;
	}
	session_linger(s);
}

/*
 * Anything but an end message is malformed; where it does not even begin like
 * one, the 0.9 server reported as if no packet had been sent.
 */
static void
malformed(struct session *s)
{
	log_limited(&s->server->log, LOG_LEVEL_WARN, "malformed end of test");
	if (s->in_len > 0 && s->in[0] != '+')
		send_report(s, 0);
	else
		session_end(s);
}

static void
control_reverse(struct session *s)
{
	if (s->in_len > 0 && s->in[0] == '-' && s->dsend != NULL) {
		dgram_send_stop(s->dsend);
		send_end(s);
	} else {
		session_end(s);
	}
}

void
session_udp_control(struct session *s, bool final)
{
	uint64_t sent;
	size_t used;

	loop_timer_clear(s->server->loop, &s->pause);
	if (s->request.direction == THRULAY_REVERSE || s->in_len == 0) {
		control_reverse(s);
		return;
	}
	switch (wire_end_get(s->in, s->in_len, final, &sent, &used)) {
	case WIRE_OK:
		send_report(s, sent);
		break;
	case WIRE_REJECTED:
		session_end(s);
		break;
	case WIRE_BAD:
		malformed(s);
		break;
	case WIRE_MORE:
		if (loop_timer_set(s->server->loop, &s->pause,
		    clock_mono() + CLOCK_NS_PER_S) == -1)
			session_end(s);
		break;
	}
}

void
session_udp_log(struct session *s)
{
	struct thrulay_udp_result r;
	double bits, over = 0;

	if (s->drecv == NULL)
		return;
	memset(&r, 0, sizeof(r));
	dgram_recv_result(s->drecv, 0, &r);
	if (s->dsend != NULL)
		r.unique = dgram_send_count(s->dsend);
	else
		over = (double)(r.last_ns - r.first_ns) / 1e9;
	if (over <= 0)
		over = planned_s(&s->udp);
	bits = (double)r.unique * (double)s->udp.size * 8;
	session_log_test(s, "UDP", (double)(clock_mono() - s->begin_ns) / 1e9,
	    bits, over);
	if (r.bad_nonce > 0)
		log_limited(&s->server->log, LOG_LEVEL_WARN,
		    "nonce does not match (%llu packets)",
		    (unsigned long long)r.bad_nonce);
}

void
session_udp_release(struct session *s)
{
	loop_timer_clear(s->server->loop, &s->feedback);
	dgram_send_free(s->dsend);
	dgram_recv_free(s->drecv);
	if (s->send_fd != -1)
		close(s->send_fd);
	if (s->udp_fd != -1)
		close(s->udp_fd);
	s->server->reserved -= s->reserved;
}
