/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "udping/client.h"

/* --busy: awake so long before a packet is due. */
#define SPIN_NS		(100 * CLOCK_NS_PER_US)

static void
finish(struct client *c)
{
	if (c->ended)
		return;
	c->ended = true;
	loop_stop(c->loop);
}

static void
on_signal(struct loop *l, int signo, void *arg)
{
	struct client *c = arg;

	(void)l;
	c->signo = signo;
	finish(c);
}

static void
on_end(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)l;
	(void)now_ns;
	finish(t->arg);
}

static void
on_due(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct client *c = t->arg;
	int64_t next_ns = sender_due(&c->sender);

	if (c->ended)
		return;
	if (c->o->busy && next_ns > now_ns)
		now_ns = clock_sleep_until(next_ns, SPIN_NS);
	next_ns = client_send_due(c, now_ns);
	if (c->gone ||
	    (c->o->count > 0 && c->sent >= (uint64_t)c->o->count)) {
		finish(c);
		return;
	}
	loop_timer_set(l, t, c->o->busy && c->o->mean_ms > 0 ?
	    next_ns - SPIN_NS : next_ns);
}

static int
begin(struct client *c)
{
	struct sender_conf s = {
		.ports = c->ports->port, .nports = c->ports->n,
		.hops = c->turns, .generation = c->o->generation,
		.period_s = c->o->period_s, .max = (size_t)c->o->max,
		.fit = c->fit, .mean_ns = c->o->mean_ms * CLOCK_NS_PER_MS,
		.random = arc4random_buf,
	};

	arc4random_buf(&s.seed, sizeof(s.seed));
	clock_sharpen();
	host_begin(&c->host);
	c->host.spins = c->o->busy || c->o->mean_ms == 0;
	return sender_init(&c->sender, &s, clock_mono(), clock_wall());
}

static int
watch(struct client *c)
{
	int64_t now_ns = clock_mono();

	c->loop = loop_new();
	if (c->loop == NULL)
		return -1;
	loop_timer_init(&c->due, on_due, c);
	loop_timer_init(&c->end, on_end, c);
	if (c->o->duration_ns > 0 && loop_timer_set(c->loop, &c->end,
	    now_ns + c->o->duration_ns) == -1)
		return -1;
	if (loop_signal(c->loop, SIGINT, on_signal, c) == -1 ||
	    loop_signal(c->loop, SIGTERM, on_signal, c) == -1)
		return -1;
	return loop_timer_set(c->loop, &c->due, now_ns);
}

int
client_loop(struct client *c)
{
	if (begin(c) == -1 || watch(c) == -1) {
		client_fail(c, "%s", strerror(errno));
		return 1;
	}
	if (client_hops_watch(c) != 0)
		return 1;
	if (loop_run(c->loop) == -1) {
		client_fail(c, "%s", strerror(errno));
		return 1;
	}
	client_send_last(c);
	if (!c->gone)
		return 0;
	client_fail(c, "udping_client: %s is gone", c->iface.name);
	return 1;
}
