/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/signalfd.h>

#include <err.h>
#include <signal.h>
#include <stdio.h>

#include "common/clock.h"
#include "tests/linkem/conf.h"
#include "tests/linkem/engine.h"
#include "tests/linkem/truth.h"

/* SIGINT and SIGTERM are read from a descriptor. -1 with a message. */
static int
open_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1 ||
	    (fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) == -1) {
		warn("signalfd");
		return -1;
	}
	return fd;
}

static int
forward(struct engine *e, const struct conf *c)
{
	int i;

	if ((e->signal_fd = open_signals()) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		if (port_open(&e->port[i], c->end[i]) == -1)
			return -1;
		sched_init(&e->sched[i], &c->sched[i],
		    (uint64_t)c->seed * 2 + (uint64_t)i, 0);
	}
	e->start_wall_ns = clock_wall();
	e->start_mono_ns = clock_mono();
	rt_begin(&e->rt, (int)c->core, !c->ordinary);
	if (puts("ready") == EOF || fflush(stdout) == EOF) {
		warn("standard output");
		return -1;
	}
	engine_run(e, c->duration_ns);
	rt_end(&e->rt);
	return 0;
}

/* To the file, or standard output. */
static int
report_truth(struct engine *e, const struct conf *c)
{
	FILE *out = c->truth == NULL ? stdout : fopen(c->truth, "w");
	int r;

	if (out == NULL) {
		warn("%s", c->truth);
		return -1;
	}
	r = truth_write(out, e, c);
	if (out != stdout && fclose(out) == EOF)
		r = -1;
	if (r == -1)
		warn("the truth");
	return r;
}

static int
report_trace(const struct engine *e, const struct conf *c)
{
	FILE *out;
	int r;

	if (c->trace == NULL)
		return 0;
	if ((out = fopen(c->trace, "w")) == NULL) {
		warn("%s", c->trace);
		return -1;
	}
	r = truth_trace(out, e);
	if (fclose(out) == EOF)
		r = -1;
	if (r == -1)
		warn("%s", c->trace);
	return r;
}

int
main(int argc, char **argv)
{
	struct conf c;
	struct engine e;
	int r = conf_parse(&c, argc, argv);

	if (r != 0)
		return r == 1 ? 0 : 1;
	if (engine_init(&e, (size_t)c.waiting, (size_t)c.mtu,
	    (size_t)c.records) == -1)
		err(1, "memory");
	r = forward(&e, &c);
	if (r == 0)
		r = report_trace(&e, &c);
	if (r == 0)
		r = report_truth(&e, &c);
	engine_free(&e);
	return r == 0 ? 0 : 1;
}
