/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"
#include "msak/client_latency.h"
#include "msak/latency_result.h"
#include "msak/peerjson.h"

#define UNAUTHORIZED	401
#define BATCH		16
#define NS_PER_MS	1e6

static void
rest(struct client_latency *l, enum client_latency_state state)
{
	l->state = state;
	if (l->moved != NULL)
		l->moved(l);
}

static void
fail(struct client_latency *l, const char *text)
{
	snprintf(l->error, sizeof(l->error), "%s", text);
	rest(l, CLIENT_LATENCY_DONE);
}

/* Echoing. */

static void
close_socket(struct client_latency *l)
{
	loop_fd_del(l->how->loop, &l->watch);
	loop_timer_clear(l->how->loop, &l->timer);
	if (l->fd != -1)
		close(l->fd);
	l->fd = -1;
}

static void
end_echo(struct client_latency *l, const char *what)
{
	char from[ADDR_STRLEN], to[ADDR_STRLEN];
	struct addr local = { .len = 0 };

	(void)sock_local(l->fd, &local);
	snprintf(l->end, sizeof(l->end), "read udp %s->%s: %s",
	    addr_format(&local, from, sizeof(from)),
	    addr_format(&l->to, to, sizeof(to)), what);
	close_socket(l);
	rest(l, CLIENT_LATENCY_ECHOED);
}

static void
kick(struct client_latency *l)
{
	int64_t next = clock_mono() + CLIENT_LATENCY_REPEAT;

	if (l->any || next > l->end_ns)
		next = l->end_ns;
	if (!l->any)
		(void)send(l->fd, l->kickoff, l->kickoff_len, MSG_NOSIGNAL);
	(void)loop_timer_set(l->how->loop, &l->timer, next);
}

static void
on_timer(struct loop *loop, struct loop_timer *t, int64_t now_ns)
{
	struct client_latency *l = t->arg;

	(void)loop;
	if (now_ns >= l->end_ns)
		end_echo(l, "i/o timeout");
	else
		kick(l);
}

static void
send_back(struct client_latency *l, const struct udpio_msg *m)
{
	int64_t stay;

	(void)send(l->fd, m->data, m->len, MSG_NOSIGNAL);
	l->any = true;
	stay = clock_wall() - m->wall_ns;
	if (m->kernel_stamp && stay > l->late_max_ns)
		l->late_max_ns = stay;
	if (l->echoed != NULL)
		l->echoed(l);
}

static void
on_datagram(struct loop *loop, struct loop_fd *f, unsigned int events)
{
	struct client_latency *l = f->arg;
	char why[128], text[160];
	int i, n;

	(void)loop;
	(void)events;
	n = udpio_recv(l->rx, l->fd);
	if (n == -1) {
		snprintf(text, sizeof(text), "read: %s",
		    dial_strerror(errno, why, sizeof(why)));
		end_echo(l, text);
		return;
	}
	for (i = 0; i < n; i++)
		send_back(l, udpio_msg(l->rx, i));
}

/* A socket that only the server reaches, or -1 with errno. */
static int
open_socket(struct client_latency *l)
{
	const struct options_net *net = l->how->net;
	struct addr bind;
	int fd;

	if (*net->bind != '\0' && addr_numeric(net->bind, 0, &bind) == 0)
		fd = sock_udp(&bind);
	else
		fd = sock_open(addr_family(&l->to), SOCK_DGRAM);
	if (fd == -1)
		return -1;
	if ((*net->interface != '\0' &&
	    sock_set_device(fd, net->interface) == -1) ||
	    (net->dscp > 0 && sock_set_dscp(fd, net->dscp) == -1) ||
	    connect(fd, &l->to.sa, l->to.len) == -1) {
		close(fd);
		return -1;
	}
	udpio_rx_setup(fd);
	return fd;
}

/* Whom HTTP went to, or what the name says where that was a proxy. */
static bool
find_server(struct client_latency *l)
{
	const struct options_net *net = l->how->net;
	int gai, family = net->ipv4 ? AF_INET : net->ipv6 ? AF_INET6 :
	    AF_UNSPEC;

	if (l->fetch.proxied)
		return addr_resolve(l->fetch.url.host, l->port, family,
		    SOCK_DGRAM, &l->to, 1, &gai) == 1;
	l->to = l->fetch.peer;
	addr_set_port(&l->to, l->port);
	return true;
}

void
client_latency_echo(struct client_latency *l, int64_t ns)
{
	char why[128], text[200], to[ADDR_STRLEN];

	l->rx = udpio_rx_new(BATCH, LATENCY_PACKET_MAX);
	l->fd = l->rx == NULL ? -1 : open_socket(l);
	if (l->fd == -1 || loop_fd_add(l->how->loop, &l->watch, l->fd,
	    LOOP_READ, on_datagram, l) == -1) {
		snprintf(text, sizeof(text), "dial udp %s: %s",
		    addr_format(&l->to, to, sizeof(to)),
		    dial_strerror(errno, why, sizeof(why)));
		fail(l, text);
		return;
	}
	l->state = CLIENT_LATENCY_ECHOING;
	l->end_ns = clock_mono() + ns;
	kick(l);
}

/* Asking and fetching. */

static void
on_authorised(struct client_fetch *f)
{
	struct client_latency *l = f->arg;
	struct latency_packet p;
	char text[80];

	if (f->error[0] != '\0') {
		fail(l, f->error);
		return;
	}
	if (f->status != 200 || f->body.data == NULL ||
	    !latency_packet_get(f->body.data, f->body.len, &p)) {
		snprintf(text, sizeof(text), "no kickoff, HTTP status %d%s",
		    f->status, f->status == UNAUTHORIZED ?
		    " (no valid token, or no -mid)" : "");
		fail(l, text);
		return;
	}
	l->kickoff_len = f->body.len < sizeof(l->kickoff) ? f->body.len :
	    sizeof(l->kickoff);
	memcpy(l->kickoff, f->body.data, l->kickoff_len);
	if (!find_server(l)) {
		fail(l, "dial udp: no such host");
		return;
	}
	rest(l, CLIENT_LATENCY_READY);
}

void
client_latency_start(struct client_latency *l, const struct dialer *how,
    const char *authorise_url, const char *result_url, uint16_t port,
    void (*moved)(struct client_latency *),
    void (*echoed)(struct client_latency *), void *arg)
{
	memset(l, 0, sizeof(*l));
	l->fd = -1;
	l->how = how;
	l->moved = moved;
	l->echoed = echoed;
	l->arg = arg;
	l->port = port;
	l->state = CLIENT_LATENCY_ASKING;
	snprintf(l->result_url, sizeof(l->result_url), "%s", result_url);
	loop_timer_init(&l->timer, on_timer, l);
	client_fetch_start(&l->fetch, how, authorise_url,
	    CLIENT_LATENCY_AGENT, LATENCY_PACKET_MAX, on_authorised, l);
}

/* The ones sent last have had no time to come back. */
static void
forget_late(struct latency_result *r)
{
	while (r->ntrips > 0 && r->trips[r->ntrips - 1].lost) {
		r->ntrips--;
		r->sent--;
	}
}

static int64_t
as_ns(double ms)
{
	return (int64_t)(ms * NS_PER_MS + 0.5);
}

static int
summarise(const struct latency_result *r, struct result_rtt *out)
{
	struct latency_stats s;
	size_t i;

	if (latency_result_stats(r, &s) == -1)
		return -1;
	out->sent = r->ntrips;
	for (i = 0; i < r->ntrips; i++)
		out->lost += r->trips[i].lost;
	out->count = out->sent - out->lost;
	out->min_ns = as_ns(s.min_ms);
	out->mean_ns = as_ns(s.mean_ms);
	out->max_ns = as_ns(s.max_ms);
	out->p50_ns = as_ns(s.p50_ms);
	out->p90_ns = as_ns(s.p90_ms);
	out->p99_ns = as_ns(s.p99_ms);
	out->jitter_ns = as_ns(s.jitter_ms);
	return 0;
}

static void
on_result(struct client_fetch *f)
{
	struct client_latency *l = f->arg;
	struct latency_result r;
	char text[96];

	if (f->error[0] != '\0') {
		fail(l, f->error);
		return;
	}
	if (latency_result_get(f->body.data == NULL ? "" : f->body.data,
	    f->body.len, &r) == -1) {
		snprintf(text, sizeof(text), "error parsing result as JSON: "
		    "%s", f->body.len == 0 ? "unexpected end of JSON input" :
		    "not a summary");
		latency_result_free(&r);
		fail(l, text);
		return;
	}
	if (l->cut)
		forget_late(&r);
	l->has = summarise(&r, &l->rtt) == 0;
	snprintf(l->id, sizeof(l->id), "%.127s", r.id);
	latency_result_free(&r);
	rest(l, CLIENT_LATENCY_DONE);
}

void
client_latency_fetch(struct client_latency *l)
{
	if (l->state == CLIENT_LATENCY_ECHOING) {
		l->cut = true;
		close_socket(l);
	}
	l->state = CLIENT_LATENCY_FETCHING;
	client_fetch_free(&l->fetch);
	client_fetch_start(&l->fetch, l->how, l->result_url,
	    CLIENT_LATENCY_AGENT, PEERJSON_MAX, on_result, l);
}

void
client_latency_free(struct client_latency *l)
{
	if (l->how == NULL)
		return;
	close_socket(l);
	client_fetch_free(&l->fetch);
	udpio_rx_free(l->rx);
	memset(l, 0, sizeof(*l));
	l->fd = -1;
}
