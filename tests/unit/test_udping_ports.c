/* SPDX-License-Identifier: BSD-2-Clause */
/* -s and -n (spec 2.2): what each gives, and each message. */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "udping/number.h"
#include "udping/ports.h"

struct good {
	const char	*text;
	int		 count;		/* -n */
	size_t		 n;
	uint16_t	 port[4];	/* the first ones */
};

static const struct good good[] = {
	{ "5000", 0, 1, { 5000 } },
	{ "1024", 0, 1, { 1024 } },
	{ "60000", 0, 1, { 60000 } },
	{ "5000-5002", 0, 3, { 5000, 5001, 5002 } },
	{ "5000,5005,5010", 0, 3, { 5000, 5005, 5010 } },
	{ "5005-5006,5000-5001", 0, 4, { 5005, 5006, 5000, 5001 } },
	{ "5000,", 0, 1, { 5000 } },
	{ ",,5000,,5001,", 0, 2, { 5000, 5001 } },
	{ "5000-5001-5005", 0, 2, { 5000, 5001 } },
	{ "5000-5002,5001", 0, 4, { 5000, 5001, 5002, 5001 } },
	{ "1024-6023", 0, 5000, { 1024, 1025, 1026, 1027 } },
	{ "5000", 3, 3, { 5000, 5001, 5002 } },
	{ "60000", 1, 1, { 60000 } },
	{ "5000", 5000, 5000, { 5000, 5001, 5002, 5003 } },
	{ "5000,5001", 9, 2, { 5000, 5001 } },
	{ "5000-5001", 9, 2, { 5000, 5001 } },
};

static const struct {
	const char	*text;
	int		 count;
	const char	*why;
	size_t		 n;		/* added before */
} bad[] = {
	{ "", 0, "No ports defined", 0 },
	{ ",", 0, "No ports defined", 0 },
	{ "0", 0, "Port too low: 0", 0 },
	{ "1023", 0, "Port too low: 1023", 0 },
	{ "60001", 0, "Port too high: 60001", 0 },
	{ "5000-", 0, "Port too low: 0", 0 },
	{ "-5000", 0, "Port too low: 0", 0 },
	{ "-", 0, "Port too low: 0", 0 },
	{ "5000--5001", 0, "Port too low: -5001", 0 },
	{ "5000-60001", 0, "Port too high: 60001", 0 },
	{ "60001-5", 0, "Port too high: 60001", 0 },
	{ "5001-5000", 0, "Invalid port range 5001-5000", 0 },
	{ "5000,5001-5000", 0, "Invalid port range 5001-5000", 1 },
	{ "1024-6024", 0, "Too many ports defined", 5001 },
	{ "1024-6023,1024-60000", 0, "Too many ports defined", PORTS_ROOM },
	{ "abc", 0, "Invalid source port descriptor abc", 0 },
	{ "5000 ", 0, "Invalid source port descriptor 5000 ", 0 },
	{ "5000;5001", 0, "Invalid source port descriptor 5000;5001", 0 },
	{ "5000+5001", 0, "Invalid source port descriptor 5000+5001", 0 },
	{ "99999999999", 0, "Port too high: 1215752191", 0 },
	{ "99999999999999999999", 0, "Port too low: -1", 0 },
	{ "59999", 3, "Port too high: 60001", 0 },
	{ "2147483647", 5000, "Port too high: 2147483647", 0 },
	{ "1023", 2, "Port too low: 1023", 0 },
};

static struct ports ports;

static void
test_good(void **state)
{
	char why[64];
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(good); i++) {
		assert_int_equal(ports_parse(good[i].text, good[i].count,
		    &ports, why, sizeof(why)), 0);
		assert_int_equal(ports.n, good[i].n);
		for (k = 0; k < NELEM(good[i].port) && k < ports.n; k++)
			assert_int_equal(ports.port[k], good[i].port[k]);
	}
}

static void
test_bad(void **state)
{
	char why[64];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		assert_int_equal(ports_parse(bad[i].text, bad[i].count,
		    &ports, why, sizeof(why)), -1);
		assert_string_equal(why, bad[i].why);
		assert_int_equal(ports.n, bad[i].n);
	}
}

/* What stands behind the first 999 characters is not there. */
static void
test_long(void **state)
{
	char text[2000], why[64];

	(void)state;
	memset(text, ',', sizeof(text));
	memcpy(text + 995, "50001x", 7);
	assert_int_equal(ports_parse(text, 0, &ports, why, sizeof(why)), 0);
	assert_int_equal(ports.n, 1);
	assert_int_equal(ports.port[0], 5000);
}

static void
test_single(void **state)
{
	int v;

	(void)state;
	assert_int_equal(ports_single("5000", &v), 0);
	assert_int_equal(v, 5000);
	assert_int_equal(ports_single("0", &v), -1);
	assert_int_equal(ports_single("", &v), -1);
	assert_int_equal(ports_single("5000-", &v), -1);
}

static void
test_numbers(void **state)
{
	(void)state;
	assert_int_equal(number_int("6000x"), 6000);
	assert_int_equal(number_int("0.5"), 0);
	assert_int_equal(number_int("abc"), 0);
	assert_int_equal(number_int(""), 0);
	assert_int_equal(number_int(" \t-7-"), -7);
	assert_int_equal(number_int("+7"), 7);
	assert_int_equal(number_int("2147483648"), INT32_MIN);
	assert_int_equal(number_int("4294967295"), -1);
	assert_int_equal(number_int("-9223372036854775809"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
