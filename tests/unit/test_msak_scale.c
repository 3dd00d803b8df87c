/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "msak/scale.h"
#include "tests/unit/unit.h"

/* Runs of equal sizes as they were seen on the wire (spec 4.1). */
static void
test_runs(void **state)
{
	struct scale s;
	int64_t sent = 0, size;
	int n, want;

	(void)state;
	scale_init(&s, 0);
	for (size = SCALE_MIN; size < SCALE_MAX; size *= 2) {
		want = size == SCALE_MIN ? 16 : 8;
		for (n = 0; s.size == size; n++) {
			sent += size;
			scale_next(&s, sent);
		}
		assert_int_equal(n, want);
	}
	for (n = 0; n < 1000; n++) {
		assert_int_equal(s.size, SCALE_MAX);
		sent += s.size;
		scale_next(&s, sent);
	}
}

/* The recorded download of 20000 bytes: 16 of 1024, 2048, and the rest. */
static void
test_limit(void **state)
{
	struct scale s;
	int64_t sent = 0;
	int n;

	(void)state;
	scale_init(&s, 20000);
	for (n = 0; n < 16; n++) {
		assert_int_equal(s.size, 1024);
		sent += s.size;
		scale_next(&s, sent);
	}
	assert_int_equal(s.size, 2048);
	scale_next(&s, sent += s.size);
	assert_int_equal(s.size, 1568);
	scale_next(&s, sent += s.size);
	assert_int_equal(sent, 20000);
	assert_true(s.size <= 0);
}

static void
test_tiny_limit(void **state)
{
	struct scale s;

	(void)state;
	scale_init(&s, 1);
	assert_int_equal(s.size, 1);
	scale_next(&s, 1);
	assert_true(s.size <= 0);
	scale_init(&s, -5);
	assert_int_equal(s.size, SCALE_MIN);
	assert_int_equal(s.limit, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_tiny_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
