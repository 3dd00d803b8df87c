/* SPDX-License-Identifier: BSD-2-Clause */
/* How long the back end of poll(2) sleeps. */
#include "config.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

#include "common/loop_posix.c"

/* With 0.5 % of slack added a sleep still ends in time for the next one. */
static void
test_long_sleeps_end_before_the_deadline(void **state)
{
	int64_t left, part;
	int i, steps;

	(void)state;
	unit_seed();
	assert_int_equal(sleep_for(CLOCK_NEVER), CLOCK_NEVER);
	assert_int_equal(sleep_for(0), 0);
	assert_int_equal(sleep_for(12345), 12345);
	for (i = 0; i < 10000; i++) {
		left = (int64_t)random() << (random() % 20);
		for (steps = 0; left >= CLOCK_NS_PER_MS; steps++) {
			part = sleep_for(left);
			assert_true(part > 0 && part + part / 200 <= left);
			left -= part;
		}
		assert_in_range(steps, 0, 8);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_sleeps_end_before_the_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
