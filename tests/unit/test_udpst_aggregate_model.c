/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "udpst/result.h"

/*
 * Random tests against a model that keeps every sub-interval with the number
 * of the aggregate that it belongs to, and looks through all of them.
 */
#define LIMIT	12
#define GIVEN	(4 * LIMIT)

struct model {
	struct aggregate_conf	conf;
	struct {
		struct result_subint	s;
		unsigned int		conn, aggregate;
	} all[GIVEN];
	size_t			n;
	unsigned int		open;		/* its number */
	unsigned int		given[4];
	bool			left[4];
	double			interface[LIMIT + 2];
};

static uint32_t
up_to(uint32_t n)
{
	return (uint32_t)random() % (n + 1);
}

static void
random_delay(uint32_t *min, uint32_t *max, uint64_t *sum, uint64_t *count)
{
	*min = *max = WIRE_NO_SAMPLE;
	*sum = *count = 0;
	if (up_to(4) == 0)
		return;
	*min = up_to(50);
	*max = *min + up_to(50);
	*count = 1 + up_to(1000);
	*sum = *min * *count;
}

static struct result_subint
random_subint(void)
{
	struct result_subint s = {
		.datagrams = up_to(100000), .bytes = up_to(100000000),
		.delta_us = 900000 + up_to(200000), .loss = up_to(50),
		.ooo = up_to(5), .dup = up_to(5), .ce = up_to(9),
		.accum_ms = up_to(100000),
		.have_clock_delta = up_to(9) > 0,
		.clock_delta_min = 50 - (int32_t)up_to(100),
		.rtt_minimum = up_to(9) > 0 ? up_to(99) : WIRE_NO_SAMPLE,
		.have_figures = up_to(20) > 0,
		.owd_minimum_ns = (int64_t)up_to(99999) - 50000,
		.rtt_minimum_ns = up_to(9) > 0 ? (int64_t)up_to(999) : -1,
		.ipv6 = up_to(1) == 0
	};

	random_delay(&s.owd_min, &s.owd_max, &s.owd_sum, &s.owd_cnt);
	random_delay(&s.rtt_min, &s.rtt_max, &s.rtt_sum, &s.rtt_cnt);
	s.owd_ns.count = up_to(3);
	s.owd_ns.min_ns = up_to(1000);
	s.owd_ns.max_ns = s.owd_ns.min_ns + up_to(1000);
	s.owd_ns.sum_ns = s.owd_ns.max_ns * s.owd_ns.count;
	return s;
}

static bool
is_in(const struct model *m, unsigned int number, unsigned int conn)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->all[i].aggregate == number && m->all[i].conn == conn)
			return true;
	return false;
}

/* Open, with something in it, and all that are awaited. */
static bool
complete(const struct model *m, bool force)
{
	unsigned int c, in = 0, missing = 0;

	for (c = 0; c < m->conf.conns; c++) {
		in += is_in(m, m->open, c);
		missing += !is_in(m, m->open, c) && !m->left[c];
	}
	return in > 0 && (force || missing == 0);
}

static void
near(double got, double want)
{
	if (fabs(got - want) > 1e-9 * (1 + fabs(want)))
		fail_msg("%.12g is not %.12g", got, want);
}

/* Of aggregates first to last: each figure on its own, the plain way. */
#define SUM(field) do {							\
	uint64_t sum_ = 0;						\
	for (i = 0; i < m->n; i++)					\
		if (m->all[i].aggregate >= first &&			\
		    m->all[i].aggregate <= last)			\
			sum_ += m->all[i].s.field;			\
	assert_int_equal(l->s.field, sum_);				\
} while (0)
#define EXTREME(field, cmp, none, counts) do {				\
	int64_t best_ = none;						\
	bool any_ = false;						\
	for (i = 0; i < m->n; i++)					\
		if (m->all[i].aggregate >= first &&			\
		    m->all[i].aggregate <= last && m->all[i].s.counts && \
		    (!any_ || m->all[i].s.field cmp best_)) {		\
			best_ = m->all[i].s.field;			\
			any_ = true;					\
		}							\
	assert_true(l->s.field == best_);				\
} while (0)

static void
check_counts(const struct model *m, unsigned int first, unsigned int last,
    const struct result_line *l)
{
	size_t i;

	SUM(datagrams);
	SUM(bytes);
	SUM(delta_us);
	SUM(loss);
	SUM(ooo);
	SUM(dup);
	SUM(ce);
	SUM(owd_sum);
	SUM(owd_cnt);
	SUM(rtt_sum);
	SUM(rtt_cnt);
	EXTREME(owd_min, <, WIRE_NO_SAMPLE, owd_cnt > 0);
	EXTREME(owd_max, >, WIRE_NO_SAMPLE, owd_cnt > 0);
	EXTREME(rtt_min, <, WIRE_NO_SAMPLE, rtt_cnt > 0);
	EXTREME(rtt_max, >, WIRE_NO_SAMPLE, rtt_cnt > 0);
}

static bool
all_have_figures(const struct model *m, unsigned int first, unsigned int last)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->all[i].aggregate >= first &&
		    m->all[i].aggregate <= last && !m->all[i].s.have_figures)
			return false;
	return true;
}

/* Nanoseconds, known where every part knows them. */
static void
check_figures(const struct model *m, unsigned int first, unsigned int last,
    const struct result_line *l)
{
	bool known = all_have_figures(m, first, last);
	size_t i;

	assert_int_equal(l->s.have_figures, known);
	if (!known)
		return;
	EXTREME(owd_ns.min_ns, <, 0, owd_ns.count > 0);
	EXTREME(owd_ns.max_ns, >, 0, owd_ns.count > 0);
	SUM(owd_ns.count);
	SUM(rtt_ns.count);
}

/* These are of the whole test where a summary says them. */
static void
check_minima(const struct model *m, unsigned int first, unsigned int last,
    const struct result_line *l)
{
	size_t i;

	EXTREME(clock_delta_min, <, 0, have_clock_delta);
	EXTREME(rtt_minimum, <, WIRE_NO_SAMPLE, datagrams < UINT64_MAX);
	if (!all_have_figures(m, first, last))
		return;
	EXTREME(owd_minimum_ns, <, INT64_MAX, have_figures);
	EXTREME(rtt_minimum_ns, <, -1, rtt_minimum_ns >= 0);
}

static double
model_l3(const struct model *m, unsigned int number)
{
	const struct result_subint *s;
	uint64_t bytes;
	double sum = 0;
	size_t i;

	for (i = 0; i < m->n; i++) {
		s = &m->all[i].s;
		bytes = s->bytes + s->datagrams * (s->ipv6 ? 48 : 28);
		if (m->all[i].aggregate == number)
			sum += (double)bytes * 8 / (double)s->delta_us;
	}
	return sum;
}

static void
check_line(const struct model *m, unsigned int number,
    const struct result_line *l)
{
	unsigned int conn, active = 0;

	for (conn = 0; conn < m->conf.conns; conn++)
		active += is_in(m, number, conn) || !m->left[conn];
	assert_int_equal(l->active, active);
	assert_int_equal(l->s.number, number);
	check_counts(m, number, number, l);
	check_figures(m, number, number, l);
	check_minima(m, number, number, l);
	near(l->rates.l3, model_l3(m, number));
	near(l->rates.interface, m->interface[number]);
	assert_int_equal(l->owd_avg, result_average(l->s.owd_sum, l->s.owd_cnt,
	    m->conf.compat_8));
}

static void
check_maximum(const struct model *m, const struct aggregate *a,
    unsigned int first, unsigned int last, const struct result_line *max)
{
	unsigned int i, best = first;

	for (i = first; i <= last; i++)
		if (m->conf.interface_max ? m->interface[i] >
		    m->interface[best] : model_l3(m, i) > model_l3(m, best))
			best = i;
	assert_int_equal(max->s.number, best);
	near(max->rates.l3, model_l3(m, best));
	assert_int_equal(max->s.bytes, aggregate_line(a, best - 1)->s.bytes);
}

static void
check_mode(const struct model *m, const struct aggregate *a, int mode,
    unsigned int first, unsigned int last)
{
	unsigned int count = (unsigned int)aggregate_count(a), i, n = 0;
	unsigned int end = m->conf.compat_8 && mode == 1 ? count : last;
	struct result_mode got;
	uint64_t owd = 0;
	double l3 = 0;

	assert_int_equal(aggregate_mode(a, mode, &got), first <= last);
	if (first > last)
		return;
	assert_int_equal(got.first, first);
	assert_int_equal(got.last, last);
	check_counts(m, first, end, &got.summary);
	check_figures(m, first, end, &got.summary);
	check_maximum(m, a, first, last, &got.max);
	if (all_have_figures(m, 1, count))
		check_minima(m, 1, count, &got.summary);
	for (i = first; i <= end; i++) {
		l3 += model_l3(m, i);
		if (aggregate_line(a, i - 1)->s.owd_cnt > 0) {
			owd += aggregate_line(a, i - 1)->owd_avg;
			n++;
		}
	}
	near(got.summary.rates.l3, l3 / (end - first + 1));
	assert_int_equal(got.summary.owd_avg, result_average(owd, n, false));
}

static void
check_modes(const struct model *m, const struct aggregate *a)
{
	unsigned int count = (unsigned int)aggregate_count(a);
	unsigned int split = m->conf.bimodal;

	if (split == 0 || split > count)
		split = count;
	check_mode(m, a, 1, 1, split);
	check_mode(m, a, 2, split + 1, count);
}

static void
step_add(struct model *m, struct aggregate *a)
{
	unsigned int conn = up_to(m->conf.conns - 1);
	struct result_subint s = random_subint();
	struct result_line l;
	bool ahead = is_in(m, m->open, conn), closed;

	if (m->left[conn])
		return;
	closed = aggregate_add(a, conn, &s, 7, &l);
	if (m->given[conn] == m->conf.limit) {
		assert_false(closed);
		return;
	}
	m->given[conn]++;
	assert_int_equal(closed, ahead);
	if (closed)
		check_line(m, m->open++, &l);
	if (m->open > m->conf.limit)
		return;
	m->all[m->n].s = s;
	m->all[m->n].conn = conn;
	m->all[m->n++].aggregate = m->open;
}

static void
step_close(struct model *m, struct aggregate *a, bool force)
{
	bool want = complete(m, force);
	struct result_line l;

	if (up_to(1) == 0) {
		m->interface[m->open] = up_to(1000);
		aggregate_interface(a, m->interface[m->open]);
	}
	assert_int_equal(aggregate_close(a, force, 7, &l), want);
	if (want)
		check_line(m, m->open++, &l);
}

static void
run(struct model *m, struct aggregate *a, int steps)
{
	unsigned int conn;

	while (steps-- > 0) {
		step_add(m, a);
		if (up_to(1) == 0)
			step_close(m, a, up_to(9) == 0);
		conn = up_to(m->conf.conns - 1);
		if (up_to(30) == 0) {
			aggregate_leave(a, conn);
			m->left[conn] = true;
		}
	}
	step_close(m, a, true);
	assert_int_equal(aggregate_count(a), m->open - 1);
	check_modes(m, a);
}

static void
test_random(void **state)
{
	struct aggregate *a;
	struct model m;
	size_t i;
	int turn;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 3000; turn++) {
		memset(&m, 0, sizeof(m));
		m.conf.conns = 1 + up_to(3);
		m.conf.bimodal = up_to(1) * up_to(LIMIT);
		m.conf.limit = 1 + up_to(LIMIT - 1);
		m.conf.interface_max = up_to(3) == 0;
		m.conf.compat_8 = up_to(3) == 0;
		m.open = 1;
		for (i = 0; i < NELEM(m.interface); i++)
			m.interface[i] = -1;
		a = aggregate_new(&m.conf);
		assert_non_null(a);
		run(&m, a, (int)up_to(GIVEN));
		aggregate_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
