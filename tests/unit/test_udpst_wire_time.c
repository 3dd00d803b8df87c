/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/unit.h"
#include "udpst/wire.h"

static void
there_and_back(void **state)
{
	static const int64_t times[] = { 0, 1, 999999999, INT64_C(1000000000),
	    INT64_C(1795312383123456789), INT64_C(4294967295999999999) };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		assert_int_equal(wire_time_to_ns(wire_time_from_ns(times[i])),
		    times[i]);
}

static void
halves(void **state)
{
	struct wire_time t = wire_time_from_ns(INT64_C(5000000007));

	(void)state;
	assert_int_equal(t.sec, 5);
	assert_int_equal(t.nsec, 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(halves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
