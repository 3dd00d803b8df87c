/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/unit/logfile_must.h"
#include "tests/unit/unit.h"

#define TEXT	65536

static int64_t now_wall, now_mono;

static int64_t
fake_wall(void)
{
	return now_wall;
}

static int64_t
fake_mono(void)
{
	return now_mono;
}

static char system_log[TEXT];

static void
fake_openlog(const char *ident, int options, int facility)
{
	(void)options;
	(void)facility;
	snprintf(system_log, sizeof(system_log), "%s:", ident);
}

static void fake_syslog(int priority, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
fake_syslog(int priority, const char *fmt, ...)
{
	size_t len = strlen(system_log);
	va_list ap;

	assert_int_equal(priority, LOG_NOTICE);
	va_start(ap, fmt);
	vsnprintf(system_log + len, sizeof(system_log) - len, fmt, ap);
	va_end(ap);
	len = strlen(system_log);
	snprintf(system_log + len, sizeof(system_log) - len, "|");
}

/* Where fortified, the system's is a macro itself. */
#undef syslog
#define openlog		fake_openlog
#define syslog		fake_syslog
#define clock_wall	fake_wall
#define clock_mono	fake_mono
#include "common/log.c"
#include "udpst/logfile.c"
#undef openlog
#undef syslog
#undef clock_wall
#undef clock_mono

/* 2026-11-22 02:03:10 UTC, which is 07:33:10 in the zone of these tests. */
#define WALL	INT64_C(1795312990999999999)
#define STAMP	"2026-11-22 07:33:10 "

static char folder[64];

static int
begin(void **state)
{
	(void)state;
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	now_wall = WALL;
	now_mono = 500 * CLOCK_NS_PER_S;
	snprintf(folder, sizeof(folder), "/tmp/udpst-log.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	return chdir(folder);
}

static int
end(void **state)
{
	(void)state;
	unlink("log");
	unlink("log.old");
	unlink("link");
	if (chdir("/") == -1)
		return -1;
	return rmdir(folder);
}

/* What a file holds, to be compared at once. */
static const char *
content(const char *path)
{
	static char text[TEXT];
	FILE *f = fopen(path, "r");
	size_t n;

	if (f == NULL)
		return "(none)";
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

/* As after logrotate(8); the size is that of the file that is there. */
static void
test_reopened(void **state)
{
	struct logfile *l = must(logfile_open("log", 60));

	(void)state;
	logfile_line(l, "before");
	assert_int_equal(rename("log", "log.old"), 0);
	logfile_line(l, "still there");
	logfile_reopen(l);
	assert_string_equal(content("log.old"), STAMP "before\n"
	    STAMP "still there\n");
	assert_string_equal(content("log"), "");
	logfile_line(l, "after");
	assert_string_equal(content("log"), STAMP "after\n");
	assert_int_equal(unlink("log"), 0);
	assert_int_equal(mkdir("log", 0700), 0);
	logfile_reopen(l);
	logfile_line(l, "no place");
	assert_int_equal(rmdir("log"), 0);
	logfile_close(l);
	l = must(logfile_stream(stdout));
	logfile_reopen(l);
	logfile_close(l);
}

static void
test_stamped_file(void **state)
{
	struct logfile *l = must(logfile_open("log", 1000000));

	(void)state;
	logfile_raw(l, "UDP Speed Test\nSoftware Ver: 1\n");
	logfile_line(l, "[%d]Awaiting setup requests on %s", 1, "A:1");
	now_wall += CLOCK_NS_PER_S;
	logfile_limited(l, "100 %% of it");
	logfile_close(l);
	assert_string_equal(content("log"), "UDP Speed Test\n"
	    "Software Ver: 1\n"
	    STAMP "[1]Awaiting setup requests on A:1\n"
	    "2026-11-22 07:33:11 100 % of it\n");
}

static void
test_mode(void **state)
{
	mode_t before = umask(027);
	struct logfile *l = must(logfile_open("log", 1000));
	struct stat st;

	(void)state;
	umask(before);
	assert_int_equal(stat("log", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(fcntl(l->fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	logfile_close(l);
}

/* Nothing that a peer sends begins a line of its own or steers a terminal. */
static void
test_escapes(void **state)
{
	struct logfile *l = must(logfile_open("log", 1000000));

	(void)state;
	logfile_line(l, "a\nb\x1b[31m\tc\\ %s", "\x7f\xc2\x9b");
	logfile_close(l);
	assert_string_equal(content("log"), STAMP
	    "a\\nb\\033[31m\\tc\\\\ \\177\\302\\233\n");
}

static void
test_long_line_is_cut(void **state)
{
	struct logfile *l = must(logfile_open("log", 1000000));
	const char *text;

	(void)state;
	logfile_line(l, "%0*d", 5000, 0);
	logfile_line(l, "next");
	logfile_close(l);
	text = content("log");
	assert_int_equal(strcspn(text, "\n"), 20 + LOG_LINE - 1);
	assert_string_equal(strchr(text, '\n'), "\n" STAMP "next\n");
}

/* Lines of 30 bytes, at most 100 bytes: the fourth is the last of a file. */
static void
test_rotation(void **state)
{
	struct logfile *l = must(logfile_open("log", 100));
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		logfile_line(l, "line %4d", i);
		if (i == 2)
			assert_string_equal(content("log.old"), "(none)");
	}
	logfile_close(l);
	assert_string_equal(content("log.old"), STAMP "line    4\n" STAMP
	    "line    5\n" STAMP "line    6\n" STAMP "line    7\n");
	assert_string_equal(content("log"), STAMP "line    8\n" STAMP
	    "line    9\n");
}

/* Exactly the limit is not over it; what was there before counts. */
static void
test_size_begins_with_the_old(void **state)
{
	struct logfile *l = must(logfile_open("log", 60));

	(void)state;
	logfile_line(l, "line %4d", 1);
	logfile_close(l);
	l = must(logfile_open("log", 60));
	logfile_line(l, "line %4d", 2);
	assert_string_equal(content("log.old"), "(none)");
	logfile_line(l, "%s", "");
	assert_string_equal(content("log"), "");
	assert_string_equal(content("log.old"), STAMP "line    1\n" STAMP
	    "line    2\n" STAMP "\n");
	logfile_close(l);
}

/* The daemon's folder changes after the log was opened. */
static void
test_rotation_elsewhere(void **state)
{
	struct logfile *l = must(logfile_open("log", 10));

	(void)state;
	assert_int_equal(chdir("/"), 0);
	logfile_line(l, "one");
	assert_int_equal(chdir(folder), 0);
	assert_string_equal(content("log.old"), STAMP "one\n");
	assert_string_equal(content("log"), "");
	logfile_close(l);
}

static void
test_link_stays_a_link(void **state)
{
	struct logfile *l;
	struct stat st;

	(void)state;
	assert_int_equal(symlink("log", "link"), 0);
	l = must(logfile_open("link", 10));
	logfile_line(l, "one");
	logfile_line(l, "two");
	logfile_close(l);
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_string_equal(content("log.old"), STAMP "two\n");
}

static void
test_flood(void **state)
{
	struct logfile *l = must(logfile_open("log", 1000000));
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		logfile_limited(l, "x");
	logfile_line(l, "own");
	now_mono += CLOCK_NS_PER_S;
	logfile_limited(l, "calm");
	logfile_close(l);
	assert_int_equal(strlen(content("log")), LOGFILE_LIMIT * 22 +
	    strlen(STAMP "own\n" STAMP "900 messages suppressed\n" STAMP
	    "calm\n"));
	assert_non_null(strstr(content("log"), STAMP "own\n" STAMP
	    "900 messages suppressed\n" STAMP "calm\n"));
}

static void
test_stream(void **state)
{
	FILE *f = fopen("log", "w");
	struct logfile *l = must(logfile_stream(f));

	(void)state;
	assert_non_null(f);
	logfile_raw(l, "banner\n");
	logfile_line(l, "line %d\n", 1);
	/* Not only when the stream is closed. */
	assert_string_equal(content("log"), "banner\nline 1\\n\n");
	logfile_close(l);
	assert_int_equal(fputs("still open", f) == EOF, 0);
	fclose(f);
}

static void
test_syslog(void **state)
{
	struct logfile *l = must(logfile_syslog("udpst"));
	int i;

	(void)state;
	logfile_raw(l, "one\ntwo\n");
	logfile_raw(l, "three");
	logfile_line(l, "%d %%s", 4);
	assert_string_equal(system_log, "udpst:one|two|three|4 %s|");
	snprintf(system_log, sizeof(system_log), ">");
	for (i = 0; i < 1000; i++)
		logfile_limited(l, "x");
	assert_int_equal(strlen(system_log), 1 + 2 * LOGFILE_LIMIT);
	logfile_close(l);
}

static void
test_nowhere(void **state)
{
	struct logfile *l = must(logfile_nowhere());

	(void)state;
	logfile_raw(l, "x");
	logfile_line(l, "x");
	logfile_limited(l, "x");
	assert_int_equal(l->lost, 0);
	logfile_close(l);
	logfile_close(NULL);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_stamped_file),
		TEST(test_mode),
		TEST(test_escapes),
		TEST(test_long_line_is_cut),
		TEST(test_rotation),
		TEST(test_reopened),
		TEST(test_size_begins_with_the_old),
		TEST(test_rotation_elsewhere),
		TEST(test_link_stays_a_link),
		TEST(test_flood),
		TEST(test_stream),
		TEST(test_syslog),
		TEST(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
