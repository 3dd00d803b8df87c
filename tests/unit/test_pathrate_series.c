/* SPDX-License-Identifier: BSD-2-Clause */
/* stats.json, print_bw.json and intr_coalescence.json. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "pathrate/coalesce.h"
#include "pathrate/report.h"
#include "pathrate/series.h"

#define ROOM	256

/* The vectors have 17 digits, and the sums run the same way. */
static void
same(double got, double want)
{
	if (got != want && fabs(got - want) > fabs(want) * 1e-15)
		fail_msg("%.17g, not %.17g", got, want);
}

static size_t
numbers(const struct jv *list, double *x)
{
	size_t i;

	assert_in_range(jv_len(list), 1, ROOM);
	for (i = 0; i < jv_len(list); i++)
		x[i] = jv_num(jv_at(list, i));
	return i;
}

static void
statistics(void **state)
{
	struct jv *all = jv_load("pathrate/stats.json");
	double x[ROOM], want[ROOM];
	const struct jv *one;
	size_t i, j, n;

	(void)state;
	assert_int_equal(jv_len(all), 6);
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		n = numbers(jv_get(one, "input"), x);
		same(series_mean(x, n), jv_num(jv_get(one, "avg")));
		same(series_deviation(x, n), jv_num(jv_get(one, "std")));
		same(series_kurtosis(x, n), jv_num(jv_get(one, "kurtosis")));
		assert_int_equal(numbers(jv_get(one, "ordered"), want), n);
		series_sort(x, n);
		for (j = 0; j < n; j++)
			assert_true(x[j] == want[j]);
	}
	jv_free(all);
}

static void
empty_series(void **state)
{
	double x = 7;

	(void)state;
	series_sort(&x, 0);
	assert_true(series_mean(&x, 0) == 0);
	assert_true(series_deviation(&x, 1) == 0);
	assert_true(series_kurtosis(&x, 1) == SERIES_UNDEFINED);
}

static void
rates(void **state)
{
	struct jv *all = jv_load("pathrate/print_bw.json");
	char text[REPORT_RATE_MAX];
	const struct jv *one;
	size_t i;

	(void)state;
	assert_int_equal(jv_len(all), 27);
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		assert_string_equal(report_rate(jv_num(jv_get(one, "mbps")),
		    text, sizeof(text)), jv_str(jv_get(one, "text"), NULL));
	}
	jv_free(all);
}

static void
coalescence(void **state)
{
	struct jv *all = jv_load("pathrate/intr_coalescence.json");
	const struct jv *one, *times;
	int64_t us[ROOM];
	size_t i, j;

	(void)state;
	assert_int_equal(jv_len(all), 11);
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		times = jv_get(one, "arrival_us");
		assert_int_equal(jv_len(times),
		    jv_uint(jv_get(one, "train_len")) + 1);
		for (j = 0; j < jv_len(times); j++)
			us[j] = jv_int(jv_at(times, j));
		assert_int_equal(coalesce_detect(us, jv_len(times) - 1,
		    jv_num(jv_get(one, "latency_us"))),
		    jv_int(jv_get(one, "coalescing")));
	}
	jv_free(all);
}

/* Bursts of 10 packets, 1 us apart, every 100 us: 9 packets in 100 us. The
 * last packet is late, so that the train is slower. */
static void
burst_rates(void **state)
{
	int64_t us[101];
	double rate[16];
	size_t i, n, jumps;

	(void)state;
	us[0] = -1;
	for (i = 1; i < NELEM(us); i++)
		us[i] = (int64_t)((i - 1) / 10 * 100 + (i - 1) % 10);
	us[100] = 2000;
	n = coalesce_rates(us, 100, 1, rate, NELEM(rate), &jumps);
	assert_int_equal(jumps, 10);
	assert_int_equal(n, 8);
	for (i = 0; i < n; i++)
		same(rate[i], 12000.0 * 9 / 100);
	assert_int_equal(coalesce_rates(us, 100, 1, rate, 3, &jumps), 3);
	assert_int_equal(jumps, 10);
	assert_int_equal(coalesce_rates(us, 2, 1, rate, 3, &jumps), 0);
	/* Slow bursts, after fast ones, are below the train's rate. */
	for (i = 51; i < NELEM(us); i++)
		us[i] += 10000 * (((int64_t)i - 1) / 10 - 4);
	assert_int_equal(coalesce_rates(us, 100, 1, rate, 16, &jumps), 3);
}

/* No time at all between packets: no rate, and no division by it. */
static void
simultaneous(void **state)
{
	int64_t us[41] = { 0 };
	double rate[8];
	size_t jumps;

	(void)state;
	assert_int_equal(coalesce_rates(us, 40, 0, rate, 8, &jumps), 0);
	assert_true(jumps > 1);
	assert_true(coalesce_detect(us, 40, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statistics),
		cmocka_unit_test(empty_series),
		cmocka_unit_test(rates),
		cmocka_unit_test(coalescence),
		cmocka_unit_test(burst_rates),
		cmocka_unit_test(simultaneous),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
