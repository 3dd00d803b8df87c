/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/stats.h"
#include "thrulay/tally.h"

static int
compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Order statistic number ceil(n * thousandths / 1000), in integers. */
static int64_t
order(const int64_t *sorted, size_t n, size_t thousandths)
{
	size_t k = (n * thousandths + 999) / 1000;

	return sorted[k == 0 ? 0 : k - 1];
}

static void
check_times(const struct thrulay_times *t, int64_t *v, size_t n)
{
	double sum = 0;
	size_t i;

	qsort(v, n, sizeof(*v), compare);
	for (i = 0; i < n; i++)
		sum += (double)v[i];
	assert_int_equal(t->n, n);
	assert_int_equal(t->min, v[0]);
	assert_int_equal(t->max, v[n - 1]);
	assert_true(t->mean - sum / (double)n < 1e-3);
	assert_true(sum / (double)n - t->mean < 1e-3);
	assert_int_equal(t->p01, order(v, n, 10));
	assert_int_equal(t->p05, order(v, n, 50));
	assert_int_equal(t->p25, order(v, n, 250));
	assert_int_equal(t->p50, order(v, n, 500));
	assert_int_equal(t->p75, order(v, n, 750));
	assert_int_equal(t->p95, order(v, n, 950));
	assert_int_equal(t->p99, order(v, n, 990));
	assert_int_equal(t->p999, order(v, n, 999));
}

/* Every size up to some thousand, so that each rank is hit exactly. */
static void
test_times_are_order_statistics(void **state)
{
	struct thrulay_times t;
	struct quant *q = quant_new(QUANT_EXACT);
	int64_t v[2500];
	size_t n, i;

	(void)state;
	assert_non_null(q);
	unit_seed();
	for (n = 1; n <= NELEM(v); n += n < 110 ? 1 : 97) {
		quant_reset(q);
		for (i = 0; i < n; i++) {
			v[i] = random() % 1000000 - 500000;
			assert_int_equal(quant_add(q, v[i]), 0);
		}
		tally_times(q, &t);
		check_times(&t, v, n);
	}
	quant_free(q);
}

/* Spec 4.1: what 1, 2 and 3 blocks look like. */
static void
test_small_samples(void **state)
{
	const int64_t rtt[] = { 30, 10, 20 };
	struct thrulay_interval iv;
	struct tally t;

	(void)state;
	assert_int_equal(tally_init(&t, 100), 0);
	tally_add(&t, 1, 100, rtt, 1);
	tally_total(&t, &iv);
	assert_int_equal(iv.rtt.p25, 30);
	assert_int_equal(iv.rtt.p50, 30);
	assert_int_equal(iv.rtt.p75, 30);
	tally_add(&t, 1, 100, rtt + 1, 1);
	tally_total(&t, &iv);
	assert_int_equal(iv.rtt.p25, 10);
	assert_int_equal(iv.rtt.p50, 10);
	assert_int_equal(iv.rtt.p75, 30);
	tally_add(&t, 1, 100, rtt + 2, 1);
	tally_total(&t, &iv);
	assert_int_equal(iv.rtt.p25, 10);
	assert_int_equal(iv.rtt.p50, 20);
	assert_int_equal(iv.rtt.p75, 30);
	tally_free(&t);
}

static void
test_empty(void **state)
{
	const struct thrulay_times zero = { 0 };
	struct thrulay_interval iv;
	struct tally t;

	(void)state;
	assert_int_equal(tally_init(&t, 100), 0);
	memset(&iv, 0xff, sizeof(iv));
	tally_interval(&t, &iv);
	assert_int_equal(iv.blocks, 0);
	assert_int_equal(iv.bytes, 0);
	assert_int_equal(iv.rtt.n, 0);
	assert_memory_equal(&iv.rtt, &zero, sizeof(zero));
	tally_free(&t);
}

/* Intervals show what came in them, the total shows all, at any moment. */
static void
test_intervals_add_up(void **state)
{
	struct thrulay_interval iv, total;
	int64_t rtt[50], all[5000];
	uint64_t blocks = 0, n;
	struct tally t;
	size_t i, round, seen = 0;

	(void)state;
	unit_seed();
	assert_int_equal(tally_init(&t, NELEM(all)), 0);
	for (round = 0; round < 100; round++) {
		n = (uint64_t)random() % NELEM(rtt) + 1;
		for (i = 0; i < n; i++)
			all[seen++] = rtt[i] = random() % 1000000;
		tally_add(&t, n, n * 16, rtt, (size_t)n);
		blocks += n;
		tally_interval(&t, &iv);
		assert_int_equal(iv.blocks, n);
		assert_int_equal(iv.bytes, n * 16);
		check_times(&iv.rtt, rtt, (size_t)n);
		tally_total(&t, &total);
		assert_int_equal(total.blocks, blocks);
		assert_int_equal(total.bytes, blocks * 16);
	}
	check_times(&total.rtt, all, seen);
	tally_free(&t);
}

/* Blocks whose echo was bad count without an RTT. */
static void
test_blocks_without_rtt(void **state)
{
	struct thrulay_interval iv;
	struct tally t;

	(void)state;
	assert_int_equal(tally_init(&t, 10), 0);
	tally_add(&t, 3, 300, NULL, 0);
	tally_total(&t, &iv);
	assert_int_equal(iv.blocks, 3);
	assert_int_equal(iv.bytes, 300);
	assert_int_equal(iv.rtt.n, 0);
	tally_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_times_are_order_statistics),
		cmocka_unit_test(test_small_samples),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_intervals_add_up),
		cmocka_unit_test(test_blocks_without_rtt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
