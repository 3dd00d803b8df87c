/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/resource.h>

#include <stdlib.h>

#include "tests/unit/loop_pair.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/loop.h"

#define NTIMERS		200

static void
count(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	assert_true(now_ns >= t->when_ns);
	assert_int_equal(now_ns, loop_now(l));
	++*(int *)t->arg;
}

static void
stop_timer(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)t;
	(void)now_ns;
	loop_stop(l);
}

/*
 * Timers against a plain array: any sequence of set, change and clear must
 * fire exactly what the array says is due, in the order of the times.
 */
struct reference {
	struct loop_timer	 timers[NTIMERS];
	int64_t			 when[NTIMERS];	/* CLOCK_NEVER: not set */
	int64_t			 last;
	int			 fired;
};

static void
on_reference(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct reference *ref = t->arg;
	size_t i = (size_t)(t - ref->timers);

	(void)l;
	assert_int_equal(t->when_ns, ref->when[i]);
	assert_true(t->when_ns <= now_ns);
	assert_true(t->when_ns >= ref->last);
	ref->last = t->when_ns;
	ref->when[i] = CLOCK_NEVER;
	ref->fired++;
}

static void
shuffle_reference(struct loop *l, struct reference *ref, int64_t now)
{
	size_t i, n = (size_t)random() % (3 * NTIMERS), k;
	int64_t span = 1 + random() % 1000;

	for (k = 0; k < n; k++) {
		i = (size_t)random() % NTIMERS;
		if (random() % 4 == 0) {
			loop_timer_clear(l, &ref->timers[i]);
			ref->when[i] = CLOCK_NEVER;
			continue;
		}
		ref->when[i] = now - random() % span;
		if (random() % 3 == 0)
			ref->when[i] = now + 3600 * CLOCK_NS_PER_S +
			    random() % span;
		assert_int_equal(loop_timer_set(l, &ref->timers[i],
		    ref->when[i]), 0);
	}
}

static void
test_timers_against_reference(void **state)
{
	struct loop *l = loop_open();
	struct reference ref;
	int64_t now = clock_mono();
	int round, due;
	size_t i;

	(void)state;
	unit_seed();
	for (i = 0; i < NTIMERS; i++) {
		loop_timer_init(&ref.timers[i], on_reference, &ref);
		ref.when[i] = CLOCK_NEVER;
	}
	for (round = 0; round < 300; round++) {
		shuffle_reference(l, &ref, now);
		for (i = 0, due = 0; i < NTIMERS; i++)
			due += ref.when[i] <= now;
		ref.fired = 0;
		ref.last = INT64_MIN;
		assert_int_equal(loop_once(l, LOOK), 0);
		assert_int_equal(ref.fired, due);
	}
	loop_free(l);
}

/* Medians, because a single sleep may be late by any time on a busy host. */
static void
test_timers_are_finer_than_a_millisecond(void **state)
{
	struct loop *l = loop_open();
	int64_t start, took;
	struct loop_timer t;
	int i, fired = 0, good = 0;

	(void)state;
	loop_timer_init(&t, count, &fired);
	for (i = 0; i < 101; i++) {
		start = clock_mono();
		loop_timer_set(l, &t, start + 100 * CLOCK_NS_PER_US);
		while (fired == i)
			assert_int_equal(loop_once(l, CLOCK_NEVER), 0);
		took = clock_mono() - start;
		assert_true(took >= 100 * CLOCK_NS_PER_US);
		good += took < 900 * CLOCK_NS_PER_US;
	}
	assert_in_range(good, 51, 101);
	loop_free(l);
}

static void
set_again_at_once(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	++*(int *)t->arg;
	loop_timer_set(l, t, now_ns - CLOCK_NS_PER_S);
}

static void
test_timer_in_the_past_starves_nobody(void **state)
{
	struct loop_timer greedy, other;
	struct loop *l = loop_open();
	int rounds = 0, fired = 0;
	struct pair p;

	(void)state;
	pair_open(l, &p, LOOP_READ, on_pair);
	pair_feed(&p);
	loop_timer_init(&greedy, set_again_at_once, &rounds);
	loop_timer_init(&other, count, &fired);
	loop_timer_set(l, &greedy, clock_mono() - CLOCK_NS_PER_S);
	loop_timer_set(l, &other, clock_mono());
	loop_once(l, CLOCK_NEVER);
	assert_int_equal(rounds, 1);
	assert_int_equal(fired, 1);
	assert_int_equal(p.calls, 1);
	loop_once(l, CLOCK_NEVER);
	assert_int_equal(rounds, 2);
	pair_close(l, &p);
	loop_free(l);
}

/* Three timers due in one round; the first one's callback acts on the rest. */
struct trio {
	struct loop_timer	*first, *second, *third;
	int			 calls[3];
};

static void
on_first(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	struct trio *trio = t->arg;

	trio->calls[0]++;
	loop_timer_clear(l, trio->second);
	free(trio->second);
	trio->second = NULL;
	loop_timer_set(l, trio->third, now_ns + 3600 * CLOCK_NS_PER_S);
}

static void
on_second(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)l;
	(void)now_ns;
	((struct trio *)t->arg)->calls[1]++;
}

static void
on_third(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)l;
	(void)now_ns;
	((struct trio *)t->arg)->calls[2]++;
}

static struct loop_timer *
new_timer(struct loop *l, int64_t when_ns,
    void (*cb)(struct loop *, struct loop_timer *, int64_t), void *arg)
{
	struct loop_timer *t = malloc(sizeof(*t));

	assert_non_null(t);
	loop_timer_init(t, cb, arg);
	assert_int_equal(loop_timer_set(l, t, when_ns), 0);
	return t;
}

static void
test_callback_clears_and_moves_timers_that_are_due(void **state)
{
	struct trio trio = { .calls = { 0, 0, 0 } };
	struct loop *l = loop_open();

	(void)state;
	trio.second = new_timer(l, 2, on_second, &trio);
	trio.third = new_timer(l, 3, on_third, &trio);
	trio.first = new_timer(l, 1, on_first, &trio);
	loop_once(l, LOOK);
	assert_int_equal(trio.calls[0], 1);
	assert_int_equal(trio.calls[1], 0);
	assert_int_equal(trio.calls[2], 0);
	loop_timer_set(l, trio.third, 3);
	loop_once(l, LOOK);
	assert_int_equal(trio.calls[2], 1);
	free(trio.first);
	free(trio.third);
	loop_free(l);
}

static void
test_once_obeys_its_deadline(void **state)
{
	struct loop *l = loop_open();
	int64_t start = clock_mono(), until = start + 30 * CLOCK_NS_PER_MS;
	struct loop_timer t;
	int fired = 0;

	(void)state;
	loop_timer_init(&t, count, &fired);
	loop_timer_set(l, &t, start + 3600 * CLOCK_NS_PER_S);
	assert_int_equal(loop_once(l, until), 0);
	assert_true(loop_now(l) >= until);
	assert_true(loop_now(l) < until + 600 * CLOCK_NS_PER_S);
	assert_int_equal(fired, 0);
	loop_free(l);
}

static void
test_run_ends_when_nothing_is_left(void **state)
{
	struct loop *l = loop_open();
	struct loop_timer t;
	int fired = 0;

	(void)state;
	assert_int_equal(loop_run(l), 0);
	loop_timer_init(&t, count, &fired);
	loop_timer_set(l, &t, clock_mono() + CLOCK_NS_PER_MS);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(fired, 1);
	loop_free(l);
}

static void
test_stop_ends_this_run_or_the_next(void **state)
{
	struct loop *l = loop_open();
	struct loop_timer stop, t;
	int fired = 0;

	(void)state;
	loop_timer_init(&t, count, &fired);
	loop_timer_set(l, &t, clock_mono() + 3600 * CLOCK_NS_PER_S);
	loop_timer_init(&stop, stop_timer, NULL);
	loop_timer_set(l, &stop, clock_mono() + CLOCK_NS_PER_MS);
	assert_int_equal(loop_run(l), 0);
	loop_stop(l);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(fired, 0);
	loop_free(l);
}

static long
voluntary_switches(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_nvcsw;
}

static long
switches_of_a_wait(struct loop *l, struct loop_timer *t)
{
	long before = voluntary_switches();

	loop_timer_set(l, t, clock_mono() + 3 * CLOCK_NS_PER_MS);
	assert_int_equal(loop_run(l), 0);
	return voluntary_switches() - before;
}

/* A loop that sleeps gives the processor away; one that spins does not. */
static void
test_busy_mode_does_not_sleep(void **state)
{
	struct loop *l = loop_open();
	struct loop_timer t;
	int fired = 0;
	struct pair p;

	(void)state;
	loop_timer_init(&t, count, &fired);
	assert_true(switches_of_a_wait(l, &t) > 0);
	loop_set_busy(l, true);
	assert_int_equal(switches_of_a_wait(l, &t), 0);
	assert_int_equal(fired, 2);

	pair_open(l, &p, LOOP_READ, on_pair);
	pair_feed(&p);
	loop_once(l, CLOCK_NEVER);
	assert_int_equal(p.calls, 1);
	pair_close(l, &p);
	loop_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_against_reference),
		cmocka_unit_test(test_timers_are_finer_than_a_millisecond),
		cmocka_unit_test(test_timer_in_the_past_starves_nobody),
		cmocka_unit_test(
		    test_callback_clears_and_moves_timers_that_are_due),
		cmocka_unit_test(test_once_obeys_its_deadline),
		cmocka_unit_test(test_run_ends_when_nothing_is_left),
		cmocka_unit_test(test_stop_ends_this_run_or_the_next),
		cmocka_unit_test(test_busy_mode_does_not_sleep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
