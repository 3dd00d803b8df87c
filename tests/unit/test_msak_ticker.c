/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "tests/unit/unit.h"

#include "msak/ticker.h"

#define MS	CLOCK_NS_PER_MS
#define TICKS	200000

static const struct ticker_law measurement = TICKER_MEASUREMENT;
static const struct ticker_law latency = TICKER_LATENCY;

struct found {
	double	at_min, at_max;		/* shares of all waits */
	double	mean_ms;
};

/* Each tick taken the moment it is due. */
static void
watch(struct ticker_law law, struct found *f)
{
	struct ticker t;
	int64_t last = 0, wait, first = 0;
	int i, low = 0, high = 0;

	ticker_init(&t, law, (uint64_t)random(), first);
	for (i = 0; i < TICKS; i++) {
		wait = t.due_ns - last;
		assert_in_range(wait, law.min_ns, law.max_ns);
		low += wait == law.min_ns;
		high += wait == law.max_ns;
		last = t.due_ns;
		assert_false(ticker_take(&t, last - 1));
		assert_int_equal(t.due_ns, last);
		assert_true(ticker_take(&t, last));
		assert_true(t.due_ns > last);
	}
	f->at_min = (double)low / TICKS;
	f->at_max = (double)high / TICKS;
	f->mean_ms = (double)last / TICKS / MS;
}

static void
near(double v, double want, double by)
{
	if (fabs(v - want) > by)
		fail_msg("%g is not %g +- %g", v, want, by);
}

/* Spec 4.2: 33 % at 100 ms, 20 % at 400 ms, 217 ms on average. */
static void
test_law(void **state)
{
	struct found f;

	(void)state;
	unit_seed();
	watch(measurement, &f);
	near(f.at_min, 1 - exp(-0.4), 0.01);
	near(f.at_max, exp(-1.6), 0.01);
	near(f.at_min, 0.33, 0.01);
	near(f.at_max, 0.20, 0.01);
	near(f.mean_ms, 217, 1.5);
	watch(latency, &f);
	near(f.at_min, 0.33, 0.01);
	near(f.at_max, 0.20, 0.01);
	near(f.mean_ms, 21.7, 0.15);
}

/* The schedule is the same for one who comes late, who misses what passed. */
static void
test_late(void **state)
{
	struct ticker punctual, late;
	int64_t now = 0;
	int i, taken = 0, passed = 0;

	(void)state;
	unit_seed();
	ticker_init(&punctual, measurement, 42, 0);
	ticker_init(&late, measurement, 42, 0);
	for (i = 0; i < 10000; i++) {
		now += random() % (2000 * MS);
		while (ticker_take(&punctual, punctual.due_ns <= now ?
		    punctual.due_ns : now))
			passed++;
		taken += ticker_take(&late, now);
		assert_false(ticker_take(&late, now));
		assert_true(late.due_ns > now);
		assert_int_equal(late.due_ns, punctual.due_ns);
	}
	assert_true(taken > 8000 && taken < 10000);
	assert_true(passed > 4 * taken);
}

/* A machine that slept for a year does not count its ticks. */
static void
test_pause(void **state)
{
	int64_t year = INT64_C(365) * 86400 * CLOCK_NS_PER_S;
	struct ticker t;

	(void)state;
	ticker_init(&t, latency, 1, 0);
	assert_true(ticker_take(&t, year));
	assert_in_range(t.due_ns - year, latency.min_ns, latency.max_ns);
}

static void
test_seeds(void **state)
{
	struct ticker a, b, c;
	int i, same = 0;

	(void)state;
	ticker_init(&a, latency, 1, 5);
	ticker_init(&b, latency, 1, 5);
	ticker_init(&c, latency, 2, 5);
	for (i = 0; i < 1000; i++) {
		assert_int_equal(a.due_ns, b.due_ns);
		same += a.due_ns == c.due_ns;
		ticker_take(&a, a.due_ns);
		ticker_take(&b, b.due_ns);
		ticker_take(&c, c.due_ns);
	}
	assert_true(same < 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_law),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_pause),
		cmocka_unit_test(test_seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
