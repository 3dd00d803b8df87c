/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "pathrate/client_private.h"

/* Of a run, where the user sets no limit. */
#define FAST_LIMIT_NS		(60 * CLOCK_NS_PER_S)
#define CLASSIC_LIMIT_NS	(1800 * CLOCK_NS_PER_S)
/* Before the limit, the end is a polite one. */
#define SOFT_NS			(2 * CLOCK_NS_PER_S)
#define SOFT_PART		10

static void	note(struct client *, const char *, va_list)
		    __attribute__((format(printf, 2, 0)));

static void
note(struct client *c, const char *fmt, va_list ap)
{
	c->status = PATHRATE_FAILURE;
	(void)vsnprintf(c->message, sizeof(c->message), fmt, ap);
}

void
client_note(struct client *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(c, fmt, ap);
	va_end(ap);
}

void
client_fail(struct client *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	note(c, fmt, ap);
	va_end(ap);
	fprintf(stderr, "%s\n", c->message);
}

void
client_fail_errno(struct client *c, const char *what)
{
	client_fail(c, "%s: %s", what, strerror(errno));
}

static void
on_signal(struct loop *l, int signo, void *arg)
{
	struct client *c = arg;

	(void)l;
	c->signo = signo;
	if (c->in_session)
		client_interrupted(c);
}

static int
open_loop(struct client *c)
{
	c->loop = loop_new();
	if (c->loop == NULL ||
	    loop_signal(c->loop, SIGINT, on_signal, c) == -1 ||
	    loop_signal(c->loop, SIGTERM, on_signal, c) == -1) {
		client_fail_errno(c, "loop");
		return -1;
	}
	return 0;
}

static void
set_limits(struct client *c)
{
	int64_t limit_ns = c->o->timeout_ns, soft_ns;

	if (limit_ns == 0)
		limit_ns = c->o->classic ? CLASSIC_LIMIT_NS : FAST_LIMIT_NS;
	soft_ns = limit_ns / SOFT_PART;
	c->end_ns = clock_mono() + limit_ns;
	c->stop_ns = c->end_ns - (soft_ns < SOFT_NS ? soft_ns : SOFT_NS);
}

static void
network(struct client *c, int argc, char *const *argv)
{
	/* while the resolver is asked, a signal simply ends the program */
	if (client_resolve(c) == -1)
		return;
	report_command(&c->report, argc, argv);
	report_start(&c->report, c->o->sender, c->hostname, clock_wall());
	if (open_loop(c) == 0 && client_connect(c) == 0)
		client_session(c);
}

static void
close_session(struct client *c)
{
	if (c->loop != NULL)
		loop_free(c->loop);
	if (c->tcp != -1)
		close(c->tcp);
	if (c->udp != -1)
		close(c->udp);
	udpio_rx_free(c->rx);
}

/* What a program says in the text's place goes to standard output alone. */
static void
begin(struct client *c, const struct rcv_options *o)
{
	bool text = !o->json;

	c->o = o;
	c->tcp = c->udp = -1;
	c->start_ns = clock_wall();
	c->report = (struct report){
		.out = text ? stdout : stderr, .log = c->files.log,
		.normal = text && o->levels.normal,
		.verbose = text && o->levels.verbose
	};
	c->terminal = !c->report.verbose && isatty(STDERR_FILENO) == 1;
	if (gethostname(c->hostname, sizeof(c->hostname) - 1) == -1)
		c->hostname[0] = '\0';
	set_limits(c);
}

static int
finish(struct client *c)
{
	bool written = client_results(c);

	if (written && text_close(stdout) == -1) {
		warn("stdout");
		written = false;
	}
	written = files_close(&c->files, c->o) && written;
	if (!written && c->status == 0)
		c->status = PATHRATE_FAILURE;
	return c->signo != 0 ? 128 + c->signo : c->status;
}

static int
run(struct client *c, int argc, char *const *argv)
{
	const struct rcv_options *o = c->o;

	if (rcv_options_wrong(o)) {
		(void)files_close(&c->files, o);
		return PATHRATE_FAILURE;
	}
	if (o->replay != NULL)
		client_replay(c);
	else
		network(c, argc, argv);
	close_session(c);
	return finish(c);
}

int
client_run(const struct rcv_options *o, int argc, char *const *argv)
{
	struct client *c = calloc(1, sizeof(*c));
	int status = PATHRATE_FAILURE;

	if (c == NULL) {
		warn(NULL);
		return status;
	}
	if (files_open(&c->files, o) == 0) {
		begin(c, o);
		status = run(c, argc, argv);
	} else {
		begin(c, o);
		client_note(c, "a file cannot be opened");
		status = finish(c);
	}
	free(c);
	return status;
}
