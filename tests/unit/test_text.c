/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/text.h"

static void
test_rate(void **state)
{
	static const struct {
		double		 bps;
		const char	*text;
	} rows[] = {
		{ 0, "0 bit/s" }, { 1, "1.000 bit/s" },
		{ 0.25, "0.250 bit/s" }, { 941.5e6, "941.5 Mbit/s" },
		{ 999.94, "999.9 bit/s" }, { 999.96, "1.000 kbit/s" },
		{ 9.9994e3, "9.999 kbit/s" }, { 9.9996e3, "10.00 kbit/s" },
		{ 99.996e3, "100.0 kbit/s" }, { 1e9, "1.000 Gbit/s" },
		{ 40e9, "40.00 Gbit/s" }, { 1e12, "1.000 Tbit/s" },
		{ 2.5e15, "2.500 Pbit/s" }, { 1e19, "10000 Pbit/s" },
		{ -1.5e6, "-1.500 Mbit/s" }, { NAN, "unknown" },
		{ INFINITY, "unknown" }, { -INFINITY, "unknown" },
	};
	char buf[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		assert_string_equal(text_rate(rows[i].bps, buf, sizeof(buf)),
		    rows[i].text);
}

static void
test_bytes(void **state)
{
	static const struct {
		uint64_t	 n;
		const char	*text;
	} rows[] = {
		{ 0, "0 B" }, { 1, "1 B" }, { 1500, "1500 B" },
		{ 9999, "9999 B" }, { 1024, "1 KiB" }, { 1536, "1536 B" },
		{ 65536, "64 KiB" }, { 10000, "9.766 KiB" },
		{ 8388608, "8 MiB" }, { 4097 * 1024, "4097 KiB" },
		{ 1234567, "1206 KiB" }, { 123456789, "117.7 MiB" },
		{ UINT64_C(3) << 40, "3 TiB" },
		{ UINT64_C(10000) << 50, "9.766 EiB" },
		{ UINT64_C(15) << 60, "15 EiB" },
		{ UINT64_MAX, "16.00 EiB" },
	};
	char buf[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		assert_string_equal(text_bytes(rows[i].n, buf, sizeof(buf)),
		    rows[i].text);
}

static void
test_duration(void **state)
{
	static const struct {
		int64_t		 ns;
		const char	*text;
	} rows[] = {
		{ 0, "0 ns" }, { 1, "1 ns" }, { 999, "999 ns" },
		{ 1000, "1 us" }, { 850000, "850 us" },
		{ 999499, "999 us" }, { 999600, "1 ms" },
		{ 20300000, "20.3 ms" }, { 20000000, "20 ms" },
		{ 9994999, "9.99 ms" }, { 9996000, "10 ms" },
		{ 1500000000, "1.5 s" }, { 100400000000, "100 s" },
		{ INT64_C(3600000000000), "3600 s" },
		{ -850000, "-850 us" }, { -20300000, "-20.3 ms" },
		{ INT64_MAX, "9223372037 s" }, { INT64_MIN, "-9223372037 s" },
	};
	char buf[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		assert_string_equal(text_duration(rows[i].ns, buf,
		    sizeof(buf)), rows[i].text);
}

/* Read back, a text is within half of its last place of the value. */
static void
test_rounding_is_honest(void **state)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	char buf[TEXT_MAX], unit[8];
	double value, factor, ns;
	int turn;
	size_t u;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 20000; turn++) {
		ns = (double)random() * (double)(random() >> random() % 31);
		text_duration((int64_t)ns, buf, sizeof(buf));
		assert_int_equal(sscanf(buf, "%lf %7s", &value, unit), 2);
		for (u = 0, factor = 1; strcmp(unit, units[u]) != 0; u++)
			factor *= 1000;
		assert_true(fabs(value * factor - ns) <= 0.5001 *
		    fmax(factor, ns / 100));
		assert_true(u == 3 || value < 1000);
		assert_true(u == 0 || value >= 1);
	}
}

static void
test_rfc3339(void **state)
{
	static const struct {
		int64_t		 ns;
		const char	*text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ INT64_C(951782399999999999), "2000-02-28T23:59:59.999Z" },
		{ INT64_C(951782400000000000), "2000-02-29T00:00:00.000Z" },
		{ INT64_C(1795316645678000000), "2026-11-22T03:04:05.678Z" },
	};
	char buf[TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		assert_string_equal(text_rfc3339(rows[i].ns, buf,
		    sizeof(buf)), rows[i].text);
}

static void
test_escape(void **state)
{
	static const char raw[] = "a ~\\\n\r\t\0\x1b[0m\x7f\xff";
	char buf[64];

	(void)state;
	assert_string_equal(text_escape(raw, sizeof(raw) - 1, buf,
	    sizeof(buf)), "a ~\\\\\\n\\r\\t\\000\\033[0m\\177\\377");
	assert_string_equal(text_escape("", 0, buf, sizeof(buf)), "");
	/* Cut between escapes, never inside one. */
	assert_string_equal(text_escape("ab\n", 3, buf, 5), "ab\\n");
	assert_string_equal(text_escape("ab\n", 3, buf, 4), "ab");
	assert_string_equal(text_escape("ab\xff", 3, buf, 6), "ab");
	assert_string_equal(text_escape("ab", 2, buf, 1), "");
}

/* The bytes that s stands for. */
static size_t
unescape(const char *s, unsigned char *out)
{
	static const char letters[] = "nrt\\", plain[] = "\n\r\t\\";
	unsigned int code;
	size_t n = 0;

	while (*s != '\0') {
		if (*s != '\\') {
			out[n++] = (unsigned char)*s++;
		} else if (strchr(letters, s[1]) != NULL) {
			out[n++] = (unsigned char)plain[strchr(letters, s[1]) -
			    letters];
			s += 2;
		} else {
			assert_int_equal(sscanf(s, "\\%3o", &code), 1);
			out[n++] = (unsigned char)code;
			s += 4;
		}
	}
	return n;
}

/* Any bytes: one printable line that stands for a beginning of them. */
static void
test_escape_is_reversible(void **state)
{
	unsigned char raw[40], back[200];
	char text[200];
	size_t i, n, room, got;
	int turn;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 5000; turn++) {
		n = (size_t)random() % (sizeof(raw) + 1);
		room = 1 + (size_t)random() % sizeof(text);
		for (i = 0; i < n; i++)
			raw[i] = (unsigned char)random();
		text_escape(raw, n, text, room);
		assert_true(strlen(text) < room);
		for (i = 0; text[i] != '\0'; i++)
			assert_in_range(text[i], 0x20, 0x7e);
		got = unescape(text, back);
		assert_true(got <= n);
		assert_memory_equal(back, raw, got);
		/* Cut only because the next escape had no room. */
		assert_true(got == n || strlen(text) + 4 >= room);
	}
}

static void
test_close_reports_what_was_lost(void **state)
{
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	if (f == NULL) {
		print_message("# SKIP no /dev/full\n");
		skip();
	}
	fputs("result\n", f);
	assert_int_equal(text_close(f), -1);
	assert_int_equal(errno, ENOSPC);
	/* Lost earlier: the buffer is empty, the mark is there. */
	f = fopen("/dev/full", "w");
	assert_non_null(f);
	fputs("result\n", f);
	assert_int_equal(fflush(f), EOF);
	errno = 0;
	assert_int_equal(text_close(f), -1);
	assert_int_equal(errno, EIO);
	f = tmpfile();
	assert_non_null(f);
	fputs("result\n", f);
	assert_int_equal(text_close(f), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_rounding_is_honest),
		cmocka_unit_test(test_rfc3339),
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_is_reversible),
		cmocka_unit_test(test_close_reports_what_was_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
