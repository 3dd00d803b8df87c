/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "udpst/export.h"

#define COLUMNS		16

/* A row of a recorded file, taken to pieces. */
struct row {
	char	*cells[COLUMNS];
	size_t	 n;
};

static char *
temporary(char path[32])
{
	int fd;

	snprintf(path, 32, "/tmp/udpst-export.XXXXXX");
	fd = mkstemp(path);
	assert_int_not_equal(fd, -1);
	close(fd);
	return path;
}

/* The whole file, which then is gone. */
static char *
taken(const char *path)
{
	FILE *f = fopen(path, "r");
	struct stat st;
	char *text;

	assert_non_null(f);
	assert_int_equal(fstat(fileno(f), &st), 0);
	text = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)st.st_size, f), st.st_size);
	fclose(f);
	unlink(path);
	return text;
}

static struct row
split(char *line)
{
	struct row r = { .n = 0 };
	char *comma;

	do {
		assert_in_range(r.n, 0, COLUMNS - 1);
		r.cells[r.n++] = line;
		comma = strchr(line, ',');
		if (comma != NULL) {
			*comma = '\0';
			line = comma + 1;
		}
	} while (comma != NULL);
	return r;
}

static uint32_t
u32(const char *text)
{
	return (uint32_t)strtoul(text, NULL, 10);
}

static struct wire_time
seconds(const char *text)
{
	struct wire_time t;

	t.sec = u32(text);
	t.nsec = u32(strchr(text, '.') + 1) * 1000;
	/* What is finer than a column shows is cut. */
	t.nsec += (uint32_t)random() % 1000;
	return t;
}

/*
 * What the row's numbers say went in. Columns by release: 9.0 has all, 8.2 no
 * ECN and one rate, 8.1 no rate and no loss of status PDUs.
 */
static void
replay(struct export *x, const struct row *r)
{
	bool v9 = r->n == 13, v81 = r->n == 9;
	size_t at = v9 ? 3 : 2, rtt = at + (v9 ? 5 : v81 ? 3 : 4);
	struct wire_load p = { .seq = u32(r->cells[0]),
		.payload = (uint16_t)u32(r->cells[1]) };
	struct rxstat_event e = {
		.owd_ms = (int32_t)strtol(r->cells[at + 2], NULL, 10) };

	p.time = seconds(r->cells[at]);
	if (r->cells[rtt][0] != '\0') {
		e.new_rtt = true;
		p.status_time = seconds(r->cells[rtt]);
		p.rtt_delay_ms = (uint16_t)u32(r->cells[rtt + 2]);
		e.rtt_ms = u32(r->cells[rtt + 3]);
		e.status_lost = v81 ? 0 : u32(r->cells[rtt + 4]);
	}
	export_row(x, &p, wire_time_to_ns(seconds(r->cells[at + 1])),
	    v9 ? (int)u32(r->cells[2]) : -1, &e, 0, 0);
}

/* Every recorded row goes in as numbers; returns the file that comes out. */
static char *
replayed(const char *recorded, bool all, bool compat_8)
{
	char *text = vectors_text(recorded), *line, *end, path[32];
	struct export *x = export_open(temporary(path), all, compat_8);
	size_t rows = 0;
	struct row r;

	assert_non_null(x);
	for (line = strchr(text, '\n') + 1; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		assert_non_null(end);
		*end = '\0';
		r = split(line);
		replay(x, &r);
		rows++;
	}
	assert_true(rows >= 5);
	assert_int_equal(export_close(x), 0);
	free(text);
	return taken(path);
}

static void
same_as_recorded(const char *recorded, bool all, bool compat_8)
{
	char *want = vectors_text(recorded);
	char *got = replayed(recorded, all, compat_8);

	assert_string_equal(got, want);
	free(got);
	free(want);
}

static void
test_recorded(void **state)
{
	(void)state;
	same_as_recorded("udpst/outputs/export-rtt-9.0.0.csv", false, false);
	same_as_recorded("udpst/outputs/export-rtt-9.0.0.csv", true, false);
	same_as_recorded("udpst/outputs/export-all-9.0.0.csv", true, false);
	/* 8.2 writes all rows, whatever was asked for. */
	same_as_recorded("udpst/outputs/export-8.2.0.csv", false, true);
}

/* Without a sample a row is left out; the rest is the same. */
static void
test_rows_with_rtt(void **state)
{
	char *all = vectors_text("udpst/outputs/export-all-9.0.0.csv");
	char *got = replayed("udpst/outputs/export-all-9.0.0.csv", false,
	    false), *want = calloc(1, strlen(all) + 1), *line, *end;

	(void)state;
	assert_non_null(want);
	for (line = all; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		if (strncmp(end - 5, ",,,,,", 5) != 0)
			memcpy(want + strlen(want), line,
			    (size_t)(end - line) + 1);
	}
	assert_string_equal(got, want);
	free(want);
	free(got);
	free(all);
}

/* Release 8.1 had the columns of 8.2 but for the rate and the status loss. */
static void
test_release_8_1(void **state)
{
	char *want = vectors_text("udpst/8.1.0/export-head.csv");
	char *got = replayed("udpst/8.1.0/export-head.csv", true, true);
	char *a, *b, *wend, *gend;
	struct row w, g;
	size_t i;

	(void)state;
	for (a = want, b = got; *a != '\0'; a = wend + 1, b = gend + 1) {
		wend = strchr(a, '\n');
		gend = strchr(b, '\n');
		assert_non_null(gend);
		*wend = *gend = '\0';
		w = split(a);
		g = split(b);
		assert_int_equal(w.n, 9);
		assert_int_equal(g.n, 11);
		for (i = 0; i < 9; i++)
			assert_string_equal(g.cells[i < 5 ? i : i + 1],
			    w.cells[i]);
	}
	assert_int_equal(*b, '\0');
	free(got);
	free(want);
}

static const struct wire_load extreme = { .seq = UINT32_MAX,
	.payload = UINT16_MAX, .time = { UINT32_MAX, UINT32_MAX },
	.status_time = { 0, 999 }, .rtt_delay_ms = UINT16_MAX };
static const struct rxstat_event extreme_event = { .new_rtt = true,
	.owd_ms = INT32_MIN, .rtt_ms = UINT32_MAX, .status_lost = 65535 };

static void
test_extremes(void **state)
{
	char path[32], *text;
	struct export *x = export_open(temporary(path), false, false);

	(void)state;
	assert_non_null(x);
	export_row(x, &extreme, INT64_C(1999999999), 0xff, &extreme_event,
	    12.345, 0.004);
	export_row(x, &extreme, 0, -1, &extreme_event, 1e300, -1);
	assert_int_equal(export_close(x), 0);
	text = taken(path);
	assert_non_null(strstr(text, "\n4294967295,65535,3,4294967295.4294967,"
	    "1.999999,-2147483648,12.35,0.00,0.000000,1.999999,65535,"
	    "4294967295,65535\n"));
	assert_non_null(strstr(text, "\n4294967295,65535,0,4294967295.4294967,"
	    "0.000000,-2147483648,1000"));
	assert_non_null(strstr(text, ".00,-1.00,0.000000,0.000000,65535,"
	    "4294967295,65535\n"));
	free(text);
}

/* Far more than a buffer: not a byte is lost or torn. */
static void
test_many_rows(void **state)
{
	struct rxstat_event e = { .owd_ms = -7 };
	struct wire_load p = { .payload = 1222, .time = { 5, 6000 } };
	char path[32], *text, *line, want[128];
	struct export *x = export_open(temporary(path), true, true);
	uint32_t i, n = 20000;

	(void)state;
	assert_non_null(x);
	for (i = 0; i < n; i++) {
		p.seq = i;
		export_row(x, &p, INT64_C(7000008000), 0, &e, i / 1000, 0);
	}
	assert_int_equal(export_close(x), 0);
	text = taken(path);
	line = strchr(text, '\n') + 1;
	for (i = 0; i < n; i++) {
		snprintf(want, sizeof(want), "%u,1222,5.000006,7.000008,-7,"
		    "%u.00,,,,,\n", i, i / 1000);
		assert_int_equal(strncmp(line, want, strlen(want)), 0);
		line += strlen(want);
	}
	assert_int_equal(*line, '\0');
	free(text);
}

static void
test_errors(void **state)
{
	struct export *x;
	int i;

	(void)state;
	assert_null(export_open("/nonexistent/x.csv", true, false));
	assert_int_equal(errno, ENOENT);
	assert_int_equal(export_close(NULL), 0);
	x = export_open("/dev/full", false, false);
	if (x == NULL) {
		print_message("# SKIP no /dev/full\n");
		skip();
	}
	for (i = 0; i < 10000; i++)
		export_row(x, &extreme, i, 0, &extreme_event, 0, 0);
	/* It is the first error that counts. */
	errno = 0;
	assert_int_equal(export_close(x), -1);
	assert_int_equal(errno, ENOSPC);
}

static void
test_what_was_there_is_gone(void **state)
{
	char path[32], *first, *second;
	struct export *x;

	(void)state;
	x = export_open(temporary(path), false, true);
	assert_non_null(x);
	assert_int_equal(export_close(x), 0);
	first = taken(path);
	x = export_open(temporary(path), false, false);
	assert_non_null(x);
	export_row(x, &extreme, 0, 0, &extreme_event, 0, 0);
	assert_int_equal(export_close(x), 0);
	x = export_open(path, false, true);
	assert_non_null(x);
	assert_int_equal(export_close(x), 0);
	second = taken(path);
	assert_string_equal(second, first);
	free(second);
	free(first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_rows_with_rtt),
		cmocka_unit_test(test_release_8_1),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_many_rows),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_what_was_there_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
