/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/loop_pair.h"
#include "tests/unit/unit.h"

#include "common/loop.h"

#define NPAIRS		200	/* more than one batch of any back end */

static void
test_events_are_what_is_wanted(void **state)
{
	struct loop *l = loop_open();
	struct pair p;

	(void)state;
	pair_open(l, &p, LOOP_READ, on_pair);
	loop_once(l, LOOK);
	assert_int_equal(p.calls, 0);
	loop_fd_set(l, &p.f, LOOP_READ | LOOP_WRITE);
	loop_once(l, LOOK);
	assert_int_equal(p.events, LOOP_WRITE);
	pair_feed(&p);
	loop_once(l, LOOK);
	assert_int_equal(p.events, LOOP_READ | LOOP_WRITE);
	loop_fd_set(l, &p.f, LOOP_READ);
	loop_once(l, LOOK);
	assert_int_equal(p.events, LOOP_READ);
	p.calls = 0;
	loop_fd_set(l, &p.f, 0);
	loop_once(l, LOOK);
	assert_int_equal(p.calls, 0);
	pair_close(l, &p);
	loop_free(l);
}

static void
test_hangup_reaches_any_watch(void **state)
{
	static const struct {
		unsigned int	want, events;
	} rows[] = {
		{ 0, LOOP_READ },
		{ LOOP_READ, LOOP_READ },
		{ LOOP_WRITE, LOOP_WRITE },
		{ LOOP_READ | LOOP_WRITE, LOOP_READ | LOOP_WRITE },
	};
	struct loop *l = loop_open();
	struct pair p;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		pair_open(l, &p, rows[i].want, on_pair);
		close(p.far);
		loop_once(l, LOOK);
		assert_int_equal(p.calls, 1);
		assert_int_equal(p.events, rows[i].events);
		loop_fd_del(l, &p.f);
		close(p.f.fd);
	}
	loop_free(l);
}

static void
test_watch_calls_need_a_registration(void **state)
{
	struct loop_fd f = { .index = 0 };
	struct loop *l = loop_open();

	(void)state;
	loop_fd_del(l, &f);
	assert_int_equal(loop_fd_set(l, &f, LOOP_READ), -1);
	assert_int_equal(errno, ENOENT);
	loop_free(l);
}

static void
test_every_ready_watch_is_served(void **state)
{
	static struct pair pairs[NPAIRS];
	struct loop *l = loop_open();
	int i, served = 0, rounds;

	(void)state;
	for (i = 0; i < NPAIRS; i++) {
		pair_open(l, &pairs[i], LOOP_READ, on_pair);
		pair_feed(&pairs[i]);
	}
	for (rounds = 0; served < NPAIRS && rounds < NPAIRS; rounds++) {
		loop_once(l, LOOK);
		for (i = 0, served = 0; i < NPAIRS; i++)
			served += pairs[i].calls > 0;
	}
	assert_int_equal(served, NPAIRS);
	for (i = 0; i < NPAIRS; i++)
		pair_close(l, &pairs[i]);
	loop_free(l);
}

static void
forget(struct loop *l, struct pair *p)
{
	loop_fd_del(l, &p->f);
	loop_fd_del(l, &p->f);
	p->deleted = true;
}

/* Delete some, myself perhaps; silence some; bring some back. */
static void
on_meddler(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct pair *me = f->arg, *p;
	int i;

	on_pair(l, f, events);
	pair_drain(me);
	for (i = 0; i < 5; i++) {
		p = &me->others[random() % NPAIRS];
		if (!p->deleted && random() % 2 == 0)
			forget(l, p);
		else if (p->deleted) {
			assert_int_equal(loop_fd_add(l, &p->f, p->f.fd,
			    LOOP_READ, on_meddler, p), 0);
			p->deleted = false;
		}
	}
}

static void
feed_all(struct pair *pairs)
{
	int i;

	for (i = 0; i < NPAIRS; i++)
		if (pairs[i].calls > 0) {
			pairs[i].calls = 0;
			pair_feed(&pairs[i]);
		}
}

/* on_pair fails when a deleted watch is called. */
static void
test_callbacks_delete_and_add_at_random(void **state)
{
	static struct pair pairs[NPAIRS];
	struct loop *l = loop_open();
	int i, round, calls = 0;

	(void)state;
	unit_seed();
	for (i = 0; i < NPAIRS; i++) {
		pair_open(l, &pairs[i], LOOP_READ, on_meddler);
		pairs[i].others = pairs;
		pairs[i].calls = 1;
	}
	for (round = 0; round < 200; round++) {
		feed_all(pairs);
		loop_once(l, LOOK);
		for (i = 0; i < NPAIRS; i++)
			calls += pairs[i].calls;
	}
	assert_true(calls > 1000);
	for (i = 0; i < NPAIRS; i++)
		pair_close(l, &pairs[i]);
	loop_free(l);
}

/* Whoever is called first frees both; the address sanitizer watches. */
static void
on_freer(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct pair **both = f->arg;
	int i;

	(void)events;
	for (i = 0; i < 2; i++) {
		pair_close(l, both[i]);
		free(both[i]);
		both[i] = NULL;
	}
}

static void
test_callback_frees_itself_and_a_ready_one(void **state)
{
	struct loop *l = loop_open();
	struct pair *both[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		both[i] = malloc(sizeof(*both[i]));
		assert_non_null(both[i]);
		pair_open(l, both[i], LOOP_READ, on_freer);
		both[i]->f.arg = both;
		pair_feed(both[i]);
	}
	loop_once(l, LOOK);
	assert_null(both[0]);
	assert_int_equal(loop_run(l), 0);
	loop_free(l);
}

static void
delete_pair(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)now_ns;
	forget(l, t->arg);
}

static void
test_timer_deletes_a_ready_watch(void **state)
{
	struct loop *l = loop_open();
	struct loop_timer t;
	struct pair p;

	(void)state;
	pair_open(l, &p, LOOP_READ, on_pair);
	pair_feed(&p);
	loop_timer_init(&t, delete_pair, &p);
	loop_timer_set(l, &t, 1);
	loop_once(l, LOOK);
	assert_int_equal(p.calls, 0);
	assert_true(p.deleted);
	pair_close(l, &p);
	loop_free(l);
}

static void
on_silencer(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct pair *me = f->arg;

	on_pair(l, f, events);
	loop_fd_set(l, &me->others[0].f, 0);
	loop_fd_set(l, &me->others[1].f, 0);
}

static void
test_callback_silences_a_ready_watch(void **state)
{
	struct loop *l = loop_open();
	struct pair both[2];
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		pair_open(l, &both[i], LOOP_READ, on_silencer);
		both[i].others = both;
		pair_feed(&both[i]);
	}
	loop_once(l, LOOK);
	assert_int_equal(both[0].calls + both[1].calls, 1);
	for (i = 0; i < 2; i++)
		pair_close(l, &both[i]);
	loop_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_are_what_is_wanted),
		cmocka_unit_test(test_hangup_reaches_any_watch),
		cmocka_unit_test(test_watch_calls_need_a_registration),
		cmocka_unit_test(test_every_ready_watch_is_served),
		cmocka_unit_test(test_callbacks_delete_and_add_at_random),
		cmocka_unit_test(test_callback_frees_itself_and_a_ready_one),
		cmocka_unit_test(test_timer_deletes_a_ready_watch),
		cmocka_unit_test(test_callback_silences_a_ready_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
