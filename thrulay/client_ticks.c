/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "thrulay/client.h"

double
client_rate(const struct thrulay_interval *iv)
{
	int64_t ns = iv->end_ns - iv->begin_ns;

	return ns > 0 ? (double)iv->bytes * 8e9 / (double)ns : 0;
}

static void
tick_stream(struct stream *s)
{
	struct thrulay_client *c = s->client;
	struct thrulay_interval iv;
	int64_t now = clock_mono();

	memset(&iv, 0, sizeof(iv));
	iv.id = s->id;
	iv.direction = s->direction;
	iv.begin_ns = s->begin_ns - c->start_ns;
	iv.end_ns = now - c->start_ns;
	if (!c->fill(s, &iv))
		return;
	s->begin_ns = now;
	iv.rate_bps = client_rate(&iv);
	if (c->on.interval != NULL)
		c->on.interval(c->arg, &iv);
}

static int64_t
tick_length(const struct thrulay_client *c)
{
	return (int64_t)(c->opt.reporting_interval * 1e9);
}

/* Report, then aim at the next multiple that is still to come. */
static void
tick_all(struct thrulay_client *c, int64_t now)
{
	int i;

	for (i = 0; i < c->nstreams; i++)
		if (!c->streams[i].finished)
			tick_stream(&c->streams[i]);
	while (c->next_ns <= now)
		c->next_ns += tick_length(c);
}

static void
on_tick(struct loop *l, struct loop_timer *t, int64_t now)
{
	struct thrulay_client *c = t->arg;

	tick_all(c, now);
	if (loop_timer_set(l, t, c->next_ns) == -1)
		c->error = -THRULAY_E_SYSTEM;
}

int
client_ticks_start(struct thrulay_client *c,
    bool (*fill)(struct stream *, struct thrulay_interval *))
{
	int i;

	c->fill = fill;
	for (i = 0; i < c->nstreams; i++)
		c->streams[i].begin_ns = c->start_ns;
	loop_timer_init(&c->tick, on_tick, c);
	if (tick_length(c) <= 0)
		return 0;
	c->next_ns = c->start_ns + tick_length(c);
	return loop_timer_set(c->loop, &c->tick, c->next_ns);
}

void
client_ticks_end(struct thrulay_client *c, int64_t now_ns)
{
	loop_timer_clear(c->loop, &c->tick);
	if (c->fill != NULL && tick_length(c) > 0 && c->next_ns <= now_ns)
		tick_all(c, now_ns);
}
