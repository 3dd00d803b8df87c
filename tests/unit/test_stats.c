/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/stats.h"

static void
test_empty(void **state)
{
	struct stats s = { 0 };

	(void)state;
	assert_true(stats_variance(&s) == 0);
	assert_true(stats_cv(&s) == 0);
}

static void
test_one_value(void **state)
{
	struct stats s = { 0 };

	(void)state;
	stats_add(&s, -3.5);
	assert_int_equal(s.n, 1);
	assert_true(s.min == -3.5 && s.max == -3.5 && s.mean == -3.5);
	assert_true(stats_variance(&s) == 0);
	assert_true(stats_cv(&s) == 0);
}

/* The textbook eight: mean 5, standard deviation 2. */
static void
test_known_series(void **state)
{
	static const double v[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	struct stats s = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(v); i++)
		stats_add(&s, v[i]);
	assert_true(s.min == 2 && s.max == 9);
	assert_true(fabs(s.mean - 5) < 1e-12);
	assert_true(fabs(stats_variance(&s) - 4) < 1e-12);
	assert_true(fabs(stats_cv(&s) - 0.4) < 1e-12);
}

static void
test_cv_where_the_mean_is_0(void **state)
{
	struct stats s = { 0 };

	(void)state;
	stats_add(&s, -1);
	stats_add(&s, 1);
	assert_true(stats_variance(&s) == 1);
	assert_true(stats_cv(&s) == 0);
}

/* Where a sum of squares would have lost every digit. */
static void
test_small_spread_far_from_zero(void **state)
{
	struct stats s = { 0 };
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		stats_add(&s, 1e12 + (i % 2 ? 1 : -1));
	assert_true(fabs(s.mean - 1e12) < 1e-3);
	assert_true(fabs(stats_variance(&s) - 1) < 1e-3);
}

static void
close_to(double a, double b)
{
	assert_true(fabs(a - b) <= 1e-9 * (fabs(a) + fabs(b) + 1));
}

/* Any cut of a series into parts merges to the whole, empty parts too. */
static void
test_merge_is_the_whole(void **state)
{
	struct stats whole, part, sum;
	int turn, i, n, parts;
	double v, least;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 200; turn++) {
		memset(&whole, 0, sizeof(whole));
		memset(&sum, 0, sizeof(sum));
		least = (double)(random() % 10000) - 5000;
		for (parts = 0; parts < 5; parts++) {
			memset(&part, 0, sizeof(part));
			n = (int)(random() % 4 * (random() % 50));
			for (i = 0; i < n; i++) {
				v = least + (double)random() / 1e6;
				stats_add(&whole, v);
				stats_add(&part, v);
			}
			stats_merge(&sum, &part);
		}
		assert_true(sum.n == whole.n);
		assert_true(sum.min == whole.min && sum.max == whole.max);
		close_to(sum.mean, whole.mean);
		close_to(stats_variance(&sum), stats_variance(&whole));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_one_value),
		cmocka_unit_test(test_known_series),
		cmocka_unit_test(test_cv_where_the_mean_is_0),
		cmocka_unit_test(test_small_spread_far_from_zero),
		cmocka_unit_test(test_merge_is_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
