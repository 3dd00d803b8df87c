/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <time.h>

#include "tests/unit/unit.h"

#include "common/clock.h"

static void
test_mono_never_goes_back(void **state)
{
	int64_t last = clock_mono(), now;
	int i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		now = clock_mono();
		assert_true(now >= last);
		last = now;
	}
}

static void
test_wall_agrees_with_time(void **state)
{
	int64_t s = (int64_t)time(NULL);

	(void)state;
	assert_in_range(clock_wall() / CLOCK_NS_PER_S, s - 1, s + 2);
}

/* Never early; late is the host's affair and not asserted. */
static void
test_sleep_is_never_early(void **state)
{
	int64_t spins[] = { 0, 200 * CLOCK_NS_PER_US, CLOCK_NS_PER_S };
	int64_t when, at;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(spins) / sizeof(spins[0]); i++) {
		when = clock_mono() + 2 * CLOCK_NS_PER_MS;
		at = clock_sleep_until(when, spins[i]);
		assert_true(at >= when);
	}
}

static void
test_sleep_into_the_past_returns(void **state)
{
	int64_t before = clock_mono(), at;

	(void)state;
	at = clock_sleep_until(before - CLOCK_NS_PER_S, 0);
	assert_true(at >= before);
	assert_true(at < before + CLOCK_NS_PER_S);
}

static void
test_resolution_is_sane(void **state)
{
	(void)state;
	assert_in_range(clock_resolution(), 1, CLOCK_NS_PER_S / 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mono_never_goes_back),
		cmocka_unit_test(test_wall_agrees_with_time),
		cmocka_unit_test(test_sleep_is_never_early),
		cmocka_unit_test(test_sleep_into_the_past_returns),
		cmocka_unit_test(test_resolution_is_sane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
