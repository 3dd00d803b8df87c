/* SPDX-License-Identifier: BSD-2-Clause */
/* One session of the server: its socket, its activation, its life. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "udpst/server_private.h"

#define REPEATS_MAX	10	/* of an activation response */
#define TURN_MAX	64	/* datagrams, before the loop serves others */

/* Connection identifiers as every line shows them. */
#define ID(x)	(x)->setup.request.mc_index, (x)->setup.request.mc_ident

/* Making and freeing, in the main thread. */

/* Bound as the control socket is, any port or one of --port-range. */
static int
open_socket(const struct options *o, const struct control *c,
    struct addr *bound)
{
	struct addr a = c->bound;
	int fd;

	addr_set_port(&a, 0);
	if (o->port_first != 0)
		return sock_udp_range(&a, o->port_first, o->port_last, bound);
	fd = sock_udp(&a);
	if (fd != -1 && sock_local(fd, bound) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

/*
 * The socket takes datagrams of the setup's address and port only: a test can
 * be activated from nowhere else (spec 7.2.1).
 */
static int
prepare_socket(struct session *x, const struct control *c, const char **what)
{
	const struct options *o = x->server->o;

	*what = "bind";
	x->fd = open_socket(o, c, &x->local);
	if (x->fd == -1)
		return -1;
	if (o->buffer > 0) {
		sock_set_sndbuf(x->fd, o->buffer);
		sock_set_rcvbuf(x->fd, o->buffer);
	}
	*what = "device";
	if (o->bind_dev != NULL && sock_set_device(x->fd, o->bind_dev) == -1)
		return -1;
	*what = "connect";
	return connect(x->fd, &x->peer.sa, x->peer.len);
}

static void
introduce(struct session *x)
{
	char a[ENDPOINT_LEN];
	int sndbuf = 0, rcvbuf = 0;

	(void)sock_get_buffers(x->fd, &sndbuf, &rcvbuf);
	server_verbose(x->server, x->slot, "Connection created "
	    "(SNDBUF/RCVBUF: %d/%d) and assigned %s", sndbuf, rcvbuf,
	    endpoint_text(&x->local, a));
}

struct session *
session_new(struct server *s, unsigned int slot, const struct control *c,
    const struct addr *peer, const struct policy_setup *setup,
    const char **what)
{
	struct session *x = calloc(1, sizeof(*x));

	*what = "memory";
	if (x == NULL)
		return NULL;
	x->server = s;
	x->slot = slot;
	x->peer = *peer;
	x->control_port = addr_port(&c->bound);
	x->setup = *setup;
	x->created_ns = clock_mono();
	if (prepare_socket(x, c, what) == -1) {
		session_free(x);
		return NULL;
	}
	introduce(x);
	policy_session_from(setup, &x->policy);
	x->response_len = policy_setup_response(s->o, setup,
	    WIRE_SETUP_ACCEPTED, addr_port(&x->local), clock_wall(),
	    x->response);
	return x;
}

void
session_free(struct session *x)
{
	int saved = errno;

	if (x->fd != -1)
		close(x->fd);
	free(x);
	errno = saved;
}

/* From here on in the worker. */

static void
finish(struct session *x)
{
	loop_fd_del(x->worker->loop, &x->watch);
	loop_timer_clear(x->worker->loop, &x->deadline);
	if (export_close(x->export) == -1)
		server_say(x->server, x->slot, "WRITE ERROR: %s (export)",
		    strerror(errno));
	x->export = NULL;
	server_worker_return(x);
}

static void
on_deadline(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct session *x = t->arg;

	(void)l;
	(void)now_ns;
	x->counts.activation_timeout++;
	finish(x);
}

/* The activation response was lost, it seems: the same once more. */
static void
on_control(struct flow *f, const uint8_t *buf, size_t len)
{
	struct session *x = f->arg;

	if (wire_id(buf, len) != WIRE_ACTIVATION ||
	    x->activation_repeats == REPEATS_MAX)
		return;
	x->activation_repeats++;
	(void)send(x->fd, x->activation, x->activation_len, MSG_DONTWAIT);
}

static void
on_ended(struct flow *f)
{
	struct session *x = f->arg;

	x->good = f->conn.ended == CONN_GRACEFUL;
	finish(x);
}

static const struct flow_ops ops = {
	.news = session_news,
	.invalid = session_invalid,
	.control = on_control,
	.failed = session_failed,
	.ended = on_ended
};

void
session_add_counts(const struct session *x, struct monitor_counters *sum)
{
	monitor_add(sum, &x->counts);
	if (!x->flowing)
		return;
	monitor_add(sum, &x->flow.counts);
	if (x->flow.socket_drops > 0)
		sum->socket_drops += (uint64_t)x->flow.socket_drops;
}

/* Activation. */

static void
adjust_settings(const struct session *x, struct adjust_conf *a)
{
	const struct wire_activation *p = &x->act;
	bool fixed = p->index != WIRE_SEARCH &&
	    (p->modifier & WIRE_MOD_START_INDEX) == 0;
	const struct options *o = x->server->o;

	a->algorithm = p->algorithm == 1 ? ADJUST_C : ADJUST_B;
	a->low_ms = p->low_ms;
	a->upper_ms = p->upper_ms;
	a->seq_thresh = p->seq_thresh;
	a->slow_thresh = p->slow_thresh;
	a->high_speed_delta = p->high_speed_delta;
	a->use_owd = p->use_owd != 0;
	a->count_ooo = p->ignore_ooo == 0;
	a->ce_thresh = p->ce_thresh;
	a->fixed_index = fixed ? p->index : -1;
	a->start_index = !fixed && p->index != WIRE_SEARCH ? p->index : 0;
	a->suppress = p->suppress;
	a->limit_index = o->rate_limit && x->setup.bandwidth > 0 ?
	    (int)srate_limit_index(&x->server->table, x->setup.bandwidth) :
	    -1;
}

static void
flow_settings(const struct session *x, struct flow_conf *f)
{
	const struct options *o = x->server->o;
	const struct wire_activation *p = &x->act;

	memset(f, 0, sizeof(*f));
	f->gso = o->gso;
	f->gro = o->gro;
	f->random_payload = (p->modifier & WIRE_MOD_RANDOM) != 0;
	f->ecn = p->ce_thresh != 0 || x->export != NULL;
	f->conn.is_server = true;
	f->conn.upstream = p->request == WIRE_ACTIVATE_UP;
	f->conn.ipv6 = addr_family(&x->peer) == AF_INET6 &&
	    !addr_is_mapped(&x->peer);
	f->conn.ours = x->setup.ours;
	f->conn.checksum = o->checksum;
	f->conn.keep_sequence = o->keep_sequence;
	f->conn.version = x->setup.version;
	f->conn.auth_mode = x->setup.request.auth.mode;
	f->conn.test_s = p->test_s;
	f->conn.period_ms = wire_activation_period(p, x->setup.version);
	f->conn.trial_ms = p->trial_ms;
	f->conn.ce_thresh = p->ce_thresh;
	f->conn.table = &x->server->table;
	f->conn.seed = (uint64_t)clock_wall() ^ (uint64_t)x->slot << 56;
	adjust_settings(x, &f->conn.adjust);
	f->conn.fixed_rate = f->conn.adjust.fixed_index != -1;
}

/* -O: a server exports what it receives. */
static void
open_export(struct session *x)
{
	const struct options *o = x->server->o;
	struct export_names n = {
		.mc_index = x->setup.request.mc_index,
		.mc_count = x->setup.request.mc_count,
		.mc_ident = x->setup.request.mc_ident,
		.local = x->local,
		.remote = x->peer,
		.is_server = true,
		.upstream = true,
		.host = o->nservers > 0 && o->servers[0].host[0] != '\0' ?
		    o->servers[0].host : NULL,
		.control_port = x->control_port,
		.interface = ""
	};
	char path[EXPORT_PATH_MAX];

	if (o->export_file == NULL || x->act.request != WIRE_ACTIVATE_UP)
		return;
	(void)sock_local(x->fd, &n.local);
	if (export_name(o->export_file, &n, clock_wall(), path,
	    sizeof(path)) == 0)
		x->export = export_open(path, o->export_all, o->compat_8);
	if (x->export == NULL)
		server_say(x->server, x->slot, "FOPEN ERROR: <%s> %s",
		    o->export_file, strerror(errno));
}

static int
activate(struct session *x)
{
	struct server *s = x->server;
	struct flow_conf conf;
	char a[ENDPOINT_LEN], b[ENDPOINT_LEN];
	struct addr local;

	if (x->act.dscp_ecn != 0 && sock_set_tos(x->fd, x->act.dscp_ecn) == -1)
		x->act.dscp_ecn = 0;
	open_export(x);
	flow_settings(x, &conf);
	loop_fd_del(x->worker->loop, &x->watch);
	loop_timer_clear(x->worker->loop, &x->deadline);
	x->flow.export = x->export;
	x->flow.arg = x;
	if (flow_start(&x->flow, x->worker->io, x->fd, &conf, &ops) == -1) {
		flow_free(&x->flow);
		return -1;
	}
	x->flowing = x->activated = true;
	conn_first_row(&x->flow.conn, &x->act.row);
	x->activation_len = policy_activation_response(s->o, &x->policy,
	    &x->act, clock_wall(), x->activation);
	if (send(x->fd, x->activation, x->activation_len, MSG_DONTWAIT) == -1)
		session_failed(&x->flow, true, errno);
	if (sock_local(x->fd, &local) == -1)
		local = x->local;
	server_verbose(s, x->slot, "Test activation response (%u.%u) sent "
	    "from %s to %s", ID(x), endpoint_text(&local, a),
	    endpoint_text(&x->peer, b));
	x->counts.activation_accepted++;
	if (conf.conn.upstream)
		x->counts.tests_up++;
	else
		x->counts.tests_down++;
	return 0;
}

static void
alert_activation(struct session *x, const uint8_t *buf, size_t len)
{
	char a[ENDPOINT_LEN];
	size_t at = wire_checksum_offset(buf, len);

	x->counts.control_invalid[server_fault(WIRE_ACTIVATION, buf, len)]++;
	if (x->alerts == SERVER_ALERTS_MAX)
		return;
	x->alerts++;
	server_limited(x->server, true, "ALERT: Received invalid test "
	    "activation request (%zu,0x%04X:0x%04X,0x%04X) from %s", len,
	    wire_id(buf, len), wire_peek(buf, len, 2), wire_peek(buf, len, at),
	    endpoint_text(&x->peer, a));
}

/* 1: it runs; 0: wait for another; -1: it cannot. */
static int
judge(struct session *x, const struct udpio_msg *m)
{
	struct server *s = x->server;
	char a[ENDPOINT_LEN];

	switch (policy_activate(s->o, &x->policy, m->data, m->wire_len,
	    clock_wall(), &x->act)) {
	case POLICY_ACT_SILENCE:
		alert_activation(x, m->data, m->len);
		return 0;
	case POLICY_ACT_AUTH:
		x->counts.activation_received++;
		x->counts.activation_auth++;
		server_limited(s, false, "ERROR: Authentication failure of "
		    "test activation request from %s",
		    endpoint_text(&x->peer, a));
		return 0;
	case POLICY_ACT_TIME:
		x->counts.activation_received++;
		x->counts.activation_time++;
		server_limited(s, false, "ERROR: Authentication time invalid "
		    "in test activation request from %s",
		    endpoint_text(&x->peer, a));
		return 0;
	case POLICY_ACT_ACCEPT:
		break;
	}
	x->counts.activation_received++;
	server_verbose(s, x->slot, "Test activation request (%u.%u) received "
	    "from %s", ID(x), endpoint_text(&x->peer, a));
	return activate(x) == 0 ? 1 : -1;
}

static void
on_readable(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct session *x = f->arg;
	struct udpio_msg m;
	uint8_t buf[WIRE_CONTROL_MAX];
	ssize_t n;
	int verdict, turn;

	(void)l;
	(void)events;
	memset(&m, 0, sizeof(m));
	for (turn = 0; turn < TURN_MAX && (n = recv(x->fd, buf, sizeof(buf),
	    MSG_DONTWAIT | MSG_TRUNC)) >= 0; turn++) {
		m.data = buf;
		m.wire_len = (size_t)n;
		m.len = m.wire_len < sizeof(buf) ? m.wire_len : sizeof(buf);
		if (m.len != m.wire_len)
			continue;
		verdict = judge(x, &m);
		if (verdict == -1)
			finish(x);
		if (verdict != 0)
			return;
	}
}

int
session_start(struct session *x)
{
	struct loop *l = x->worker->loop;

	loop_timer_init(&x->deadline, on_deadline, x);
	if (loop_fd_add(l, &x->watch, x->fd, LOOP_READ, on_readable, x) == -1)
		return -1;
	if (loop_timer_set(l, &x->deadline,
	    x->created_ns + CONN_WATCHDOG_NS) == 0)
		return 0;
	loop_fd_del(l, &x->watch);
	return -1;
}

void
session_stop(struct session *x)
{
	if (x->flowing)
		flow_stop(&x->flow);
	else
		finish(x);
}
