/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"
#include "msak/dial.h"

int
dialer_init(struct dialer *d, struct loop *l, const struct options_net *net,
    bool verify)
{
	*d = (struct dialer){ l, net, verify, dial_tls_new(net->tls_min) };
	return d->ctx == NULL ? -1 : 0;
}

void
dialer_free(struct dialer *d)
{
	SSL_CTX_free(d->ctx);
	d->ctx = NULL;
}

/* The first error counts, as it does for the original. */
static void
note_error(struct dial *d, const char *what)
{
	char to[ADDR_STRLEN];

	if (d->error[0] == '\0')
		snprintf(d->error, sizeof(d->error), "dial tcp %s: %s",
		    addr_format(&d->addr[d->at], to, sizeof(to)), what);
}

/* The owner hears of it from the timer, so that nothing is on the stack. */
static void
finish(struct dial *d)
{
	loop_fd_del(d->how->loop, &d->watch);
	lookup_free(d->lookup);
	d->lookup = NULL;
	d->state = DIAL_DONE;
	(void)loop_timer_set(d->how->loop, &d->timer, 0);
}

static void
fail(struct dial *d, const char *text)
{
	if (d->error[0] == '\0')
		snprintf(d->error, sizeof(d->error), "%s", text);
	finish(d);
}

static void
fail_lookup(struct dial *d, const char *host, const char *why)
{
	char text[DIAL_ERROR];

	snprintf(text, sizeof(text), "dial tcp: lookup %s: %s", host, why);
	fail(d, text);
}

/* "read tcp 127.0.0.1:1->127.0.0.1:2: what" */
static void
fail_call(struct dial *d, const char *call, const char *what)
{
	char ends[DIAL_ENDS];

	dial_ends(d->conn.fd, &d->peer, ends);
	snprintf(d->error, sizeof(d->error), "%s tcp %s: %s", call, ends,
	    what);
	finish(d);
}

static void
fail_errno(struct dial *d, const char *call, int error)
{
	char why[128], text[160];

	snprintf(text, sizeof(text), "%s: %s", call,
	    dial_strerror(error, why, sizeof(why)));
	fail_call(d, call, text);
}

static void	drive(struct dial *d);

static void
talk(struct dial *d, enum dial_state state)
{
	d->state = state;
	d->sent = d->len = 0;
}

static void
begin_tls(struct dial *d)
{
	int fd = d->conn.fd;

	if (transport_tls(&d->conn, fd, d->how->ctx, d->host,
	    d->how->verify) == -1) {
		close(fd);
		d->conn.fd = -1;
		fail(d, "tls: cannot begin");
		return;
	}
	d->state = DIAL_TLS;
}

static void
connected(struct dial *d, int fd)
{
	d->connected_ns = clock_mono();
	d->peer = d->addr[d->at];
	d->error[0] = '\0';
	(void)sock_set_nodelay(fd, true);
	(void)sock_set_keepalive(fd, true);
	if (d->cc != NULL)
		(void)sock_set_cc(fd, d->cc);
	transport_clear(&d->conn, fd);
	loop_timer_set(d->how->loop, &d->timer, d->deadline_ns);
	if (d->tunnel != NULL)
		talk(d, DIAL_TUNNEL);
	else if (d->tls)
		begin_tls(d);
	else
		talk(d, DIAL_TALK);
	drive(d);
}

static void	on_ready(struct loop *l, struct loop_fd *f,
		    unsigned int events);

static int
open_to(struct dial *d, const struct addr *to, bool *in_progress)
{
	const struct options_net *net = d->how->net;
	const char *what = NULL;
	struct sock_connect_opts o = {
		.bind = d->bind.len > 0 ? &d->bind : NULL,
		.device = *net->interface != '\0' ? net->interface : NULL,
		.dscp = net->dscp > 0 ? net->dscp : -1,
		.what = &what
	};

	return sock_connect_start(to, &o, in_progress);
}

/* The next address, each with its share of the time that is left. */
static void
try_next(struct dial *d)
{
	int64_t now = clock_mono(), share;
	bool in_progress;
	char why[128], text[160];
	int fd = -1;

	for (; d->at < d->naddr; d->at++) {
		fd = open_to(d, &d->addr[d->at], &in_progress);
		if (fd != -1)
			break;
		snprintf(text, sizeof(text), "connect: %s",
		    dial_strerror(errno, why, sizeof(why)));
		note_error(d, text);
	}
	if (fd == -1) {
		fail(d, "dial tcp: no address");
		return;
	}
	if (!in_progress) {
		connected(d, fd);
		return;
	}
	transport_clear(&d->conn, fd);
	share = (d->deadline_ns - now) / (int64_t)(d->naddr - d->at);
	if (loop_fd_add(d->how->loop, &d->watch, fd, LOOP_WRITE, on_ready,
	    d) == -1 || loop_timer_set(d->how->loop, &d->timer,
	    now + share) == -1)
		fail(d, "out of memory");
}

static void
give_up_address(struct dial *d, const char *why)
{
	note_error(d, why);
	loop_fd_del(d->how->loop, &d->watch);
	transport_close(&d->conn);
	d->at++;
	try_next(d);
}

static void
on_connect(struct dial *d)
{
	int error = sock_connect_result(d->conn.fd);
	char why[128], text[160];

	if (error == 0) {
		connected(d, d->conn.fd);
		return;
	}
	snprintf(text, sizeof(text), "connect: %s",
	    dial_strerror(error, why, sizeof(why)));
	give_up_address(d, text);
}

/* 1: done; 0: wait; -1: failed. */
static int
send_text(struct dial *d, const char *text)
{
	size_t len = strlen(text);
	struct iovec iov;
	ssize_t n;

	while (d->sent < len) {
		iov.iov_base = (void *)(uintptr_t)(text + d->sent);
		iov.iov_len = len - d->sent;
		n = transport_write(&d->conn, &iov, 1);
		if (n == -1)
			return errno == EAGAIN ? 0 : -1;
		d->sent += (size_t)n;
	}
	return 1;
}

/* What http_response_get says of all that came, or what stopped it. */
static int
read_head(struct dial *d)
{
	ssize_t n;

	for (;;) {
		n = transport_read(&d->conn, d->buf + d->len,
		    HTTP_HEAD_MAX - d->len);
		if (n == -1 && errno == EAGAIN)
			return 0;
		if (n == 0) {
			fail(d, d->upgrade ? "unexpected EOF" : "EOF");
			return -1;
		}
		if (n == -1) {
			if (d->conn.error[0] != '\0')
				fail_call(d, "read", d->conn.error);
			else
				fail_errno(d, "read", errno);
			return -1;
		}
		d->len += (size_t)n;
		switch (http_response_get(d->buf, d->len, &d->response)) {
		case HTTP_MORE:
			continue;
		case HTTP_OK:
			return 1;
		case HTTP_BAD:
			fail(d, "malformed HTTP response");
			return -1;
		}
	}
}

static void
on_answer(struct dial *d)
{
	const struct http_response *r = &d->response;
	char text[64];

	if (d->state == DIAL_TUNNEL) {
		if (r->status == 200) {
			begin_tls(d);
			return;
		}
		snprintf(text, sizeof(text), "%.*s", (int)r->reason.len,
		    r->reason.p);
		fail(d, text);
		return;
	}
	if (d->upgrade && !http_is_switch(r, d->accept)) {
		fail(d, "websocket: bad handshake");
		return;
	}
	d->rest = d->buf + r->head.len;
	d->rest_len = d->len - r->head.len;
	finish(d);
}

static void
watch(struct dial *d, bool rd, bool wr)
{
	unsigned int want = transport_want(&d->conn, rd, wr);
	int r;

	if (d->watch.index != 0)
		r = loop_fd_set(d->how->loop, &d->watch, want);
	else
		r = loop_fd_add(d->how->loop, &d->watch, d->conn.fd, want,
		    on_ready, d);
	if (r == -1)
		fail(d, "out of memory");
}

/* A request and the head of its answer. True: there is more to do. */
static bool
exchange(struct dial *d)
{
	int r = send_text(d, d->state == DIAL_TUNNEL ? d->tunnel :
	    d->request);

	if (r == -1) {
		fail_errno(d, "write", errno);
		return false;
	}
	if (r == 0) {
		watch(d, false, true);
		return false;
	}
	r = read_head(d);
	if (r == 0)
		watch(d, true, false);
	if (r == 1)
		on_answer(d);
	return r == 1;
}

static bool
handshake(struct dial *d)
{
	char why[DIAL_ERROR];

	switch (transport_handshake(&d->conn)) {
	case 1:
		talk(d, DIAL_TALK);
		return true;
	case 0:
		watch(d, false, false);
		return false;
	default:
		dial_tls_describe(&d->conn, d->host, why, sizeof(why));
		fail(d, why);
		return false;
	}
}

static void
drive(struct dial *d)
{
	bool more = true;

	while (more && d->state != DIAL_DONE)
		more = d->state == DIAL_TLS ? handshake(d) : exchange(d);
}

static void
on_ready(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct dial *d = f->arg;

	(void)l;
	(void)events;
	if (d->state == DIAL_CONNECT)
		on_connect(d);
	else
		drive(d);
}

static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct dial *d = t->arg;

	(void)l;
	if (d->state == DIAL_DONE)
		d->done(d);
	else if (d->state == DIAL_LOOKUP)
		fail_lookup(d, lookup_host(d->lookup), "i/o timeout");
	else if (d->state != DIAL_CONNECT)
		fail_call(d, "read", "i/o timeout");
	else if (now_ns < d->deadline_ns)
		give_up_address(d, "i/o timeout");
	else {
		note_error(d, "i/o timeout");
		finish(d);
	}
}

static void
on_lookup(void *arg)
{
	struct dial *d = arg;
	const struct addr *first;
	char why[128];

	d->naddr = lookup_addresses(d->lookup, &first);
	memcpy(d->addr, first, d->naddr * sizeof(*first));
	if (d->naddr == 0) {
		fail_lookup(d, lookup_host(d->lookup),
		    lookup_failure(d->lookup, why, sizeof(why)));
		return;
	}
	d->state = DIAL_CONNECT;
	try_next(d);
}

static void
look_up(struct dial *d, const char *host, uint16_t port)
{
	const struct options_net *net = d->how->net;
	int family = net->ipv4 ? AF_INET : net->ipv6 ? AF_INET6 : AF_UNSPEC;
	char text[DIAL_ERROR], why[128];

	if (*net->bind != '\0' && addr_numeric(net->bind, 0, &d->bind) == -1) {
		snprintf(text, sizeof(text), "%s: not an address", net->bind);
		fail(d, text);
		return;
	}
	if (d->bind.len > 0)
		family = addr_family(&d->bind);
	d->lookup = lookup_start(d->how->loop, host, port, family, on_lookup,
	    d);
	if (d->lookup == NULL)
		fail_lookup(d, host, dial_strerror(errno, why, sizeof(why)));
	else
		(void)loop_timer_set(d->how->loop, &d->timer, d->deadline_ns);
}

void
dial_start(struct dial *d, const struct dialer *how,
    const struct dial_conf *c, void (*done)(struct dial *), void *arg)
{
	const struct url *first = c->proxy != NULL ? c->proxy : c->url;

	memset(d, 0, sizeof(*d));
	d->conn.fd = -1;
	d->how = how;
	d->done = done;
	d->arg = arg;
	d->cc = c->cc;
	d->upgrade = c->upgrade;
	d->tls = strcmp(c->url->scheme, "wss") == 0 ||
	    strcmp(c->url->scheme, "https") == 0;
	memcpy(d->host, c->url->host, sizeof(d->host));
	d->state = DIAL_LOOKUP;
	loop_timer_init(&d->timer, on_timer, d);
	d->deadline_ns = clock_mono() + c->timeout_ns;
	d->buf = malloc(HTTP_HEAD_MAX);
	if (d->buf == NULL || !dial_write_requests(d, c))
		fail(d, "out of memory");
	else
		look_up(d, first->host, url_port(first));
}

void
dial_take(struct dial *d, struct transport *to)
{
	*to = d->conn;
	d->conn.fd = -1;
	d->conn.ssl = NULL;
}

void
dial_free(struct dial *d)
{
	if (d->how == NULL)
		return;
	loop_fd_del(d->how->loop, &d->watch);
	loop_timer_clear(d->how->loop, &d->timer);
	if (d->conn.fd != -1)
		transport_close(&d->conn);
	lookup_free(d->lookup);
	free(d->buf);
	free(d->request);
	free(d->tunnel);
	memset(d, 0, sizeof(*d));
	d->conn.fd = -1;
}
