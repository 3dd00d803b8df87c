/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "thrulay/client.h"

/* How often a reverse test asks for its first packet. */
#define HELLO_NS	(100 * CLOCK_NS_PER_MS)

/*
 * The test socket: bound to the address that the control connection has, so
 * that the server can tell that both are one host.
 */
int
client_udp_socket(struct stream *s)
{
	struct thrulay_client *c = s->client;
	struct addr a;

	s->udp_begin_ns = clock_mono();
	if (sock_local(s->ctl.fd, &a) == -1)
		return -THRULAY_E_UDP_INIT;
	s->udp_fd = sock_udp_range(&a, CLIENT_UDP_PORT,
	    CLIENT_UDP_PORT + CLIENT_UDP_TRIES - 1, &s->udp_local);
	if (s->udp_fd == -1)
		return -THRULAY_E_UDP_INIT;
	sock_set_sndbuf(s->udp_fd, c->opt.window);
	if (s->direction == THRULAY_REVERSE)
		sock_set_rcvbuf(s->udp_fd, c->opt.window);
	if (c->opt.dscp > 0)
		sock_set_dscp(s->udp_fd, c->opt.dscp);
	if (c->opt.ttl != 1 &&
	    sock_set_mcast_ttl(s->udp_fd, c->opt.ttl) == -1)
		client_warn_errno(c, "setsockopt(IP_MULTICAST_TTL)", errno);
	sock_set_keepalive(s->ctl.fd, false);
	return 0;
}

/* Where the packets go: the group that was asked for, else the server. */
static int
destination(struct stream *s, struct addr *to)
{
	struct thrulay_client *c = s->client;
	int gai;

	*to = c->peer;
	if (c->opt.mcast_group != NULL && addr_resolve(c->opt.mcast_group, 0,
	    addr_family(&c->peer), SOCK_DGRAM, to, 1, &gai) == 0) {
		client_warn(c, true, "getaddrinfo(): %s", gai_strerror(gai));
		return -THRULAY_E_RESOLVE_GROUP;
	}
	addr_set_port(to, (uint16_t)s->udp.port);
	return 0;
}

/* What a reverse stream received, whether its sender told the end or not. */
static void
keep_received(struct stream *s)
{
	struct thrulay_udp_result *r = &s->udp_result;

	if (!s->draining) {
		s->last_packet_ns = clock_mono();
		s->peer_sent = dgram_recv_next(s->drecv);
	}
	dgram_recv_stop(s->drecv);
	dgram_recv_result(s->drecv, s->peer_sent, r);
	r->proposed = s->udp.packets;
	s->have_udp = true;
}

/* The stream is over without the result that it was for. */
static void
fail(struct stream *s, int code)
{
	if (s->drecv != NULL && !s->finished)
		keep_received(s);
	if (s->client->error == 0)
		s->client->error = code;
	s->broken = true;
	client_stream_done(s);
}

static void
set_timer(struct stream *s, int64_t when_ns)
{
	if (loop_timer_set(s->client->loop, &s->timer, when_ns) == -1)
		fail(s, -THRULAY_E_SYSTEM);
}

static int64_t
patience(const struct stream *s)
{
	return clock_mono() + (int64_t)(s->client->opt.timeout * 1e9);
}

/* The last packet is out: wait for stragglers before saying so. */
static void
begin_drain(struct stream *s)
{
	s->last_packet_ns = clock_mono();
	s->draining = true;
	set_timer(s, s->last_packet_ns + CLIENT_DRAIN_NS);
}

static void
on_sent(void *arg, int error)
{
	struct stream *s = arg;

	if (error == 0) {
		begin_drain(s);
		return;
	}
	client_warn_errno(s->client, "sendto", error);
	fail(s, -THRULAY_E_SEND_UDP);
}

static void
send_end(struct stream *s)
{
	uint8_t buf[32];
	size_t n;

	s->draining = false;
	n = wire_end_put(dgram_send_count(s->dsend), buf, sizeof(buf));
	if (send(s->ctl.fd, buf, n, MSG_NOSIGNAL) != (ssize_t)n) {
		fail(s, -THRULAY_E_SEND_END);
		return;
	}
	s->end_sent = true;
	set_timer(s, patience(s));
}

static void
send_hello(struct stream *s)
{
	uint8_t buf[WIRE_PACKET_LEN];
	struct wire_packet p;
	struct addr to;

	memset(&p, 0, sizeof(p));
	memcpy(p.nonce, s->udp.nonce, sizeof(p.nonce));
	p.sequence = EXT_HELLO_SEQUENCE;
	wire_packet_put(&p, buf);
	to = s->client->peer;
	addr_set_port(&to, (uint16_t)s->udp.port);
	/* One that is lost is sent again. */
	(void)sendto(s->udp_fd, buf, sizeof(buf), 0,
	    (const struct sockaddr *)&to.ss, to.len);
	set_timer(s, clock_mono() + HELLO_NS);
}

/*
 * What the timer of a stream means depends on how far it is: ask again for
 * the first packet, end the drain, or give up on a silent peer.
 */
static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now)
{
	struct stream *s = t->arg;
	bool reverse = s->direction == THRULAY_REVERSE;

	(void)l;
	if (s->draining && reverse) {
		keep_received(s);
		client_stream_done(s);
	} else if (s->draining) {
		send_end(s);
	} else if (reverse && s->last_packet_ns == 0 && s->client->stop == 0 &&
	    now < s->udp_begin_ns + (int64_t)(s->client->opt.timeout * 1e9)) {
		send_hello(s);
	} else {
		fail(s, -THRULAY_E_TIMEOUT);
	}
}

/* How long the packets of a reverse test take, as agreed. */
static int64_t
planned_ns(const struct stream *s)
{
	return (int64_t)((double)s->udp.packets * 1e12 / (double)s->udp.rate);
}

static void
on_first(void *arg)
{
	struct stream *s = arg;

	s->last_packet_ns = clock_mono();
	set_timer(s, patience(s) + planned_ns(s));
}

static void
on_feedback(struct stream *s, const struct ext_feedback *f)
{
	struct thrulay_client *c = s->client;
	struct thrulay_interval iv;
	uint64_t sent = dgram_send_count(s->dsend);

	/* Behind the last packet only stragglers are worth a line. */
	if (s->last_packet_ns != 0 && f->received == 0)
		return;
	memset(&iv, 0, sizeof(iv));
	iv.id = s->id;
	iv.direction = s->direction;
	iv.begin_ns = f->begin_ns;
	iv.end_ns = f->end_ns;
	iv.bytes = f->unique * s->udp.size;
	iv.packets_sent = sent - s->sent_before;
	iv.packets_received = f->received;
	iv.packets_lost = f->lost;
	iv.duplicates = f->duplicates;
	iv.reordered = f->reordered;
	iv.delay = f->delay;
	iv.rate_bps = client_rate(&iv);
	s->sent_before = sent;
	if (c->on.interval != NULL)
		c->on.interval(c->arg, &iv);
}

static void
on_record(struct stream *s, const struct ext_message *m)
{
	s->udp_result = m->u.record;
	memcpy(s->host_limit, m->host_limit, sizeof(s->host_limit));
	s->udp_result.host_limit = s->host_limit[0] != '\0' ?
	    s->host_limit : NULL;
	s->have_udp = true;
}

/* Extension messages at the front of the buffer. False: malformed. */
static bool
take_messages(struct stream *s)
{
	struct ext_message m;
	size_t used;

	while (s->extended && s->ctl.len > 0 && s->ctl.buf[0] == 'x') {
		switch (ext_get(s->ctl.buf, s->ctl.len, &m, &used)) {
		case WIRE_OK:
			break;
		case WIRE_MORE:
			return true;
		case WIRE_BAD:
		case WIRE_REJECTED:
			return false;
		}
		control_consume(&s->ctl, used);
		if (m.kind == EXT_FEEDBACK)
			on_feedback(s, &m.u.feedback);
		else if (m.kind == EXT_RECORD)
			on_record(s, &m);
	}
	return true;
}

/* The sender of a reverse test went away without a word. */
static void
lost_sender(struct stream *s)
{
	client_warn(s->client, true, "read: connection closed by server");
	keep_received(s);
	client_stream_broken(s);
}

/* The sender of a reverse test says how many packets there were. */
static void
take_end(struct stream *s)
{
	size_t used;

	if (s->ctl.eof && s->ctl.len == 0) {
		lost_sender(s);
		return;
	}
	switch (wire_end_get(s->ctl.buf, s->ctl.len, s->ctl.eof,
	    &s->peer_sent, &used)) {
	case WIRE_OK:
		control_consume(&s->ctl, used);
		begin_drain(s);
		break;
	case WIRE_MORE:
		if (s->ctl.eof)
			fail(s, -THRULAY_E_RESULTS);
		break;
	case WIRE_BAD:
	case WIRE_REJECTED:
		fail(s, -THRULAY_E_MALFORMED);
		break;
	}
}

/* End of file on the control connection. */
static void
take_eof(struct stream *s)
{
	loop_fd_del(s->client->loop, &s->watch);
	if (!s->end_sent) {
		client_warn(s->client, true,
		    "read: connection closed by server");
		dgram_send_stop(s->dsend);
		s->last_packet_ns = clock_mono();
		client_stream_broken(s);
	} else if (s->ctl.len == 0 && !s->have_udp) {
		fail(s, -THRULAY_E_RESULTS);
	} else {
		client_stream_done(s);
	}
}

static void
on_control(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct stream *s = f->arg;
	ssize_t n;

	(void)events;
	n = control_take(&s->ctl, SIZE_MAX);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == -1) {
		client_warn_errno(s->client, "read", errno);
		loop_fd_del(l, f);
		fail(s, -THRULAY_E_RESULTS);
		return;
	}
	if (!take_messages(s))
		fail(s, -THRULAY_E_EXTENSION);
	else if (s->direction == THRULAY_REVERSE && !s->draining)
		take_end(s);
	else if (s->direction == THRULAY_FORWARD && s->ctl.eof)
		take_eof(s);
	if (s->ctl.eof || s->finished)
		loop_fd_del(l, f);
}

static int
open_forward(struct stream *s)
{
	struct thrulay_client *c = s->client;
	struct dgram_send_config cfg;
	size_t headers;
	int rc;

	memset(&cfg, 0, sizeof(cfg));
	rc = destination(s, &cfg.to);
	if (rc != 0)
		return rc;
	headers = addr_family(&cfg.to) == AF_INET6 ? WIRE_IPV6_UDP :
	    WIRE_IPV4_UDP;
	if (s->udp.size < headers) {
		client_warn_errno(c, "sendto", EMSGSIZE);
		return -THRULAY_E_SEND_UDP;
	}
	cfg.fd = s->udp_fd;
	cfg.payload = (size_t)s->udp.size - headers;
	cfg.rate = s->udp.rate;
	cfg.packets = s->udp.packets;
	memcpy(cfg.nonce, s->udp.nonce, sizeof(cfg.nonce));
	cfg.spacing = c->opt.spacing;
	cfg.seed = c->seed + (uint64_t)s->id;
	cfg.busy = c->opt.busywait;
	s->dsend = dgram_send_new(c->loop, &cfg, on_sent, s);
	return s->dsend == NULL ? -THRULAY_E_MEMORY : 0;
}

static int
open_reverse(struct stream *s)
{
	struct thrulay_client *c = s->client;
	struct dgram_recv_config cfg;

	memset(&cfg, 0, sizeof(cfg));
	cfg.fd = s->udp_fd;
	memcpy(cfg.nonce, s->udp.nonce, sizeof(cfg.nonce));
	cfg.peer = c->peer;
	cfg.packets = s->udp.packets;
	cfg.exact = client_exact(c);
	cfg.first = on_first;
	cfg.arg = s;
	s->drecv = dgram_recv_new(c->loop, &cfg);
	return s->drecv == NULL ? -THRULAY_E_MEMORY : 0;
}

/* What a tick can tell: a receiver its packets; a sender with a peer that
 * sends no feedback, how many it sent. */
static bool
fill_interval(struct stream *s, struct thrulay_interval *iv)
{
	struct ext_feedback f;
	uint64_t sent;

	if (s->direction == THRULAY_FORWARD) {
		if (s->extended)
			return false;
		sent = dgram_send_count(s->dsend);
		iv->packets_sent = sent - s->sent_before;
		iv->bytes = iv->packets_sent * s->udp.size;
		s->sent_before = sent;
		client_udp_unknown(iv);
		return true;
	}
	dgram_recv_feedback(s->drecv, &f);
	if (s->draining && f.received == 0)
		return false;
	iv->packets_sent = THRULAY_NO_COUNT;
	iv->bytes = f.unique * s->udp.size;
	iv->packets_received = f.received;
	iv->packets_lost = f.lost;
	iv->duplicates = f.duplicates;
	iv->reordered = f.reordered;
	iv->delay = f.delay;
	return true;
}

static int
start_stream(struct stream *s)
{
	struct thrulay_client *c = s->client;
	int rc;

	loop_timer_init(&s->timer, on_timer, s);
	rc = s->direction == THRULAY_FORWARD ? open_forward(s) :
	    open_reverse(s);
	if (rc != 0)
		return rc;
	if (loop_fd_add(c->loop, &s->watch, s->ctl.fd, LOOP_READ, on_control,
	    s) == -1)
		return -THRULAY_E_SYSTEM;
	if (s->direction == THRULAY_FORWARD)
		return dgram_send_start(s->dsend) == -1 ? -THRULAY_E_SYSTEM : 0;
	if (dgram_recv_start(s->drecv) == -1)
		return -THRULAY_E_SYSTEM;
	send_hello(s);
	return 0;
}

/*
 * Asked to end early: no more packets, but the receiver's result for those
 * that were sent is still wanted.
 */
static void
wind_up(struct thrulay_client *c)
{
	struct stream *s;
	int i;

	client_ticks_end(c, clock_mono());
	for (i = 0; i < c->nstreams; i++) {
		s = &c->streams[i];
		if (s->finished || s->draining || s->end_sent)
			continue;
		if (s->direction == THRULAY_FORWARD) {
			dgram_send_stop(s->dsend);
			begin_drain(s);
		} else {
			(void)send(s->ctl.fd, "-", 1, MSG_NOSIGNAL);
			set_timer(s, patience(s));
		}
	}
}

static int
run_until(struct thrulay_client *c, int stops)
{
	while (c->running > 0 && c->stop < stops)
		if (loop_run(c->loop) == -1)
			return -THRULAY_E_SYSTEM;
	return c->running > 0 ? -THRULAY_E_INTERRUPTED : 0;
}

int
client_udp_run(struct thrulay_client *c)
{
	int i, rc = 0;

	if (c->opt.feedback && client_ticks_start(c, fill_interval) == -1)
		return -THRULAY_E_SYSTEM;
	for (i = 0; i < c->nstreams && rc == 0; i++)
		rc = start_stream(&c->streams[i]);
	if (rc == 0)
		rc = run_until(c, 1);
	if (rc != -THRULAY_E_INTERRUPTED)
		return rc;
	wind_up(c);
	return run_until(c, 2);
}
