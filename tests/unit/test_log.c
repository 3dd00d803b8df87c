/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define TEXT	65536

/* What went to the system's log. */
static struct {
	const char	*ident;
	int		 options, facility, priority, lines;
	char		 text[TEXT];
} sys;

static void
fake_openlog(const char *ident, int options, int facility)
{
	sys.ident = ident;
	sys.options = options;
	sys.facility = facility;
}

static void fake_syslog(int priority, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void
fake_syslog(int priority, const char *fmt, ...)
{
	va_list ap;

	sys.priority = priority;
	sys.lines++;
	va_start(ap, fmt);
	vsnprintf(sys.text, sizeof(sys.text), fmt, ap);
	va_end(ap);
}

/* Where fortified, the system's is a macro itself. */
#undef syslog
#define openlog	fake_openlog
#define syslog	fake_syslog
#include "common/log.c"
#undef openlog
#undef syslog

/* A log that writes to a file, and what stands in the file. */
struct kept {
	struct log	 lg;
	FILE		*file;
	char		 text[TEXT];
};

static void
keep(struct kept *k, enum log_level max)
{
	k->file = tmpfile();
	assert_non_null(k->file);
	log_to_stream(&k->lg, k->file, max);
}

/* The file without the log's help, so only what was flushed counts. */
static void
kept(struct kept *k)
{
	ssize_t n = pread(fileno(k->file), k->text, TEXT - 1, 0);

	assert_true(n >= 0);
	k->text[n] = '\0';
	fclose(k->file);
}

static size_t
count_lines(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, '\n')) != NULL) {
		text++;
		n++;
	}
	return n;
}

static void
test_stream_line(void **state)
{
	time_t before, after, at;
	struct tm tm = { .tm_isdst = -1 };
	struct kept k;
	char *rest;

	(void)state;
	setenv("TZ", "XXX-5:30", 1);
	tzset();
	keep(&k, LOG_LEVEL_NOTICE);
	before = time(NULL);
	log_msg(&k.lg, LOG_LEVEL_NOTICE, "connection from %s", "192.0.2.1");
	after = time(NULL);
	kept(&k);
	rest = strptime(k.text, "%m/%d/%Y %H:%M:%S", &tm);
	assert_non_null(rest);
	assert_int_equal(rest - k.text, 19);
	assert_string_equal(rest, " connection from 192.0.2.1\n");
	/* Local time: taken for UTC it would be hours off. */
	at = mktime(&tm);
	assert_in_range(at, before, after);
}

static void
test_quieter_levels_are_dropped(void **state)
{
	struct kept k;

	(void)state;
	keep(&k, LOG_LEVEL_NOTICE);
	log_msg(&k.lg, LOG_LEVEL_INFO, "one");
	log_limited(&k.lg, LOG_LEVEL_DEBUG, "two");
	log_msg(&k.lg, LOG_LEVEL_ERROR, "three");
	log_limited(&k.lg, LOG_LEVEL_NOTICE, "four");
	kept(&k);
	assert_int_equal(count_lines(k.text), 2);
	assert_non_null(strstr(k.text, " three\n"));
	assert_non_null(strstr(k.text, " four\n"));
}

static void
test_long_message_is_one_cut_line(void **state)
{
	struct kept k;

	(void)state;
	keep(&k, LOG_LEVEL_DEBUG);
	log_msg(&k.lg, LOG_LEVEL_INFO, "%0*d", 3 * LOG_LINE, 0);
	kept(&k);
	assert_int_equal(count_lines(k.text), 1);
	assert_int_equal(strlen(k.text), 20 + LOG_LINE - 1 + 1);
}

static void
test_errno_survives(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct log lg;

	(void)state;
	if (full == NULL) {
		print_message("# SKIP no /dev/full\n");
		skip();
	}
	log_to_stream(&lg, full, LOG_LEVEL_DEBUG);
	errno = EAGAIN;
	log_msg(&lg, LOG_LEVEL_INFO, "lost");
	assert_int_equal(errno, EAGAIN);
	fclose(full);
}

static void
test_syslog(void **state)
{
	static const struct {
		enum log_level	level;
		int		priority;
	} rows[] = {
		{ LOG_LEVEL_ERROR, LOG_ERR }, { LOG_LEVEL_WARN, LOG_WARNING },
		{ LOG_LEVEL_NOTICE, LOG_NOTICE }, { LOG_LEVEL_INFO, LOG_INFO },
		{ LOG_LEVEL_DEBUG, LOG_DEBUG },
	};
	struct log lg;
	size_t i;

	(void)state;
	log_to_syslog(&lg, "thrulayd", LOG_LEVEL_DEBUG);
	assert_string_equal(sys.ident, "thrulayd");
	assert_int_equal(sys.options, LOG_PID);
	assert_int_equal(sys.facility, LOG_DAEMON);
	for (i = 0; i < NELEM(rows); i++) {
		log_msg(&lg, rows[i].level, "%d %%s", (int)i);
		assert_int_equal(sys.priority, rows[i].priority);
	}
	assert_int_equal(sys.lines, NELEM(rows));
	/* The message is data, its per cent signs included. */
	assert_string_equal(sys.text, "4 %s");
}

static void at_time(struct log *lg, int64_t now_ns, bool limited,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

static void
at_time(struct log *lg, int64_t now_ns, bool limited, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_at(lg, now_ns, limited, LOG_LEVEL_NOTICE, fmt, ap);
	va_end(ap);
}

static void
test_flood_is_limited(void **state)
{
	const int64_t start = 500 * CLOCK_NS_PER_S;
	struct kept k;
	int i;

	(void)state;
	keep(&k, LOG_LEVEL_NOTICE);
	/* 1000 in the first second, 50 in the next, then one at rest. */
	for (i = 0; i < 1000; i++)
		at_time(&k.lg, start + i * CLOCK_NS_PER_MS, true, "flood");
	for (i = 0; i < 50; i++)
		at_time(&k.lg, start + CLOCK_NS_PER_S, true, "drizzle");
	at_time(&k.lg, start + 9 * CLOCK_NS_PER_S, true, "rest");
	kept(&k);
	assert_int_equal(count_lines(k.text), LOG_LIMIT + 1 + 50 + 1);
	assert_non_null(strstr(k.text, " flood\n"));
	assert_non_null(strstr(k.text, " 900 messages suppressed\n"));
	assert_non_null(strstr(k.text, " rest\n"));
}

/* What the server itself has to say is never lost in a flood. */
static void
test_unlimited_passes(void **state)
{
	const int64_t start = 500 * CLOCK_NS_PER_S;
	struct kept k;
	int i;

	(void)state;
	keep(&k, LOG_LEVEL_NOTICE);
	for (i = 0; i < LOG_LIMIT + 3; i++)
		at_time(&k.lg, start, true, "flood");
	for (i = 0; i < LOG_LIMIT + 3; i++)
		at_time(&k.lg, start, false, "own");
	/* It also tells of the flood, when the peers are silent again. */
	at_time(&k.lg, start + CLOCK_NS_PER_S, false, "own");
	kept(&k);
	assert_int_equal(count_lines(k.text),
	    LOG_LIMIT + LOG_LIMIT + 3 + 1 + 1);
	assert_non_null(strstr(k.text, " 3 messages suppressed\n"));
}

static void
to_text(void *arg, const char *line)
{
	snprintf(arg, TEXT, "%s|", line);
	errno = EIO;
}

static void
test_sink(void **state)
{
	static char text[TEXT];
	struct log lg;
	int i;

	(void)state;
	log_to_sink(&lg, to_text, text, LOG_LEVEL_NOTICE);
	errno = EAGAIN;
	log_msg(&lg, LOG_LEVEL_ERROR, "%d %%s", 4);
	assert_string_equal(text, "4 %s|");
	assert_int_equal(errno, EAGAIN);
	log_msg(&lg, LOG_LEVEL_INFO, "quieter");
	assert_string_equal(text, "4 %s|");
	for (i = 1; i < LOG_LIMIT + 3; i++)
		at_time(&lg, INT64_MAX, true, "flood %d", i);
	snprintf(text + TEXT / 2, TEXT / 2, "flood %d|", LOG_LIMIT);
	assert_string_equal(text, text + TEXT / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stream_line),
		cmocka_unit_test(test_quieter_levels_are_dropped),
		cmocka_unit_test(test_long_message_is_one_cut_line),
		cmocka_unit_test(test_errno_survives),
		cmocka_unit_test(test_syslog),
		cmocka_unit_test(test_flood_is_limited),
		cmocka_unit_test(test_unlimited_passes),
		cmocka_unit_test(test_sink),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
