/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked for, and the answer. */
#include "config.h"

#include <sys/uio.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/sock.h"
#include "msak/route.h"
#include "msak/server_private.h"

/* The first ones are of enum access_path. */
enum { ROUTE_PAGE = ACCESS_PATHS, ROUTE_METRICS };

static const struct route measuring[] = {
	{ "/throughput/v1/download", ACCESS_DOWNLOAD },
	{ "/throughput/v1/upload", ACCESS_UPLOAD },
	{ "/latency/v1/authorize", ACCESS_AUTHORIZE },
	{ "/latency/v1/result", ACCESS_RESULT },
	{ "/", ROUTE_PAGE }		/* the last: only when there is one */
};
#define MEASURING	(sizeof(measuring) / sizeof(measuring[0]))

static const struct route watching[] = { { "/metrics", ROUTE_METRICS } };

/* What is known of a request while its answer is sought. */
struct ask {
	struct conn		*c;
	const struct http_request *r;
	struct query		*query;		/* NULL: too many pairs */
	struct query		*form;		/* or NULL */
	struct access_answer	 token;
	struct upgrade_access	 access;
};

/* Answers go out as a whole; without memory there is none. */
static void
answer(struct conn *c, const struct http_request *r,
    const struct http_answer *a)
{
	FILE *out = open_memstream(&c->out, &c->out_len);

	c->state = CONN_WRITE;
	if (out == NULL)
		return;
	http_put_answer(out, r, a, clock_wall() / CLOCK_NS_PER_S);
	if (fclose(out) == EOF)
		c->out_len = 0;
}

static void
refuse(struct conn *c, int status, const char *why)
{
	FILE *out = open_memstream(&c->out, &c->out_len);

	c->state = CONN_WRITE;
	if (out == NULL)
		return;
	http_put_refusal(out, status, why);
	if (fclose(out) == EOF)
		c->out_len = 0;
}

/* Throughput. */

static enum metrics_direction
direction_of(int path)
{
	return path == ACCESS_UPLOAD ? METRICS_UPLOAD : METRICS_DOWNLOAD;
}

/* Where a fault counts; -1: nowhere. */
static int
metric_of(enum upgrade_fault fault)
{
	switch (fault) {
	case UPGRADE_OK:
		return METRICS_UPGRADED;
	case UPGRADE_NO_MID:
		return METRICS_MISSING_MID;
	case UPGRADE_NO_STREAMS:
		return METRICS_MISSING_STREAMS;
	case UPGRADE_BAD_DURATION:
		return METRICS_INVALID_DURATION;
	case UPGRADE_BAD_BYTES:
		return METRICS_INVALID_BYTE_LIMIT;
	case UPGRADE_BAD_METADATA:
		return METRICS_METADATA;
	case UPGRADE_BAD_PROTOCOL:
	case UPGRADE_BAD_HANDSHAKE:
	case UPGRADE_FAILED:
		return METRICS_UPGRADE_FAILED;
	case UPGRADE_DENIED:
	case UPGRADE_BUSY:
	case UPGRADE_BAD_CC:
		break;
	}
	return -1;
}

/* A parameter as it came. */
static const char *
shown(const struct ask *k, const char *key, struct server_text *t)
{
	const struct query_pair *p = k->query == NULL ? NULL :
	    query_find(k->query, key);

	return p == NULL ? server_value(t, "", 0) :
	    server_value(t, p->value, p->valuelen);
}

static void
log_fault(const struct ask *k, enum upgrade_fault fault)
{
	struct server *s = k->c->server;
	const char *from = k->c->source;
	struct server_text t;

	switch (fault) {
	case UPGRADE_NO_MID:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Received request without mid "
		    "source=%s error=\"no valid token nor mid found in the "
		    "request\"", from);
		break;
	case UPGRADE_NO_STREAMS:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Received request without "
		    "streams source=%s", from);
		break;
	case UPGRADE_BAD_DURATION:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Received request with an "
		    "invalid duration source=%s duration=%s", from,
		    shown(k, "duration", &t));
		break;
	case UPGRADE_BAD_CC:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Requested CC algorithm is not "
		    "allowed source=%s cc=%s", from, shown(k, "cc", &t));
		break;
	case UPGRADE_BAD_BYTES:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Received request with an "
		    "invalid byte limit source=%s value=%s", from,
		    shown(k, "bytes", &t));
		break;
	case UPGRADE_BAD_METADATA:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Error while parsing metadata "
		    "source=%s error=\"maximum key or value length "
		    "exceeded\"", from);
		break;
	case UPGRADE_BAD_PROTOCOL:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Websocket upgrade failed "
		    "ctx=%s error=\"missing Sec-WebSocket-Protocol header\"",
		    from);
		break;
	case UPGRADE_BAD_HANDSHAKE:
	case UPGRADE_FAILED:
		SERVER_LOG(s, LOG_LEVEL_INFO, "Websocket upgrade failed "
		    "ctx=%s error=\"bad handshake\"", from);
		break;
	case UPGRADE_OK:
	case UPGRADE_DENIED:
	case UPGRADE_BUSY:
		break;
	}
}

static void
set_cc(struct conn *c, const char *cc)
{
	struct server *s = c->server;
	char why[128];
	int error;

	if (cc == NULL || server_cc_set(&s->cc, c->t.fd, cc) == 0)
		return;
	error = errno;
	s->counts.cc_errors[strcmp(cc, "bbr") == 0 ? METRICS_BBR :
	    strcmp(cc, "cubic") == 0 ? METRICS_CUBIC : METRICS_RENO]++;
	SERVER_LOG(s, LOG_LEVEL_INFO, "Failed to set cc ctx=%s source=%s "
	    "cc=%s error=\"%s\"", c->source, c->source, cc,
	    server_error(error, why, sizeof(why)));
}

/* The 101, and what begins behind it. 0, or -1 when out of memory. */
static int
switch_over(struct ask *k, const struct upgrade *u,
    enum metrics_direction direction)
{
	struct conn *c = k->c;
	FILE *out;

	c->session = session_new(c, u, k->query, direction);
	if (c->session == NULL)
		return -1;
	k->query = NULL;
	set_cc(c, u->cc);
	out = open_memstream(&c->out, &c->out_len);
	if (out != NULL) {
		http_put_switch(out, u->accept, UPGRADE_PROTOCOL);
		c->state = CONN_WRITE;
		if (fclose(out) == 0)
			return 0;
	}
	free(c->out);
	session_free(c->session);
	c->out = NULL;
	c->session = NULL;
	return -1;
}

/* True: no answer, it became a stream. */
static bool
throughput(struct ask *k, int path, struct http_answer *a)
{
	enum metrics_direction direction = direction_of(path);
	struct server *s = k->c->server;
	struct upgrade u;
	int metric;

	(void)upgrade_check(k->r, k->query, &k->access, &u, a);
	metric = metric_of(u.fault);
	if (metric != -1)
		s->counts.upgrades[direction][metric]++;
	log_fault(k, u.fault);
	if (u.fault != UPGRADE_OK)
		return false;
	if (switch_over(k, &u, direction) == 0)
		return true;
	http_answer_set(a, 503);	/* no memory */
	return false;
}

/* Latency. */

static void
latency(const struct ask *k, int path, struct http_answer *a)
{
	const char *mid = k->query == NULL ? k->access.id :
	    upgrade_mid(k->query, &k->access);

	if (k->access.denied || k->access.busy)
		http_answer_set(a, k->access.denied ? 401 : 503);
	else if (mid == NULL)
		http_answer_set(a, path == ACCESS_AUTHORIZE ? 401 : 400);
	else if (path == ACCESS_AUTHORIZE)
		server_latency_authorise(k->c, mid, a);
	else
		server_latency_result(k->c, mid, a);
}

/* Everything. */

/* A page is one file: it loads nothing, talks to us only, and is in nobody's
 * frame. */
static const char page_fields[] =
    "Cache-Control: no-cache\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Content-Type-Options: nosniff\r\n";

static void
page(const struct ask *k, struct http_answer *a)
{
	const struct server *s = k->c->server;

	if (!http_is(k->r->method, "GET") && !http_is(k->r->method, "HEAD")) {
		http_answer_text(a, 405, "Method Not Allowed\n");
		return;
	}
	http_answer_set(a, 200);
	a->fields = page_fields;
	a->type = "text/html; charset=utf-8";
	a->body = s->page;
	a->len = s->page_len;
}

/* The token, and then the rate of transmission. */
static void
check_access(struct ask *k, int path)
{
	struct server *s = k->c->server;
	const char *token = k->query == NULL ? NULL :
	    upgrade_token(k->query, k->form);

	access_check(&s->access, (enum access_path)path, token,
	    token == NULL ? 0 : strlen(token), clock_wall(), &k->token);
	metrics_access(&s->counts, &k->token);
	k->access.denied = k->token.status != 0;
	k->access.id = k->token.verified ? k->token.claims.id : NULL;
	if (k->access.denied || !s->tx.watching)
		return;
	k->access.busy = txlimit_status(&s->tx,
	    k->token.verified && k->token.claims.monitoring) != 0;
	s->counts.tx[k->access.busy ? METRICS_REJECTED : METRICS_ACCEPTED]++;
}

/* What needs no token is counted as well. */
static void
pass_access(struct ask *k)
{
	struct server *s = k->c->server;

	access_check(&s->access, ACCESS_OTHER, NULL, 0, 0, &k->token);
	metrics_access(&s->counts, &k->token);
}

static bool
measure(struct ask *k, int path, struct http_answer *a)
{
	const struct http_body *b = &k->c->body;
	bool streaming = false;

	k->query = query_parse(k->r->query.p, k->r->query.len);
	if (k->c->state == CONN_BODY && b->data != NULL)
		k->form = query_parse(b->data, b->len);
	check_access(k, path);
	if (path == ACCESS_DOWNLOAD || path == ACCESS_UPLOAD)
		streaming = throughput(k, path, a);
	else
		latency(k, path, a);
	free(k->query);
	free(k->form);
	return streaming;
}

static void
decide(struct conn *c, const struct http_request *r)
{
	struct server *s = c->server;
	struct ask k = { .c = c, .r = r };
	struct http_answer a;
	bool streaming = false;
	int id;

	if (http_is_demanding(r)) {
		http_answer_set(&a, 417);
		answer(c, r, &a);
		return;
	}
	if (c->kind == CONN_METRICS)
		id = route_find(r, watching, 1, &a);
	else
		id = route_find(r, measuring, MEASURING - (s->page == NULL),
		    &a);
	if (c->kind != CONN_METRICS && (id == -1 || id == ROUTE_PAGE))
		pass_access(&k);
	if (id == ROUTE_METRICS)
		server_metrics_answer(s, &a);
	else if (id == ROUTE_PAGE)
		page(&k, &a);
	else if (id != -1)
		streaming = measure(&k, id, &a);
	if (!streaming)
		answer(c, r, &a);
	http_answer_free(&a);
}

/* Nothing was sent before, so there is room for it. Without it the client
 * waits for a while, and then goes on. */
static void
invite(struct conn *c)
{
	char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct iovec iov = { .iov_base = text, .iov_len = strlen(text) };

	(void)transport_write(&c->t, &iov, 1);
}

/* Its body has to be read before: it may hold the token. */
static bool
wants_body(struct conn *c, const struct http_request *r)
{
	enum http_status got;

	if (c->kind == CONN_METRICS || !http_is_form(r) ||
	    http_is_demanding(r))
		return false;
	got = http_body_init(&c->body, &r->head, 0, HTTP_FORM_MAX);
	if (got == HTTP_MORE)
		got = http_body_put(&c->body, c->in + c->head_len,
		    c->in_len - c->head_len);
	c->state = CONN_BODY;
	if (got == HTTP_MORE && c->in_len == c->head_len && http_is_waiting(r))
		invite(c);
	return got == HTTP_MORE;
}

void
server_request(struct conn *c)
{
	struct http_request r;

	switch (http_request_get(c->in, c->in_len, &r)) {
	case HTTP_MORE:
		break;
	case HTTP_BAD:
		refuse(c, r.status, r.why);
		break;
	case HTTP_OK:
		c->head_len = r.head.len;
		if (!wants_body(c, &r))
			decide(c, &r);
		break;
	}
}

void
server_request_body(struct conn *c)
{
	struct http_request r;

	(void)http_request_get(c->in, c->head_len, &r);
	decide(c, &r);
}

void
server_refuse(struct conn *c, int status)
{
	refuse(c, status, NULL);
}
