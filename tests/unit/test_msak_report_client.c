/* SPDX-License-Identifier: BSD-2-Clause */
/* What msak-client prints, against recorded output made from its figures. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/report_client.h"
#include "tests/unit/msak_line.h"
#include "tests/unit/vectors.h"

#define TEXT	16384
#define LINE	1024

/* A run that is printed again. */
struct replay {
	struct line		 l;
	struct client_options	 o;
	struct report_client	 r;
	struct result_client	 result;
	enum result_direction	 direction;
	int			 stream;
	char			*out, *err;
	size_t			 outlen, errlen;
	FILE			*outf, *errf;
	char			 wanted[TEXT];
};

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	return options_client_parse(argc, argv, options, status);
}

static void
start(struct replay *p, const char *words, int columns)
{
	memset(p, 0, sizeof(*p));
	p->l.program = "msak-client";
	p->l.parse = parse;
	p->l.options = &p->o;
	line_good(&p->l, words);
	p->outf = open_memstream(&p->out, &p->outlen);
	p->errf = open_memstream(&p->err, &p->errlen);
	assert_non_null(p->outf);
	assert_non_null(p->errf);
	report_client_init(&p->r, &p->o, columns, p->outf, p->errf);
}

static void
stop(struct replay *p)
{
	report_client_free(&p->r);
	fclose(p->outf);
	fclose(p->errf);
	free(p->out);
	free(p->err);
}

/* Finish; what went out. */
static const char *
finish(struct replay *p)
{
	assert_int_equal(report_client_finish(&p->r, &p->result), 0);
	fflush(p->errf);
	return p->out;
}

static void
got_rate(struct replay *p, enum result_direction d, double mbps, double rtt,
    double min_rtt)
{
	struct result_way *w = &p->result.ways[d];

	w->has = true;
	w->last = (struct result_rate){ .direction = d,
		.rate_bps = mbps * 1e6, .rtt_us = lround(1000 * rtt),
		.min_rtt_us = lround(1000 * min_rtt) };
	report_client_rate(&p->r, &w->last);
}

static bool
replay_debug(struct replay *p, const char *line)
{
	int64_t n[4];
	int stream;

	if (sscanf(line, "DEBUG: Stream #%d - application r/w: %" SCNd64 "/%"
	    SCNd64 ", network r/w: %" SCNd64 "/%" SCNd64, &stream, &n[0],
	    &n[1], &n[2], &n[3]) == 5)
		report_client_counters(&p->r, stream, n[0], n[1], n[2], n[3]);
	else if (strncmp(line, "DEBUG: using", 12) == 0)
		report_client_source(&p->r);
	else
		return false;
	return true;
}

static bool
replay_stream(struct replay *p, const char *line)
{
	char way[16], server[64], url[LINE];
	int stream;

	if (sscanf(line, "Starting %15s stream (server: %63[^)])", way,
	    server) == 2) {
		p->direction = strcmp(way, "upload") == 0 ? RESULT_UPLOAD :
		    RESULT_DOWNLOAD;
		report_client_starting(&p->r, p->direction, p->stream++,
		    server);
	} else if (sscanf(line, "Connected to %1023s", url) == 1) {
		report_client_connected(&p->r, p->direction, 0, url);
	} else if (sscanf(line, "Stream %d complete (server %63[^)])",
	    &stream, server) == 2) {
		report_client_complete(&p->r, p->direction, stream, server);
	} else {
		return false;
	}
	return true;
}

/* One line of the record; the summary comes from what was before. */
static void
replay_line(struct replay *p, const char *line)
{
	double rate, rtt, min_rtt;
	char way[16];

	if (*line == '\0' || *line == ' ' ||
	    strcmp(line, "Test results:") == 0)
		return;
	if (replay_debug(p, line) || replay_stream(p, line))
		return;
	if (sscanf(line, "%15s rate: %lf Mb/s, rtt: %lf, minrtt: %lf", way,
	    &rate, &rtt, &min_rtt) == 4)
		got_rate(p, p->direction, rate, rtt, min_rtt);
	else
		report_client_error(&p->r, p->direction, 0, line);
}

/* Each command of a file: `$ msak-client words`, lines, `[exit 0]`. */
static void
replay_file(const char *name)
{
	char *text = vectors_text(name), *line, *next, *words;
	static struct replay p;
	int runs = 0;

	for (line = text; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		assert_non_null(next);
		*next++ = '\0';
		if (strncmp(line, "$ ", 2) == 0) {
			words = strchr(line + 2, ' ');
			assert_non_null(words);
			start(&p, words + 1, 0);
		} else if (strncmp(line, "[exit", 5) == 0) {
			assert_string_equal(finish(&p), p.wanted);
			stop(&p);
			runs++;
		} else if (strncmp(line, "2026/", 5) != 0) {
			strlcat(p.wanted, line, TEXT);
			assert_true(strlcat(p.wanted, "\n", TEXT) < TEXT);
			replay_line(&p, line);
		}
	}
	assert_true(runs > 0);
	free(text);
}

static void
test_vectors(void **state)
{
	(void)state;
	replay_file("msak/output/msak-client.stdout.txt");
	replay_file("msak/output/msak-client-debug.stdout.txt");
	replay_file("msak/output/msak-client-refused.stdout.txt");
	replay_file("msak/output/msak-client-wss.txt");
}

/* One run, with everything there is to say. */
static void
play(struct replay *p, const char *words, int columns)
{
	struct result_way *w = &p->result.ways[RESULT_DOWNLOAD];

	start(p, words, columns);
	report_client_source(&p->r);
	report_client_starting(&p->r, RESULT_DOWNLOAD, 0, "h:80");
	report_client_connected(&p->r, RESULT_DOWNLOAD, 0, "ws://h:80/x?y");
	report_client_rate(&p->r, &(struct result_rate){ RESULT_DOWNLOAD,
	    500 * CLOCK_NS_PER_MS, 18941574715.0, 1183848, 0, 0 });
	w->has = true;
	w->last = (struct result_rate){ RESULT_DOWNLOAD, CLOCK_NS_PER_S,
		21419807987.0, 2677475, 95, 20 };
	report_client_rate(&p->r, &w->last);
	report_client_complete(&p->r, RESULT_DOWNLOAD, 0, "h:80");
	report_client_error(&p->r, RESULT_UPLOAD, 1, "unexpected EOF");
	w->nstreams = 1;
	w->streams[0] = (struct result_stream){ 2677475, CLOCK_NS_PER_S,
		21419800000.0, 0, 95, 20, 4000000, 1000, "bbr", true };
	w->steady_bps = 21.5e9;
	w->steady_begin_ns = 1100 * CLOCK_NS_PER_MS;
	w->steady_end_ns = 1900 * CLOCK_NS_PER_MS;
	p->result.has_idle = w->has_loaded = true;
	p->result.idle = (struct result_rtt){ 9, 10, 1, 1000000, 2000000,
		2000000, 3000000, 3500000, 4000000, 250000 };
	w->loaded = (struct result_rtt){ 8, 8, 0, 5000000, 15000000, 20000000,
		30000000, 35000000, 40000000, 2500000 };
	p->result.start_wall_ns = 1700000000 * CLOCK_NS_PER_S;
	p->result.end_wall_ns = 1700000001 * CLOCK_NS_PER_S;
}

static const char results[] =
"\n"
"Test results:\n"
"  download rate: 21419.81 Mb/s, rtt: 0.09ms, minrtt: 0.02ms\n"
"    streams: 1, duration: 1.00s, cc algo: bbr, byte limit: 0 bytes\n"
"    stream 0: 21419.80 Mb/s, cc: bbr, retransmitted: 0.03%\n"
"    idle latency p50/p90/p99: 2.000/3.000/3.500 ms\n"
"    loaded latency p50/p90/p99: 20.000/30.000/35.000 ms, added: 18.000 ms,"
" RPM: 3000\n";

#define WORDS	"-server h:80 -mid m -streams 1 -duration 1s"

static void
check(const char *words, int columns, const char *before,
    const char *after)
{
	static struct replay p;
	char wanted[TEXT];

	play(&p, words, columns);
	snprintf(wanted, sizeof(wanted), "%s%s", before, after);
	assert_string_equal(finish(&p), wanted);
	assert_string_equal(p.err, "");
	stop(&p);
}

static void
test_human(void **state)
{
	(void)state;
	check(WORDS, 0,
	    "Starting download stream (server: h:80)\n"
	    "Connected to ws://h:80/x?y\n"
	    "download rate: 18941.574715 Mb/s, rtt: 0.00, minrtt: 0.00\n"
	    "download rate: 21419.807987 Mb/s, rtt: 0.09, minrtt: 0.02\n"
	    "Stream 0 complete (server h:80)\n"
	    "unexpected EOF\n", results);
	check(WORDS " -quiet", 0, "unexpected EOF\n", results);
	check("-mid m -streams 1 -duration 1s -quiet", 80,
	    "unexpected EOF\n", results);
}

static void
test_terminal(void **state)
{
	(void)state;
	check(WORDS, 80,
	    "Starting download stream (server: h:80)\n"
	    "Connected to ws://h:80/x?y\n"
	    "\rdownload [##########          ] 18941.57 Mb/s, rtt: 0.00ms, "
	    "minrtt: 0.00ms\033[K"
	    "\rdownload [####################] 21419.81 Mb/s, rtt: 0.09ms, "
	    "minrtt: 0.02ms\033[K\n"
	    "Stream 0 complete (server h:80)\n"
	    "unexpected EOF\n", results);
}

/* Without room for all there is no bar, and then the end is missing. */
static void
test_narrow(void **state)
{
	static const struct {
		int columns;
		const char *want;
	} cases[] = {
		{ 74, "\rupload [##########          ] 1.00 Mb/s, rtt: 0.10ms, "
		    "minrtt: 0.05ms\033[K" },
		{ 69, "\rupload [##########          ] 1.00 Mb/s, rtt: 0.10ms, "
		    "minrtt: 0.05ms\033[K" },
		{ 68, "\rupload 1.00 Mb/s, rtt: 0.10ms, minrtt: 0.05ms\033[K" },
		{ 20, "\rupload 1.00 Mb/s, r\033[K" },
		{ 3, "\rupload \033[K" },
	};
	struct result_rate rate = { RESULT_UPLOAD, 500 * CLOCK_NS_PER_MS, 1e6,
		1, 100, 50 };
	static struct replay p;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		start(&p, WORDS, cases[i].columns);
		report_client_rate(&p.r, &rate);
		assert_string_equal(p.out, cases[i].want);
		stop(&p);
	}
}

static void
test_legacy(void **state)
{
	(void)state;
	check(WORDS " -format legacy", 80,
	    "Starting download stream (server: h:80)\n"
	    "Connected to ws://h:80/x?y\n"
	    "Elapsed: 0.50s, Goodput: 18941.574715 Mb/s, MinRTT: 0\n"
	    "Elapsed: 1.00s, Goodput: 21419.807987 Mb/s, MinRTT: 20\n"
	    "Stream 0 complete (server h:80)\n"
	    "unexpected EOF\n", "");
}

static const char head[] =
"\"tool\":\"msak-client\",\"version\":\"" PACKAGE_VERSION "\","
"\"start\":\"2023-11-14T22:13:20.000Z\","
"\"end\":\"2023-11-14T22:13:21.000Z\",\"config\":{\"server\":\"h:80\","
"\"scheme\":\"wss\",\"mid\":\"m\",\"streams\":1,\"duration_s\":1.000000000,"
"\"cc\":\"bbr\",\"delay_s\":0.000000000,\"limit_bytes\":null,"
"\"download\":true,\"upload\":true,\"verify\":true,\"latency\":false,"
"\"family\":null,\"bind\":null,\"bind_dev\":null,\"dscp\":0,"
"\"tls_min_version\":\"1.2\"},";

#define INTERVALS(begin, end)						\
	begin "\"direction\":\"download\",\"elapsed_s\":0.500000000,"	\
	"\"rate_bps\":18941574715.000,\"size_bytes\":1183848,"		\
	"\"rtt_ms\":null,\"min_rtt_ms\":null" end
#define INTERVALS_2(begin, end)						\
	begin "\"direction\":\"download\",\"elapsed_s\":1.000000000,"	\
	"\"rate_bps\":21419807987.000,\"size_bytes\":2677475,"		\
	"\"rtt_ms\":0.095,\"min_rtt_ms\":0.020" end

static const char tail[] =
"\"result\":{\"download\":{\"rate_bps\":21419807987.000,"
"\"duration_s\":1.000000000,\"size_bytes\":2677475,\"rtt_ms\":0.095,"
"\"min_rtt_ms\":0.020,\"streams\":[{\"stream\":0,\"duration_s\":1.000000000,"
"\"rate_bps\":21419800000.000,\"size_bytes\":2677475,\"rtt_ms\":0.095,"
"\"min_rtt_ms\":0.020,\"tcp_sent_bytes\":4000000,\"tcp_retrans_bytes\":1000,"
"\"retrans_pct\":0.025000,\"cc\":\"bbr\",\"clean_close\":true,"
"\"steady_rate_bps\":null}],"
"\"loaded_latency\":{\"packets_sent\":8,\"packets_received\":8,"
"\"packets_lost\":0,\"rtt_ms\":{\"min\":5.000000,\"mean\":15.000000,"
"\"p50\":20.000000,\"p90\":30.000000,\"p99\":35.000000,\"max\":40.000000},"
"\"jitter_ms\":2.500000},\"rpm\":3000.000,\"added_rtt_ms\":18.000000,"
"\"steady_rate_bps\":21500000000.000,"
"\"steady_begin_s\":1.100000000,\"steady_end_s\":1.900000000},"
"\"upload\":null,\"idle_latency\":{\"packets_sent\":10,"
"\"packets_received\":9,\"packets_lost\":1,\"rtt_ms\":{\"min\":1.000000,"
"\"mean\":2.000000,\"p50\":2.000000,\"p90\":3.000000,\"p99\":3.500000,"
"\"max\":4.000000},\"jitter_ms\":0.250000}},\"host\":{\"cpu_user_s\":"
"0.000000000,\"cpu_system_s\":0.000000000,\"cpu_share\":0.000000,"
"\"clock_step_ms\":0.000000,\"socket_drops\":0,\"limit\":null},"
"\"error\":null}\n";

static void
test_json_events(void **state)
{
	char before[TEXT];

	(void)state;
	snprintf(before, sizeof(before), "%s%s",
	    "{\"event\":\"starting\",\"direction\":\"download\",\"stream\":0,"
	    "\"server\":\"h:80\"}\n"
	    "{\"event\":\"connected\",\"direction\":\"download\","
	    "\"stream\":0,\"url\":\"ws://h:80/x?y\"}\n"
	    INTERVALS("{\"event\":\"interval\",", "}\n")
	    INTERVALS_2("{\"event\":\"interval\",", "}\n")
	    "{\"event\":\"complete\",\"direction\":\"download\",\"stream\":0,"
	    "\"server\":\"h:80\"}\n"
	    "{\"event\":\"error\",\"direction\":\"upload\",\"stream\":1,"
	    "\"message\":\"unexpected EOF\"}\n{\"event\":\"summary\",", head);
	check(WORDS " -format json", 80, before, tail);
}

static void
test_json_alone(void **state)
{
	static const char *const words[] = { WORDS " -json",
		WORDS " -format json -quiet", WORDS " -format legacy -json" };
	char before[TEXT];
	size_t i;

	(void)state;
	snprintf(before, sizeof(before), "{%s%s", head, "\"intervals\":["
	    INTERVALS("{", "},") INTERVALS_2("{", "}],"));
	for (i = 0; i < NELEM(words); i++)
		check(words[i], 80, before, tail);
}

static void
test_many_intervals(void **state)
{
	static struct replay p;
	struct result_rate rate = { .rate_bps = 1e6 };
	const char *at;
	int i, found = 0;

	(void)state;
	start(&p, WORDS " -json", 0);
	for (i = 0; i < 1000; i++)
		report_client_rate(&p.r, &rate);
	for (at = finish(&p); (at = strstr(at, "\"rate_bps\":1000000.000")) !=
	    NULL; at++)
		found++;
	assert_int_equal(found, 1000);
	stop(&p);
}

static void
test_error(void **state)
{
	static struct replay p;

	(void)state;
	start(&p, WORDS " -json", 0);
	p.result.error.code = 1;
	strlcpy(p.result.error.message, "no \"stream\" connected",
	    sizeof(p.result.error.message));
	assert_non_null(strstr(finish(&p), "\"result\":{\"download\":null,"
	    "\"upload\":null,\"idle_latency\":null}"));
	assert_non_null(strstr(p.out, "\"error\":{\"code\":1,\"message\":"
	    "\"no \\\"stream\\\" connected\"}}\n"));
	stop(&p);
}

static void
test_full(void **state)
{
	static const char *const words[] = { WORDS, WORDS " -format json",
		WORDS " -json" };
	static struct replay p;
	FILE *full = fopen("/dev/full", "w");
	size_t i;

	(void)state;
	if (full == NULL)
		skip();
	for (i = 0; i < NELEM(words); i++) {
		start(&p, words[i], 0);
		report_client_init(&p.r, &p.o, 0, full, p.errf);
		report_client_starting(&p.r, RESULT_DOWNLOAD, 0, "h");
		assert_int_equal(report_client_finish(&p.r, &p.result), -1);
		stop(&p);
	}
	fclose(full);
}

static void
test_host_limit(void **state)
{
	static struct replay p;

	(void)state;
	start(&p, WORDS, 0);
	p.result.host.socket_drops = 3;
	(void)finish(&p);
	assert_non_null(strstr(p.err,
	    "warning: this host was the limit, not the path: "));
	stop(&p);
}

static void
test_located(void **state)
{
	static struct replay p;

	(void)state;
	start(&p, WORDS, 0);
	report_client_located(&p.r, "wss://h/x");
	(void)finish(&p);
	assert_string_equal(line_undated(p.err), "URL: wss://h/x\n");
	stop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_human),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_json_events),
		cmocka_unit_test(test_json_alone),
		cmocka_unit_test(test_many_intervals),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_host_limit),
		cmocka_unit_test(test_located),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
