/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/recorded.h"
#include "tests/unit/vectors.h"

/*
 * A recorded text report: lines of connections go in, and the lines of the
 * aggregate, the summaries and maxima have to come out where they were.
 */
struct replay {
	struct aggregate	*a;
	struct aggregate_conf	conf;
	bool			expected;	/* a line, at the next add */
	struct result_line	line;
	int			summaries, maxima;
};

/* A sub-interval that gives this line. */
static void
subint(const struct result_line *l, struct result_subint *s)
{
	*s = l->s;
	s->delta_us = 1000000;
	s->datagrams = 1;
	s->bytes = 0;
	if (l->rates.l3 > 0)
		s->bytes = (uint64_t)llround(l->rates.l3 * 1e6 / 8) - 28;
	else
		s->datagrams = 0;
	s->owd_cnt = s->rtt_cnt = 100;
	s->owd_sum = l->owd_avg * UINT64_C(100);
	s->rtt_sum = l->rtt_avg * UINT64_C(100);
	s->rtt_minimum = 3;
	s->have_clock_delta = true;
	s->clock_delta_min = -4;
}

static void
expect_near(double got, double want, double error)
{
	if (!(fabs(got - want) <= error + 1e-9))
		fail_msg("%f is not %f", got, want);
}

/* Averages of several connections are known to a millisecond. */
static void
expect_line(const struct replay *x, const struct result_line *got,
    const struct result_line *want)
{
	double n = x->conf.conns;

	assert_int_equal(got->s.loss, want->s.loss);
	assert_int_equal(got->s.ooo, want->s.ooo);
	assert_int_equal(got->s.dup, want->s.dup);
	assert_int_equal(got->s.ce, want->s.ce);
	assert_int_equal(got->s.owd_min, want->s.owd_min);
	assert_int_equal(got->s.owd_max, want->s.owd_max);
	assert_int_equal(got->s.rtt_min, want->s.rtt_min);
	assert_int_equal(got->s.rtt_max, want->s.rtt_max);
	expect_near(got->owd_avg, want->owd_avg, n > 1);
	expect_near(got->rtt_avg, want->rtt_avg, 1);
	expect_near(got->rates.l3, want->rates.l3, 0.005 * (n + 1));
}

static void
expect_aggregate(const struct replay *x, const struct result_line *got,
    const struct result_line *want)
{
	assert_int_equal(got->s.number, want->s.number);
	assert_int_equal(got->s.accum_ms, want->s.accum_ms);
	assert_int_equal(got->wall_ns, 7);
	expect_line(x, got, want);
}

static void
replay_connection(struct replay *x, const struct recorded *r)
{
	struct result_subint s;
	struct result_line got;
	bool closed;

	subint(&r->line, &s);
	closed = aggregate_add(x->a, r->conn < 0 ? 0 :
	    (unsigned int)r->conn - 1, &s, 7, &got);
	assert_int_equal(closed, x->expected);
	if (closed)
		expect_aggregate(x, &got, &x->line);
	x->expected = false;
}

static void
replay_aggregate(struct replay *x, const struct recorded *r)
{
	struct result_line got;

	if (aggregate_close(x->a, false, 7, &got)) {
		expect_aggregate(x, &got, &r->line);
	} else {
		x->expected = true;
		x->line = r->line;
	}
}

static void
replay_subint(struct replay *x, const struct recorded *r)
{
	if (r->conn != 0)
		replay_connection(x, r);
	if (r->conn <= 0)
		replay_aggregate(x, r);
	assert_false(r->conn < 0 && x->expected);
}

static void
expect_mode(const struct replay *x, int mode, const struct recorded *r,
    struct result_mode *m)
{
	assert_true(aggregate_mode(x->a, mode, m));
	if (r->first == 0)
		return;
	assert_int_equal(m->first, r->first);
	assert_int_equal(m->last, r->last);
}

static void
replay_result(struct replay *x, const char *line)
{
	struct result_mode m;
	struct recorded r;

	if (recorded_summary(line, &r)) {
		expect_mode(x, ++x->summaries, &r, &m);
		expect_line(x, &m.summary, &r.line);
	} else if (recorded_minimum(line, &r)) {
		expect_mode(x, x->summaries, &r, &m);
		assert_int_equal(m.summary.active, r.line.active);
		assert_int_equal(m.summary.s.clock_delta_min, -4);
		assert_int_equal(m.summary.s.rtt_minimum, 3);
	} else if (recorded_maximum(line, &r)) {
		expect_mode(x, ++x->maxima, &r, &m);
		expect_near(m.max.rates.l3, r.line.rates.l3,
		    0.005 * (x->conf.conns + 1));
	}
}

static void
replay_line(struct replay *x, const char *line)
{
	struct recorded r;
	const char *text;
	int conn;

	text = recorded_prefix(line, &conn);
	if (recorded_subint(line, &r))
		replay_subint(x, &r);
	else if (strcmp(text, "End time reached") == 0 && conn > 0)
		aggregate_leave(x->a, (unsigned int)conn - 1);
	else
		replay_result(x, line);
}

/* Returns the maxima that there were. */
static int
replay(const char *text)
{
	const char *conns = strstr(text, ", Conn: "), *max;
	struct replay x = { 0 };
	char line[REPORT_LINE];
	size_t n;

	if (conns == NULL)
		return 0;
	x.conf.conns = (unsigned int)strtoul(conns + 8, NULL, 10);
	x.conf.limit = 20;
	x.conf.compat_8 = strstr(text, "Cong. Thresh") != NULL;
	max = strstr(text, " Max[1-");
	if (max != NULL)
		x.conf.bimodal = (unsigned int)strtoul(max + 7, NULL, 10);
	x.a = aggregate_new(&x.conf);
	assert_non_null(x.a);
	for (; *text != '\0'; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		snprintf(line, sizeof(line), "%.*s", (int)n, text);
		replay_line(&x, line);
	}
	assert_false(x.expected);
	aggregate_free(x.a);
	return x.maxima;
}

static void
test_recorded_runs(void **state)
{
	struct jv *runs = jv_load("udpst/outputs/runs.json");
	const char *text;
	int maxima = 0;
	size_t i;

	(void)state;
	for (i = 0; i < jv_len(runs); i++) {
		text = jv_str(jv_get(jv_at(runs, i), "client_stdout"), NULL);
		maxima += replay(text);
	}
	jv_free(runs);
	/* 27 runs, two of them bimodal. */
	assert_int_equal(maxima, 29);
}

static void
replay_file(const char *text)
{
	assert_int_equal(replay(text), 1);
}

static void
test_recorded_files(void **state)
{
	(void)state;
	recorded_files(replay_file);
}

static void
test_rates(void **state)
{
	struct result_subint s = {
		.datagrams = 1000, .bytes = 1222000, .delta_us = 1000000
	};
	struct result_rates r;

	(void)state;
	result_rates(&s, &r);
	expect_near(r.l3, 10, 0);
	expect_near(r.l2, 10.112, 0);
	expect_near(r.l1, 10.144, 0);
	expect_near(r.vlan, 10.176, 0);
	expect_near(r.interface, -1, 0);
	s.ipv6 = true;
	result_rates(&s, &r);
	expect_near(r.l3, 10.16, 0);
	expect_near(r.vlan, 10.336, 0);
	s.delta_us = 0;
	result_rates(&s, &r);
	expect_near(r.l3, 0, 0);
}

static void
test_averages_and_ratios(void **state)
{
	struct result_subint s = { .datagrams = 3, .loss = 1 };

	(void)state;
	assert_int_equal(result_average(0, 0, false), 0);
	assert_int_equal(result_average(5, 0, true), 0);
	assert_int_equal(result_average(149, 100, false), 1);
	assert_int_equal(result_average(150, 100, false), 2);
	assert_int_equal(result_average(199, 100, true), 1);
	/* Beyond the 32 bits of the original. */
	assert_int_equal(result_average(UINT64_C(4294967296) * 90,
	    UINT64_C(4294967296), false), 90);
	expect_near(result_delivered(&s), 75, 0);
	expect_near(result_ratio(&s, s.loss), 0.25, 0);
	s.datagrams = s.loss = 0;
	expect_near(result_delivered(&s), 0, 0);
	expect_near(result_ratio(&s, 1), 0, 0);
}

static bool
add(struct aggregate *a, unsigned int conn, uint64_t bytes)
{
	struct result_subint s = {
		.datagrams = 1, .bytes = bytes, .delta_us = 1000000
	};
	struct result_line out;

	return aggregate_add(a, conn, &s, 7, &out);
}

/* With -M the interface decides, and its mean is of what is known. */
static void
test_interface_maximum(void **state)
{
	struct aggregate_conf conf = {
		.conns = 1, .limit = 5, .interface_max = true
	};
	static const double rates[] = { 5, -1, 9, 9 };
	struct aggregate *a = aggregate_new(&conf);
	struct result_mode m;
	struct result_line l;
	size_t i;

	(void)state;
	assert_non_null(a);
	assert_false(aggregate_mode(a, 1, &m));
	for (i = 0; i < NELEM(rates); i++) {
		assert_false(add(a, 0, 1000000 - i));
		if (rates[i] >= 0)
			aggregate_interface(a, rates[i]);
		assert_true(aggregate_close(a, false, 7, &l));
		expect_near(l.rates.interface, rates[i], 0);
		assert_false(aggregate_close(a, true, 7, &l));
	}
	assert_true(aggregate_mode(a, 1, &m));
	assert_false(aggregate_mode(a, 2, &m));
	assert_int_equal(m.max.s.number, 3);
	expect_near(m.max.rates.interface, 9, 0);
	expect_near(m.summary.rates.interface, 23.0 / 3, 0);
	aggregate_free(a);
}

static void
test_limit(void **state)
{
	struct aggregate_conf conf = { .conns = 2, .limit = 2 };
	struct aggregate *a = aggregate_new(&conf);
	struct result_line l;

	(void)state;
	assert_non_null(a);
	assert_false(add(a, 0, 100));
	assert_true(add(a, 0, 100));
	assert_false(add(a, 0, 100));		/* beyond its limit */
	assert_false(aggregate_close(a, false, 7, &l));
	assert_false(add(a, 7, 100));		/* no such connection */
	aggregate_leave(a, 1);
	assert_true(aggregate_close(a, false, 7, &l));
	assert_int_equal(l.active, 1);
	assert_false(add(a, 1, 100));		/* of no aggregate */
	assert_false(aggregate_close(a, true, 7, &l));
	assert_int_equal(aggregate_count(a), 2);
	assert_int_equal(aggregate_line(a, 1)->s.number, 2);
	aggregate_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_runs),
		cmocka_unit_test(test_recorded_files),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_averages_and_ratios),
		cmocka_unit_test(test_interface_maximum),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
