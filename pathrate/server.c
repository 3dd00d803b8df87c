/* SPDX-License-Identifier: BSD-2-Clause */
/* The sender's life: start, loop, signals, end. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "pathrate/server_private.h"

static void
to_stderr(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "pathrate_snd: %s\n", line);
}

static void
on_stop(struct loop *l, int signo, void *arg)
{
	struct server *s = arg;

	(void)signo;
	s->interrupted = true;
	loop_stop(l);
}

static int
write_pidfile(struct server *s)
{
	const char *what;

	if (s->o->pidfile == NULL ||
	    daemon_pidfile(s->o->pidfile, &s->pidfile_fd, &what) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return server_fail(s, what);
	server_say(s, LOG_LEVEL_ERROR, "%s: another server holds it", what);
	return PATHRATE_FAILURE;
}

static int
make_loop(struct server *s)
{
	signal(SIGPIPE, SIG_IGN);
	s->loop = loop_new();
	if (s->loop == NULL ||
	    loop_signal(s->loop, SIGTERM, on_stop, s) == -1 ||
	    loop_signal(s->loop, SIGINT, on_stop, s) == -1)
		return server_fail(s, "pathrate_snd");
	/* a thread, hence after the signals were blocked */
	s->names = resolve_new(NULL);
	if (s->names == NULL)
		return server_fail(s, "pathrate_snd");
	return 0;
}

/* Everything up to the point from which nothing can fail any more. */
static int
start(struct server *s)
{
	int status = write_pidfile(s);

	if (status == 0)
		status = server_listen(s);
	if (status == 0)
		status = server_become_user(s);
	if (status == 0)
		status = make_loop(s);
	return status;
}

static int
serve(struct server *s)
{
	struct session *c;
	int status = 0;

	clock_sharpen();
	if (server_accept_start(s) == -1 || loop_run(s->loop) == -1)
		status = server_fail(s, "pathrate_snd");
	daemon_notify("STOPPING=1");
	while ((c = TAILQ_FIRST(&s->sessions)) != NULL)
		session_free(c);
	/* without -i there is a session to be had, or the run was in vain */
	if (s->interrupted && !s->o->iterative)
		status = PATHRATE_FAILURE;
	return status;
}

static int
run(struct server *s)
{
	struct daemon d;
	const char *what;
	int status = server_prepare(s);

	if (status != 0)
		return status;
	if (s->o->daemon && daemon_background(&d, &what) == -1)
		return server_fail(s, what);
	status = start(s);
	if (status != 0) {
		if (s->o->daemon)
			daemon_fail(&d, status);
		return status;
	}
	if (s->o->daemon)
		daemon_ready(&d);
	daemon_notify("READY=1");
	return serve(s);
}

int
server_run(const struct snd_options *o)
{
	struct server s = { .o = o, .fd = -1, .pidfile_fd = -1 };
	int status;

	activate_init(&s.given);
	if (o->syslog)
		log_to_syslog(&s.log, "pathrate_snd", LOG_LEVEL_INFO);
	else
		log_to_sink(&s.log, to_stderr, NULL, LOG_LEVEL_WARN);
	status = run(&s);
	if (server_close(&s) != 0)
		status = PATHRATE_FAILURE;
	loop_free(s.loop);
	resolve_free(s.names);
	server_train_close(&s);
	return status;
}
