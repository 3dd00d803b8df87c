/* SPDX-License-Identifier: BSD-2-Clause */
/* What msak-latency prints, against recorded output. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/report_latency.h"
#include "tests/unit/msak_line.h"
#include "tests/unit/vectors.h"

struct replay {
	struct line		 l;
	struct latency_options	 o;
	struct report_latency	 r;
	struct result_latency	 result;
	char			*out;
	size_t			 outlen;
	FILE			*outf;
};

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	return options_latency_parse(argc, argv, options, status);
}

static void
start(struct replay *p, const char *words)
{
	memset(p, 0, sizeof(*p));
	p->l.program = "msak-latency";
	p->l.parse = parse;
	p->l.options = &p->o;
	line_run(&p->l, words);
	assert_int_equal(p->l.said, OPTIONS_RUN);
	p->outf = open_memstream(&p->out, &p->outlen);
	assert_non_null(p->outf);
	report_latency_init(&p->r, &p->o, p->outf);
}

static const char *
finish(struct replay *p)
{
	assert_int_equal(report_latency_finish(&p->r, &p->result), 0);
	return p->out;
}

static void
stop(struct replay *p)
{
	fclose(p->outf);
	free(p->out);
}

static int64_t
ns(double ms)
{
	return lround(ms * 1e6);
}

/* The arguments on stderr of a record are left out of what is compared. */
static const char *
after_arguments(const char *text)
{
	const char *at = strstr(text, "Attempting");

	assert_non_null(at);
	return at;
}

static void
test_vector(void **state)
{
	char *text = vectors_text("msak/output/msak-latency.txt");
	const char *wanted = after_arguments(text), *dots, *at;
	char url[256], error[256], *end;
	double min, mean, max, loss;
	static struct replay p;

	(void)state;
	end = strstr(text, "[exit");
	assert_non_null(end);
	*end = '\0';
	start(&p, "-server http://127.0.0.1:8180 -mid vec-lat");
	assert_int_equal(sscanf(wanted, "Attempting to connect to: %255s",
	    url), 1);
	report_latency_attempt(&p.r, url);
	dots = strchr(wanted, '\n') + 1;
	for (at = dots; *at == '.'; at++)
		report_latency_echo(&p.r);
	assert_true(at - dots > 200);
	assert_int_equal(sscanf(at, "read error: %255[^\n]\n\nrtt "
	    "min/avg/max: %lf/%lf/%lf ms, loss: %lf", error, &min, &mean,
	    &max, &loss), 5);
	report_latency_read_error(&p.r, error);
	p.result.has = true;
	p.result.rtt = (struct result_rtt){ .count = 218, .sent = 1000,
		.lost = (uint64_t)lround(1000 * loss), .min_ns = ns(min),
		.mean_ns = ns(mean), .max_ns = ns(max) };
	at = finish(&p);
	assert_memory_equal(at, wanted, strlen(wanted));
	/* What follows is ours. */
	assert_string_equal(at + strlen(wanted),
	    "rtt p50/p90/p99: 0.000/0.000/0.000 ms, jitter: 0.000 ms\n"
	    "packets sent/received/lost: 1000/218/100 (10.00%)\n");
	stop(&p);
	free(text);
}

static void
play(struct replay *p, const char *words)
{
	start(p, words);
	report_latency_failed(&p->r, "http://a/x");
	report_latency_attempt(&p->r, "http://b/x");
	report_latency_echo(&p->r);
	report_latency_read_error(&p->r, "i/o timeout");
	p->result.has = true;
	p->result.rtt = (struct result_rtt){ 3, 4, 1, ns(1), ns(2.5), ns(2),
		ns(3), ns(3.5), ns(4), ns(.25) };
	strlcpy(p->result.id, "host_1_unsafe_0A", sizeof(p->result.id));
	p->result.start_wall_ns = 1700000000 * CLOCK_NS_PER_S;
	p->result.end_wall_ns = 1700000001 * CLOCK_NS_PER_S;
}

static void
check(const char *words, const char *out)
{
	static struct replay p;

	play(&p, words);
	assert_string_equal(finish(&p), out);
	stop(&p);
}

#define RESULT								\
	"rtt min/avg/max: 1.000/2.500/4.000 ms, loss: 0.2\n"		\
	"rtt p50/p90/p99: 2.000/3.000/3.500 ms, jitter: 0.250 ms\n"	\
	"packets sent/received/lost: 4/3/1 (25.00%)\n"

static void
test_human(void **state)
{
	(void)state;
	check("", "failed to connect to http://a/x\n"
	    "Attempting to connect to: http://b/x\n"
	    ".read error: i/o timeout\n\n" RESULT);
	check("-quiet", RESULT);
}

#define JSON								\
"\"tool\":\"msak-latency\",\"version\":\"" PACKAGE_VERSION "\","	\
"\"start\":\"2023-11-14T22:13:20.000Z\","				\
"\"end\":\"2023-11-14T22:13:21.000Z\",\"config\":{\"server\":null,"	\
"\"scheme\":\"http\",\"mid\":null,\"latency_port\":1053,"		\
"\"family\":null,\"bind\":null,\"bind_dev\":null,\"dscp\":0,"		\
"\"tls_min_version\":\"1.2\"},\"result\":{\"id\":\"host_1_unsafe_0A\","	\
"\"latency\":{\"packets_sent\":4,\"packets_received\":3,"		\
"\"packets_lost\":1,\"rtt_ms\":{\"min\":1.000000,\"mean\":2.500000,"	\
"\"p50\":2.000000,\"p90\":3.000000,\"p99\":3.500000,"			\
"\"max\":4.000000},\"jitter_ms\":0.250000},\"loss_pct\":25.000000},"	\
"\"host\":{\"cpu_user_s\":0.000000000,\"cpu_system_s\":0.000000000,"	\
"\"cpu_share\":0.000000,\"clock_step_ms\":0.000000,"			\
"\"socket_drops\":0,\"limit\":null},\"error\":null}\n"

static void
test_json(void **state)
{
	(void)state;
	check("-json", "{" JSON);
	check("-quiet -format json", "{" JSON);
	check("-format json",
	    "{\"event\":\"failed\",\"url\":\"http://a/x\"}\n"
	    "{\"event\":\"connecting\",\"url\":\"http://b/x\"}\n"
	    "{\"event\":\"end\",\"message\":\"i/o timeout\"}\n"
	    "{\"event\":\"summary\"," JSON);
}

static void
test_nothing(void **state)
{
	static struct replay p;

	(void)state;
	start(&p, "");
	report_latency_no_server(&p.r);
	assert_string_equal(finish(&p), "no server found");
	stop(&p);
	start(&p, "");
	p.result.has = true;
	assert_string_equal(finish(&p),
	    "rtt min/avg/max: 0.000/0.000/0.000 ms, loss: 0.0\n");
	stop(&p);
	start(&p, "-json");
	report_latency_no_server(&p.r);
	p.result.error.code = 1;
	strlcpy(p.result.error.message, "no server found",
	    sizeof(p.result.error.message));
	assert_non_null(strstr(finish(&p), "\"result\":null,"));
	assert_non_null(strstr(p.out, "\"error\":{\"code\":1,\"message\":"
	    "\"no server found\"}}\n"));
	stop(&p);
	start(&p, "-json");
	p.result.has = true;
	p.result.rtt.sent = p.result.rtt.lost = 7;
	assert_non_null(strstr(finish(&p), "\"packets_lost\":7,"
	    "\"rtt_ms\":null,\"jitter_ms\":null},\"loss_pct\":100.000000}"));
	stop(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_human),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
