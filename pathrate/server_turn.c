/* SPDX-License-Identifier: BSD-2-Clause */
/* Whose train it is. */
#include "config.h"

#include "common/clock.h"
#include "pathrate/server_private.h"
#include "pathrate/train.h"

/* A train that the socket does not take by then is cut short. */
#define SENDING_NS	(5 * CLOCK_NS_PER_S)

/* The next in the queue, in the next round of the loop. */
static void
pass_on(struct server *s)
{
	if (s->turn == NULL && !TAILQ_EMPTY(&s->queue))
		(void)loop_timer_set(s->loop, &s->turn_next, clock_mono());
}

static void
release(struct session *c)
{
	struct server *s = c->server;

	turn_used(&c->share, clock_mono() - c->turn_ns);
	c->turn = TURN_NONE;
	s->turn = NULL;
	loop_timer_clear(s->loop, &s->turn_end);
	pass_on(s);
}

/* Of those that wait; NULL: nobody does. */
static struct session *
first(struct server *s)
{
	struct session *c, *best = NULL;

	TAILQ_FOREACH(c, &s->queue, waiting)
		if (best == NULL || turn_before(&c->share, &best->share))
			best = c;
	return best;
}

static void
on_next(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;
	struct session *c = first(s);

	if (c == NULL || s->turn != NULL)
		return;
	TAILQ_REMOVE(&s->queue, c, waiting);
	s->turn = c;
	s->turn_floor_ns = c->share.tag_ns;
	c->turn = TURN_SENDING;
	c->turn_ns = now_ns;
	(void)loop_timer_set(l, &s->turn_end, now_ns + SENDING_NS);
	server_train_begin(c);
}

static void
on_end(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct server *s = t->arg;
	struct session *c = s->turn;

	(void)l;
	(void)now_ns;
	if (c != NULL && c->turn == TURN_SENDING) {
		server_train_stop(c);
		session_train_sent(c, 0);
	} else if (c != NULL) {
		release(c);
	}
}

void
server_turn_init(struct server *s)
{
	TAILQ_INIT(&s->queue);
	loop_timer_init(&s->turn_next, on_next, s);
	loop_timer_init(&s->turn_end, on_end, s);
}

void
server_turn_departed(struct session *c)
{
	const struct snd_train *t = &c->snd.train;

	c->turn = TURN_DEPARTED;
	c->gone_ns = clock_mono();
	c->gone_bytes = (t->len + 1) * (t->payload + TRAIN_HEADERS);
	(void)loop_timer_set(c->server->loop, &c->server->turn_end,
	    c->gone_ns + turn_hold_ns(&c->share, c->gone_bytes));
}

/* Has the receiver still to say what became of the train? */
static bool
under_way(const struct session *c)
{
	return c->snd.state == SND_IN_SPACING ||
	    c->snd.state == SND_IN_VERDICT;
}

void
server_turn_update(struct session *c)
{
	if (c->gone_ns != 0 && !under_way(c)) {
		turn_judged(&c->share, c->gone_bytes,
		    clock_mono() - c->gone_ns);
		c->gone_ns = 0;
	}
	if (c->turn == TURN_DEPARTED && !under_way(c))
		release(c);
	if (c->turn != TURN_NONE || snd_train(&c->snd) == NULL)
		return;
	c->turn = TURN_WAITING;
	turn_join(&c->share, c->server->turn_floor_ns);
	TAILQ_INSERT_TAIL(&c->server->queue, c, waiting);
	pass_on(c->server);
}

void
server_turn_leave(struct session *c)
{
	if (c->turn == TURN_WAITING)
		TAILQ_REMOVE(&c->server->queue, c, waiting);
	if (c->turn == TURN_SENDING)
		server_train_stop(c);
	if (c->turn == TURN_SENDING || c->turn == TURN_DEPARTED)
		release(c);
	c->turn = TURN_NONE;
}
