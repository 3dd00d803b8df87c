/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <time.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/stamp.h"

/* 2026-11-22 02:06:17 UTC */
#define WHEN	(INT64_C(1795313177) * CLOCK_NS_PER_S)

static void
in_zone(const char *zone, int64_t wall_ns, const char *want)
{
	char text[STAMP_MAX];

	setenv("TZ", zone, 1);
	tzset();
	assert_string_equal(stamp_rfc3339(wall_ns, text), want);
}

static void
test_decimals(void **state)
{
	(void)state;
	in_zone("UTC", WHEN, "2026-11-22T02:06:17Z");
	in_zone("UTC", WHEN + 329540124, "2026-11-22T02:06:17.329540124Z");
	in_zone("UTC", WHEN + 329540120, "2026-11-22T02:06:17.32954012Z");
	in_zone("UTC", WHEN + 500000000, "2026-11-22T02:06:17.5Z");
	in_zone("UTC", WHEN + 1, "2026-11-22T02:06:17.000000001Z");
	in_zone("UTC", WHEN - 1, "2026-11-22T02:06:16.999999999Z");
	in_zone("UTC", 0, "1970-01-01T00:00:00Z");
	in_zone("UTC", -1, "1969-12-31T23:59:59.999999999Z");
}

static void
test_zones(void **state)
{
	(void)state;
	in_zone("XXX-1", WHEN + 1000, "2026-11-22T03:06:17.000001+01:00");
	in_zone("XXX+3:30", WHEN, "2026-11-21T22:36:17-03:30");
	in_zone("XXX-5:45", WHEN, "2026-11-22T07:51:17+05:45");
}

static void
test_utc_in_any_zone(void **state)
{
	char text[STAMP_MAX];

	(void)state;
	setenv("TZ", "XXX-14", 1);
	tzset();
	assert_string_equal(stamp_utc(WHEN, "%Y/%m/%d %H%M%S", text),
	    "2026/11/22 020617");
	assert_string_equal(stamp_utc(WHEN - 1, "%S", text), "16");
	assert_int_equal(stamp_ns(WHEN - 1), 999999999);
	assert_int_equal(stamp_ns(-1), 999999999);
	assert_int_equal(stamp_ns(7), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_utc_in_any_zone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
