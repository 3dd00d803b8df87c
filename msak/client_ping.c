/* SPDX-License-Identifier: BSD-2-Clause */
/* msak-latency: one session of latency1. */
#include "config.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/client.h"
#include "msak/client_base.h"
#include "msak/client_latency.h"
#include "msak/golog.h"
#include "msak/report_latency.h"

#define AGENT		"msak-latency"
#define AUTHORISE	"/latency/v1/authorize"
#define RESULT		"/latency/v1/result"

struct ping {
	const struct latency_options *o;
	struct client_base	 base;
	struct report_latency	 report;
	struct result_latency	 result;
	struct client_latency	 session;
};

/* Who was interrupted knows why there is nothing. */
static void
fail(struct ping *p, const char *text)
{
	if (p->base.interrupts > 0)
		return;
	golog_line(stderr, clock_wall(), "%s", text);
	client_base_error(&p->result.error, CLIENT_FAILED, text);
}

/* A blank, and what else cannot stand in a query, becomes an escape; what
 * separates parameters stays one. */
static void
put_raw(FILE *out, const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || (unsigned char)*s >= 0x7f ||
		    strchr("#\"<>", *s) != NULL)
			fprintf(out, "%%%02X", (unsigned int)(unsigned char)*s);
		else
			fputc(*s, out);
}

/* url with mid behind it. -1: too long. */
static int
with_mid(const char *url, const char *mid, char *text, size_t len)
{
	FILE *out = fmemopen(text, len, "w");
	bool ok;

	if (out == NULL)
		return -1;
	fprintf(out, "%s%smid=", url, strchr(url, '?') == NULL ? "?" : "&");
	put_raw(out, mid);
	fputc('\0', out);
	ok = !ferror(out);
	return fclose(out) == 0 && ok ? 0 : -1;
}

static bool
is_asked(void *arg)
{
	const struct client_latency *l = arg;

	return l->state == CLIENT_LATENCY_READY ||
	    l->state == CLIENT_LATENCY_DONE;
}

static bool
is_echoed(void *arg)
{
	const struct client_latency *l = arg;

	return l->state == CLIENT_LATENCY_ECHOED ||
	    l->state == CLIENT_LATENCY_DONE;
}

static bool
is_done(void *arg)
{
	const struct client_latency *l = arg;

	return l->state == CLIENT_LATENCY_DONE;
}

static void
on_echo(struct client_latency *l)
{
	struct ping *p = l->arg;

	report_latency_echo(&p->report);
}

/* Does this server give leave? */
static bool
ask(struct ping *p, const char *authorise, const char *result)
{
	report_latency_attempt(&p->report, authorise);
	client_latency_free(&p->session);
	client_latency_start(&p->session, &p->base.dialer, authorise, result,
	    (uint16_t)p->o->latency_port, NULL, on_echo, p);
	return client_base_wait(&p->base, is_asked, &p->session, 0,
	    CLOCK_NEVER) && p->session.state == CLIENT_LATENCY_READY;
}

static bool
ask_given(struct ping *p)
{
	char base[URL_MAX], authorise[URL_MAX], result[URL_MAX];
	char text[CLIENT_FETCH_ERROR + 32];

	snprintf(base, sizeof(base), "%s://%s" AUTHORISE, p->o->url_scheme,
	    p->o->host);
	if (with_mid(base, p->o->mid, authorise, sizeof(authorise)) == -1)
		authorise[0] = '\0';
	snprintf(base, sizeof(base), "%s://%s" RESULT, p->o->url_scheme,
	    p->o->host);
	if (with_mid(base, p->o->mid, result, sizeof(result)) == -1)
		result[0] = '\0';
	if (ask(p, authorise, result))
		return true;
	snprintf(text, sizeof(text), "connection failed (error: %s)",
	    p->session.error);
	fail(p, text);
	return false;
}

/* The first that gives leave. */
static bool
ask_targets(struct ping *p, const struct locate *l)
{
	char authorise[URL_MAX], result[URL_MAX];
	struct locate_walk walk = { 0 };
	const char *a, *r;
	size_t i;

	while ((a = locate_next(l, &walk, p->o->scheme, AUTHORISE,
	    &i)) != NULL) {
		r = locate_url(l, i, p->o->scheme, RESULT);
		if (r == NULL)
			continue;
		snprintf(authorise, sizeof(authorise), "%s", a);
		snprintf(result, sizeof(result), "%s", r);
		if (*p->o->mid != '\0' &&
		    (with_mid(a, p->o->mid, authorise, sizeof(authorise)) ==
		    -1 || with_mid(r, p->o->mid, result, sizeof(result)) ==
		    -1))
			continue;
		if (ask(p, authorise, result))
			return true;
		if (p->base.interrupts > 0)
			return false;
		report_latency_failed(&p->report, authorise);
	}
	report_latency_no_server(&p->report);
	client_base_error(&p->result.error, CLIENT_FAILED, "no server found");
	return false;
}

static bool
ask_locate(struct ping *p)
{
	char error[CLIENT_FETCH_ERROR], text[CLIENT_FETCH_ERROR + 64];
	struct locate l = { .answer = NULL };
	bool ok;

	if (client_base_locate(&p->base, p->o->locate_url, LOCATE_LATENCY,
	    AGENT, CLOCK_NEVER, &l, error) != LOCATE_GOOD) {
		snprintf(text, sizeof(text), "cannot get server list from "
		    "locate (error: %s)", error);
		fail(p, text);
		return false;
	}
	ok = ask_targets(p, &l);
	locate_free(&l);
	return ok;
}

/* The server sends once it has got something, so it got nothing. */
static void
tell_unreached(struct ping *p)
{
	char text[80];

	snprintf(text, sizeof(text), "no packet reached the server's UDP port "
	    "%" PRId64, p->o->latency_port);
	fail(p, text);
}

static void
measure(struct ping *p)
{
	struct client_latency *l = &p->session;
	struct result_latency *r = &p->result;

	client_latency_echo(l, CLIENT_LATENCY_NS);
	(void)client_base_wait(&p->base, is_echoed, l, 0, CLOCK_NEVER);
	if (l->state == CLIENT_LATENCY_ECHOED)
		report_latency_read_error(&p->report, l->end);
	else if (l->state == CLIENT_LATENCY_ECHOING)
		report_latency_read_error(&p->report, "interrupted");
	if (l->state != CLIENT_LATENCY_DONE)
		client_latency_fetch(l);
	(void)client_base_wait(&p->base, is_done, l, 1, CLOCK_NEVER);
	r->has = l->has;
	r->rtt = l->rtt;
	r->host.late_max_ns = l->late_max_ns;
	snprintf(r->id, sizeof(r->id), "%s", l->id);
	if (!l->has)
		fail(p, l->error);
	else if (l->rtt.sent == 0)
		tell_unreached(p);
}

static int
run(struct ping *p)
{
	struct result_latency *r = &p->result;
	int status;

	r->start_wall_ns = clock_wall();
	host_begin(&r->host);
	report_latency_init(&p->report, p->o, stdout);
	if (p->o->server_given ? ask_given(p) : ask_locate(p))
		measure(p);
	status = p->base.interrupts > 0 ? CLIENT_INTERRUPTED :
	    r->has && r->rtt.sent > 0 ? CLIENT_OK : CLIENT_FAILED;
	if (status != CLIENT_OK)
		client_base_error(&r->error, status, "interrupted");
	r->error.code = status;
	host_end(&r->host);
	r->end_wall_ns = clock_wall();
	client_latency_free(&p->session);
	if (report_latency_finish(&p->report, r) == 0)
		return status;
	warn("stdout");
	return CLIENT_FAILED;
}

int
client_ping_run(const struct latency_options *o)
{
	struct ping *p = calloc(1, sizeof(*p));
	int status = CLIENT_FAILED;

	if (p == NULL) {
		warn(NULL);
		return status;
	}
	p->o = o;
	if (client_base_init(&p->base, &o->net, true) == -1)
		warn("cannot begin");
	else {
		status = run(p);
		client_base_free(&p->base);
	}
	free(p);
	return status;
}
