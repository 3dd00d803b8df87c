/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers, durations, booleans and quoting as Go has them. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "msak/goflag.h"

#define ROUNDS		20000
#define US		INT64_C(1000)
#define MS		INT64_C(1000000)
#define S		INT64_C(1000000000)

static void
test_bool(void **state)
{
	static const char *const yes[] = { "1", "t", "T", "TRUE", "true",
		"True" };
	static const char *const no[] = { "0", "f", "F", "FALSE", "false",
		"False" };
	static const char *const bad[] = { "", "tRUE", "yes", "on", "2",
		"true ", "FALSe" };
	size_t i;
	bool b;

	(void)state;
	for (i = 0; i < NELEM(yes); i++) {
		b = false;
		assert_null(goflag_bool(yes[i], &b));
		assert_true(b);
	}
	for (i = 0; i < NELEM(no); i++) {
		b = true;
		assert_null(goflag_bool(no[i], &b));
		assert_false(b);
	}
	for (i = 0; i < NELEM(bad); i++)
		assert_string_equal(goflag_bool(bad[i], &b), "parse error");
}

static void
test_int(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 v;
	} good[] = {
		{ "10", 10 }, { "+10", 10 }, { "-10", -10 }, { "0", 0 },
		{ "-0", 0 }, { "00", 0 }, { "0x10", 16 }, { "0X1f", 31 },
		{ "0xFf", 255 }, { "0o17", 15 }, { "0O17", 15 },
		{ "017", 15 }, { "0b11", 3 }, { "-0B11", -3 },
		{ "1_000", 1000 }, { "0_7", 7 }, { "0x_1", 1 },
		{ "0b1_0", 2 }, { "1_0_0", 100 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "0x7fffffffffffffff", INT64_MAX },
		{ "-0x8000000000000000", INT64_MIN },
	};
	static const char *const syntax[] = { "", "+", "-", "abc", "1.0", "1e3",
		" 1", "1 ", "0x", "0b", "0o", "08", "0b2", "0xg", "_1", "1_",
		"1__0", "0_", "0__7", "+-1", "--1", "1,000", "0x1_", "-_1",
		"a_b" };
	static const char *const range[] = { "9223372036854775808",
		"-9223372036854775809", "0x8000000000000000",
		"18446744073709551616", "99999999999999999999999",
		/* It does not even look at the rest. */
		"99999999999999999999999x" };
	size_t i;
	int64_t v;

	(void)state;
	for (i = 0; i < NELEM(good); i++) {
		v = -7;
		assert_null(goflag_int(good[i].text, &v));
		assert_true(v == good[i].v);
	}
	for (i = 0; i < NELEM(syntax); i++) {
		v = 77;
		assert_string_equal(goflag_int(syntax[i], &v), "parse error");
		assert_int_equal(v, 77);
	}
	for (i = 0; i < NELEM(range); i++)
		assert_string_equal(goflag_int(range[i], &v),
		    "value out of range");
}

static void
test_uint(void **state)
{
	uint64_t v;

	(void)state;
	assert_null(goflag_uint("18446744073709551615", &v));
	assert_true(v == UINT64_MAX);
	assert_null(goflag_uint("0xffff_ffff_ffff_ffff", &v));
	assert_true(v == UINT64_MAX);
	assert_string_equal(goflag_uint("18446744073709551616", &v),
	    "value out of range");
	assert_string_equal(goflag_uint("0x10000000000000000", &v),
	    "value out of range");
	assert_string_equal(goflag_uint("-1", &v), "parse error");
	assert_string_equal(goflag_uint("+1", &v), "parse error");
	assert_string_equal(goflag_uint("", &v), "parse error");
}

static void
test_duration(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 ns;
	} good[] = {
		{ "0", 0 }, { "-0", 0 }, { "+0", 0 }, { "0s", 0 },
		{ "2s", 2 * S }, { "1m30s", 90 * S }, { "1.5h", 5400 * S },
		{ "-1s", -S }, { "+5s", 5 * S }, { "300ms", 300 * MS },
		{ ".5s", 500 * MS }, { "1.s", S }, { "5.6s", 5600 * MS },
		{ "1us", US }, { "1\xc2\xb5s", US }, { "1\xce\xbcs", US },
		{ "1ns", 1 }, { "1.9ns", 1 }, { "0.1us", 100 },
		{ "10.5s4m", 250500 * MS }, { "1h2m3.004s", 3723004 * MS },
		{ "-2m3.4s", -123400 * MS }, { "1s1s", 2 * S },
		{ "0.100000000000000000000h", 360 * S },
		{ "0.3333333333333333333h", 1200 * S },
		{ "9007199254740993ns", INT64_C(9007199254740993) },
		{ "9223372036854775807ns", INT64_MAX },
		{ "9223372036854775.807us", INT64_MAX },
		{ "9223372036s854ms775us807ns", INT64_MAX },
		{ "-9223372036854775808ns", INT64_MIN },
		{ "-9223372036854775.808us", INT64_MIN },
		{ "-2562047h47m16.854775808s", INT64_MIN },
		{ "0.830103483285477580700h", INT64_C(2988372539827) },
	};
	static const char *const bad[] = { "", "3", "-", "+", "s", ".", "-.",
		".s", "+.s", "1d", "1 s", " 1s", "1s ", "1S", "1Ms", "1MS",
		"00", "1e3s", "1,5s", "--1s", "1s-1s", "1.5", "1s2", "0x1s",
		"1_0s", "3000000h", "9223372036854775808ns",
		"9223372036854775.808us", "-9223372036854775809ns",
		"99999999999999999999ns", "1\xb5s", "2562047h47m16.854775808s",
		"9223372036854775808ns9223372036854775808ns" };
	size_t i;
	int64_t v;

	(void)state;
	for (i = 0; i < NELEM(good); i++) {
		v = -7;
		assert_null(goflag_duration(good[i].text, &v));
		if (v != good[i].ns)
			fail_msg("%s is %" PRId64, good[i].text, v);
	}
	for (i = 0; i < NELEM(bad); i++)
		if (goflag_duration(bad[i], &v) == NULL)
			fail_msg("%s is %" PRId64, bad[i], v);
}

/* Numbers of every size are equally likely. */
static uint64_t
any(void)
{
	uint64_t v = ((uint64_t)random() << 33) ^ ((uint64_t)random() << 11) ^
	    (uint64_t)random();

	return v >> (random() % 64);
}

/* v in that base with its prefix, underscores here and there. */
static void
write_number(uint64_t v, unsigned int base, char *text)
{
	static const char digits[] = "0123456789abcdef";
	char back[160];
	size_t n = 0;

	do {
		back[n++] = digits[v % base];
		v /= base;
		if (v != 0 && random() % 4 == 0)
			back[n++] = '_';
	} while (v != 0);
	if (base != 10) {
		back[n++] = base == 16 ? 'x' : base == 2 ? 'b' : 'o';
		back[n++] = '0';
	}
	while (n > 0)
		*text++ = back[--n];
	*text = '\0';
}

static void
test_any_number(void **state)
{
	static const unsigned int bases[] = { 2, 8, 10, 16 };
	uint64_t v, read;
	int64_t signed_read;
	char text[161];
	int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		v = any();
		text[0] = '-';
		write_number(v, bases[random() % 4], text + 1);
		assert_null(goflag_uint(text + 1, &read));
		assert_true(read == v);
		if (v > INT64_MAX) {
			assert_string_equal(goflag_int(text + 1, &signed_read),
			    "value out of range");
			continue;
		}
		assert_null(goflag_int(text + 1, &signed_read));
		assert_true(signed_read == (int64_t)v);
		assert_null(goflag_int(text, &signed_read));
		assert_true(signed_read == -(int64_t)v);
	}
}

/* Pieces of all units, the last one perhaps with a fraction. */
static void
write_duration(uint64_t v, char *text, size_t len)
{
	static const struct {
		const char	*name;
		uint64_t	 ns;
	} units[] = { { "h", 3600000000000 }, { "m", 60000000000 },
		{ "s", 1000000000 }, { "ms", 1000000 },
		{ "\xc2\xb5s", 1000 }, { "ns", 1 } };
	char piece[64];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < NELEM(units); i++) {
		if (random() % 2 == 0 && units[i].ns > 1)
			continue;
		if (units[i].ns == 1000000000 && random() % 2 == 0) {
			snprintf(piece, sizeof(piece), "%" PRIu64 ".%09" PRIu64
			    "s", v / units[i].ns, v % units[i].ns);
			strlcat(text, piece, len);
			return;
		}
		snprintf(piece, sizeof(piece), "%" PRIu64 "%s",
		    v / units[i].ns, units[i].name);
		strlcat(text, piece, len);
		v %= units[i].ns;
	}
}

static void
test_any_duration(void **state)
{
	char text[256];
	int64_t read;
	uint64_t v;
	int i;

	(void)state;
	for (i = 0; i < ROUNDS; i++) {
		v = any() >> 1;
		text[0] = '-';
		write_duration(v, text + 1, sizeof(text) - 1);
		if (goflag_duration(text + 1, &read) != NULL ||
		    read != (int64_t)v)
			fail_msg("%s is %" PRId64, text + 1, read);
		assert_null(goflag_duration(text, &read));
		assert_true(read == -(int64_t)v);
	}
}

static void
test_quote(void **state)
{
	static const struct {
		const char	*text, *quoted;
	} cases[] = {
		{ "", "\"\"" },
		{ "plain 'text'", "\"plain 'text'\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "\a\b\f\n\r\t\v", "\"\\a\\b\\f\\n\\r\\t\\v\"" },
		{ "\x01\x1b\x7f", "\"\\x01\\x1b\\x7f\"" },
		{ "\xc3\xa9\xe2\x82\xac", "\"\xc3\xa9\xe2\x82\xac\"" },
		{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" },
		{ "\xff\xc3", "\"\\xff\\xc3\"" },
		{ "\xc0\xaf\xed\xa0\x80", "\"\\xc0\\xaf\\xed\\xa0\\x80\"" },
		{ "\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\"" },
		{ "\xc2\x80\xc2\xa0\xc2\xad", "\"\\u0080\\u00a0\\u00ad\"" },
		{ "\xe2\x80\xa8\xef\xbb\xbf", "\"\\u2028\\ufeff\"" },
		{ "\xf3\xa0\x80\x81", "\"\\U000e0001\"" },
		{ "\xef\xbf\xbd", "\"\xef\xbf\xbd\"" },
	};
	char *text;
	size_t len, i;
	FILE *out;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		out = open_memstream(&text, &len);
		assert_non_null(out);
		goflag_quote(cases[i].text, out);
		fclose(out);
		assert_string_equal(text, cases[i].quoted);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_int),
		cmocka_unit_test(test_uint),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_any_number),
		cmocka_unit_test(test_any_duration),
		cmocka_unit_test(test_quote),
	};

	unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
