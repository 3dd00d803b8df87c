/* SPDX-License-Identifier: BSD-2-Clause */
/* What minimal-download prints, against recorded output. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/report_minimal.h"
#include "tests/unit/msak_line.h"
#include "tests/unit/vectors.h"

#define TEXT	16384

struct replay {
	struct line		 l;
	struct minimal_options	 o;
	struct report_minimal	 r;
	struct result_minimal	 result;
	char			*out, *err;
	size_t			 outlen, errlen;
	FILE			*outf, *errf;
	char			 wanted[TEXT];
};

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	return options_minimal_parse(argc, argv, options, status);
}

static void
start(struct replay *p, const char *words)
{
	memset(p, 0, sizeof(*p));
	p->l.program = "minimal-download";
	p->l.parse = parse;
	p->l.options = &p->o;
	line_good(&p->l, words);
	p->outf = open_memstream(&p->out, &p->outlen);
	p->errf = open_memstream(&p->err, &p->errlen);
	assert_non_null(p->outf);
	assert_non_null(p->errf);
	report_minimal_init(&p->r, &p->o, p->outf, p->errf);
}

static void
finish(struct replay *p)
{
	assert_int_equal(report_minimal_finish(&p->r, &p->result), 0);
	fflush(p->outf);
	fflush(p->errf);
}

static void
stop(struct replay *p)
{
	report_minimal_free(&p->r);
	fclose(p->outf);
	fclose(p->errf);
	free(p->out);
	free(p->err);
}

static bool
replay_sample(struct replay *p, const char *line)
{
	struct result_sample s = { .stream = 0 };
	double rate, rtt, elapsed;

	if (sscanf(line, "Download server #1 rate: %lf Mbps, rtt %lfms, "
	    "elapsed %lfs, application r/w: %" SCNd64 "/%" SCNd64
	    ", network r/w: %" SCNd64 "/%" SCNd64 " kernel* r/w: %" SCNd64 "/%"
	    SCNd64, &rate, &rtt, &elapsed, &s.app_read, &s.app_written,
	    &s.net_read, &s.net_written, &s.tcp_received, &s.tcp_acked) != 9)
		return false;
	s.rate_bps = rate * 1e6;
	s.rtt_us = lround(rtt * 1000);
	s.elapsed_us = lround(elapsed * 1e6);
	report_minimal_sample(&p->r, &s);
	return true;
}

static bool
replay_average(struct replay *p, const char *line)
{
	struct result_average a, *kept;
	double rate, rtt, elapsed;
	char of[16];

	if (sscanf(line, "Download %15s %*[^:]: %lf Mbps, MinRTT %lfms, "
	    "elapsed %lfs, application r/w: 0/%" SCNd64, of, &rate, &rtt,
	    &elapsed, &a.bytes) != 5)
		return false;
	a.rate_bps = rate * 1e6;
	a.min_rtt_us = lround(rtt * 1000);
	a.elapsed_ns = lround(elapsed * 1e9);
	if (strcmp(of, "stream") == 0) {
		report_minimal_progress(&p->r, &a);
		return true;
	}
	kept = *of == 't' ? &p->result.total : *of == 'f' ?
	    &p->result.first : &p->result.center;
	*kept = a;
	p->result.has = true;
	return true;
}

static void
replay_line(struct replay *p, const char *line)
{
	if (strncmp(line, "Connecting: ", 12) == 0)
		report_minimal_connecting(&p->r, 0, p->o.url);
	else if (strcmp(line, "------") != 0)
		assert_true(replay_sample(p, line) || replay_average(p, line));
}

static void
test_vectors(void **state)
{
	char *text = vectors_text("msak/output/minimal-download.txt");
	char *line, *next, *words;
	static struct replay p;
	int runs = 0;

	(void)state;
	for (line = text; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		assert_non_null(next);
		*next++ = '\0';
		if (strncmp(line, "$ ", 2) == 0) {
			words = strchr(line + 2, ' ');
			assert_non_null(words);
			start(&p, words + 1);
		} else if (strncmp(line, "[exit", 5) == 0) {
			finish(&p);
			assert_string_equal(p.err, p.wanted);
			assert_string_equal(p.out, "");
			stop(&p);
			runs++;
		} else {
			strlcat(p.wanted, line, TEXT);
			assert_true(strlcat(p.wanted, "\n", TEXT) < TEXT);
			replay_line(&p, line);
		}
	}
	assert_int_equal(runs, 3);
	free(text);
}

static void
play(struct replay *p, const char *words)
{
	start(p, words);
	report_minimal_connecting(&p->r, 0, "ws://h/d?access_token=T");
	report_minimal_skipping(&p->r, 1, "refused");
	report_minimal_sample(&p->r, &(struct result_sample){ 0, 35260800000.0,
	    207600, 30, 0, 918552576, 0, 917513214, 538, 914903145 });
	report_minimal_error(&p->r, 0, "read: reset");
	p->result.has = true;
	p->result.total = (struct result_average){ 33552560000.0,
		1002300000, 4203745461, 4110 };
	p->result.start_wall_ns = 1700000000 * CLOCK_NS_PER_S;
	p->result.end_wall_ns = 1700000001 * CLOCK_NS_PER_S;
}

static void
check(const char *words, const char *out, const char *err)
{
	static struct replay p;

	play(&p, words);
	finish(&p);
	assert_string_equal(p.out, out);
	assert_string_equal(p.err, err);
	stop(&p);
}

#define ERRORS	"skipping one stream; fialed to connect: refused\n"

static void
test_human(void **state)
{
	static const char total[] = "------\nDownload total average:  "
	    "33552.56 Mbps, MinRTT  4.11ms, elapsed 1.0023s, application "
	    "r/w: 0/4203745461\n";
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text), "%s%s", "Connecting: ws://h/d?...\n"
	    ERRORS "Download server #1 rate: 35260.80 Mbps, rtt  0.03ms, "
	    "elapsed 0.2076s, application r/w: 0/918552576, network r/w: "
	    "0/917513214 kernel* r/w: 538/914903145\nerror read: reset\n",
	    total);
	check("", "", text);
	snprintf(text, sizeof(text), "%s%s", ERRORS "error read: reset\n",
	    total);
	check("-quiet", "", text);
}

static void
test_legacy(void **state)
{
	(void)state;
	check("-format legacy", "", ERRORS
	    "Download server #1 - rate 35260.80 Mbps, rtt  0.03ms, elapsed "
	    "0.2076s, application r/w: 0/918552576, network r/w: "
	    "0/917513214 kernel* r/w: 538/914903145\n"
	    "error read: reset\n"
	    "Download client #1 - Avg 33552.56 Mbps, MinRTT  4.11ms, elapsed "
	    "1.0023s, application r/w: 0/4203745461\n");
}

#define HEAD								\
"\"tool\":\"minimal-download\",\"version\":\"" PACKAGE_VERSION "\","	\
"\"start\":\"2023-11-14T22:13:20.000Z\","				\
"\"end\":\"2023-11-14T22:13:21.000Z\",\"config\":{\"server_url\":null,"	\
"\"mid\":\"m\",\"streams\":1,\"duration_s\":5.000000000,"		\
"\"max_duration_s\":15.000000000,\"cc\":\"bbr\",\"limit_bytes\":null,"	\
"\"verify\":true,\"family\":null,\"bind\":null,\"bind_dev\":null,"	\
"\"dscp\":0,\"tls_min_version\":\"1.2\"},"
#define SAMPLE								\
"\"stream\":0,\"elapsed_s\":0.207600,\"rate_bps\":35260800000.000,"	\
"\"rtt_ms\":0.030,\"application_read_bytes\":0,"			\
"\"application_written_bytes\":918552576,\"network_read_bytes\":0,"	\
"\"network_written_bytes\":917513214,\"tcp_received_bytes\":538,"	\
"\"tcp_acked_bytes\":914903145}"
#define TAIL								\
"\"result\":{\"total\":{\"duration_s\":1.002300000,"			\
"\"rate_bps\":33552560000.000,\"size_bytes\":4203745461,"		\
"\"min_rtt_ms\":4.110}},\"host\":{\"cpu_user_s\":0.000000000,"		\
"\"cpu_system_s\":0.000000000,\"cpu_share\":0.000000,"			\
"\"clock_step_ms\":0.000000,\"socket_drops\":0,\"limit\":null},"	\
"\"error\":null}\n"

static void
test_json(void **state)
{
	(void)state;
	check("-server.mid m -format json",
	    "{\"event\":\"connecting\",\"stream\":0,\"url\":"
	    "\"ws://h/d?access_token=T\"}\n"
	    "{\"event\":\"skipping\",\"stream\":1,\"message\":\"refused\"}\n"
	    "{\"event\":\"interval\"," SAMPLE "\n"
	    "{\"event\":\"error\",\"stream\":0,\"message\":\"read: reset\"}\n"
	    "{\"event\":\"summary\"," HEAD TAIL, "");
	check("-server.mid m -json", "{" HEAD "\"intervals\":[{" SAMPLE "],"
	    TAIL, "");
	check("-server.mid m -quiet -format json", "{" HEAD "\"intervals\":[{"
	    SAMPLE "]," TAIL, "");
}

static void
test_json_several(void **state)
{
	static struct replay p;

	(void)state;
	start(&p, "-streams 2 -format json");
	report_minimal_progress(&p.r, &(struct result_average){ 8e6, 1000,
	    1, 0 });
	p.result.has = true;
	finish(&p);
	assert_non_null(strstr(p.out, "{\"event\":\"progress\",\"duration_s\":"
	    "0.000001000,\"rate_bps\":8000000.000,\"size_bytes\":1,"
	    "\"min_rtt_ms\":null}\n"));
	assert_non_null(strstr(p.out, "\"first\":{\"duration_s\":0.0"));
	assert_non_null(strstr(p.out, "\"center\":null}"));
	stop(&p);
}

static void
test_nothing(void **state)
{
	static struct replay p;

	(void)state;
	start(&p, "");
	finish(&p);
	assert_string_equal(p.err, "");
	stop(&p);
	start(&p, "-json");
	p.result.error.code = 1;
	finish(&p);
	assert_non_null(strstr(p.out, "\"result\":null"));
	assert_non_null(strstr(p.out, "\"error\":{\"code\":1"));
	stop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_human),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_several),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
