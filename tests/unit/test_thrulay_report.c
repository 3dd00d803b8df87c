/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of thrulay 0.9, against what that program printed. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/unit/report_run.h"
#include "tests/unit/vectors.h"

#define TEXT		4096
#define LINE		128

static void
read_output(const char *name, char *text)
{
	char path[128], *all;

	snprintf(path, sizeof(path), "thrulay/outputs/%s", name);
	all = vectors_text(path);
	assert_true(strlcpy(text, all, TEXT) < TEXT);
	free(all);
}

static int64_t
ns(double value, double unit)
{
	return (int64_t)llround(value * unit);
}

/* Take what a line of the header says. */
static void
take_header(const char *line, struct thrulay_setup *u, char *topology)
{
	int block;

	sscanf(line, "# local window = %dB; remote window = %dB",
	    &u->local_window, &u->remote_window);
	if (sscanf(line, "# block size = %dB", &block) == 1)
		u->requested_block = u->block = block;
	sscanf(line, "# requested block size = %dB; actual block size = %dB",
	    &u->requested_block, &u->block);
	sscanf(line, "# MTU: %dB; MSS: %dB; Topology guess: %127[^\n]",
	    &u->mtu, &u->mss, topology);
	if (sscanf(line, "# test duration = %lfs; reporting interval = %lfs",
	    &u->duration, &u->interval) == 1)
		u->interval = 0;
}

/* Figures of a line, after its mark. */
static void
take_figures(const char *p, struct thrulay_interval *iv)
{
	double begin, end, rate, delay, jitter, min = 0, avg = 0, max = 0;
	int n;

	n = sscanf(p, "%lf %lf %lf %lf %lf %lf %lf %lf", &begin, &end, &rate,
	    &delay, &jitter, &min, &avg, &max);
	assert_true(n == 5 || n == 8);
	iv->begin_ns = ns(begin, 1e9);
	iv->end_ns = ns(end, 1e9);
	iv->rate_bps = rate * 1e6;
	iv->rtt.n = iv->blocks = 1;
	iv->rtt.p50 = ns(delay, 1e6);
	iv->rtt.p25 = 1234567;
	iv->rtt.p75 = iv->rtt.p25 + ns(jitter, 1e6);
	iv->rtt.min = ns(min, 1e6);
	iv->rtt.max = ns(max, 1e6);
	iv->rtt.mean = iv->rtt_mean_of_means = avg * 1e6;
}

/* Hand a line of results to the callback that it came from. */
static void
replay_line(struct report_run *x, const char *line)
{
	struct thrulay_result result;
	struct thrulay_interval iv;

	memset(&iv, 0, sizeof(iv));
	take_figures(strchr(line, ')') + 1, &iv);
	if (sscanf(line, " (%d)", &iv.id) == 1) {
		x->on->interval(x->r, &iv);
	} else if (sscanf(line, "#(%d)", &iv.id) == 1) {
		x->on->stream(x->r, &iv);
	} else {
		assert_int_equal(strncmp(line, "#(**)", 5), 0);
		/* A lone stream's total comes too, but is not printed. */
		if (x->o.test.num_streams == 1)
			x->on->stream(x->r, &iv);
		iv.id = -1;
		iv.rtt.mean = 77e6;	/* here 0.9 shows the mean of means */
		memset(&result, 0, sizeof(result));
		result.total[THRULAY_FORWARD] = iv;
		result.has[THRULAY_FORWARD] = true;
		x->on->result(x->r, &result);
	}
}

/* Feed a recorded output line by line. */
static void
replay(struct report_run *x, char *text)
{
	char topology[LINE] = "", *line;
	struct thrulay_setup u;
	bool header = true;

	memset(&u, 0, sizeof(u));
	u.streams = x->o.test.num_streams;
	u.topology = topology;
	u.idle_rtt_ns = -1;
	while ((line = strsep(&text, "\n")) != NULL) {
		if (*line == '\0')
			continue;
		if (header) {
			take_header(line, &u, topology);
			header = strncmp(line, "#(ID)", 5) != 0;
			if (!header)
				x->on->setup(x->r, &u);
		} else {
			replay_line(x, line);
		}
	}
}

static void
replay_tcp(const char *name)
{
	char want[TEXT], text[TEXT];
	struct report_run x;

	read_output(name, want);
	memcpy(text, want, sizeof(text));
	report_run_init(&x);
	x.o.verbosity = strstr(name, "_v_") != NULL;
	sscanf(name, "tcp_m%d_", &x.o.test.num_streams);
	report_run_start(&x);
	replay(&x, text);
	assert_int_equal(report_run_finish(&x, "During test", 0), 0);
	assert_string_equal(x.out, want);
	assert_string_equal(x.err, "");
	report_run_free(&x);
}

static void
test_tcp_as_recorded(void **state)
{
	static const char *const names[] = {
		"tcp_default_t3.txt", "tcp_i0_t1.txt", "tcp_i2_t3.txt",
		"tcp_l10_t1.txt", "tcp_l5000000_t1.txt", "tcp_m3_t2.txt",
		"tcp_m3_v_t2.txt", "tcp_slow_l1000_w8000_v_t1.txt",
		"tcp_v_t2.txt", "tcp_w1000_t1.txt",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++)
		replay_tcp(names[i]);
}

/* The server's text as it is, then the run time where it was recorded. */
static void
replay_udp(const char *name)
{
	struct thrulay_pacing p = { .runtime_ns = 2 * CLOCK_NS_PER_S };
	struct thrulay_setup u;
	uint16_t port = 5003;
	struct report_run x;
	char want[TEXT], *tail;

	read_output(name, want);
	tail = strstr(want, "Client runtime");
	report_run_init(&x);
	x.o.test.rate = 10000000;
	x.o.verbosity = tail != NULL;
	report_run_start(&x);
	report_run_setup(&u, 1);
	u.udp = true;
	u.udp_ports = &port;
	x.on->setup(x.r, &u);
	x.on->report(x.r, 0, want, tail == NULL ? strlen(want) :
	    (size_t)(tail - want));
	x.on->pacing(x.r, 0, &p);
	assert_int_equal(report_run_finish(&x, "During test", 0), 0);
	assert_string_equal(x.out, want);
	assert_string_equal(x.err, "");
	report_run_free(&x);
}

static void
test_udp_as_recorded(void **state)
{
	static const char *const names[] = {
		"udp_client_v_u10M_t2.txt", "udp_plain_u10M_t2.txt",
		"udp_server_v_client_v_u10M_t2.txt",
		"udp_server_v_client_v_u4800_l60_t2.txt",
		"udp_server_v_u10M_t2.txt",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++)
		replay_udp(names[i]);
}

/* A test of some streams, two intervals each, totals by direction. */
static void
run_tcp(struct report_run *x, int streams, bool both)
{
	struct thrulay_result result;
	struct thrulay_interval iv;
	struct thrulay_setup u;
	int i;

	report_run_start(x);
	report_run_setup(&u, streams);
	u.bidirectional = both;
	u.idle_rtt_ns = 500000;
	x->on->setup(x->r, &u);
	for (i = 0; i < 2 * streams; i++) {
		report_run_interval(&iv, i % streams, i / streams);
		x->on->interval(x->r, &iv);
	}
	for (i = 0; i < streams; i++) {
		report_run_interval(&iv, i, 0);
		x->on->stream(x->r, &iv);
	}
	memset(&result, 0, sizeof(result));
	for (i = 0; i < (both ? 2 : 1); i++) {
		report_run_interval(&result.total[i], -1, 0);
		result.total[i].direction = (enum thrulay_direction)i;
		result.has[i] = true;
	}
	x->on->result(x->r, &result);
	assert_int_equal(report_run_finish(x, "During test", 0), 0);
}

/* More -v only ever adds at the end of a line, or lines of comment. */
static void
test_verbosity_adds_columns(void **state)
{
	char *line[3], *rest[3];
	struct report_run x[3];
	int v;

	(void)state;
	for (v = 0; v < 3; v++) {
		report_run_init(&x[v]);
		x[v].o.verbosity = v;
		run_tcp(&x[v], 2, false);
		rest[v] = x[v].out;
	}
	while ((line[0] = strsep(&rest[0], "\n")) != NULL) {
		line[1] = strsep(&rest[1], "\n");
		do {
			line[2] = strsep(&rest[2], "\n");
			assert_non_null(line[2]);
		} while (strstr(line[2], "idle RTT") != NULL);
		assert_int_equal(strncmp(line[0], line[1], strlen(line[0])),
		    0);
		assert_int_equal(strncmp(line[1], line[2], strlen(line[1])),
		    0);
		if (line[0][0] != ' ' && strncmp(line[0], "#( ", 3) != 0 &&
		    strncmp(line[0], "#(**)", 5) != 0)
			continue;
		assert_int_equal(strlen(line[1]), strlen(line[0]) + 3 * 9);
		assert_int_equal(strlen(line[2]), strlen(line[1]) + 4 * 9);
	}
	for (v = 0; v < 3; v++)
		report_run_free(&x[v]);
}

static void
test_kernel_columns(void **state)
{
	struct report_run x;

	(void)state;
	report_run_init(&x);
	x.o.verbosity = 2;
	run_tcp(&x, 1, false);
	assert_non_null(strstr(x.out, "\n# idle RTT = 0.500ms\n"));
	assert_non_null(strstr(x.out, "\n ( 0)    1.000    2.000    0.786 "
	    "   3.000    3.000    1.000    4.000    9.000    1.500    0.900 "
	    "       3    14280\n"));
	assert_non_null(strstr(x.out, "\n# RTT under load = idle RTT + "
	    "2.500ms\n"
	    "#(**)    0.000    1.000    0.786    3.000    3.000    1.000 "
	    "   4.500    9.000    1.500    0.900        3    14280\n"));
	report_run_free(&x);
}

/* Scripts take the last line; both directions have one each. */
static void
test_both_directions(void **state)
{
	static const char want[] =
	    "#(>>)    0.000    1.000    0.786    3.000    3.000\n"
	    "#(<<)    0.000    1.000    0.786    3.000    3.000\n";
	struct report_run x;

	(void)state;
	report_run_init(&x);
	run_tcp(&x, 2, true);
	assert_true(x.nout > sizeof(want));
	assert_string_equal(x.out + x.nout - (sizeof(want) - 1), want);
	assert_null(strstr(x.out, "#(**)"));
	report_run_free(&x);
}

static void
test_quiet(void **state)
{
	struct thrulay_host host = { .limit = "no CPU left" };
	struct thrulay_result result;
	struct report_run x;
	char *line, *rest;
	int lines = 0;

	(void)state;
	report_run_init(&x);
	x.o.quiet = true;
	run_tcp(&x, 2, false);
	rest = x.out;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		lines++;
		assert_true(strncmp(line, " ( ", 3) == 0 ||
		    strncmp(line, "#( ", 3) == 0 ||
		    strncmp(line, "#(**)", 5) == 0);
	}
	assert_int_equal(lines, 4 + 2 + 1);
	report_run_free(&x);

	report_run_start(&x);
	x.on->warning(x.r, false, "a warning");
	x.on->warning(x.r, true, "read: Connection reset by peer");
	memset(&result, 0, sizeof(result));
	result.host = host;
	x.on->result(x.r, &result);
	/* What ends the test is told all the same. */
	assert_int_equal(report_run_finish(&x, "During test",
	    -THRULAY_E_MEMORY), 1);
	assert_string_equal(x.err,
	    "During test: fatal: malloc(): failed\n");
	report_run_free(&x);
}

static void
test_warnings(void **state)
{
	struct thrulay_result result;
	struct report_run x;

	(void)state;
	report_run_init(&x);
	report_run_start(&x);
	x.on->warning(x.r, true, "read: Connection reset by peer");
	x.on->warning(x.r, false, "premature end of test");
	memset(&result, 0, sizeof(result));
	result.host.limit = "no CPU left";
	x.on->result(x.r, &result);
	assert_int_equal(report_run_finish(&x, "While initializing",
	    -THRULAY_E_CONNECT), 1);
	assert_string_equal(x.out, "");
	assert_string_equal(x.err, "read: Connection reset by peer\n"
	    "warning: premature end of test\n"
	    "warning: this host was the limit, not the path: no CPU left\n"
	    "While initializing: fatal: could not establish connection to "
	    "server\n");
	report_run_free(&x);
}

/* Spec 5.1: where 0.9 printed nonsense. */
static void
test_no_block_is_zeros(void **state)
{
	static const char want[] =
	    " ( 0)    0.000    2.000    0.000    0.000    0.000    0.000"
	    "    0.000    0.000\n"
	    "#(**)    0.000    2.000    0.000    0.000    0.000    0.000"
	    "    0.000    0.000\n";
	struct thrulay_result result;
	struct report_run x;

	(void)state;
	report_run_init(&x);
	x.o.verbosity = 1;
	x.o.quiet = true;
	report_run_start(&x);
	memset(&result, 0, sizeof(result));
	result.has[0] = true;
	result.total[0].end_ns = 2 * CLOCK_NS_PER_S;
	x.on->interval(x.r, &result.total[0]);
	result.total[0].id = -1;
	x.on->result(x.r, &result);
	assert_int_equal(report_run_finish(&x, "During test",
	    -THRULAY_E_NO_DATA), 1);
	assert_string_equal(x.out, want);
	report_run_free(&x);
}

static void
test_guessed_mtu(void **state)
{
	struct thrulay_setup u;
	struct report_run x;

	(void)state;
	report_run_init(&x);
	report_run_start(&x);
	report_run_setup(&u, 1);
	u.mtu_guessed = true;
	u.duration = 0.5;
	u.interval = 0.25;
	x.on->setup(x.r, &u);
	report_run_finish(&x, "During test", 0);
	assert_non_null(strstr(x.out,
	    "\n# MTU = MSS + 40; MSS = getsockopt(TCP_MAXSEG)\n"
	    "# test duration = 0.5s; reporting interval = 0.25s\n"));
	report_run_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_as_recorded),
		cmocka_unit_test(test_udp_as_recorded),
		cmocka_unit_test(test_verbosity_adds_columns),
		cmocka_unit_test(test_kernel_columns),
		cmocka_unit_test(test_both_directions),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_no_block_is_zeros),
		cmocka_unit_test(test_guessed_mtu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
