/* SPDX-License-Identifier: BSD-2-Clause */
/* Setting up one connection: the ladder of requests, and their answers. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "udpst/auth.h"
#include "udpst/client_private.h"

/* What the client prints for a response code, spec 3.3. */
static const char *const rejections[] = {
	[WIRE_SETUP_JUMBO] =
	    "Client jumbo datagram size option does not match server",
	[WIRE_SETUP_NO_KEY_HERE] = "Authentication not configured on server",
	[WIRE_SETUP_KEY_NEEDED] = "Authentication required by server",
	[WIRE_SETUP_AUTH_MODE] =
	    "Authentication method does not match server",
	[WIRE_SETUP_AUTH_FAILED] =
	    "Authentication verification failed at server",
	[WIRE_SETUP_AUTH_TIME] =
	    "Authentication time outside time window of server",
	[WIRE_SETUP_NO_BANDWIDTH] = "Max bandwidth option required by server",
	[WIRE_SETUP_CAPACITY] =
	    "Required max bandwidth exceeds available capacity on server",
	[WIRE_SETUP_MTU] =
	    "Client traditional MTU option does not match server",
	[WIRE_SETUP_MULTI] = "Multi-connection parameters rejected by server",
	[WIRE_SETUP_NO_CONNECTION] =
	    "Connection allocation failure on server"
};
#define NREJECTIONS	(sizeof(rejections) / sizeof(rejections[0]))

static void
close_attempt(struct attempt *a)
{
	if (a->fd == -1)
		return;
	loop_fd_del(a->link->client->loop, &a->watch);
	close(a->fd);
	a->fd = -1;
}

void
link_close_attempts(struct link *l, const struct attempt *keep)
{
	size_t i;

	for (i = 0; i < LADDER_RUNGS; i++)
		if (&l->attempts[i] != keep)
			close_attempt(&l->attempts[i]);
}

void
link_seal(const struct link *l, unsigned int version, uint32_t setup_time,
    uint8_t *pdu, size_t len)
{
	struct auth_secret secret;

	if (l->client->key != NULL) {
		if (auth_derive(l->client->key, setup_time, version,
		    AUTH_CLIENT, &secret) == 0)
			(void)auth_sign(&secret, pdu, len);
		auth_wipe(&secret, sizeof(secret));
	}
	if (l->client->o->checksum)
		wire_checksum_set(pdu, len);
}

bool
link_verify(const struct link *l, unsigned int version, uint32_t setup_time,
    const uint8_t *pdu, size_t len)
{
	struct auth_secret secret;
	bool right;

	/* Servers sign nothing below protocol 20 (spec 3.9). */
	if (l->client->key == NULL || version < WIRE_V_CURRENT)
		return true;
	right = auth_derive(l->client->key, setup_time, version, AUTH_SERVER,
	    &secret) == 0 && auth_verify(&secret, pdu, len);
	auth_wipe(&secret, sizeof(secret));
	return right;
}

/* Requests. */

/* Mbit/s of this connection, and the direction, which goes with it. */
static uint16_t
bandwidth(const struct client *c)
{
	unsigned int each = c->o->bandwidth / c->o->conns_max;

	if (c->o->bandwidth == 0)
		return 0;
	if (each == 0)
		each = 1;
	return (uint16_t)(each | (c->o->mode == MODE_UPSTREAM ?
	    WIRE_UPSTREAM : 0));
}

static void
build_request(struct attempt *a, unsigned int version)
{
	const struct link *l = a->link;
	const struct client *c = l->client;
	struct wire_setup p = {
		.version = (uint16_t)version,
		.mc_index = (uint8_t)l->index,
		.mc_count = (uint8_t)c->o->conns_max,
		.mc_ident = c->ident,
		.request = WIRE_SETUP_REQUEST,
		.bandwidth = bandwidth(c),
		.modifier = (uint8_t)((c->o->jumbo ? WIRE_MOD_JUMBO : 0) |
		    (c->o->traditional ? WIRE_MOD_TRADITIONAL : 0) |
		    (version == WIRE_V_CURRENT ? WIRE_MOD_OFFER : 0))
	};

	if (c->key != NULL) {
		a->unix_time = (uint32_t)(clock_wall() / CLOCK_NS_PER_S);
		p.auth.mode = 1;
		p.auth.unix_time = a->unix_time;
		p.auth.key_id = (uint8_t)c->o->key_id;
	}
	a->len = wire_setup_put(&p, a->request);
	link_seal(l, version, a->unix_time, a->request, a->len);
}

static void	on_readable(struct loop *, struct loop_fd *, unsigned int);

static int
open_socket(const struct link *l)
{
	const struct options *o = l->client->o;
	struct addr any = o->bind_addr;
	int fd;

	if (any.len == 0)
		(void)addr_numeric(addr_family(&l->server) == AF_INET6 ?
		    "::" : "0.0.0.0", 0, &any);
	fd = sock_udp(&any);
	if (fd == -1)
		return -1;
	if (o->buffer > 0) {
		sock_set_sndbuf(fd, o->buffer);
		sock_set_rcvbuf(fd, o->buffer);
	}
	if (o->bind_dev != NULL && sock_set_device(fd, o->bind_dev) == -1) {
		close(fd);
		return -1;
	}
	udpio_rx_setup(fd);
	return fd;
}

static int
open_attempt(struct attempt *a, unsigned int version)
{
	struct link *l = a->link;
	struct client *c = l->client;
	int sndbuf = 0, rcvbuf = 0;
	char text[ENDPOINT_LEN];
	struct addr local;

	a->fd = open_socket(l);
	if (a->fd == -1)
		return -1;
	if (loop_fd_add(c->loop, &a->watch, a->fd, LOOP_READ, on_readable,
	    a) == -1)
		return -1;
	(void)sock_get_buffers(a->fd, &sndbuf, &rcvbuf);
	(void)sock_local(a->fd, &local);
	report_verbose(c->report, l->number, "Connection created "
	    "(SNDBUF/RCVBUF: %d/%d) and assigned %s", sndbuf, rcvbuf,
	    endpoint_text(&local, text));
	build_request(a, version);
	return 0;
}

/* The link ends here, with a line about its socket. */
static void
socket_failed(struct link *l, const char *what)
{
	struct client *c = l->client;

	report_say(c->report, -1, true, "%s ERROR: %s", what,
	    strerror(errno));
	if (c->status == UDPST_UNSPECIFIED && c->o->format == FORMAT_TEXT)
		client_status(c, UDPST_INIT);
	link_over(l, true);
}

/* What another try a little later may get through. */
static bool
is_passing(int error)
{
	return error == EAGAIN || error == ENOBUFS || error == ENOMEM ||
	    error == EINTR || error == ECONNREFUSED;
}

/* No way to the server from here ends the link, as in the original. */
static bool
send_to(struct attempt *a, const struct addr *server)
{
	struct link *l = a->link;

	if (sendto(a->fd, a->request, a->len, 0, &server->sa,
	    server->len) != -1)
		return true;
	if (!is_passing(errno)) {
		socket_failed(l, "SEND/SENDTO");
		return false;
	}
	if (l->client->o->socket_errors)
		report_say(l->client->report, l->number, true,
		    "SEND/SENDTO ERROR: %s", strerror(errno));
	return true;
}

static bool
send_request(struct link *l, size_t rung)
{
	struct attempt *a = &l->attempts[rung];
	const struct ladder_rung *r = &l->ladder.rungs[rung];
	char from[ENDPOINT_LEN], to[ENDPOINT_LEN];
	struct addr local, server = l->server;

	if (a->fd == -1 && open_attempt(a, r->version) == -1) {
		socket_failed(l, "SOCKET/BIND");
		return false;
	}
	addr_set_port(&server, r->port);
	a->sent_ns = clock_wall();
	if (!send_to(a, &server))
		return false;
	(void)sock_local(a->fd, &local);
	report_verbose(l->client->report, l->number, "Setup request (%u.%u) "
	    "sent from %s to %s", l->index, l->client->ident,
	    endpoint_text(&local, from), endpoint_text(&server, to));
	return true;
}

/* Ends. */

static void
rejected(struct link *l, unsigned int code)
{
	struct client *c = l->client;
	char a[ENDPOINT_LEN];
	int status = UDPST_SETUP_REJECTED;

	(void)link_server(l, a);
	if (code == WIRE_SETUP_VERSION) {
		report_say(c->report, -1, true, "ERROR: Client protocol "
		    "version (%u) not accepted by server (%u) %s",
		    c->o->protocol != 0 ? c->o->protocol : WIRE_V_CURRENT,
		    l->ladder.server_version, a);
		status += (int)code;
	} else if (code < NREJECTIONS && rejections[code] != NULL) {
		report_say(c->report, -1, true, "ERROR: %s %s",
		    rejections[code], a);
		status += (int)code;
	} else
		report_say(c->report, -1, true, "ERROR: Unexpected CRSP (%u) "
		    "in setup response from server %s", code, a);
	client_status(c, status);
	link_over(l, true);
}

static void
timed_out(struct link *l)
{
	char a[ENDPOINT_LEN];

	report_say(l->client->report, -1, true, "WARNING: Timeout awaiting "
	    "response from server %s", link_server(l, a));
	client_status(l->client, UDPST_TIMEOUT);
	link_over(l, true);
}

/* As far as the ladder goes now. */
static void
climb(struct link *l)
{
	int64_t when;
	size_t rung;

	for (;;) {
		switch (ladder_next(&l->ladder, clock_mono(), &rung, &when)) {
		case LADDER_SEND:
			if (!send_request(l, rung))
				return;
			break;
		case LADDER_WAIT:
			(void)loop_timer_set(l->client->loop, &l->timer,
			    when);
			return;
		case LADDER_TIMEOUT:
			timed_out(l);
			return;
		case LADDER_REJECTED:
			rejected(l, l->ladder.rejection);
			return;
		}
	}
}

static void
on_timer(struct loop *loop, struct loop_timer *t, int64_t now_ns)
{
	struct link *l = t->arg;

	(void)loop;
	if (l->state == LINK_SETUP)
		climb(l);
	else if (l->state == LINK_ACTIVATING)
		link_activate_again(l, now_ns);
}

void
link_prepare(struct link *l)
{
	size_t i;

	for (i = 0; i < LADDER_RUNGS; i++) {
		l->attempts[i].link = l;
		l->attempts[i].fd = -1;
	}
	loop_timer_init(&l->timer, on_timer, l);
}

void
link_start(struct link *l)
{
	const struct options *o = l->client->o;
	const struct options_server *s = &o->servers[l->server_index];
	struct ladder_conf conf = {
		.port = s->port,
		.protocol = o->protocol,
		.have_key = l->client->key != NULL,
		.allow_downgrade = o->allow_downgrade
	};

	conf.port_old = OPTIONS_PORT_8;
	if (!o->port_given && !s->port_given)
		conf.port_other = s->port == OPTIONS_PORT ? OPTIONS_PORT_8 :
		    OPTIONS_PORT;
	ladder_init(&l->ladder, &conf, clock_mono());
	climb(l);
}

/* Answers. */

static void
alert(struct link *l, const struct udpio_msg *m)
{
	const uint8_t *p = m->data;
	size_t at = wire_checksum_offset(p, m->len);
	char a[ENDPOINT_LEN];

	if (l->alerts == CONN_WARNINGS)
		return;
	l->alerts++;
	report_say(l->client->report, l->number, false, "ALERT: Received "
	    "invalid setup response (%zu,0x%04X:0x%04X,0x%04X) [Server %s]",
	    m->wire_len, wire_id(p, m->len), wire_peek(p, m->len, 2),
	    wire_peek(p, m->len, at),
	    endpoint_text(&m->from, a));
}

/* An acceptance that the server cannot prove ends it, as in the original. */
static void
unproven(struct link *l, const char *what, int code)
{
	char a[ENDPOINT_LEN];

	report_say(l->client->report, -1, true, "ERROR: Authentication %s "
	    "setup response from server %s", what, link_server(l, a));
	client_status(l->client, UDPST_SETUP_REJECTED + code);
	link_over(l, true);
}

static bool
is_ours(const struct link *l, size_t rung, const struct wire_setup *p)
{
	return p->request == WIRE_SETUP_RESPONSE &&
	    p->mc_ident == l->client->ident && p->mc_index == l->index &&
	    (p->version == l->ladder.rungs[rung].version ||
	    p->response == WIRE_SETUP_VERSION);
}

static void
take_response(struct attempt *a, const struct udpio_msg *m,
    const struct wire_setup *p)
{
	struct link *l = a->link;
	struct client *c = l->client;
	size_t rung = (size_t)(a - l->attempts);
	unsigned int version = l->ladder.rungs[rung].version;
	bool proven = link_verify(l, version, a->unix_time, m->data, m->len);
	char from[ENDPOINT_LEN];

	if (p->response != WIRE_SETUP_ACCEPTED)
		addr_set_port(&l->server, addr_port(&m->from));
	/* No code: nothing that the ladder could go on from. */
	if (p->response == WIRE_SETUP_NONE) {
		if (proven)
			rejected(l, WIRE_SETUP_NONE);
		return;
	}
	if (p->response != WIRE_SETUP_ACCEPTED) {
		ladder_rejected(&l->ladder, rung, p->response, p->version,
		    proven, clock_mono());
		climb(l);
		return;
	}
	if (!proven) {
		unproven(l, "failure of", WIRE_SETUP_AUTH_FAILED);
		return;
	}
	if (c->key != NULL && version == WIRE_V_CURRENT &&
	    !auth_in_window(m->wall_ns, p->auth.unix_time,
	    c->o->auth_window_s)) {
		unproven(l, "time invalid in", WIRE_SETUP_AUTH_TIME);
		return;
	}
	report_verbose(c->report, l->number, "Setup response (%u.%u) "
	    "received from %s", l->index, c->ident,
	    endpoint_text(&m->from, from));
	if (c->o->probe)
		link_probed(l, p, m->wall_ns - a->sent_ns);
	else
		link_activate(l, a, &m->from, p);
}

static void
on_readable(struct loop *loop, struct loop_fd *f, unsigned int events)
{
	struct attempt *a = f->arg;
	struct link *l = a->link;
	const struct udpio_msg *m;
	struct udpio_rx *rx = l->client->rx;
	struct wire_setup p;
	char from[ENDPOINT_LEN];

	(void)loop;
	(void)events;
	/* One at a time: the first good one changes everything. */
	while (l->state == LINK_SETUP && a->fd != -1 &&
	    udpio_recv(rx, a->fd) > 0) {
		m = udpio_msg(rx, 0);
		if (wire_id(m->data, m->len) == WIRE_NULL)
			report_verbose(l->client->report, l->number,
			    "Null request (%u.%u) received before socket "
			    "connect from %s", l->index, l->client->ident,
			    endpoint_text(&m->from, from));
		else if (m->len != m->wire_len ||
		    !wire_setup_get(m->data, m->len, &p))
			alert(l, m);
		else if (is_ours(l, (size_t)(a - l->attempts), &p))
			take_response(a, m, &p);
	}
}
