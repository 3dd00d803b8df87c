/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "tests/unit/unit.h"

#include "common/sched.h"

/* What exactness is left to tell: the sum of n gaps, fraction included. */
static double
sum_of(struct sched *s, int n)
{
	int i;

	for (i = 0; i < n; i++)
		sched_advance(s);
	return (double)sched_due(s) + s->frac_ns;
}

static void
test_first_one_at_the_start(void **state)
{
	struct sched s;

	(void)state;
	sched_constant(&s, 1000, 77);
	assert_int_equal(sched_due(&s), 77);
	sched_advance(&s);
	assert_int_equal(sched_due(&s), 1077);
	sched_poisson(&s, 1000, 1, -5);
	assert_int_equal(sched_due(&s), -5);
}

static void
test_constant_keeps_fractions(void **state)
{
	struct sched s;

	(void)state;
	sched_constant(&s, 1000.0 / 3, 0);
	assert_true(fabs(sum_of(&s, 3000) - 1e6) < 1e-6);
}

static void
test_steps_of_the_callers_own(void **state)
{
	struct sched s;
	int i;

	(void)state;
	sched_constant(&s, 1, 5);
	for (i = 0; i < 4; i++)
		sched_step(&s, 0.25);
	assert_int_equal(sched_due(&s), 6);
	sched_step(&s, 0);
	assert_int_equal(sched_due(&s), 6);
}

static void
test_restart_forgets_what_was_missed(void **state)
{
	struct sched s;

	(void)state;
	sched_constant(&s, 1000.5, 0);
	sched_advance(&s);
	sched_restart(&s, 90000);
	assert_int_equal(sched_due(&s), 90000);
	sched_advance(&s);
	assert_int_equal(sched_due(&s), 91000);
}

static void
test_it_ends_before_the_clock_does(void **state)
{
	struct sched s;

	(void)state;
	sched_constant(&s, 1e18, INT64_MAX - 5);
	sched_advance(&s);
	assert_true(sched_due(&s) > INT64_C(9000000000000000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_one_at_the_start),
		cmocka_unit_test(test_constant_keeps_fractions),
		cmocka_unit_test(test_steps_of_the_callers_own),
		cmocka_unit_test(test_restart_forgets_what_was_missed),
		cmocka_unit_test(test_it_ends_before_the_clock_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
