/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/arrival.h"

/* A stream as it arrived, and its statistics straight from their
 * definitions, without regard to cost. */
#define MODEL_MAX	400

struct model {
	uint64_t	packets, sent;
	size_t		arrivals;
	uint64_t	sequence[MODEL_MAX];
	int64_t		delay_ns[MODEL_MAX];

	/* unique ones, in order of arrival */
	size_t		unique;
	uint64_t	u_sequence[MODEL_MAX];
	int64_t		u_delay_ns[MODEL_MAX];
	uint64_t	duplicates, bad;
};

static bool
model_seen(const struct model *m, uint64_t sequence)
{
	size_t i;

	for (i = 0; i < m->unique; i++)
		if (m->u_sequence[i] == sequence)
			return true;
	return false;
}

static enum arrival_verdict
model_add(struct model *m, uint64_t sequence, int64_t delay_ns)
{
	m->sequence[m->arrivals] = sequence;
	m->delay_ns[m->arrivals++] = delay_ns;
	if (sequence >= m->packets) {
		m->bad++;
		return ARRIVAL_BAD_SEQUENCE;
	}
	if (model_seen(m, sequence)) {
		m->duplicates++;
		return ARRIVAL_DUPLICATE;
	}
	m->u_sequence[m->unique] = sequence;
	m->u_delay_ns[m->unique++] = delay_ns;
	return ARRIVAL_UNIQUE;
}

/* RFC 4737: is unique packet i reordered, and how far back came the first
 * packet with a larger number? */
static size_t
model_extent(const struct model *m, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (m->u_sequence[j] > m->u_sequence[i])
			return i - j;
	return 0;
}

/* Spec 4.3, for one j. */
static uint64_t
model_reorder_j(const struct model *m, size_t j)
{
	uint64_t count = 0;
	size_t i, k;

	for (i = j + 1; i < m->unique; i++) {
		for (k = 0; k <= j; k++)
			if (m->u_sequence[i - 1 - k] < m->u_sequence[i])
				break;
		count += k == j + 1;
	}
	return count;
}

static void
model_check_order(const struct model *m, const struct thrulay_udp_result *r)
{
	uint64_t reordered = 0, extent_max = 0, extent;
	size_t i, j;

	for (i = 0; i < m->unique; i++) {
		extent = model_extent(m, i);
		reordered += extent > 0;
		if (extent > extent_max)
			extent_max = extent;
	}
	assert_int_equal(r->reordered, reordered);
	assert_int_equal(r->reorder_extent_max, extent_max);
	for (j = 0; j < THRULAY_REORDER_MAX; j++)
		assert_int_equal(r->reorder_j[j], model_reorder_j(m, j));
}

static void
model_check_loss(const struct model *m, const struct thrulay_udp_result *r)
{
	uint64_t s, periods = 0, run = 0, longest = 0;

	for (s = 0; s < m->sent; s++) {
		run = model_seen(m, s) ? 0 : run + 1;
		periods += run == 1;
		if (run > longest)
			longest = run;
	}
	assert_int_equal(r->loss_periods, periods);
	assert_int_equal(r->loss_period_max, longest);
	assert_int_equal(r->lost, m->sent > m->unique ?
	    m->sent - m->unique : 0);
}

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Order statistic number ceil(n p). */
static void
check_times(const struct thrulay_times *t, int64_t *v, size_t n)
{
	assert_int_equal(t->n, n);
	if (n == 0)
		return;
	qsort(v, n, sizeof(*v), compare);
	assert_int_equal(t->min, v[0]);
	assert_int_equal(t->p25, v[(n + 3) / 4 - 1]);
	assert_int_equal(t->p50, v[(n + 1) / 2 - 1]);
	assert_int_equal(t->p75, v[(3 * n + 3) / 4 - 1]);
	assert_int_equal(t->p95, v[(19 * n + 19) / 20 - 1]);
	assert_int_equal(t->max, v[n - 1]);
}

/* |delay(s) - delay(s-1)| where both came, in order of numbers. */
static void
model_check_ipdv(const struct model *m, const struct thrulay_udp_result *r)
{
	int64_t v[MODEL_MAX];
	size_t i, k, n = 0;

	for (i = 0; i < m->unique; i++)
		for (k = 0; k < m->unique; k++)
			if (m->u_sequence[i] == m->u_sequence[k] + 1)
				v[n++] = llabs(m->u_delay_ns[i] -
				    m->u_delay_ns[k]);
	check_times(&r->ipdv, v, n);
}

static void
model_check_delay(const struct model *m, const struct thrulay_udp_result *r)
{
	int64_t v[MODEL_MAX];
	double jitter = 0;
	size_t i;

	memcpy(v, m->u_delay_ns, sizeof(v));
	check_times(&r->delay, v, m->unique);
	assert_int_equal(r->jitter_ns, r->delay.p75 - r->delay.p25);
	for (i = 1; i < m->unique; i++)
		jitter += (fabs((double)(m->u_delay_ns[i] -
		    m->u_delay_ns[i - 1])) - jitter) / 16;
	assert_true(fabs((double)r->jitter_rfc3550_ns - jitter) <= 0.5 + 1e-6);
}

static void
model_check(const struct model *m, const struct thrulay_udp_result *r)
{
	assert_true(r->complete);
	assert_int_equal(r->sent, m->sent);
	assert_int_equal(r->total, m->arrivals);
	assert_int_equal(r->unique, m->unique);
	assert_int_equal(r->duplicates, m->duplicates);
	assert_int_equal(r->bad_sequence, m->bad);
	model_check_order(m, r);
	model_check_loss(m, r);
	model_check_delay(m, r);
	model_check_ipdv(m, r);
}

static uint64_t
below(uint64_t n)
{
	return (uint64_t)random() % n;
}

/* The numbers 0..n-1 as a network might deliver them: each may be lost, come
 * twice, or change places with one not far from it. */
static void
model_traffic(struct model *m, struct arrival *a, unsigned int loss_pct)
{
	uint64_t order[MODEL_MAX], t;
	size_t i, k, n = 0, reach = (size_t)below(150) + 1;

	for (t = 0; t < m->sent && n < MODEL_MAX - 1; t++) {
		if (below(100) >= loss_pct)
			order[n++] = t;
		if (below(20) == 0)
			order[n++] = below(m->packets + 2);
	}
	for (i = 0; i < n / 4; i++) {
		k = (size_t)below(n);
		t = order[k];
		order[k] = order[(k + reach) % n];
		order[(k + reach) % n] = t;
	}
	for (i = 0; i < n; i++) {
		int64_t delay = random() % 20000000 - 10000000;
		int64_t at = (int64_t)i * 1000000;
		enum arrival_verdict want = model_add(m, order[i], delay);

		assert_int_equal(arrival_add(a, order[i], at - delay, at),
		    want);
	}
}

static void
test_against_definitions(void **state)
{
	struct model *m = malloc(sizeof(*m));
	struct thrulay_udp_result r;
	struct arrival *a;
	int round;

	(void)state;
	assert_non_null(m);
	unit_seed();
	for (round = 0; round < 400; round++) {
		memset(m, 0, sizeof(*m));
		m->packets = below(300) + 1;
		m->sent = below(m->packets + 1);
		a = arrival_new(m->packets, MODEL_MAX);
		assert_non_null(a);
		model_traffic(m, a, (unsigned int)below(100));
		/* The end message may say anything. */
		if (below(4) == 0)
			m->sent = below(350);
		arrival_result(a, m->sent, &r);
		model_check(m, &r);
		arrival_free(a);
	}
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_definitions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
