/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "pathrate/client_private.h"
#include "pathrate/replay.h"
#include "pathrate/replay_fast.h"

/* The file as far as it is read. */
struct replay {
	struct client		*c;
	struct replay_line	 line;
	struct replay_fast	 fast;
	bool			 begun;
};

static int
begin(struct replay *p)
{
	struct client *c = p->c;
	const struct replay_line *l = &p->line;
	struct classic_config config = {
		.quick = c->o->quick, .max_payload = l->max_payload,
		.rtt_ms = l->rtt_ms, .latency_us = l->min_gap_us / 3
	};

	if (p->begun) {
		client_fail(c, "%s: a second param", c->o->replay);
		return -1;
	}
	p->begun = true;
	c->measuring = true;
	report_rtt(&c->report, l->rtt_ms);
	if (c->o->classic)
		method_classic(&c->method, &config,
		    (uint64_t)c->o->max_bytes, report_classic, &c->report);
	else
		replay_fast_begin(&p->fast, &c->method, &config);
	if (!c->o->classic)
		client_fast_start(c);
	return 0;
}

/* The classic estimator wants the trains that it would have asked for. */
static int
take_classic(struct replay *p)
{
	const struct train_ask *ask = method_ask(&p->c->method);
	struct method_train t = {
		.end = p->line.end, .arrival_ns = p->line.arrival_ns
	};

	if (ask == NULL)
		return 0;
	if (ask->len != p->line.len) {
		client_fail(p->c, "%s: round %u has %zu packets where "
		    "--classic asks for %zu", p->c->o->replay, p->line.round,
		    p->line.len, ask->len);
		return -1;
	}
	method_take(&p->c->method, &t);
	return 0;
}

static int
take(struct replay *p)
{
	if (!p->begun) {
		client_fail(p->c, "%s: a train before param",
		    p->c->o->replay);
		return -1;
	}
	if (p->c->o->classic)
		return take_classic(p);
	replay_fast_take(&p->fast, &p->line);
	return 0;
}

static int
one_line(struct replay *p, const char *line, size_t len, int number)
{
	const char *why;

	switch (replay_parse(line, len, &p->line, &why)) {
	case REPLAY_PARAM:
		return begin(p);
	case REPLAY_TRAIN:
		return take(p);
	case REPLAY_OTHER:
		return 0;
	case REPLAY_BAD:
		break;
	}
	client_fail(p->c, "%s:%d: %s", p->c->o->replay, number, why);
	return -1;
}

static void
read_lines(struct replay *p, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int number = 0;

	while ((n = getline(&line, &size, f)) > 0) {
		number++;
		if (line[n - 1] == '\n')
			n--;
		if (n > 0 && one_line(p, line, (size_t)n, number) == -1)
			break;
	}
	if (ferror(f))
		client_fail_errno(p->c, p->c->o->replay);
	free(line);
}

void
client_replay(struct client *c)
{
	struct replay *p = calloc(1, sizeof(*p));
	FILE *f = fopen(c->o->replay, "re");

	if (p == NULL || f == NULL) {
		client_fail_errno(c, c->o->replay);
	} else {
		p->c = c;
		report_start(&c->report, c->o->replay, c->hostname,
		    clock_wall());
		read_lines(p, f);
		if (c->measuring && c->status == 0)
			method_stop(&c->method);
		else if (c->status == 0)
			client_fail(c, "%s: no param", c->o->replay);
	}
	if (f != NULL)
		fclose(f);
	free(p);
}
