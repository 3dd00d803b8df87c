/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/pace.h"

#define GAPS	200000

static int64_t
next_gap(struct sched *p, int64_t *last)
{
	int64_t gap;

	gap = sched_due(p) - *last;
	*last = sched_due(p);
	sched_advance(p);
	return gap;
}

/*
 * Packet n of a constant schedule is due at start + n * 1e12 / rate, here in
 * integers. After 1e7 packets the sum is off by so little that a hundred
 * times as many, at most a hundred times as far off, are within 0.01 ns.
 */
static void
check_constant(uint64_t rate)
{
	const uint64_t n = 10000000, total = n * UINT64_C(1000000000000);
	const int64_t start = INT64_C(1234567890123);
	struct sched p;
	double error;
	uint64_t i;

	pace_init(&p, THRULAY_CONSTANT, rate, 0, start);
	for (i = 1; i < n; i++)
		sched_advance(&p);
	error = (double)(sched_due(&p) - start - (int64_t)(total / rate)) +
	    p.frac_ns - (double)(total % rate) / (double)rate;
	assert_true(fabs(error) < 1e-4);
}

static void
test_constant_does_not_drift(void **state)
{
	(void)state;
	check_constant(833333333);	/* 10 Gbit/s of 1500 bytes: 1200 ns */
	check_constant(75000000);	/* 900 Mbit/s: 13333.3 ns */
	check_constant(999999937);	/* a prime */
	check_constant(UINT32_MAX);
}

static void
test_first_packet_waits_a_gap(void **state)
{
	struct sched p;
	int i;

	(void)state;
	pace_init(&p, THRULAY_CONSTANT, 1000000, 0, -500);
	for (i = 1; i <= 5; i++) {
		assert_int_equal(sched_due(&p), -500 + i * 1000000);
		sched_advance(&p);
	}
}

/* Any rate, even absurd ones: time goes forward and stops at the end. */
static void
test_extreme_rates(void **state)
{
	const uint64_t rates[] = { 1, 1000, UINT32_MAX, UINT64_MAX };
	struct sched p;
	int64_t last;
	size_t i, k;

	(void)state;
	for (i = 0; i < 2 * NELEM(rates); i++) {
		pace_init(&p, i % 2 == 0 ? THRULAY_CONSTANT : THRULAY_POISSON,
		    rates[i / 2], 1, 0);
		for (last = 0, k = 0; k < 1000; k++) {
			assert_true(next_gap(&p, &last) >= 0);
			assert_true(p.frac_ns >= 0 && p.frac_ns < 1);
		}
	}
	pace_init(&p, THRULAY_CONSTANT, 1, 0, INT64_MAX - 5);
	last = sched_due(&p);
	sched_advance(&p);
	assert_true(last > INT64_C(9000000000000000000));
	assert_true(sched_due(&p) == last);
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Largest distance between the distribution of n sorted values in [0,1] and
 * the uniform one (Kolmogorov and Smirnov). */
static double
ks_distance(const double *sorted, size_t n)
{
	double d = 0, lo, hi;
	size_t i;

	for (i = 0; i < n; i++) {
		lo = sorted[i] - (double)i / (double)n;
		hi = (double)(i + 1) / (double)n - sorted[i];
		d = fmax(d, fmax(lo, hi));
	}
	return d;
}

/*
 * Gaps of mean 1 ms: mean and coefficient of variation within 6 standard
 * errors of those of an exponential distribution, and the distribution itself
 * within what one of 2e7 right ones exceeds.
 */
static void
test_poisson_gaps(void **state)
{
	double *u = calloc(GAPS, sizeof(*u)), root = sqrt(GAPS);
	struct stats s = { 0 };
	int64_t last = 0, gap;
	struct sched p;
	size_t i;

	(void)state;
	assert_non_null(u);
	unit_seed();
	pace_init(&p, THRULAY_POISSON, 1000000, (uint64_t)random(), 0);
	for (i = 0; i < GAPS; i++) {
		gap = next_gap(&p, &last);
		stats_add(&s, (double)gap);
		u[i] = 1 - exp(-(double)gap / 1e6);
	}
	assert_true(fabs(s.mean / 1e6 - 1) < 6 / root);
	assert_true(fabs(stats_cv(&s) - 1) < 6 / root);
	qsort(u, GAPS, sizeof(*u), compare);
	assert_true(ks_distance(u, GAPS) < 3 / root);
	free(u);
}

/* Gaps say nothing about the ones after them. */
static void
test_poisson_gaps_are_independent(void **state)
{
	double sum = 0, x, y;
	int64_t last = 0;
	struct sched p;
	size_t i;

	(void)state;
	unit_seed();
	pace_init(&p, THRULAY_POISSON, 1000000, (uint64_t)random(), 0);
	x = (double)next_gap(&p, &last) / 1e6 - 1;
	for (i = 0; i < GAPS; i++, x = y) {
		y = (double)next_gap(&p, &last) / 1e6 - 1;
		sum += x * y;
	}
	assert_true(fabs(sum / GAPS) < 6 / sqrt(GAPS));
}

/* Even where the mean gap is less than two ns, its fraction is kept. */
static void
test_poisson_without_bias(void **state)
{
	struct sched p;
	double mean;
	size_t i;

	(void)state;
	unit_seed();
	pace_init(&p, THRULAY_POISSON, UINT64_C(700000000000),
	    (uint64_t)random(), 0);
	for (i = 1; i < GAPS; i++)
		sched_advance(&p);
	mean = ((double)sched_due(&p) + p.frac_ns) / GAPS;
	assert_true(fabs(mean * 0.7 - 1) < 6 / sqrt(GAPS));
}

static void
test_seed_repeats_schedule(void **state)
{
	struct sched a, b, c;
	int i, differ = 0;

	(void)state;
	pace_init(&a, THRULAY_POISSON, 1000000, 42, 7);
	pace_init(&b, THRULAY_POISSON, 1000000, 42, 7);
	pace_init(&c, THRULAY_POISSON, 1000000, 43, 7);
	for (i = 0; i < 100; i++) {
		assert_int_equal(sched_due(&a), sched_due(&b));
		differ += sched_due(&a) != sched_due(&c);
		sched_advance(&a);
		sched_advance(&b);
		sched_advance(&c);
	}
	assert_int_equal(differ, 100);
}

static void
test_rate(void **state)
{
	(void)state;
	assert_int_equal(pace_rate(120000, 1500), 10000);
	assert_int_equal(pace_rate(10000000, 1500), 833333);
	assert_int_equal(pace_rate(1, 125), 1);
	assert_int_equal(pace_rate(1, 126), 0);
	assert_int_equal(pace_rate(0, 1500), 0);
	assert_int_equal(pace_rate(1000, 0), 0);
	assert_int_equal(pace_rate(1000, UINT64_MAX), 0);
	/* The largest that has room in 32 bits, and the next. */
	assert_int_equal(pace_rate(UINT32_MAX, 125), UINT32_MAX);
	assert_int_equal(pace_rate(UINT64_C(4294967296), 125), 0);
	assert_int_equal(pace_rate(UINT64_C(51539607551), 1500), UINT32_MAX);
	assert_int_equal(pace_rate(UINT64_C(51539607552), 1500), 0);
	/* 125 * 147573952589676413 is 2^64 + 9: it must not look small. */
	assert_int_equal(pace_rate(UINT64_C(147573952589676413), 1), 0);
	assert_int_equal(pace_rate(UINT64_MAX, 1), 0);
	assert_int_equal(pace_rate(UINT64_MAX, 65535), 0);
}

static void
test_packets(void **state)
{
	(void)state;
	assert_int_equal(pace_packets(1, 120000, 1500), 10);
	assert_int_equal(pace_packets(2, 10000000, 1500), 1666);
	assert_int_equal(pace_packets(2, 4800, 60), 20);
	assert_int_equal(pace_packets(0.3, 10000000, 1250), 300);
	assert_int_equal(pace_packets(1.5, 8, 1), 1);
	assert_int_equal(pace_packets(2.5, 12, 1), 3);
	assert_int_equal(pace_packets(0, 10000000, 1500), 0);
	assert_int_equal(pace_packets(1, 10000000, 0), 0);
	assert_int_equal(pace_packets(-1, 10000000, 1500), 0);
	assert_int_equal(pace_packets((double)NAN, 10000000, 1500), 0);
	assert_int_equal(pace_packets((double)INFINITY, 10000000, 1500), 0);
	/* floor(60 (2^64 - 1) / 12000), and what has no room. */
	assert_int_equal(pace_packets(60, UINT64_MAX, 1500),
	    UINT64_C(92233720368547758));
	assert_int_equal(pace_packets(8, UINT64_MAX, 1), UINT64_MAX);
	assert_int_equal(pace_packets(9, UINT64_MAX, 1), 0);
	assert_int_equal(pace_packets(1e9, 1, 1), 0);
}

/* Where the products have room, both are what spec 3.5 writes. */
static void
test_integers_of_the_spec(void **state)
{
	uint64_t bits, size, seconds, want;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 100000; i++) {
		bits = (uint64_t)random() * ((uint64_t)random() % 1000 + 1);
		size = (uint64_t)random() % 65535 + 1;
		seconds = (uint64_t)random() % 10000;
		want = 125 * bits / size;
		assert_int_equal(pace_rate(bits, size),
		    want > UINT32_MAX ? 0 : want);
		assert_int_equal(pace_packets((double)seconds, bits, size),
		    seconds * bits / (8 * size));
	}
}

static void
test_check_of_a_punctual_sender(void **state)
{
	struct thrulay_pacing out;
	struct pace_check c;
	int64_t i;

	(void)state;
	assert_int_equal(pace_check_init(&c, 1000), 0);
	for (i = 0; i < 101; i++)
		pace_check_sent(&c, 1000000 * i, 1000000 * i);
	memset(&out, 0, sizeof(out));
	pace_check_result(&c, &out);
	assert_int_equal(out.packets, 101);
	assert_true(fabs(out.wanted_pps - 1000) < 1e-9);
	assert_true(fabs(out.reached_pps - 1000) < 1e-9);
	assert_true(fabs(out.rate_error_pct) < 1e-9);
	assert_true(fabs(out.gap_cv) < 1e-9);
	assert_int_equal(out.late_max_ns, 0);
	pace_check_free(&c);
}

/* Half as fast as wanted: lateness grows by a gap each. */
static void
test_check_of_a_slow_sender(void **state)
{
	struct thrulay_pacing out;
	struct pace_check c;
	int64_t i;

	(void)state;
	assert_int_equal(pace_check_init(&c, 1000), 0);
	for (i = 0; i < 100; i++)
		pace_check_sent(&c, 1000 * i, 2000 * i + 7);
	pace_check_result(&c, &out);
	assert_true(fabs(out.wanted_pps - 1e6) < 1e-3);
	assert_true(fabs(out.reached_pps - 5e5) < 1e-3);
	assert_true(fabs(out.rate_error_pct + 50) < 1e-6);
	assert_int_equal(out.late_p50_ns, 49 * 1000 + 7);
	assert_int_equal(out.late_p99_ns, 98 * 1000 + 7);
	assert_int_equal(out.late_max_ns, 99 * 1000 + 7);
	pace_check_free(&c);
}

/* Gaps of 1 and 3 in turn: mean 2, deviation 1. */
static void
test_check_of_gaps(void **state)
{
	struct thrulay_pacing out;
	struct pace_check c;
	int64_t i, at = 0;

	(void)state;
	assert_int_equal(pace_check_init(&c, 1000), 0);
	for (i = 0; i < 101; i++) {
		pace_check_sent(&c, 2 * i, at);
		at += i % 2 == 0 ? 1 : 3;
	}
	pace_check_result(&c, &out);
	assert_true(fabs(out.gap_cv - 0.5) < 1e-9);
	pace_check_free(&c);
}

/* A schedule of one moment has no rate to compare with. */
static void
test_check_without_a_rate(void **state)
{
	struct thrulay_pacing out;
	struct pace_check c;

	(void)state;
	assert_int_equal(pace_check_init(&c, 10), 0);
	pace_check_sent(&c, 5, 10);
	pace_check_sent(&c, 5, 1000000010);
	pace_check_result(&c, &out);
	assert_true(out.wanted_pps == 0);
	assert_true(fabs(out.reached_pps - 1) < 1e-9);
	assert_true(out.rate_error_pct == 0);
	pace_check_free(&c);
}

static void
test_check_of_nothing(void **state)
{
	struct thrulay_pacing out;
	struct pace_check c;
	int n;

	(void)state;
	assert_int_equal(pace_check_init(&c, 10), 0);
	for (n = 0; n < 3; n++) {
		memset(&out, 0xff, sizeof(out));
		pace_check_result(&c, &out);
		assert_int_equal(out.packets, n);
		assert_true(out.wanted_pps == 0 && out.reached_pps == 0);
		assert_true(out.rate_error_pct == 0 && out.gap_cv == 0);
		assert_int_equal(out.late_max_ns, n == 0 ? 0 : 5);
		pace_check_sent(&c, 10, 15);	/* all at one time */
	}
	pace_check_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_constant_does_not_drift),
		cmocka_unit_test(test_first_packet_waits_a_gap),
		cmocka_unit_test(test_extreme_rates),
		cmocka_unit_test(test_poisson_gaps),
		cmocka_unit_test(test_poisson_gaps_are_independent),
		cmocka_unit_test(test_poisson_without_bias),
		cmocka_unit_test(test_seed_repeats_schedule),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_integers_of_the_spec),
		cmocka_unit_test(test_check_of_a_punctual_sender),
		cmocka_unit_test(test_check_of_a_slow_sender),
		cmocka_unit_test(test_check_of_gaps),
		cmocka_unit_test(test_check_without_a_rate),
		cmocka_unit_test(test_check_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
