/* SPDX-License-Identifier: BSD-2-Clause */
/* A direction of msak-client. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "msak/client_private.h"
#include "msak/golog.h"

#define LEGACY_NS	(100 * CLOCK_NS_PER_MS)

static const char *
path_of(enum result_direction d)
{
	return d == RESULT_DOWNLOAD ? "/throughput/v1/download" :
	    "/throughput/v1/upload";
}

static void
tell_error(struct client *c, const char *text)
{
	golog_line(stderr, clock_wall(), "%s", text);
	client_base_error(&c->result.error, CLIENT_FAILED, text);
}

static bool
set_url(struct client *c, const char *text)
{
	const struct client_options *o = c->o;
	const struct client_ask ask = {
		.name = "msak-client-go", .release = PACKAGE_VERSION,
		.library = "msak-client", .library_release = PACKAGE_VERSION,
		.cc = o->cc, .mid = *o->server != '\0' ? o->mid : NULL,
		.streams = o->streams, .bytes = o->bytes,
		.duration_ns = o->duration_ns
	};
	char why[URL_WHY_MAX];

	if (client_base_url(&c->url, text, &ask, why) == 0)
		return true;
	tell_error(c, why);
	return false;
}

bool
client_way_next(struct client *c)
{
	const char *text;

	text = locate_next(&c->locate, &c->walk, c->o->scheme, path_of(c->d),
	    NULL);
	if (text == NULL)
		return false;
	report_client_located(c->report, text);
	c->target++;
	c->reached = false;
	if (!set_url(c, text))
		return false;
	snprintf(c->server, sizeof(c->server), "%s", c->url.authority);
	return true;
}

static bool
locate(struct client *c)
{
	char error[CLIENT_FETCH_ERROR];

	if (client_base_locate(c->base, c->o->locate_url, LOCATE_THROUGHPUT,
	    CLIENT_AGENT, CLOCK_NEVER, &c->locate, error) != LOCATE_GOOD) {
		tell_error(c, error);
		return false;
	}
	if (client_way_next(c))
		return true;
	tell_error(c, LOCATE_NO_TARGETS);
	return false;
}

bool
client_way_find(struct client *c)
{
	char text[URL_MAX];

	report_client_source(c->report);
	if (*c->o->server == '\0')
		return locate(c);
	snprintf(c->server, sizeof(c->server), "%s", c->o->server);
	snprintf(text, sizeof(text), "%s%s//%s%s", c->o->scheme,
	    *c->o->scheme == '\0' ? "" : ":", c->o->server, path_of(c->d));
	return set_url(c, text);
}

static bool
may_start(const struct client *c)
{
	return !c->stopping && c->started < c->o->streams &&
	    (c->end_ns == 0 || clock_mono() < c->end_ns);
}

static void
on_start(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct client *c = t->arg;

	do
		client_stream_start(c, c->started);
	while (may_start(c) && c->o->delay_ns <= 0);
	if (may_start(c))
		(void)loop_timer_set(l, t, now_ns + c->o->delay_ns);
}

/* Connected, and no measurement yet. */
static void
tell_nothing(struct client *c)
{
	struct result_rate none = {
		.direction = c->d,
		.elapsed_ns = clock_mono() - c->rates.start_ns
	};

	report_client_rate(c->report, &none);
}

/* At the full tenths of a second since the first connection. */
static void
plan_legacy(struct client *c, int64_t now_ns)
{
	int64_t n = (now_ns - c->rates.start_ns) / LEGACY_NS + 1;

	(void)loop_timer_set(c->base->loop, &c->legacy_timer,
	    c->rates.start_ns + n * LEGACY_NS);
}

void
client_way_connected(struct client *c)
{
	c->end_ns = c->rates.start_ns + c->o->duration_ns;
	if (c->o->output.format == OPTIONS_LEGACY)
		plan_legacy(c, c->rates.start_ns);
	client_load_begin(c);
}

void
client_way_sampled(struct client *c)
{
	if (c->rates.any)
		client_stream_rate(c);
	else
		tell_nothing(c);
}

/* The legacy form has a line each 100 ms, whatever came. Of what others send,
 * only they know how much has come. */
static void
on_legacy(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct client *c = t->arg;
	struct client_stream *cs;
	int i;

	(void)l;
	plan_legacy(c, now_ns);
	if (c->sampling > 0)
		return;
	for (i = 0; i < c->started; i++) {
		cs = &c->streams[i];
		if (cs->running && c->d == RESULT_DOWNLOAD) {
			c->sampling++;
			client_thread_sample(cs);
		} else if (cs->running && cs->received_ns != 0)
			rates_add(&c->rates, (size_t)i, &cs->receiver,
			    now_ns);
	}
	if (c->sampling == 0)
		client_way_sampled(c);
}

static bool
is_over(void *arg)
{
	struct client *c = arg;

	return c->open == 0 && !may_start(c);
}

static void
stop(struct client *c, bool at_once)
{
	int i;

	c->stopping = true;
	loop_timer_clear(c->base->loop, &c->start_timer);
	for (i = 0; i < c->started; i++)
		client_stream_stop(&c->streams[i], at_once);
}

/* The first interrupt ends the streams in order, the second at once. */
static void
run_streams(struct client *c)
{
	char text[128];

	loop_timer_init(&c->start_timer, on_start, c);
	loop_timer_init(&c->legacy_timer, on_legacy, c);
	(void)loop_timer_set(c->base->loop, &c->start_timer, 0);
	if (client_threads_start(c) == -1) {
		snprintf(text, sizeof(text), "threads: %s", strerror(errno));
		tell_error(c, text);
	} else if (!client_base_wait(c->base, is_over, c, 0, CLOCK_NEVER)) {
		stop(c, false);
		if (!client_base_wait(c->base, is_over, c, 1, CLOCK_NEVER))
			stop(c, true);
	}
	loop_timer_clear(c->base->loop, &c->start_timer);
	loop_timer_clear(c->base->loop, &c->legacy_timer);
	client_threads_end(c);
	client_stream_settle(c);
}

void
client_way_run(struct client *c)
{
	rates_begin(&c->rates);
	c->walk = (struct locate_walk){ 0 };
	c->target = 0;
	c->reached = c->stopping = false;
	c->started = c->open = c->sampling = 0;
	c->unread = 0;
	c->end_ns = 0;
	memset(c->streams, 0, sizeof(c->streams));
	if (client_way_find(c)) {
		client_load_idle(c);
		client_load_prepare(c);
		if (c->base->interrupts == 0)
			run_streams(c);
		client_load_collect(c);
	}
	locate_free(&c->locate);
}
