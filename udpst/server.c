/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's control sockets, and who gets a session. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "udpst/server_private.h"

#define REPLIES_A_SECOND	1000	/* rejections, to all together */
#define REPEATS_MAX		10	/* of an accepting response */
/* A full server gives up what has not been activated for this long. */
#define HALF_OPEN_NS		INT64_C(1000000000)

static bool
allowed(const struct options *o, const struct addr *peer)
{
	size_t i;

	for (i = 0; i < o->nallow; i++)
		if (addr_prefix_match(&o->allow[i], peer))
			return true;
	return o->nallow == 0;
}

static bool
same_peer(const struct addr *a, const struct addr *b)
{
	return addr_port(a) == addr_port(b) && addr_same_host(a, b);
}

/* The session that a repeated setup request is about. */
static struct session *
find_repeated(const struct server *s, const struct addr *peer,
    const struct wire_setup *p)
{
	const struct wire_setup *q;
	unsigned int i;

	for (i = 0; i < SERVER_SESSIONS_MAX; i++) {
		if (s->slots[i] == NULL)
			continue;
		q = &s->slots[i]->setup.request;
		if (q->mc_ident == p->mc_ident && q->mc_index == p->mc_index &&
		    q->version == p->version &&
		    same_peer(&s->slots[i]->peer, peer))
			return s->slots[i];
	}
	return NULL;
}

static void
reply(struct control *c, const struct addr *to, const uint8_t *buf,
    size_t len)
{
	if (sendto(c->fd, buf, len, MSG_DONTWAIT, &to->sa, to->len) == -1 &&
	    c->server->o->socket_errors)
		server_limited(c->server, false, "SENDTO ERROR: %s",
		    strerror(errno));
}

/* A flood of requests is not answered by a flood of rejections. */
static bool
may_reject(struct server *s, int64_t now_ns)
{
	if (now_ns - s->reply_second_ns >= CLOCK_NS_PER_S) {
		s->reply_second_ns = now_ns;
		s->replies = 0;
	}
	if (s->replies == REPLIES_A_SECOND) {
		s->counters.setup_limited++;
		return false;
	}
	s->replies++;
	return true;
}

static void
reject(struct control *c, const struct addr *peer,
    const struct policy_setup *setup, enum wire_setup_code code,
    const char *text)
{
	struct server *s = c->server;
	uint8_t buf[WIRE_SETUP_LEN];
	char a[ENDPOINT_LEN];
	size_t len;

	server_limited(s, false, "%s %s", text, endpoint_text(peer, a));
	if (!may_reject(s, clock_mono()))
		return;
	s->counters.setup_rejected[code]++;
	len = policy_setup_response(s->o, setup, code, 0, clock_wall(), buf);
	reply(c, peer, buf, len);
}

/* Room for one more: its index in slots, or -1. */
static int
free_slot(struct server *s, const struct addr *peer)
{
	unsigned int i, same = 0;
	int free = -1;

	for (i = 0; i < SERVER_SESSIONS_MAX; i++) {
		if (s->slots[i] == NULL) {
			if (free == -1)
				free = (int)i;
		} else
			same += addr_same_host(&s->slots[i]->peer, peer);
	}
	if (s->nsessions >= s->o->max_sessions ||
	    (s->o->max_per_source > 0 && same >= s->o->max_per_source))
		return -1;
	return free;
}

/* The oldest session that nobody has activated goes, so that a flood of
 * setups alone cannot keep others out for 3 s. */
static void
evict(struct server *s)
{
	struct session *oldest = NULL, *x;
	unsigned int i;

	if (s->nsessions < s->o->max_sessions || s->nworkers > 1)
		return;
	for (i = 0; i < SERVER_SESSIONS_MAX; i++) {
		x = s->slots[i];
		if (x != NULL && !x->activated &&
		    (oldest == NULL || x->created_ns < oldest->created_ns))
			oldest = x;
	}
	if (oldest != NULL &&
	    clock_mono() - oldest->created_ns >= HALF_OPEN_NS)
		session_stop(oldest);
}

static void
allocate_bandwidth(struct server *s, struct session *x)
{
	unsigned int *used = &s->used[x->setup.upstream ? 0 : 1];

	if (s->o->bandwidth == 0)
		return;
	*used += x->setup.bandwidth;
	server_verbose(s, x->slot, "Bandwidth of %u allocated (New USBW: %u, "
	    "DSBW: %u)", x->setup.bandwidth, s->used[0], s->used[1]);
}

static void
send_null(struct server *s, struct session *x)
{
	uint8_t buf[WIRE_NULL_LEN];
	char a[ENDPOINT_LEN], b[ENDPOINT_LEN];
	size_t len = policy_null(s->o, &x->setup, clock_wall(), buf);
	struct addr local = x->local;

	if (len == 0)
		return;
	(void)send(x->fd, buf, len, MSG_DONTWAIT);
	s->counters.null_sent++;
	(void)sock_local(x->fd, &local);
	server_verbose(s, x->slot, "Null request (%u.%u) sent from %s to %s",
	    x->setup.request.mc_index, x->setup.request.mc_ident,
	    endpoint_text(&local, a), endpoint_text(&x->peer, b));
}

static void
accept_setup(struct control *c, const struct addr *peer,
    const struct policy_setup *setup)
{
	struct server *s = c->server;
	struct session *x;
	char a[ENDPOINT_LEN], b[ENDPOINT_LEN], text[128];
	const char *what;
	int slot;

	evict(s);
	if (s->stopping)	/* with -1, that session was the one */
		return;
	slot = free_slot(s, peer);
	if (slot == -1) {
		reject(c, peer, setup, WIRE_SETUP_NO_CONNECTION,
		    "ERROR: Max connections exceeded in setup request from");
		return;
	}
	x = session_new(s, (unsigned int)slot + SERVER_FIRST_SLOT, c, peer,
	    setup, &what);
	if (x == NULL) {
		(void)snprintf(text, sizeof(text), "ERROR: %s: %s in setup "
		    "request from", what, strerror(errno));
		reject(c, peer, setup, WIRE_SETUP_NO_CONNECTION, text);
		return;
	}
	s->slots[slot] = x;
	s->nsessions++;
	s->counters.setup_accepted++;
	allocate_bandwidth(s, x);
	reply(c, peer, x->response, x->response_len);
	server_verbose(s, 1, "Setup response (%u.%u) sent from %s to %s",
	    setup->request.mc_index, setup->request.mc_ident,
	    endpoint_text(&c->bound, a), endpoint_text(peer, b));
	send_null(s, x);
	if (server_workers_submit(s, x) == -1)
		server_session_ended(s, x);
}

static void
alert(struct control *c, const struct udpio_msg *m)
{
	const uint8_t *p = m->data;
	char a[ENDPOINT_LEN];
	size_t at = wire_checksum_offset(p, m->len);

	if (m->wire_len == 0)
		return;
	c->server->counters.control_invalid[server_fault(WIRE_SETUP, p,
	    m->len)]++;
	server_limited(c->server, true, "ALERT: Received invalid setup "
	    "request (%zu,0x%04X:0x%04X,0x%04X) from %s", m->wire_len,
	    wire_id(p, m->len), wire_peek(p, m->len, 2),
	    wire_peek(p, m->len, at),
	    endpoint_text(&m->from, a));
}

/* The same request again, as when our response was lost: the same answer. */
static bool
answer_repeated(struct control *c, const struct udpio_msg *m)
{
	struct wire_setup p;
	struct session *x;

	if (!wire_setup_get(m->data, m->wire_len, &p))
		return false;
	x = find_repeated(c->server, &m->from, &p);
	if (x == NULL)
		return false;
	c->server->counters.setup_received++;
	c->server->counters.setup_duplicate++;
	if (x->repeats < REPEATS_MAX) {
		x->repeats++;
		reply(c, &m->from, x->response, x->response_len);
	}
	return true;
}

static void
take_setup(struct control *c, const struct udpio_msg *m)
{
	struct server *s = c->server;
	struct policy_setup setup;
	char text[128], a[ENDPOINT_LEN];

	if (m->len != m->wire_len) {
		alert(c, m);
		return;
	}
	if (!allowed(s->o, &m->from)) {
		s->counters.setup_limited++;
		return;
	}
	if (answer_repeated(c, m))
		return;
	policy_setup(s->o, m->data, m->len, clock_wall(), s->used, &setup);
	if (setup.answer == POLICY_SILENCE) {
		alert(c, m);
		return;
	}
	s->counters.setup_received++;
	s->counters.setup_legacy += setup.version < WIRE_V_CURRENT;
	if (setup.answer == POLICY_ACCEPT &&
	    server_is_replayed(s, &m->from, &setup)) {
		setup.answer = POLICY_REJECT;
		setup.code = WIRE_SETUP_AUTH_FAILED;
		setup.key = NULL;	/* no proof for whom that is */
	}
	if (setup.answer == POLICY_REJECT) {
		policy_rejection_text(&setup, setup.code, text, sizeof(text));
		reject(c, &m->from, &setup, setup.code, text);
		return;
	}
	server_verbose(s, 1, "Setup request (%u.%u, Ver: %u, MaxBW: %u, "
	    "KeyID: %u) received from %s", setup.request.mc_index,
	    setup.request.mc_ident, setup.version, setup.bandwidth,
	    setup.request.auth.key_id, endpoint_text(&m->from, a));
	accept_setup(c, &m->from, &setup);
}

void
server_take_setups(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct control *c = f->arg;
	struct server *s = c->server;
	int i, n;

	(void)l;
	(void)events;
	n = udpio_recv(s->rx, c->fd);
	if (n == -1 && s->o->socket_errors)
		server_limited(s, false, "RECVFROM ERROR: %s",
		    strerror(errno));
	for (i = 0; i < n && !s->stopping; i++)
		take_setup(c, udpio_msg(s->rx, i));
}

static void
release_bandwidth(struct server *s, const struct session *x)
{
	unsigned int *used = &s->used[x->setup.upstream ? 0 : 1];

	if (s->o->bandwidth == 0) {
		server_verbose(s, x->slot, "End time reached");
		return;
	}
	*used -= x->setup.bandwidth;
	server_verbose(s, x->slot, "End time reached (New USBW: %u, "
	    "DSBW: %u)", s->used[0], s->used[1]);
}

void
server_session_ended(struct server *s, struct session *x)
{
	release_bandwidth(s, x);
	s->counters.tests_ended += x->activated;
	s->counters.tests_watchdog += x->activated && !x->good;
	if (x->worker != NULL)
		x->worker->load--;
	s->slots[x->slot - SERVER_FIRST_SLOT] = NULL;
	s->nsessions--;
	if (s->o->once && !s->stopping) {
		s->status = x->good ? UDPST_OK : UDPST_UNSPECIFIED;
		server_stop(s);
	} else if (s->stopping && s->nsessions == 0)
		loop_stop(s->loop);
	session_free(x);
}
