/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "thrulay/arrival.h"

/* A chunk of the map of packet numbers: 4 KiB, one bit each. */
#define CHUNK_PACKETS	32768

static uint64_t
below(uint64_t n)
{
	return (uint64_t)random() % n;
}

/* m[j] and the ratio of the last column where its denominator is not 0. */
static void
check_reordering(const struct jv *c)
{
	const struct jv *seq = jv_get(c, "arrival_seq"), *m = jv_get(c, "m");
	struct arrival *a = arrival_new(100, 100);
	struct thrulay_udp_result r;
	double ratio;
	size_t i;

	assert_non_null(a);
	for (i = 0; i < jv_len(seq); i++)
		assert_int_equal(arrival_add(a, jv_uint(jv_at(seq, i)), 0, 0),
		    ARRIVAL_UNIQUE);
	arrival_result(a, jv_uint(jv_get(c, "n")), &r);
	assert_int_equal(r.unique, jv_uint(jv_get(c, "n")));
	for (i = 0; i < jv_len(m); i++)
		assert_int_equal(r.reorder_j[i], jv_uint(jv_at(m, i)));
	ratio = strtod(jv_str(jv_at(jv_get(c, "ratio"), 0), NULL), NULL);
	if (r.unique > 1)
		assert_true(fabs(r.reordering_pct - 100 * ratio) < 1e-4);
	else
		assert_true(r.reordering_pct == 0);
	arrival_free(a);
}

static void
test_recorded_reordering(void **state)
{
	struct jv *v = jv_load("thrulay/reordering.json");
	const struct jv *cases = jv_get(v, "cases");
	size_t i;

	(void)state;
	assert_true(jv_len(cases) > 0);
	for (i = 0; i < jv_len(cases); i++)
		check_reordering(jv_at(cases, i));
	jv_free(v);
}

/* 3, 4 and 5 come 1, 2 and 3 packets after the 6 that jumped over them. */
static void
test_reordering_extent(void **state)
{
	const uint64_t order[] = { 0, 1, 2, 6, 3, 4, 5, 7 };
	struct arrival *a = arrival_new(10, 10);
	struct thrulay_udp_result r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(order); i++)
		arrival_add(a, order[i], 0, 0);
	arrival_result(a, 8, &r);
	assert_int_equal(r.reordered, 3);
	assert_int_equal(r.reorder_extent_max, 3);
	arrival_free(a);
}

/* A packet that comes after more gaps than are remembered: the extent is then
 * a lower bound, and no more than the truth. */
static void
test_extent_beyond_memory(void **state)
{
	struct arrival *a = arrival_new(10000, 10);
	struct thrulay_udp_result r;
	uint64_t n;

	(void)state;
	for (n = 1; n < 8000; n += 2)
		arrival_add(a, n, 0, 0);
	arrival_add(a, 0, 0, 0);
	arrival_result(a, 8000, &r);
	assert_int_equal(r.reordered, 1);
	assert_in_range(r.reorder_extent_max, 1000, 4000);
	arrival_free(a);
}

/* Percentages, and the rules for nothing at all (spec 7.2). */
static void
test_percentages(void **state)
{
	struct arrival *a = arrival_new(10, 10);
	struct thrulay_udp_result r;

	(void)state;
	arrival_result(a, 0, &r);
	assert_true(r.loss_pct == 0 && r.duplication_pct == 0);
	assert_true(r.reordering_pct == 0);
	assert_int_equal(r.delay.n, 0);
	assert_int_equal(r.jitter_ns, 0);
	assert_int_equal(r.loss_periods, 0);
	assert_int_equal(r.first_ns, 0);
	arrival_result(a, 10, &r);
	assert_true(r.loss_pct == 100 && r.duplication_pct == 0);
	assert_int_equal(r.loss_periods, 1);
	assert_int_equal(r.loss_period_max, 10);
	arrival_add(a, 3, 0, 40);
	arrival_add(a, 3, 0, 50);
	arrival_add(a, 9, 0, 60);
	arrival_add(a, 10, 0, 70);
	arrival_result(a, 8, &r);
	assert_true(r.loss_pct == 75 && r.duplication_pct == 25);
	assert_int_equal(r.loss_periods, 2);
	assert_int_equal(r.loss_period_max, 4);
	assert_int_equal(r.first_ns, 40);
	assert_int_equal(r.last_ns, 60);
	arrival_result(a, 1, &r);
	assert_true(r.loss_pct == 0);
	assert_int_equal(r.lost, 0);
	arrival_free(a);
}

/* Stamps from the ends of time. */
static void
test_absurd_stamps(void **state)
{
	struct arrival *a = arrival_new(10, 10);
	struct thrulay_udp_result r;

	(void)state;
	arrival_add(a, 0, INT64_MIN, 5);
	arrival_add(a, 1, INT64_MAX, -5);
	arrival_add(a, 2, INT64_MIN, INT64_MIN);
	arrival_add(a, 3, INT64_MAX, INT64_MAX);
	arrival_result(a, 4, &r);
	assert_true(r.delay.min == INT64_MIN);
	assert_true(r.delay.max == INT64_MAX);
	assert_true(r.ipdv.max == INT64_MAX);
	assert_true(r.jitter_rfc3550_ns > 0);
	arrival_free(a);
}

/* What the feedback of a test comes to. */
struct feedback_sum {
	uint64_t	received, unique, duplicates, reordered, lost, delays;
};

static void
feedback_add(struct feedback_sum *sum, struct arrival *a)
{
	struct ext_feedback f;

	memset(&f, 0, sizeof(f));
	f.begin_ns = 7;
	arrival_feedback(a, &f);
	assert_int_equal(f.begin_ns, 7);
	assert_int_equal(f.received, f.unique + f.duplicates);
	assert_int_equal(f.delay.n, f.unique);
	sum->received += f.received;
	sum->unique += f.unique;
	sum->duplicates += f.duplicates;
	sum->reordered += f.reordered;
	sum->lost += f.lost;
	sum->delays += f.delay.n;
}

/* The numbers 0..n-1 with some replaced by others and some out of place. */
static void
shuffled(uint64_t *order, size_t n)
{
	uint64_t t;
	size_t i, k;

	for (i = 0; i < n; i++)
		order[i] = below(10) == 0 ? below(n) : i;
	for (i = 0; i < n / 10; i++) {
		k = (size_t)below(n - 40);
		t = order[k];
		order[k] = order[k + 40];
		order[k + 40] = t;
	}
}

/* Intervals of any length against one result at the end; lost comes to the
 * most holes that any interval ended with. */
static void
test_feedback_adds_up(void **state)
{
	uint64_t order[3000], n, end = 0, unique = 0, holes = 0;
	struct arrival *a = arrival_new(NELEM(order), 100);
	struct feedback_sum sum = { 0, 0, 0, 0, 0, 0 };
	struct thrulay_udp_result r;
	size_t i;

	(void)state;
	unit_seed();
	shuffled(order, NELEM(order));
	for (i = 0; i < NELEM(order); feedback_add(&sum, a)) {
		for (n = below(200); n > 0 && i < NELEM(order); n--, i++) {
			if (order[i] >= end)
				end = order[i] + 1;
			unique += arrival_add(a, order[i], 0, 0) ==
			    ARRIVAL_UNIQUE;
		}
		if (end - unique > holes)
			holes = end - unique;
	}
	arrival_result(a, NELEM(order), &r);
	assert_int_equal(sum.received, r.total);
	assert_int_equal(sum.unique, r.unique);
	assert_int_equal(sum.duplicates, r.duplicates);
	assert_int_equal(sum.reordered, r.reordered);
	assert_int_equal(sum.delays, r.unique);
	assert_int_equal(sum.lost, holes);
	arrival_free(a);
}

static uint64_t
feedback_lost(struct arrival *a)
{
	struct ext_feedback f;

	arrival_feedback(a, &f);
	return f.lost;
}

/* Holes show at once; late packets lessen the count of the next interval. */
static void
test_feedback_of_late_packets(void **state)
{
	struct arrival *a = arrival_new(100, 100);

	(void)state;
	assert_int_equal(feedback_lost(a), 0);
	arrival_add(a, 5, 0, 0);
	assert_int_equal(feedback_lost(a), 5);
	arrival_add(a, 0, 0, 0);
	arrival_add(a, 1, 0, 0);
	arrival_add(a, 1, 0, 0);
	assert_int_equal(feedback_lost(a), 0);
	arrival_add(a, 9, 0, 0);
	assert_int_equal(feedback_lost(a), 1);
	arrival_add(a, 2, 0, 0);
	arrival_add(a, 11, 0, 0);
	assert_int_equal(feedback_lost(a), 0);
	arrival_free(a);
}

/* Neighbours are told from numbers that share their place in the ring. */
static void
test_delay_variation_of_neighbours(void **state)
{
	const uint64_t order[] = { 0, 1025, 2, 1027, 5000, 1, 4999 };
	struct arrival *a = arrival_new(10000, 100);
	struct thrulay_udp_result r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(order); i++)
		arrival_add(a, order[i], 0, (int64_t)(i * i));
	arrival_result(a, 10000, &r);
	/* 2 looked for 1 and 3 where 1025 stood, and 1027 later. */
	assert_int_equal(r.ipdv.n, 3);
	assert_int_equal(r.ipdv.min, 36 - 16);
	assert_int_equal(r.ipdv.p50, 25 - 4);
	assert_int_equal(r.ipdv.max, 25 - 0);
	arrival_free(a);
}

/* The delays of an interval are its own. */
static void
test_feedback_delay(void **state)
{
	struct arrival *a = arrival_new(100, 100);
	size_t before = arrival_memory(a);
	struct ext_feedback f;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		arrival_add(a, (uint64_t)i, 0, 10 * i);
		arrival_feedback(a, &f);
		assert_int_equal(f.delay.n, 1);
		assert_int_equal(f.delay.p50, 10 * i);
		assert_int_equal(f.delay.max, 10 * i);
		assert_true(arrival_memory(a) > before);
	}
	arrival_feedback(a, &f);
	assert_int_equal(f.delay.n, 0);
	arrival_free(a);
}

/* Numbers all over a large range: a bit a number at the most, and nothing
 * before something comes. */
static void
test_memory_is_bounded(void **state)
{
	const uint64_t packets = UINT64_C(1) << 26;
	struct arrival *a = arrival_new(packets, 1000);
	uint64_t n;

	(void)state;
	assert_non_null(a);
	assert_true(arrival_memory(a) < 100000);
	for (n = 0; n < packets; n += CHUNK_PACKETS) {
		arrival_add(a, n, 0, 0);
		arrival_add(a, n + CHUNK_PACKETS - 1, 0, 0);
	}
	assert_true(arrival_memory(a) > packets / 8);
	for (n = 1; n < packets; n += CHUNK_PACKETS)
		assert_int_equal(arrival_add(a, n, 0, 0), ARRIVAL_UNIQUE);
	assert_true(arrival_memory(a) < packets / 8 + 400000);
	arrival_free(a);
}

/* Ranges that no memory could hold, and the number no range holds. */
static void
test_largest_numbers(void **state)
{
	struct arrival *a = arrival_new(UINT64_MAX, 10);

	(void)state;
	assert_null(a);
	assert_null(arrival_new((UINT64_C(1) << 40) + 1, 10));
	a = arrival_new(UINT64_C(1) << 30, 10);
	assert_non_null(a);
	assert_int_equal(arrival_add(a, UINT64_C(1) << 30, 0, 0),
	    ARRIVAL_BAD_SEQUENCE);
	assert_int_equal(arrival_add(a, EXT_HELLO_SEQUENCE, 0, 0),
	    ARRIVAL_BAD_SEQUENCE);
	assert_int_equal(arrival_add(a, (UINT64_C(1) << 30) - 1, 0, 0),
	    ARRIVAL_UNIQUE);
	arrival_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_reordering),
		cmocka_unit_test(test_reordering_extent),
		cmocka_unit_test(test_extent_beyond_memory),
		cmocka_unit_test(test_percentages),
		cmocka_unit_test(test_absurd_stamps),
		cmocka_unit_test(test_feedback_adds_up),
		cmocka_unit_test(test_feedback_of_late_packets),
		cmocka_unit_test(test_delay_variation_of_neighbours),
		cmocka_unit_test(test_feedback_delay),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_largest_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
