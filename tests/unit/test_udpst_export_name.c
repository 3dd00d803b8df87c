/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/unit/unit.h"
#include "udpst/export.h"
#include "udpst/timename.h"

#define WALL	INT64_C(1795312763099760000)	/* 2026-11-22 01:59:23 UTC */

static int
zone(void **state)
{
	(void)state;
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	return 0;
}

static struct export_names
some_names(void)
{
	struct export_names n = { .mc_index = 3, .mc_count = 24,
		.mc_ident = 65535, .is_server = true, .upstream = true,
		.host = "srv.example", .control_port = 24601,
		.interface = "eth0" };

	assert_int_equal(addr_numeric("192.0.2.1", 45014, &n.local), 0);
	assert_int_equal(addr_numeric("2001:db8::7", 52270, &n.remote), 0);
	return n;
}

static void
expect(const char *pattern, const struct export_names *n, const char *want)
{
	char buf[256];

	assert_int_equal(export_name(pattern, n, WALL, buf, sizeof(buf)), 0);
	assert_string_equal(buf, want);
}

static void
test_conversions(void **state)
{
	struct export_names n = some_names();

	(void)state;
	expect("#i,#c,#I,#l,#r,#s,#d,#M,#D,#H,#p,#E", &n,
	    "3,24,65535,192.0.2.1,2001:db8::7,52270,45014,S,U,srv.example,"
	    "24601,eth0");
	n.is_server = n.upstream = false;
	n.host = NULL;
	n.interface = "";
	expect("#M#D#H(#E)", &n, "CDInAddrAny()");
	expect("", &n, "");
}

/* As recorded: csvsrv-#M-#D-#H-#l-#r-#x.csv keeps #x. */
static void
test_unknown_is_kept(void **state)
{
	struct export_names n = some_names();

	(void)state;
	expect("a#x-##-#", &n, "a#x-##-#");
	expect("##i", &n, "#3");
	expect("#z%%#y", &n, "#z%#y");
}

static void
test_time(void **state)
{
	struct export_names n = some_names();
	char host[ADDR_STRLEN];

	(void)state;
	expect("%Y-%m-%dT%H%M%S-#i%j", &n, "2026-11-22T072923-3326");
	/* What a conversion brings is no pattern any more. */
	n.host = "%Y#i";
	expect("#H", &n, "%Y#i");
	assert_int_equal(addr_numeric("fe80::1%1", 1, &n.local), 0);
	addr_host(&n.local, host, sizeof(host));
	assert_non_null(strchr(host, '%'));
	expect("#l", &n, host);
}

static void
test_bounds(void **state)
{
	struct export_names n = some_names();
	char pattern[2 * TIMENAME_MAX], buf[TIMENAME_MAX + 1];
	size_t i;

	(void)state;
	for (i = 1; i <= 5; i++) {
		memset(buf, '!', sizeof(buf));
		assert_int_equal(export_name("ab#i%d", &n, WALL, buf, i), -1);
		assert_int_equal(errno, ENAMETOOLONG);
		assert_int_equal(buf[i], '!');
	}
	assert_int_equal(export_name("ab#i%d", &n, WALL, buf, 6), 0);
	assert_string_equal(buf, "ab322");
	memset(pattern, 'p', sizeof(pattern));
	pattern[sizeof(pattern) - 1] = '\0';
	assert_int_equal(export_name(pattern, &n, WALL, buf, sizeof(buf)),
	    -1);
	assert_int_equal(errno, ENAMETOOLONG);
	/* Short patterns with long results, from either kind. */
	for (i = 0; i + 2 < TIMENAME_MAX / 4; i += 2)
		memcpy(pattern + i, "%c", 2);
	pattern[i] = '\0';
	assert_int_equal(export_name(pattern, &n, WALL, buf, sizeof(buf)),
	    -1);
	for (i = 0; i + 2 < TIMENAME_MAX; i += 2)
		memcpy(pattern + i, "#H", 2);
	pattern[i] = '\0';
	assert_int_equal(export_name(pattern, &n, WALL, buf, sizeof(buf)),
	    -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

/* Any pattern gives a terminated text within its room, or fails. */
static void
test_any_pattern(void **state)
{
	static const char letters[] = "#%icIlrsdMDHpEYmdHMSjx/.";
	struct export_names n = some_names();
	char pattern[64], buf[100];
	size_t i, len, room;
	int round;

	(void)state;
	unit_seed();
	for (round = 0; round < 20000; round++) {
		len = (size_t)random() % (sizeof(pattern) - 1);
		for (i = 0; i < len; i++)
			pattern[i] = letters[(size_t)random() %
			    (sizeof(letters) - 1)];
		pattern[len] = '\0';
		room = 1 + (size_t)random() % (sizeof(buf) - 1);
		memset(buf, '!', sizeof(buf));
		if (export_name(pattern, &n, WALL, buf, room) == 0)
			assert_in_range(strlen(buf), 0, room - 1);
		assert_int_equal(buf[room], '!');
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversions),
		cmocka_unit_test(test_unknown_is_kept),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_any_pattern),
	};

	return cmocka_run_group_tests(tests, zone, NULL);
}
