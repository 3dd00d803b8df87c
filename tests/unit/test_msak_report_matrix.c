/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a matrix of msak-client: table and final object. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/report_client.h"
#include "msak/report_json.h"
#include "msak/report_matrix.h"
#include "tests/unit/msak_line.h"

static struct line line;
static struct client_options options;
static struct report_matrix_row rows[2];

static enum options_status
parse(int argc, char **argv, void *o, int *status)
{
	return options_client_parse(argc, argv, o, status);
}

/* The first run has everything, the second nothing. */
static void
fill(struct report_matrix *m)
{
	struct result_way *w = &rows[0].result.ways[RESULT_DOWNLOAD];
	struct client_options one;
	size_t i;

	memset(rows, 0, sizeof(rows));
	for (i = 0; i < NELEM(rows); i++) {
		options_client_run(&options, i, &one);
		rows[i].run = options_client_which(&one);
	}
	w->has = w->has_loaded = rows[0].result.has_idle = true;
	w->last = (struct result_rate){ .rate_bps = 941234567.0 };
	w->nstreams = 2;
	w->streams[0].tcp_sent_bytes = 1000;
	w->streams[0].tcp_retrans_bytes = 20;
	w->streams[1].tcp_sent_bytes = 3000;
	w->streams[1].tcp_retrans_bytes = 30;
	w->loaded = (struct result_rtt){ .count = 5, .p50_ns = 20500000 };
	rows[0].result.idle = (struct result_rtt){ .count = 9,
		.p50_ns = 2000000 };
	rows[1].result.error.code = 1;
	strlcpy(rows[1].result.error.message, "no measurement",
	    sizeof(rows[1].result.error.message));
	*m = (struct report_matrix){ .rows = rows, .n = NELEM(rows),
		.start_wall_ns = 1700000000 * CLOCK_NS_PER_S,
		.end_wall_ns = 1700000009 * CLOCK_NS_PER_S };
	m->error = rows[1].result.error;
}

static char *
reported(const char *words)
{
	struct report_matrix m;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	memset(&line, 0, sizeof(line));
	line.program = "msak-client";
	line.parse = parse;
	line.options = &options;
	line_good(&line, words);
	fill(&m);
	assert_int_equal(report_matrix(out, &options, &m), 0);
	fclose(out);
	return text;
}

static void
check(const char *words, const char *want)
{
	char *text = reported(words);

	assert_string_equal(text, want);
	free(text);
}

static void
test_table(void **state)
{
	(void)state;
	check("-matrix.streams 1,4",
	    "\nMatrix (rates in Mb/s, sent again in %):\n"
	    "  streams  cc   duration  download     again    upload     again"
	    "\n"
	    "        1  bbr     5.00s    941.23      1.25         -         -"
	    "\n"
	    "        4  bbr     5.00s         -         -         -         -"
	    "\n");
	check("-matrix.cc reno,a-long-name -latency -upload=false -quiet",
	    "\nMatrix (rates in Mb/s, sent again in %, medians of the latency "
	    "in ms):\n"
	    "  streams  cc           duration      idle  download     again"
	    "    loaded\n"
	    "        2  reno            5.00s     2.000    941.23      1.25"
	    "    20.500\n"
	    "        2  a-long-name     5.00s         -         -         -"
	    "         -\n");
	check("-matrix.streams 1,4 -format legacy", "");
}

/* One object; how it begins and ends, and what a run without result has. */
static void
test_object(void **state)
{
	static const char *const words[] = { "-json", "-format json",
		"-format json -quiet" };
	char all[128], *text;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(words); i++) {
		snprintf(all, sizeof(all), "-server h -mid m -matrix.duration "
		    "1s,2.5s %s", words[i]);
		text = reported(all);
		assert_non_null(strstr(text, i == 1 ?
		    "{\"event\":\"summary\",\"tool\":\"msak-client\"," :
		    "{\"tool\":\"msak-client\","));
		assert_non_null(strstr(text, "\"config\":{\"server\":\"h\","
		    "\"scheme\":\"wss\",\"mid\":\"m\",\"delay_s\":0.00"));
		assert_non_null(strstr(text, "\"matrix\":[{\"streams\":2,"
		    "\"duration_s\":1.000000000,\"cc\":\"bbr\",\"result\":{"
		    "\"download\":{\"rate_bps\":941234567.000,"));
		assert_non_null(strstr(text, "{\"streams\":2,"
		    "\"duration_s\":2.500000000,\"cc\":\"bbr\",\"result\":{"
		    "\"download\":null,\"upload\":null,"
		    "\"idle_latency\":null},\"error\":{\"code\":1,"
		    "\"message\":\"no measurement\"}}],\"host\":{"));
		assert_string_equal(strstr(text, "},\"error\":{\"code\":1,"
		    "\"message\":\"no measurement\"}}\n"), "},\"error\":{"
		    "\"code\":1,\"message\":\"no measurement\"}}\n");
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
		free(text);
	}
}

/* The runs of a matrix leave the object to it, and say where one begins. */
static void
check_run(const char *words, const char *want)
{
	struct result_client result = { .host = { .socket_drops = -1 } };
	struct result_rate rate = { .rate_bps = 1e6 };
	struct report_client r;
	struct client_options one;
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	free(reported(words));
	options_client_run(&options, 1, &one);
	report_client_init(&r, &one, 0, out, out);
	report_client_run(&r);
	if (*want == '\0')
		report_client_rate(&r, &rate);
	assert_int_equal(report_client_finish(&r, &result), 0);
	report_client_free(&r);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void
test_run(void **state)
{
	(void)state;
	check_run("-matrix.streams 1,3 -json", "");
	check_run("-matrix.streams 1,3 -format json -quiet", "");
	check_run("-matrix.streams 1,3 -format json",
	    "{\"event\":\"run\",\"streams\":3,\"duration_s\":5.000000000,"
	    "\"cc\":\"bbr\"}\n");
}

static void
test_full(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct report_matrix m;

	(void)state;
	if (full == NULL)
		skip();
	free(reported("-matrix.streams 1,2 -json"));
	fill(&m);
	assert_int_equal(report_matrix(full, &options, &m), -1);
	free(reported("-matrix.streams 1,2"));
	assert_int_equal(report_matrix(full, &options, &m), -1);
	fclose(full);
}

/* An error of long ago is not what errno says by chance. */
static void
test_flush(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (full == NULL)
		skip();
	setvbuf(full, NULL, _IONBF, 0);
	assert_int_equal(report_flush(full), 0);
	assert_int_equal(fputc('x', full), EOF);
	errno = EAGAIN;
	assert_int_equal(report_flush(full), -1);
	assert_int_equal(errno, EIO);
	fclose(full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_object),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_flush),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
