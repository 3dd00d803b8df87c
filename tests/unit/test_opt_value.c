/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/opt.h"

#define UNSET	INT64_C(-424242)
#define S	CLOCK_NS_PER_S

typedef int parser(const char *, int64_t, int64_t, int64_t *, const char **);

struct row {
	const char	*text;
	int64_t		 value;	/* when why is NULL */
	const char	*why;
};

static void
check_rows(parser *parse, int64_t lo, int64_t hi, const struct row *rows,
    size_t n)
{
	const char *why;
	int64_t v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = UNSET;
		why = NULL;
		if (rows[i].why == NULL) {
			assert_int_equal(parse(rows[i].text, lo, hi, &v, &why),
			    0);
			assert_int_equal(v, rows[i].value);
		} else {
			assert_int_equal(parse(rows[i].text, lo, hi, &v, &why),
			    -1);
			assert_string_equal(why, rows[i].why);
			assert_int_equal(v, UNSET);
		}
	}
}

static void
test_int(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, NULL }, { "-10", -10, NULL }, { "+7", 7, NULL },
		{ "0255", 255, NULL }, { "-11", 0, "too small" },
		{ "256", 0, "too large" }, { "", 0, "invalid" },
		{ "abc", 0, "invalid" }, { "1x", 0, "invalid" },
		{ "1 ", 0, "invalid" }, { "0x10", 0, "invalid" },
		{ "99999999999999999999", 0, "too large" },
	};

	(void)state;
	check_rows(opt_int, -10, 255, rows, NELEM(rows));
}

static void
test_int_any_base(void **state)
{
	static const struct row rows[] = {
		{ "46", 46, NULL }, { "0x2e", 46, NULL }, { "0X2E", 46, NULL },
		{ "056", 46, NULL }, { "0", 0, NULL }, { "08", 0, "invalid" },
		{ "0x", 0, "invalid" }, { "", 0, "invalid" },
		{ "-1", 0, "too small" }, { "64", 0, "too large" },
		{ "0xffffffffffffffff", 0, "too large" },
		{ "-99999999999999999999", 0, "too small" },
		{ "46 ", 0, "invalid" },
	};

	(void)state;
	check_rows(opt_int_any, 0, 63, rows, NELEM(rows));
}

static void
test_size(void **state)
{
	static const struct row rows[] = {
		{ "1", 1, NULL }, { "1500", 1500, NULL },
		{ "64k", 65536, NULL }, { "64K", 65536, NULL },
		{ "4M", 4 << 20, NULL },
		{ "1g", 1 << 30, NULL },
		{ "8589934591G", INT64_C(8589934591) << 30, NULL },
		{ "8589934592G", 0, "too large" }, { "0", 0, "too small" },
		{ "9223372036854775807", INT64_MAX, NULL },
		{ "9223372036854775808", 0, "too large" },
		{ "", 0, "invalid" }, { "k", 0, "invalid" },
		{ "1kB", 0, "invalid" }, { "1T", 0, "invalid" },
		{ "1.5M", 0, "invalid" }, { "-5", 0, "invalid" },
		{ " 5", 0, "invalid" }, { "5 k", 0, "invalid" },
	};

	(void)state;
	check_rows(opt_size, 1, INT64_MAX, rows, NELEM(rows));
}

static void
test_rate(void **state)
{
	static const struct row rows[] = {
		{ "1", 1, NULL }, { "1k", 1000, NULL },
		{ "10M", 10000000, NULL },
		{ "2.5g", 2500000000, NULL }, { "1T", 1000000000000, NULL },
		{ ".5k", 500, NULL }, { "0.001k", 1, NULL },
		{ "1.50000M", 1500000, NULL },
		{ "0.0001k", 0, "too precise" }, { "0.5", 0, "too precise" },
		{ "0", 0, "too small" }, { "9223373T", 0, "too large" },
		{ "1.", 0, "invalid" }, { "1.M", 0, "invalid" },
		{ ".", 0, "invalid" }, { "1.2.3", 0, "invalid" },
		{ "10Mb", 0, "invalid" }, { "1P", 0, "invalid" },
		{ "-1M", 0, "invalid" }, { "1e6", 0, "invalid" },
		{ "inf", 0, "invalid" }, { "", 0, "invalid" },
	};

	(void)state;
	check_rows(opt_rate, 1, INT64_MAX, rows, NELEM(rows));
}

/* The rows of thrulay 0.9's -u. */
static void
test_rate_whole(void **state)
{
	static const struct row rows[] = {
		{ "1k", 1000, NULL }, { "1000", 1000, NULL },
		{ "3t", 3000000000000, NULL }, { "0", 0, "too small" },
		{ "1.5M", 0, "invalid" }, { "M", 0, "invalid" },
		{ "", 0, "invalid" }, { "10Mb", 0, "invalid" },
	};

	(void)state;
	check_rows(opt_rate_whole, 1, INT64_MAX, rows, NELEM(rows));
}

static void
test_duration(void **state)
{
	static const struct row rows[] = {
		{ "60", 60 * S, NULL }, { "1.5", 3 * S / 2, NULL },
		{ "1.5s", 3 * S / 2, NULL }, { "500ms", S / 2, NULL },
		{ "10us", 10000, NULL }, { "7ns", 7, NULL },
		{ "2m", 120 * S, NULL }, { "0.25h", 900 * S, NULL },
		{ "0.1", S / 10, NULL }, { ".000000001", 1, NULL },
		{ "0.00000000005m", 3, NULL },
		{ "9223372036.854775807", INT64_MAX, NULL },
		{ "9223372036.854775808", 0, "too large" },
		{ "9223372037", 0, "too large" },
		{ "0.0000000001", 0, "too precise" },
		{ "1.5ns", 0, "too precise" }, { "1.0ns", 1, NULL },
		{ "-1", 0, "invalid" }, { "1S", 0, "invalid" },
		{ "1 s", 0, "invalid" }, { "1sec", 0, "invalid" },
		{ "ms", 0, "invalid" }, { "1d", 0, "invalid" },
		{ "", 0, "invalid" }, { "0x1", 0, "invalid" },
	};

	(void)state;
	check_rows(opt_duration, 0, INT64_MAX, rows, NELEM(rows));
}

static int64_t
random_int64(void)
{
	uint64_t v = (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^
	    (uint64_t)random();

	/* All magnitudes alike. */
	return (int64_t)((v & INT64_MAX) >> random() % 63);
}

/* Whatever is written with enough digits comes back to the nanosecond. */
static void
test_durations_are_exact(void **state)
{
	static const struct {
		const char	*unit;
		int64_t		 factor;
		int		 decimals;
	} units[] = {
		{ "", S, 9 }, { "s", S, 9 }, { "ms", CLOCK_NS_PER_MS, 6 },
		{ "us", CLOCK_NS_PER_US, 3 },
	};
	int64_t want, got;
	const char *why;
	char text[64];
	int turn;
	size_t u;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 20000; turn++) {
		want = random_int64();
		u = (size_t)random() % NELEM(units);
		snprintf(text, sizeof(text), "%" PRId64 ".%0*" PRId64 "%s",
		    want / units[u].factor, units[u].decimals,
		    want % units[u].factor, units[u].unit);
		assert_int_equal(opt_duration(text, 0, INT64_MAX, &got, &why),
		    0);
		assert_int_equal(got, want);
	}
}

static void
test_dscp(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, NULL }, { "63", 63, NULL }, { "0x2e", 46, NULL },
		{ "056", 46, NULL }, { "EF", 46, NULL }, { "ef", 46, NULL },
		{ "VA", 44, NULL }, { "LE", 1, NULL }, { "DF", 0, NULL },
		{ "be", 0, NULL }, { "CS0", 0, NULL }, { "cs7", 56, NULL },
		{ "AF11", 10, NULL }, { "af43", 38, NULL },
		{ "64", 0, "too large" }, { "-1", 0, "too small" },
		{ "abc", 0, "invalid" }, { "", 0, "invalid" },
		{ "CS8", 0, "invalid" }, { "CS", 0, "invalid" },
		{ "CS11", 0, "invalid" }, { "AF14", 0, "invalid" },
		{ "AF51", 0, "invalid" }, { "AF01", 0, "invalid" },
		{ "AF4", 0, "invalid" }, { "AF411", 0, "invalid" },
		{ "EF1", 0, "invalid" }, { "46x", 0, "invalid" },
	};
	const char *why;
	size_t i;
	int v;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		v = -1;
		why = NULL;
		assert_int_equal(opt_dscp(rows[i].text, &v, &why),
		    rows[i].why == NULL ? 0 : -1);
		if (rows[i].why != NULL)
			assert_string_equal(why, rows[i].why);
		assert_int_equal(v, rows[i].why == NULL ? rows[i].value : -1);
	}
}

static void
test_port_range(void **state)
{
	static const struct {
		const char	*text;
		uint16_t	 first, last;
		const char	*why;
	} rows[] = {
		{ "5003", 5003, 5003, NULL }, { "1-65535", 1, 65535, NULL },
		{ "7-7", 7, 7, NULL }, { "00080-81", 80, 81, NULL },
		{ "0", 9, 9, "too small" }, { "0-5", 9, 9, "too small" },
		{ "65536", 9, 9, "too large" },
		{ "5-65536", 9, 9, "too large" },
		{ "99999999999999999999", 9, 9, "too large" },
		{ "8-7", 9, 9, "invalid" }, { "", 9, 9, "invalid" },
		{ "-", 9, 9, "invalid" }, { "5-", 9, 9, "invalid" },
		{ "-5", 9, 9, "invalid" }, { "5-6-7", 9, 9, "invalid" },
		{ "5 - 6", 9, 9, "invalid" }, { "a-b", 9, 9, "invalid" },
	};
	uint16_t first, last;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		first = last = 9;
		why = NULL;
		assert_int_equal(opt_port_range(rows[i].text, &first, &last,
		    &why), rows[i].why == NULL ? 0 : -1);
		if (rows[i].why != NULL)
			assert_string_equal(why, rows[i].why);
		assert_int_equal(first, rows[i].first);
		assert_int_equal(last, rows[i].last);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_int_any_base),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_rate_whole),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_durations_are_exact),
		cmocka_unit_test(test_dscp),
		cmocka_unit_test(test_port_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
