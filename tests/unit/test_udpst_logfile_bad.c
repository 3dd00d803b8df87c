/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/logfile_must.h"
#include "tests/unit/unit.h"

/* A disk on which this many bytes are free. */
static size_t room;
static char disk[8192];
static size_t used;

static ssize_t
fake_write(int fd, const void *buf, size_t len)
{
	size_t n = len < room ? len : room;

	(void)fd;
	if (n == 0) {
		errno = ENOSPC;
		return -1;
	}
	memcpy(disk + used, buf, n);
	used += n;
	disk[used] = '\0';
	room -= n;
	return (ssize_t)n;
}

static int rename_errno;

static int
fake_rename(const char *from, const char *to)
{
	(void)from;
	(void)to;
	errno = rename_errno;
	return -1;
}

#define write	fake_write
#define rename	fake_rename
#include "udpst/logfile.c"
#undef write
#undef rename

#define STAMP_LEN	20

static char path[64];

static int
begin(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/udpst-log.XXXXXX");
	fd = mkstemp(path);
	if (fd == -1)
		return -1;
	room = sizeof(disk) - 1;
	used = 0;
	return close(fd);
}

static int
end(void **state)
{
	(void)state;
	return unlink(path);
}

/* The lines on the disk without their stamps, joined by '|'. */
static const char *
lines(void)
{
	static char text[sizeof(disk)];
	char *to = text, *from = disk, *newline;

	while ((newline = strchr(from, '\n')) != NULL) {
		if (newline - from >= STAMP_LEN && from[4] == '-')
			from += STAMP_LEN;
		memcpy(to, from, (size_t)(newline - from));
		to += newline - from;
		*to++ = '|';
		from = newline + 1;
	}
	snprintf(to, (size_t)(text + sizeof(text) - to), "%s", from);
	return text;
}

static void
test_full_disk(void **state)
{
	struct logfile *l = must(logfile_open(path, 1000000));

	(void)state;
	logfile_line(l, "before");
	room = 0;
	logfile_line(l, "lost 1");
	logfile_line(l, "lost 2");
	logfile_raw(l, "lost 3\n");
	assert_string_equal(lines(), "before|");
	room = 1000;
	logfile_line(l, "after");
	logfile_line(l, "later");
	assert_string_equal(lines(), "before|WARNING: Writing of 3 log lines "
	    "failed: No space left on device|after|later|");
	logfile_close(l);
}

/* Half a line gets its end before anything else comes. */
static void
test_torn_line(void **state)
{
	struct logfile *l = must(logfile_open(path, 1000000));

	(void)state;
	room = STAMP_LEN + 4;
	logfile_line(l, "half of it");
	assert_string_equal(disk + STAMP_LEN, "half");
	assert_int_equal(l->size, STAMP_LEN + 4);
	logfile_line(l, "lost");
	room = 1000;
	logfile_raw(l, "after\n");
	assert_string_equal(lines(), "half|WARNING: Writing of 2 log lines "
	    "failed: No space left on device|after|");
	logfile_close(l);
}

/* Wherever a disk is full, each line is whole, missing or marked. */
static void
test_any_room(void **state)
{
	struct logfile *l;
	const char *text;
	size_t free_bytes;

	(void)state;
	for (free_bytes = 0; free_bytes < 200; free_bytes++) {
		l = must(logfile_open(path, 1000000));
			used = 0;
		room = free_bytes;
		logfile_line(l, "aaaaaaaaaa");
		logfile_line(l, "bbbbbbbbbb");
		logfile_line(l, "cccccccccc");
		room = sizeof(disk) / 2;
		logfile_line(l, "last");
		text = lines();
		assert_string_equal(text + strlen(text) - 5, "last|");
		assert_true(text[strlen(text) - 6] == '|');
		if (free_bytes < 3 * 31)
			assert_non_null(strstr(text, "WARNING: Writing of "));
		else
			assert_string_equal(text, "aaaaaaaaaa|bbbbbbbbbb|"
			    "cccccccccc|last|");
		logfile_close(l);
	}
}

static void
test_cannot_rename(void **state)
{
	struct logfile *l = must(logfile_open(path, 50));

	(void)state;
	rename_errno = EACCES;
	logfile_line(l, "one");
	logfile_line(l, "two");
	logfile_line(l, "three");
	assert_int_equal(strncmp(lines(), "one|two|three|RENAME ERROR: <", 29),
	    0);
	assert_non_null(strstr(lines(), "> Permission denied|"));
	/* It is not tried again at once. */
	used = 0;
	logfile_line(l, "x");
	assert_string_equal(lines(), "x|");
	logfile_close(l);
}

/* Somebody else took the file away. */
static void
test_name_vanished(void **state)
{
	struct logfile *l = must(logfile_open(path, 10));

	(void)state;
	rename_errno = ENOENT;
	assert_int_equal(unlink(path), 0);
	logfile_line(l, "one");
	assert_int_equal(access(path, F_OK), 0);
	assert_string_equal(lines(), "one|");
	logfile_close(l);
}

static void
test_cannot_open(void **state)
{
	(void)state;
	assert_null(logfile_open("/nonexistent/log", 1000));
	assert_int_equal(errno, ENOENT);
	assert_null(logfile_open("/tmp", 1000));
	assert_int_equal(errno, EISDIR);
}

/* What is no file is written to, but never renamed. */
static void
test_no_regular_file(void **state)
{
	struct logfile *l = must(logfile_open("/dev/null", 10));

	(void)state;
	rename_errno = EACCES;
	logfile_line(l, "one");
	logfile_line(l, "two");
	assert_string_equal(lines(), "one|two|");
	logfile_close(l);
}

static void
test_full_stream(void **state)
{
	FILE *f = fopen("/dev/full", "w");
	struct logfile *l;

	(void)state;
	if (f == NULL) {
		print_message("# SKIP no /dev/full\n");
		skip();
	}
	l = must(logfile_stream(f));
	errno = EAGAIN;
	logfile_line(l, "lost");
	assert_int_equal(errno, EAGAIN);
	logfile_line(l, "lost");
	assert_int_equal(l->lost, 2);
	logfile_close(l);
	fclose(f);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_full_disk),
		TEST(test_torn_line),
		TEST(test_any_room),
		TEST(test_cannot_rename),
		TEST(test_name_vanished),
		TEST(test_cannot_open),
		TEST(test_no_regular_file),
		TEST(test_full_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
