/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "msak/client_fetch.h"
#include "msak/client_proxy.h"

#define CHUNK	16384		/* bytes a read */

static void
finish(struct client_fetch *f)
{
	if (f->is_done)
		return;
	f->is_done = true;
	loop_fd_del(f->how->loop, &f->watch);
	loop_timer_clear(f->how->loop, &f->timer);
	dial_free(&f->dial);
	if (f->t.fd != -1)
		transport_close(&f->t);
	f->t.fd = -1;
	if (f->done != NULL)
		f->done(f);
}

static void
fail(struct client_fetch *f, const char *what)
{
	char url[CLIENT_FETCH_URL];

	snprintf(f->error, sizeof(f->error), "Get \"%s\": %s",
	    url_format(&f->url, url, sizeof(url)), what);
	finish(f);
}

/* A proxy that cannot be reached is named as such. */
static void
fail_dial(struct client_fetch *f, const char *what)
{
	char text[DIAL_ERROR + 32];

	snprintf(text, sizeof(text), "%s%s", f->proxied &&
	    strncmp(what, "dial ", 5) == 0 ? "proxyconnect tcp: " : "", what);
	fail(f, text);
}

static void	begin(struct client_fetch *f);

/* True: the answer sends us elsewhere, and we go, or failed to. */
static bool
redirect(struct client_fetch *f, const struct http_response *r)
{
	const struct http_field *to = http_find(&r->head, "Location");
	char text[URL_MAX + 1], why[URL_WHY_MAX], line[URL_WHY_MAX];
	struct url url;

	if (to == NULL || (r->status != 301 && r->status != 302 &&
	    r->status != 303 && r->status != 307 && r->status != 308))
		return false;
	if (f->redirects++ == CLIENT_FETCH_REDIRECTS) {
		fail(f, "stopped after 10 redirects");
		return true;
	}
	snprintf(text, sizeof(text), "%.*s", (int)to->value.len, to->value.p);
	if (url_join(&f->url, text, &url, why) == -1) {
		snprintf(line, sizeof(line), "failed to parse Location "
		    "header \"%.256s\": %.640s", text, why);
		fail(f, line);
		return true;
	}
	f->url = url;
	begin(f);
	return true;
}

static void
on_body(struct client_fetch *f, enum http_status s)
{
	if (s == HTTP_OK)
		finish(f);
	else if (s == HTTP_BAD)
		fail(f, "malformed or too long body");
}

static void
on_ready(struct loop *l, struct loop_fd *w, unsigned int events)
{
	struct client_fetch *f = w->arg;
	enum http_status s = HTTP_MORE;
	char buf[CHUNK], why[128];
	ssize_t n = 1;

	(void)l;
	(void)events;
	while (s == HTTP_MORE && n > 0) {
		n = transport_read(&f->t, buf, sizeof(buf));
		if (n > 0)
			s = http_body_put(&f->body, buf, (size_t)n);
	}
	if (s != HTTP_MORE)
		on_body(f, s);
	else if (n == 0 && http_body_end(&f->body) == HTTP_OK)
		finish(f);
	else if (n == 0)
		fail(f, "unexpected EOF");
	else if (errno != EAGAIN)
		fail(f, dial_strerror(errno, why, sizeof(why)));
	else
		(void)loop_fd_set(f->how->loop, &f->watch,
		    transport_want(&f->t, true, false));
}

static void
on_dialled(struct dial *d)
{
	struct client_fetch *f = d->arg;
	enum http_status s;

	if (d->error[0] != '\0') {
		fail_dial(f, d->error);
		return;
	}
	if (redirect(f, &d->response))
		return;
	f->status = d->response.status;
	f->peer = d->peer;
	if (!http_is_plain(&d->response)) {
		fail(f, "the body is encoded");
		return;
	}
	s = http_body_init(&f->body, &d->response.head, f->status, f->max);
	if (s == HTTP_MORE)
		s = http_body_put(&f->body, d->rest, d->rest_len);
	if (s != HTTP_MORE) {
		on_body(f, s);
		return;
	}
	dial_take(d, &f->t);
	if (loop_fd_add(f->how->loop, &f->watch, f->t.fd, LOOP_READ, on_ready,
	    f) == -1)
		fail(f, "out of memory");
	else if (transport_pending(&f->t))
		on_ready(f->how->loop, &f->watch, LOOP_READ);
}

/* A try at f->url, also one after another. */
static void
begin(struct client_fetch *f)
{
	struct url proxy;
	struct dial_conf c = {
		.url = &f->url,
		.agent = f->agent,
		.timeout_ns = f->deadline_ns - clock_mono()
	};
	char what[URL_WHY_MAX];

	dial_free(&f->dial);
	if (strcmp(f->url.scheme, "http") != 0 &&
	    strcmp(f->url.scheme, "https") != 0) {
		snprintf(what, sizeof(what), "unsupported protocol scheme "
		    "\"%s\"", f->url.scheme);
		fail(f, what);
		return;
	}
	if (*f->url.host == '\0') {
		fail(f, "http: no Host in request URL");
		return;
	}
	switch (client_proxy(&f->url, &proxy, what)) {
	case CLIENT_PROXY_BAD:
		fail(f, what);
		return;
	case CLIENT_PROXY_USE:
		c.proxy = &proxy;
		break;
	case CLIENT_PROXY_NONE:
		break;
	}
	f->proxied = c.proxy != NULL;
	dial_start(&f->dial, f->how, &c, on_dialled, f);
}

static void
on_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct client_fetch *f = t->arg;

	(void)l;
	if (f->error[0] != '\0') {
		finish(f);
		return;
	}
	if (now_ns >= f->deadline_ns) {
		fail(f, "context deadline exceeded");
		return;
	}
	(void)loop_timer_set(f->how->loop, &f->timer, f->deadline_ns);
	begin(f);
}

void
client_fetch_start(struct client_fetch *f, const struct dialer *how,
    const char *url, const char *agent, size_t max,
    void (*done)(struct client_fetch *), void *arg)
{
	char why[URL_WHY_MAX];

	memset(f, 0, sizeof(*f));
	f->t.fd = -1;
	f->how = how;
	f->done = done;
	f->arg = arg;
	f->agent = agent;
	f->max = max;
	f->deadline_ns = clock_mono() + CLIENT_FETCH_NS;
	loop_timer_init(&f->timer, on_timer, f);
	if (url_parse(url, &f->url, why) == -1)
		snprintf(f->error, sizeof(f->error), "%s", why);
	/* From the timer, so that done is never called from here. */
	(void)loop_timer_set(how->loop, &f->timer, 0);
}

void
client_fetch_limit(struct client_fetch *f, int64_t until_ns)
{
	if (until_ns < f->deadline_ns)
		f->deadline_ns = until_ns;
}

void
client_fetch_free(struct client_fetch *f)
{
	if (f->how == NULL)
		return;
	loop_fd_del(f->how->loop, &f->watch);
	loop_timer_clear(f->how->loop, &f->timer);
	dial_free(&f->dial);
	if (f->t.fd != -1)
		transport_close(&f->t);
	http_body_free(&f->body);
	memset(f, 0, sizeof(*f));
	f->t.fd = -1;
}
