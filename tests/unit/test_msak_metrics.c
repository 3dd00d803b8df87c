/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "msak/metrics.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define D	METRICS_DOWNLOAD
#define U	METRICS_UPLOAD

static const struct metrics_now quiet;
static const struct metrics_process unknown = { -1, -1, -1, -1, -1, -1, -1 };

static char *
page(const struct metrics_counters *c, const struct metrics_now *now,
    const struct metrics_process *p, const char *commit)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	metrics_put(f, c, now, p, commit);
	assert_int_equal(fclose(f), 0);
	return text;
}

static bool
has_line(const char *text, const char *line)
{
	size_t n = strlen(line);
	const char *at = text;

	for (; (at = strstr(at, line)) != NULL; at++)
		if ((at == text || at[-1] == '\n') && at[n] == '\n')
			return true;
	return false;
}

static void
want_line(const char *text, const char *line)
{
	if (!has_line(text, line))
		fail_msg("no line %s in\n%s", line, text);
}

static void
count_recorded(struct metrics_counters *c)
{
	c->upgrades[D][METRICS_INVALID_BYTE_LIMIT] = 3;
	c->upgrades[D][METRICS_INVALID_DURATION] = 9;
	c->upgrades[D][METRICS_METADATA] = 6;
	c->upgrades[D][METRICS_MISSING_MID] = 12;
	c->upgrades[D][METRICS_MISSING_STREAMS] = 3;
	c->upgrades[D][METRICS_UPGRADED] = 58;
	c->upgrades[D][METRICS_UPGRADE_FAILED] = 27;
	c->upgrades[U][METRICS_UPGRADED] = 21;
	c->writes[D][METRICS_WRITTEN] = 58;
	c->writes[U][METRICS_WRITTEN] = 21;
	c->tests[D][METRICS_ERROR] = 10;
	c->tests[D][METRICS_OK] = 13;
	c->tests[D][METRICS_OK_TIMEOUT] = 35;
	c->tests[U][METRICS_CLOSE_ERROR] = 3;
	c->tests[U][METRICS_ERROR] = 2;
	c->tests[U][METRICS_OK] = 5;
	c->tests[U][METRICS_OK_TIMEOUT] = 11;
}

/* Every recorded line, in that order. Only the commit is written otherwise:
 * as an integer. */
static void
test_recorded(void **state)
{
	struct metrics_counters c = { .sessions = 0 };
	char *want = vectors_text("msak/output/metrics-excerpt.txt");
	char *text, *line, *rest = want, *at;
	int lines = 0;

	(void)state;
	count_recorded(&c);
	text = at = page(&c, &quiet, &unknown, "772318a");
	while ((line = strsep(&rest, "\n")) != NULL && line[0] != '\0') {
		if (strstr(line, "{commit=") != NULL) {
			assert_string_equal(line, "git_short_commit{commit="
			    "\"772318a\"} 1.24924298e+08");
			line = strstr(line, " 1.24924298e+08");
			*line = '\0';
			line -= strlen("git_short_commit{commit=\"772318a\"}");
			want_line(text, "git_short_commit{commit=\"772318a\"}"
			    " 124924298");
		} else
			want_line(text, line);
		at = strstr(at, line);
		if (at == NULL)
			fail_msg("%s is out of order", line);
		lines++;
	}
	assert_int_equal(lines, 26);
	free(text);
	free(want);
}

/* All types that are not of the original's runtime or HTTP library. */
static void
test_types(void **state)
{
	static const struct metrics_process p = { 1.5, 1795313693.25, 7, 1024,
		4096, 8192, 65536 };
	struct metrics_counters c = { .sessions = 0 };
	char *want = vectors_text("msak/output/metrics-all-types.txt");
	char *text, *line, *rest = want;
	int lines = 0;

	(void)state;
	count_recorded(&c);
	text = page(&c, &quiet, &p, "772318a");
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (line[0] == '\0' || strstr(line, " go_") != NULL ||
		    strstr(line, " promhttp_") != NULL)
			continue;
		want_line(text, line);
		lines++;
	}
	assert_int_equal(lines, 11);
	want_line(text, "process_cpu_seconds_total 1.500");
	want_line(text, "process_start_time_seconds 1795313693.25");
	want_line(text, "process_open_fds 7");
	want_line(text, "process_max_fds 1024");
	want_line(text, "process_resident_memory_bytes 4096");
	want_line(text, "process_virtual_memory_bytes 8192");
	want_line(text, "process_virtual_memory_max_bytes 65536");
	free(text);
	free(want);
}

static void
test_access(void **state)
{
	struct metrics_counters c = { .tx = { 5, 2 } };
	struct access_answer ans = { .counted = true, .path = ACCESS_UPLOAD,
		.reason = ACCESS_VERIFIED };
	char *text;

	(void)state;
	metrics_access(&c, &ans);
	metrics_access(&c, &ans);
	ans.reason = (enum access_reason)(ACCESS_BAD + (int)TOKEN_EXP);
	metrics_access(&c, &ans);
	ans.path = ACCESS_OTHER;
	ans.reason = ACCESS_UNENFORCED;
	metrics_access(&c, &ans);
	ans.counted = false;
	metrics_access(&c, &ans);
	c.cc_errors[METRICS_BBR] = 4;
	text = page(&c, &quiet, &unknown, "");
	want_line(text, "controller_access_token_requests_total{"
	    "path=\"/throughput/v1/upload\",reason=\"locate\","
	    "request=\"accepted\"} 2");
	want_line(text, "controller_access_token_requests_total{"
	    "path=\"/throughput/v1/upload\","
	    "reason=\"token is expired (exp)\",request=\"rejected\"} 1");
	want_line(text, "controller_access_token_requests_total{"
	    "path=\"unknown\",reason=\"unenforced-path\","
	    "request=\"accepted\"} 1");
	want_line(text, "controller_access_txcontroller_requests_total{"
	    "protocol=\"http\",request=\"accepted\"} 5");
	want_line(text, "controller_access_txcontroller_requests_total{"
	    "protocol=\"http\",request=\"rejected\"} 2");
	want_line(text, "msak_throughput1_congestion_control_errors_total{"
	    "cc=\"bbr\"} 4");
	free(text);
}

/* Nothing has happened: no labels, and no commit that is no number. */
static void
test_empty(void **state)
{
	static const char *const commits[] = { "", "No commit specified",
		"772318a+", "12345678901234567" };
	static const struct metrics_counters none;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(commits); i++) {
		text = page(&none, &quiet, &unknown, commits[i]);
		assert_null(strstr(text, "git_"));
		assert_null(strstr(text, "controller_"));
		assert_null(strstr(text, "_upgrades_"));
		assert_null(strstr(text, "process_"));
		assert_null(strstr(text, "txcontroller"));
		want_line(text, "msak_connections_refused_total 0");
		want_line(text, "msak_connections 0");
		free(text);
	}
}

static void
test_now(void **state)
{
	static const struct metrics_now now = { 7, { 3, 4 }, 5, true, 1e9 };
	static const struct metrics_counters c = { .sessions = 6,
		.bytes = { 1, UINT64_MAX }, .packets = { 8, 9, 10 },
		.refused = 11 };
	char *text = page(&c, &now, &unknown, "");

	(void)state;
	want_line(text, "msak_connections 7");
	want_line(text, "msak_connections_refused_total 11");
	want_line(text, "msak_throughput1_streams{direction=\"download\"} 3");
	want_line(text, "msak_throughput1_streams{direction=\"upload\"} 4");
	want_line(text, "msak_latency1_sessions 5");
	want_line(text, "msak_latency1_sessions_total 6");
	want_line(text, "msak_latency1_packets_total{result=\"dropped\"} 8");
	want_line(text, "msak_latency1_packets_total{result=\"received\"} 9");
	want_line(text, "msak_latency1_packets_total{result=\"sent\"} 10");
	want_line(text, "msak_throughput1_bytes_total{direction=\"upload\"}"
	    " 18446744073709551615");
	want_line(text, "msak_txcontroller_rate_bits_per_second 1000000000");
	free(text);
}

/*
 * The form of any page: HELP and TYPE of a family, then its series, each once
 * and with its name; families in order, each once.
 */
static void
test_form(void **state)
{
	static const struct metrics_now now = { 1, { 1, 1 }, 1, true, 1 };
	static const struct metrics_process p = { 1, 1, 1, 1, 1, 1, 1 };
	struct metrics_counters c;
	char *text, *line, *rest, family[128] = "", last[256] = "";
	int series = 0;
	size_t n;

	(void)state;
	memset(&c, 1, sizeof(c));
	rest = text = page(&c, &now, &p, "abc");
	assert_int_equal(text[strlen(text) - 1], '\n');
	text[strlen(text) - 1] = '\0';
	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strncmp(line, "# HELP ", 7) == 0) {
			n = strcspn(line + 7, " ");
			line[7 + n] = '\0';
			assert_true(strcmp(family, line + 7) < 0);
			assert_true(line[8 + n] != '\0');
			strlcpy(family, line + 7, sizeof(family));
			line = strsep(&rest, "\n");
			assert_true(strncmp(line, "# TYPE ", 7) == 0);
			assert_memory_equal(line + 7, family, n);
			assert_int_equal(strcmp(line + 8 + n, "counter") == 0,
			    n > 6 && strcmp(family + n - 6, "_total") == 0);
			continue;
		}
		n = strlen(family);
		assert_memory_equal(line, family, n);
		assert_true(line[n] == ' ' || line[n] == '{');
		*strrchr(line, ' ') = '\0';
		assert_string_not_equal(line, last);
		strlcpy(last, line, sizeof(last));
		series++;
	}
	assert_true(series > 100);
	free(text);
}

static void
test_add(void **state)
{
	struct metrics_counters a, b, sum;
	uint64_t *x = (uint64_t *)&a, *y = (uint64_t *)&b;
	uint64_t *z = (uint64_t *)&sum;
	size_t i, n = sizeof(a) / sizeof(*x);

	(void)state;
	unit_seed();
	for (i = 0; i < n; i++) {
		x[i] = (uint64_t)random();
		y[i] = (uint64_t)random() << 20;
	}
	sum = a;
	metrics_add(&sum, &b);
	for (i = 0; i < n; i++)
		assert_true(z[i] == x[i] + y[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_now),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_add),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
