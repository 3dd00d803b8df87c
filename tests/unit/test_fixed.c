/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/fixed.c"

static void
expect(double v, int decimals, const char *want)
{
	char buf[FIXED_MAX];

	assert_int_equal(fixed_put(v, decimals, buf, sizeof(buf)),
	    strlen(want));
	assert_string_equal(buf, want);
}

static void
test_rounds_as_printf(void **state)
{
	(void)state;
	expect(0, 3, "0.000");
	expect(12.3456, 3, "12.346");
	expect(-12.3454, 3, "-12.345");
	expect(0.0625, 3, "0.062");		/* a tie: to even */
	expect(0.0025, 3, "0.003");		/* just above a tie */
	expect(41.5, 0, "42");
	expect(1e-9, 9, "0.000000001");
}

static void
test_zero_has_no_sign(void **state)
{
	(void)state;
	expect(-0.0, 3, "0.000");
	expect(-0.0004, 3, "0.000");
	expect(-0.4, 0, "0");
	expect(-0.0005001, 3, "-0.001");
}

static void
test_not_a_number(void **state)
{
	(void)state;
	expect((double)NAN, 3, "nan");
	expect(-(double)NAN, 3, "nan");
	expect((double)INFINITY, 3, "inf");
	expect(-(double)INFINITY, 3, "-inf");
}

static void
test_any_double_fits(void **state)
{
	char buf[FIXED_MAX];

	(void)state;
	assert_int_equal(fixed_put(-DBL_MAX, 9, buf, sizeof(buf)), 320);
	assert_true(sizeof(buf) > 320);
}

static void
test_small_buffer_is_cut(void **state)
{
	char buf[4];

	(void)state;
	assert_int_equal(fixed_put(123.456, 3, buf, sizeof(buf)), 7);
	assert_string_equal(buf, "123");
}

/* What printf(3) says where the point is a comma, or the bytes of U+066B. */
static void
test_locale_does_not_matter(void **state)
{
	char buf[FIXED_MAX];

	(void)state;
	fixed_join("-1234567,25", 2, buf, sizeof(buf));
	assert_string_equal(buf, "-1234567.25");
	fixed_join("-0\xd9\xab" "000", 3, buf, sizeof(buf));
	assert_string_equal(buf, "0.000");
	fixed_join("17", 0, buf, sizeof(buf));
	assert_string_equal(buf, "17");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rounds_as_printf),
		cmocka_unit_test(test_zero_has_no_sign),
		cmocka_unit_test(test_not_a_number),
		cmocka_unit_test(test_any_double_fits),
		cmocka_unit_test(test_small_buffer_is_cut),
		cmocka_unit_test(test_locale_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
