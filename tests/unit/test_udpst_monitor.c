/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/unit/monitor_run.h"
#include "tests/unit/unit.h"

#define S	CLOCK_NS_PER_S

static bool
exists(const char *name)
{
	return access(name, F_OK) == 0;
}

/* Nothing happens before it is due; then every 10 s, however late. */
static void
test_due(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r, "h", 30);
	assert_int_equal(monitor_due(r.m), r.mono_ns + 10 * S);
	assert_int_equal(run_tick(&r, 10 * S - 1), 0);
	assert_int_equal(r.m->nrecords, 0);
	assert_false(exists(RUN_PROM));
	assert_int_equal(run_tick(&r, 1), 0);
	assert_int_equal(r.m->nrecords, 1);
	assert_true(exists(RUN_PROM));
	assert_int_equal(monitor_due(r.m), r.mono_ns + 10 * S);
	/* Lateness does not add up. */
	assert_int_equal(run_tick(&r, 10 * S + 12345), 0);
	assert_int_equal(monitor_due(r.m), r.mono_ns + 10 * S - 12345);
	/* After a long sleep there is one record, not many. */
	assert_int_equal(run_tick(&r, 1000 * S), 0);
	assert_int_equal(r.m->nrecords, 3);
	assert_int_equal(monitor_due(r.m), r.mono_ns + 10 * S);
	run_end(&r);
}

/* 10 to 300 s by the seed, all of them possible; from then on 300 s. */
static void
test_first_file(void **state)
{
	bool seen[MONITOR_RECORDS + 1] = { false };
	struct addr bound = { .len = 0 };
	struct monitor *m;
	struct options o;
	uint64_t seed;
	size_t i;

	(void)state;
	memset(&o, 0, sizeof(o));
	for (seed = 0; seed < 1000; seed++) {
		m = monitor_new(&o, &bound, false, 0, RUN_WALL, seed);
		if (m == NULL)
			abort();
		assert_in_range(m->until, 1, MONITOR_RECORDS);
		seen[m->until] = true;
		monitor_free(m);
	}
	for (i = 1; i <= MONITOR_RECORDS; i++)
		assert_true(seen[i]);
}

static void
test_files(void **state)
{
	struct run r;
	int i;

	(void)state;
	run_begin(&r, "h", 7);
	for (i = 1; i <= 6; i++)
		assert_int_equal(run_tick(&r, 10 * S), 0);
	assert_false(exists("20261122-020000.json"));
	/* 02:00:33 */
	assert_int_equal(run_tick(&r, 10 * S), 0);
	assert_true(exists("20261122-020000.json"));
	for (i = 1; i <= 29; i++)
		assert_int_equal(run_tick(&r, 10 * S), 0);
	assert_false(exists("20261122-020500.json"));
	assert_int_equal(run_tick(&r, 10 * S), 0);
	assert_true(exists("20261122-020500.json"));
	assert_int_equal(r.m->nrecords, 0);
	/* And nothing else is left. */
	assert_int_equal(run_files(), 3);
	run_end(&r);
}

/* The last file does not replace the one before. */
static void
test_at_the_end(void **state)
{
	struct run r;
	char *text;

	(void)state;
	run_begin(&r, "h", 7);
	while (!exists("20261122-020000.json"))
		assert_int_equal(run_tick(&r, 10 * S), 0);
	/* 02:00:38 */
	assert_int_equal(monitor_write_now(r.m, &r.c, r.mono_ns + 5 * S,
	    r.wall_ns + 5 * S, &r.what), 0);
	text = run_file("20261122-020038.json");
	assert_non_null(text);
	assert_non_null(strstr(text, "\n\"data_record_count\": 1,\n"));
	assert_non_null(strstr(text, "\n\"process_uptime\": 75,\n"));
	free(text);
	text = run_file("20261122-020000.json");
	assert_non_null(text);
	assert_non_null(strstr(text, "\n\"data_record_count\": 7,\n"));
	free(text);
	run_end(&r);
}

static void
test_end_without_a_file_before(void **state)
{
	struct run r;
	char *text;

	(void)state;
	run_begin(&r, "h", 30);
	run_tick(&r, 10 * S);
	assert_int_equal(monitor_write_now(r.m, &r.c, r.mono_ns, r.wall_ns,
	    &r.what), 0);
	text = run_file("20261122-015500.json");
	assert_non_null(text);
	assert_non_null(strstr(text, "\n\"data_record_count\": 2,\n"));
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	free(text);
	run_end(&r);
}

/* A pattern without a time: the newest stays. */
static void
test_fixed_name(void **state)
{
	struct run r;
	char *text;

	(void)state;
	run_begin(&r, "h", 2);
	r.o.stats_file = "stats";
	run_tick(&r, 10 * S);
	run_tick(&r, 10 * S);
	assert_int_equal(monitor_write_now(r.m, &r.c, r.mono_ns, r.wall_ns,
	    &r.what), 0);
	text = run_file("stats");
	assert_non_null(text);
	assert_non_null(strstr(text, "\n\"data_record_count\": 1,\n"));
	free(text);
	assert_int_equal(run_files(), 2);
	run_end(&r);
}

static void
test_one_of_two(void **state)
{
	struct run r;

	(void)state;
	run_begin(&r, "h", 1);
	r.o.stats_file = NULL;
	assert_int_equal(run_tick(&r, 10 * S), 0);
	assert_int_equal(run_files(), 1);
	unlink(RUN_PROM);
	r.o.stats_file = RUN_PATTERN;
	r.o.prometheus = NULL;
	assert_int_equal(monitor_write_now(r.m, &r.c, r.mono_ns, r.wall_ns,
	    &r.what), 0);
	assert_int_equal(run_files(), 1);
	assert_true(exists("20261122-015500.json"));
	run_end(&r);
}

/* Errors are told with the file's name, and the monitor goes on. */
static void
test_errors(void **state)
{
	struct run r;
	int i;

	(void)state;
	run_begin(&r, "h", 1);
	r.o.stats_file = "none/%M";
	assert_int_equal(run_tick(&r, 10 * S), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(r.what, "none/55");
	assert_int_equal(r.m->nrecords, 0);
	r.o.prometheus = "none/prom";
	assert_int_equal(run_tick(&r, 10 * S), -1);
	assert_int_equal(errno, ENOENT);
	assert_string_equal(r.what, "none/prom");
	for (i = 0; i < 100; i++)
		run_tick(&r, 10 * S);
	assert_in_range(r.m->nrecords, 0, MONITOR_RECORDS - 1);
	r.o.prometheus = RUN_PROM;
	r.o.stats_file = RUN_PATTERN;
	for (i = 0; i < MONITOR_RECORDS; i++)
		assert_int_equal(run_tick(&r, 10 * S), 0);
	assert_int_equal(run_files(), 2);
	run_end(&r);
}

/* What cannot take the place of its name is removed again. */
static void
test_no_leftovers(void **state)
{
	struct run r;

	(void)state;
	assert_int_equal(mkdir("dir", 0700), 0);
	run_begin(&r, "h", 1);
	r.o.stats_file = "dir";
	assert_int_equal(run_tick(&r, 10 * S), -1);
	assert_int_equal(errno, EISDIR);
	assert_false(exists("dir.tmp"));
	assert_int_equal(rmdir("dir"), 0);
	run_end(&r);
}

/* A link that somebody laid out at the .tmp leads nowhere. */
static void
test_link_is_not_followed(void **state)
{
	struct stat st;
	struct run r;

	(void)state;
	assert_int_equal(symlink("victim", RUN_PROM ".tmp"), 0);
	run_begin(&r, "h", 30);
	assert_int_equal(run_tick(&r, 10 * S), 0);
	assert_false(exists("victim"));
	assert_int_equal(lstat(RUN_PROM, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 0133, 0);
	run_end(&r);
}

static void
test_test_open(void **state)
{
	char name[TIMENAME_MAX + 8];

	(void)state;
	assert_int_equal(monitor_test_open(RUN_PATTERN, RUN_WALL), 0);
	assert_int_equal(run_files(), 0);
	assert_int_equal(monitor_test_open("none/" RUN_PATTERN, RUN_WALL), -1);
	assert_int_equal(errno, ENOENT);
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(monitor_test_open(name, RUN_WALL), -1);
	assert_int_equal(errno, ENAMETOOLONG);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, run_folder, run_clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_due),
		TEST(test_first_file),
		TEST(test_files),
		TEST(test_at_the_end),
		TEST(test_end_without_a_file_before),
		TEST(test_fixed_name),
		TEST(test_one_of_two),
		TEST(test_errors),
		TEST(test_no_leftovers),
		TEST(test_link_is_not_followed),
		TEST(test_test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
