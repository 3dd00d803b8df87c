/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's life: start, loop, timers, signals, end. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "udping/server_private.h"

#define REDRAW_NS	CLOCK_NS_PER_S
/* For the quantiles of all periods, when they are shown. */
#define QUANT_BYTES	((size_t)256 << 20)

static void
to_stderr(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "udping_server: %s\n", line);
}

static void
stop(struct loop *l, int signo, void *arg)
{
	(void)signo;
	(void)arg;
	loop_stop(l);
}

static void
show_now(struct loop *l, int signo, void *arg)
{
	struct server *s = arg;

	(void)l;
	(void)signo;
	server_catch_up(s);
	report_table_head(stderr);
	session_each(s->sessions, server_show, s);
	fflush(stderr);
}

static void
tick(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;

	server_catch_up(s);
	session_tick(s->sessions, server_seconds(s));
	server_prometheus(s);
	while (s->tick_ns <= now_ns)
		s->tick_ns += s->o->keepalive_s * CLOCK_NS_PER_S;
	(void)loop_timer_set(l, t, s->tick_ns);
}

static void
redraw(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;

	server_catch_up(s);
	server_redraw(s);
	(void)loop_timer_set(l, t, now_ns + REDRAW_NS);
}

/* Not for secrets that last; GUIDs must not be chosen to collide. */
static uint64_t
secret(void)
{
	uint64_t v;

	arc4random_buf(&v, sizeof(v));
	return v;
}

static int
make_sessions(struct server *s)
{
	struct session_options o = {
		.keepalive_s = s->o->keepalive_s,
		.heard_since_s = clock_wall() / CLOCK_NS_PER_S + 1,
		.max_sessions = (size_t)s->o->max_sessions,
		.hops = (unsigned int)s->o->hops,
		.quant_bytes = s->o->json_lines ? QUANT_BYTES : 0,
		.secret = secret(),
		.report = server_report,
		.opened = server_opened,
		.arg = s
	};

	s->sessions = session_new(&o);
	return s->sessions == NULL ? -1 : 0;
}

/* What a loop needs; before there are threads, for the signals. */
static int
prepare(struct server *s)
{
	struct loop *l;

	signal(SIGPIPE, SIG_IGN);
	l = s->loop = loop_new();
	if (l == NULL || make_sessions(s) == -1 ||
	    (s->o->json_lines && (s->json = writer_json(stdout, 0)) == NULL) ||
	    loop_signal(l, SIGTERM, stop, s) == -1 ||
	    loop_signal(l, SIGINT, stop, s) == -1 ||
	    loop_signal(l, SIGUSR1, show_now, s) == -1 ||
	    loop_fd_add(l, &s->watch, s->fd, LOOP_READ, server_readable,
	    s) == -1) {
		server_say(s, LOG_LEVEL_ERROR, "%s", strerror(errno));
		return SERVER_STATUS_ERROR;
	}
	return 0;
}

static int
start_timers(struct server *s)
{
	int64_t now_ns = clock_mono();

	s->base_ns = clock_wall() - now_ns;
	s->tick_ns = now_ns + s->o->keepalive_s * CLOCK_NS_PER_S;
	loop_timer_init(&s->tick, tick, s);
	loop_timer_init(&s->redraw, redraw, s);
	loop_timer_init(&s->nap_end, server_nap_end, s);
	nap_init(&s->nap, s->o->batch_delay_ns, s->room, now_ns);
	if (loop_timer_set(s->loop, &s->tick, s->tick_ns) == -1 ||
	    (s->o->top && loop_timer_set(s->loop, &s->redraw, now_ns) == -1)) {
		server_say(s, LOG_LEVEL_ERROR, "timer: %s", strerror(errno));
		return SERVER_STATUS_ERROR;
	}
	return 0;
}

static int
start(struct server *s)
{
	int status;

	if (s->o->top && !isatty(STDOUT_FILENO)) {
		server_say(s, LOG_LEVEL_ERROR, "--top needs a terminal");
		return SERVER_STATUS_BAD;
	}
	status = server_open(s);
	if (status == 0)
		status = prepare(s);
	if (status == 0)
		status = server_prometheus_open(s);
	if (status == 0)
		status = server_process(s);
	if (status == 0)
		status = start_timers(s);
	return status;
}

static void
serve(struct server *s)
{
	daemon_notify("READY=1");
	if (loop_run(s->loop) == -1) {
		server_say(s, LOG_LEVEL_ERROR, "wait: %s", strerror(errno));
		s->status = SERVER_STATUS_ERROR;
	}
	daemon_notify("STOPPING=1");
	server_catch_up(s);
	session_flush(s->sessions);
	server_prometheus(s);
}

int
server_run(const struct server_options *o)
{
	struct server s = { .o = o, .fd = -1, .pidfile_fd = -1,
	    .statsd = { .fd = -1 }, .tags = { .fd = -1 } };

	if (o->syslog)
		log_to_syslog(&s.log, "udping_server", LOG_LEVEL_INFO);
	else
		log_to_sink(&s.log, to_stderr, NULL, LOG_LEVEL_INFO);
	host_begin(&s.host);
	s.drops = -1;
	s.status = start(&s);
	if (s.status == 0)
		serve(&s);
	server_last(&s);
	if (s.sessions != NULL)
		session_free(s.sessions);
	scrape_free(s.scrape);
	if (s.loop != NULL)
		loop_fd_del(s.loop, &s.watch);
	loop_free(s.loop);
	server_close(&s);
	return s.status;
}
