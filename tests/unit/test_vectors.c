/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

/* The file holds one of everything that the vectors may use. */
static int
load(void **state)
{
	*state = jv_load("reader.json");
	return 0;
}

static int
unload(void **state)
{
	jv_free(*state);
	return 0;
}

static void
test_empty_and_plain_values(void **state)
{
	assert_int_equal(jv_len(*state), 9);
	assert_int_equal(jv_len(jv_get(*state, "empty")), 0);
	assert_int_equal(jv_len(jv_get(*state, "none")), 0);
	assert_true(jv_is_null(jv_get(*state, "nothing")));
	assert_false(jv_is_null(jv_get(*state, "empty")));
	assert_null(jv_find(*state, "absent"));
	assert_true(jv_bool(jv_get(*state, "yes")));
	assert_false(jv_bool(jv_get(*state, "no")));
}

static void
test_numbers(void **state)
{
	const struct jv *n = jv_get(*state, "numbers");

	assert_int_equal(jv_len(n), 5);
	assert_int_equal(jv_int(jv_at(n, 0)), 0);
	assert_int_equal(jv_int(jv_at(n, 1)), -1);
	assert_true(jv_num(jv_at(n, 2)) == 1500.0);
	assert_true(jv_uint(jv_at(n, 3)) == UINT64_MAX);
	assert_true(jv_int(jv_at(n, 4)) == INT64_MIN);
}

static void
test_strings_are_bytes(void **state)
{
	static const char want[] = "a\"b\\c/\n\0\377z";
	uint8_t bytes[3];
	const char *s;
	size_t len;

	s = jv_str(jv_get(*state, "text"), &len);
	assert_int_equal(len, sizeof(want) - 1);
	assert_memory_equal(s, want, sizeof(want));
	assert_int_equal(jv_hex(jv_get(*state, "hex"), bytes, 3), 3);
	assert_memory_equal(bytes, "\0\377z", 3);
}

static void
test_nesting(void **state)
{
	const struct jv *v = jv_get(*state, "deep");

	v = jv_get(jv_at(jv_at(jv_at(v, 0), 0), 0), "key");
	assert_string_equal(jv_str(v, NULL), "last");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_and_plain_values),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_strings_are_bytes),
		cmocka_unit_test(test_nesting),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
