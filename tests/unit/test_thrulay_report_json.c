/* SPDX-License-Identifier: BSD-2-Clause */
/* The report as JSON and JSON Lines. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/text.h"
#include "tests/unit/report_run.h"
#include "tests/unit/vectors.h"

static void
begin(struct report_run *x, enum options_output output)
{
	report_run_init(x);
	x->o.output = output;
	report_run_start(x);
}

static void
assert_null_member(const struct jv *v, const char *key)
{
	assert_true(jv_is_null(jv_get(v, key)));
}

/* The members that every document has. */
static void
assert_document(const struct jv *doc)
{
	static const char *const keys[] = {
		"tool", "version", "start", "end", "config", "result", "host",
		"error"
	};
	size_t i;

	for (i = 0; i < NELEM(keys); i++)
		assert_non_null(jv_find(doc, keys[i]));
	assert_string_equal(jv_str(jv_get(doc, "tool"), NULL), "thrulay");
	assert_int_equal(strlen(jv_str(jv_get(doc, "start"), NULL)),
	    strlen(jv_str(jv_get(doc, "end"), NULL)));
}

/* End the test; the document is the caller's to free. */
static struct jv *
end(struct report_run *x, const char *phase, int code)
{
	const struct jv *error;
	struct jv *doc;

	assert_int_equal(report_run_finish(x, phase, code), code != 0);
	doc = jv_parse("report", x->out);
	assert_document(doc);
	error = jv_get(doc, "error");
	if (code == 0) {
		assert_true(jv_is_null(error));
	} else {
		assert_int_equal(jv_int(jv_get(error, "code")), -code);
		assert_string_equal(jv_str(jv_get(error, "message"), NULL),
		    thrulay_client_strerror(code));
	}
	return doc;
}

static void
test_error_before_setup(void **state)
{
	struct report_run x;
	struct jv *doc;

	(void)state;
	begin(&x, OPTIONS_JSON);
	doc = end(&x, "While initializing", -THRULAY_E_CONNECT);
	assert_int_equal(jv_len(jv_get(doc, "intervals")), 0);
	assert_null_member(doc, "result");
	assert_null_member(doc, "host");
	assert_null_member(jv_get(doc, "config"), "agreed");
	assert_null_member(jv_get(doc, "config"), "block_bytes");
	assert_null_member(jv_get(doc, "config"), "group");
	assert_string_equal(jv_str(jv_get(jv_get(doc, "config"), "host"),
	    NULL), "host.example");
	assert_string_equal(x.err, "While initializing: fatal: "
	    "could not establish connection to server\n");
	jv_free(doc);
	report_run_free(&x);
}

/* Two streams, two intervals; the first stream's second is empty. */
static void
feed_tcp(struct report_run *x, struct thrulay_result *result)
{
	struct thrulay_interval iv;
	struct thrulay_setup u;
	int i;

	report_run_setup(&u, 2);
	u.idle_rtt_ns = 500000;
	x->on->setup(x->r, &u);
	for (i = 0; i < 4; i++) {
		report_run_interval(&iv, i % 2, i / 2);
		if (i == 2) {
			iv.blocks = iv.bytes = 0;
			memset(&iv.rtt, 0, sizeof(iv.rtt));
			memset(&iv.kernel, 0xff, sizeof(iv.kernel));
		}
		x->on->interval(x->r, &iv);
	}
	for (i = 0; i < 2; i++) {
		report_run_interval(&iv, i, 0);
		iv.broken = i == 1;
		x->on->stream(x->r, &iv);
	}
	memset(result, 0, sizeof(*result));
	report_run_interval(&result->total[0], -1, 0);
	result->has[0] = true;
	result->end_wall_ns = 2 * CLOCK_NS_PER_S;
	result->host.clock_step_ns = THRULAY_NO_TIME;
	x->on->result(x->r, result);
}

static void
assert_kernel_unknown(const struct jv *kernel)
{
	size_t i;

	assert_int_equal(jv_len(kernel), 9);
	for (i = 0; i < jv_len(kernel); i++)
		assert_true(jv_is_null(jv_at(kernel, i)));
}

static void
assert_times_unknown(const struct jv *times)
{
	size_t i;

	assert_int_equal(jv_int(jv_get(times, "count")), 0);
	for (i = 0; i < jv_len(times); i++)
		if (strcmp(jv_at(times, i)->key, "count") != 0)
			assert_true(jv_is_null(jv_at(times, i)));
}

static void
assert_intervals(const struct jv *intervals)
{
	const struct jv *v;

	assert_int_equal(jv_len(intervals), 4);
	v = jv_at(intervals, 3);
	assert_int_equal(jv_int(jv_get(v, "stream")), 1);
	assert_true(jv_num(jv_get(v, "begin_s")) == 1);
	assert_true(jv_num(jv_get(v, "end_s")) == 2);
	assert_int_equal(jv_int(jv_get(v, "size_bytes")), 12 * 8192);
	assert_true(jv_num(jv_get(jv_get(v, "rtt_ms"), "p50")) == 3);
	assert_true(jv_num(jv_get(jv_get(v, "rtt_ms"), "p99_9")) == 8.9);
	assert_true(jv_num(jv_get(v, "rtt_added_ms")) == 2.5);
	assert_int_equal(jv_int(jv_get(jv_get(v, "kernel"), "cwnd_bytes")),
	    14280);
	assert_null(jv_find(v, "rtt_mean_of_streams_ms"));
	v = jv_at(intervals, 2);
	assert_times_unknown(jv_get(v, "rtt_ms"));
	assert_null_member(v, "rtt_added_ms");
	assert_kernel_unknown(jv_get(v, "kernel"));
}

static void
test_tcp_document(void **state)
{
	struct thrulay_result result;
	const struct jv *r, *streams;
	struct report_run x;
	struct jv *doc;
	char when[40];

	(void)state;
	begin(&x, OPTIONS_JSON);
	feed_tcp(&x, &result);
	doc = end(&x, "During test", 0);
	assert_string_equal(x.err, "");
	assert_intervals(jv_get(doc, "intervals"));
	assert_string_equal(jv_str(jv_get(doc, "start"), NULL),
	    text_rfc3339(0, when, sizeof(when)));
	r = jv_get(doc, "result");
	assert_false(jv_bool(jv_get(r, "interrupted")));
	assert_null_member(r, "reverse");
	assert_null_member(jv_get(r, "forward"), "stream");
	assert_true(jv_num(jv_get(jv_get(r, "forward"),
	    "rtt_mean_of_streams_ms")) == 4.5);
	streams = jv_get(r, "streams");
	assert_int_equal(jv_len(streams), 2);
	assert_false(jv_bool(jv_get(jv_get(jv_at(streams, 0), "total"),
	    "broken")));
	assert_true(jv_bool(jv_get(jv_get(jv_at(streams, 1), "total"),
	    "broken")));
	assert_null_member(jv_get(doc, "host"), "clock_step_ms");
	assert_null_member(jv_get(doc, "host"), "limit");
	assert_int_equal(jv_int(jv_get(jv_get(jv_get(doc, "config"),
	    "agreed"), "mss_bytes")), 1428);
	jv_free(doc);
	report_run_free(&x);
}

static void
test_interrupted_and_broken(void **state)
{
	struct thrulay_result result;
	struct report_run x;
	const struct jv *r;
	struct jv *doc;

	(void)state;
	begin(&x, OPTIONS_JSON);
	feed_tcp(&x, &result);
	result.interrupted = true;
	result.broken_streams = 1;
	x.on->result(x.r, &result);
	doc = end(&x, "During test", -THRULAY_E_INTERRUPTED);
	r = jv_get(doc, "result");
	assert_true(jv_bool(jv_get(r, "interrupted")));
	assert_int_equal(jv_int(jv_get(r, "broken_streams")), 1);
	jv_free(doc);
	report_run_free(&x);
}

/* An error after the setup, before any result. */
static void
test_error_during_test(void **state)
{
	struct report_run x;
	struct thrulay_setup u;
	struct jv *doc;

	(void)state;
	begin(&x, OPTIONS_JSON);
	report_run_setup(&u, 2);
	x.on->setup(x.r, &u);
	doc = end(&x, "During test", -THRULAY_E_NO_DATA);
	assert_null_member(doc, "result");
	assert_false(jv_is_null(jv_get(jv_get(doc, "config"), "agreed")));
	jv_free(doc);
	report_run_free(&x);
}

/* A stream of a server that only has its text, and one that knows more. */
static void
feed_udp(struct report_run *x)
{
	static const char text[] = "Delay:\t\t nanms\n\"quoted\" \\ \001\n";
	static const uint16_t ports[] = { 5003, 5004 };
	struct thrulay_pacing p = { .packets = 5, .gap_cv = NAN };
	struct thrulay_udp_result r;
	struct thrulay_setup u;

	report_run_setup(&u, 2);
	u.udp = true;
	u.udp_ports = ports;
	x->on->setup(x->r, &u);
	x->on->report(x->r, 0, text, sizeof(text) - 1);
	memset(&r, 0, sizeof(r));
	r.proposed = 5;
	r.sent = THRULAY_NO_COUNT;
	r.loss_pct = r.duplication_pct = r.reordering_pct = NAN;
	r.jitter_ns = THRULAY_NO_TIME;
	r.delay.n = 1;
	r.delay.p01 = r.delay.p999 = THRULAY_NO_TIME;
	r.delay.mean = NAN;
	x->on->udp(x->r, &r);
	x->on->pacing(x->r, 0, &p);
	memset(&r, 0, sizeof(r));
	r.id = 1;
	r.complete = true;
	r.unique = 10;
	r.reordered = r.reorder_j[0] = 3;
	r.reorder_j[1] = 2;
	r.socket_drops = -1;
	x->on->udp(x->r, &r);
}

static void
assert_text_only(const struct jv *stream)
{
	const struct jv *udp = jv_get(stream, "udp");

	assert_string_equal(jv_str(jv_get(stream, "server_report"), NULL),
	    "Delay:\t\t nanms\n\"quoted\" \\ \001\n");
	assert_false(jv_bool(jv_get(udp, "complete")));
	assert_int_equal(jv_int(jv_get(udp, "packets_proposed")), 5);
	assert_null_member(udp, "packets_sent");
	assert_null_member(udp, "loss_pct");
	assert_null_member(udp, "jitter_ms");
	assert_null_member(jv_get(udp, "delay_ms"), "p1");
	assert_null_member(jv_get(udp, "delay_ms"), "mean");
	assert_true(jv_num(jv_get(jv_get(udp, "delay_ms"), "p50")) == 0);
	assert_null(jv_find(udp, "packets_received"));
	assert_null_member(jv_get(stream, "pacing"), "gap_cv");
}

static void
assert_complete(const struct jv *stream)
{
	const struct jv *udp = jv_get(stream, "udp"), *j;

	assert_true(jv_bool(jv_get(udp, "complete")));
	assert_null_member(udp, "socket_drops");
	assert_null(jv_find(stream, "server_report"));
	j = jv_get(udp, "j_reordering");
	assert_int_equal(jv_len(j), 2);
	assert_int_equal(jv_int(jv_get(jv_at(j, 1), "j")), 2);
	assert_true(fabs(jv_num(jv_get(jv_at(j, 0), "ratio")) - 3 / 9.) <
	    1e-9);
	assert_true(jv_num(jv_get(jv_at(j, 1), "ratio")) == 2 / 8.);
}

static void
test_udp_document(void **state)
{
	struct thrulay_result result;
	struct report_run x;
	const struct jv *streams, *ports;
	struct jv *doc;

	(void)state;
	report_run_init(&x);
	x.o.output = OPTIONS_JSON;
	x.o.test.rate = 1000000;
	report_run_start(&x);
	feed_udp(&x);
	memset(&result, 0, sizeof(result));
	x.on->result(x.r, &result);
	doc = end(&x, "During test", 0);
	streams = jv_get(jv_get(doc, "result"), "streams");
	assert_text_only(jv_at(streams, 0));
	assert_complete(jv_at(streams, 1));
	ports = jv_get(jv_get(jv_get(doc, "config"), "agreed"),
	    "server_ports");
	assert_int_equal(jv_len(ports), 2);
	assert_int_equal(jv_int(jv_get(jv_at(ports, 1), "port")), 5004);
	jv_free(doc);
	report_run_free(&x);
}

/* Every line is an object and out at once; the last one is the document. */
static void
test_lines(void **state)
{
	struct thrulay_result result;
	struct report_run x;
	struct jv *doc;
	char *line, *rest;
	size_t told;
	int i;

	(void)state;
	begin(&x, OPTIONS_JSON_LINES);
	feed_tcp(&x, &result);
	told = x.nout;
	assert_true(told > 0 && x.out[told - 1] == '\n');
	assert_int_equal(report_run_finish(&x, "During test", 0), 0);
	assert_true(x.nout > told);
	rest = x.out;
	for (i = 0; i < 4; i++) {
		line = strsep(&rest, "\n");
		doc = jv_parse(line, line);
		assert_string_equal(jv_str(jv_get(doc, "event"), NULL),
		    "interval");
		assert_int_equal(jv_int(jv_get(doc, "stream")), i % 2);
		jv_free(doc);
	}
	assert_ptr_equal(rest, x.out + told);
	line = strsep(&rest, "\n");
	assert_string_equal(rest, "");
	doc = jv_parse("final", line);
	assert_document(doc);
	assert_null(jv_find(doc, "intervals"));
	assert_string_equal(jv_str(jv_get(doc, "event"), NULL), "summary");
	jv_free(doc);
	report_run_free(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_error_before_setup),
		cmocka_unit_test(test_tcp_document),
		cmocka_unit_test(test_interrupted_and_broken),
		cmocka_unit_test(test_error_during_test),
		cmocka_unit_test(test_udp_document),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
