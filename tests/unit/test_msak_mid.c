/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "msak/mid.h"

static void
test_form(void **state)
{
	uint8_t bytes[16];
	char text[MID_TEXT];

	(void)state;
	memset(bytes, 0xff, sizeof(bytes));
	mid_uuid(bytes, text);
	assert_string_equal(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = 0x12;
	bytes[15] = 0xab;
	mid_uuid(bytes, text);
	assert_string_equal(text, "12000000-0000-4000-8000-0000000000ab");
}

static void
test_random(void **state)
{
	char a[MID_TEXT], b[MID_TEXT];

	(void)state;
	mid_random(a);
	mid_random(b);
	assert_int_equal(strlen(a), 36);
	assert_int_equal(a[14], '4');
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
