/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes of samples, and where a token bucket ran out. */
#include "config.h"

#include <math.h>

#include "tests/unit/unit.h"

#include "common/stats.h"
#include "pathrate/bucket.h"
#include "pathrate/density.h"
#include "pathrate/series.h"
#include "pathrate/train.h"

#define N	400

static void
few_values(void **state)
{
	const double x[] = { 1, 2, 4, 4.5, 9 };

	(void)state;
	assert_true(density_half_sample_mode(x, 1) == 1);
	assert_true(density_half_sample_mode(x, 2) == 1.5);
	assert_true(density_half_sample_mode(x, 3) == 1.5);
	assert_true(density_half_sample_mode(x + 1, 3) == 4.25);
	assert_true(density_half_sample_mode(x, 5) == 4.25);
	assert_true(density_of(x, 1).mode == 1);
	assert_true(density_of(x, 1).spread == 0);
	assert_true(density_quantile(x, 5, 0.2) == 1);
	assert_true(density_quantile(x, 5, 0.21) == 2);
	assert_true(density_quantile(x, 5, 1) == 9);
	assert_true(density_near(x, 5, 4, 0.75) == 0.4);
	assert_true(density_near(x, 5, 100, 1) == 0);
}

/* Two in five values anywhere, far more on one side: the mode does not move. */
static void
outliers(void **state)
{
	struct density d;
	struct rng r;
	double x[N];
	uint64_t seed;
	size_t i;

	(void)state;
	for (seed = 0; seed < 50; seed++) {
		rng_seed(&r, seed);
		for (i = 0; i < N; i++)
			x[i] = i % 5 < 3 ? 100 + rng_unit(&r) - rng_unit(&r) :
			    100 + 1000 * rng_unit(&r);
		series_sort(x, N);
		d = density_of(x, N);
		assert_true(fabs(d.mode - 100) < 0.4);
		assert_true(d.spread < 2);
	}
}

/* All the same: no spread, and no division by it. */
static void
equal_values(void **state)
{
	struct density d;
	double x[N];
	size_t i;

	(void)state;
	for (i = 0; i < N; i++)
		x[i] = 7;
	d = density_of(x, N);
	assert_true(d.mode == 7 && d.spread == 0);
}

/* 100 packets at 1 us, then 20 us each; a few are lost. */
static void
bucket(void **state)
{
	struct bucket b;
	int64_t t[N];
	size_t i;

	(void)state;
	for (i = 0; i < N; i++)
		t[i] = i < 100 ? (int64_t)i * 1000 :
		    99000 + (int64_t)(i - 99) * 20000;
	assert_true(bucket_find(t, N, &b));
	assert_true(fabs(b.peak_ns - 1000) < 10);
	assert_true(fabs(b.sustained_ns - 20000) < 10);
	assert_true(fabs(b.packets - 95) < 2);
	t[50] = t[200] = t[N - 1] = TRAIN_MISSING;
	assert_true(bucket_find(t, N, &b));
	assert_true(fabs(b.sustained_ns - 20000) < 10);
	assert_false(bucket_find(t, 12, &b));
	assert_false(bucket_find(t, 0, &b));
	t[0] = TRAIN_MISSING;
	assert_false(bucket_find(t, N, &b));
}

/* One rate, with noise, a stall, or the wrong way round: no bucket. */
static void
no_bucket(void **state)
{
	struct bucket b;
	struct rng r;
	int64_t t[N];
	uint64_t seed;
	size_t i, stall;

	(void)state;
	for (seed = 0; seed < 100; seed++) {
		rng_seed(&r, seed);
		stall = (size_t)(rng_unit(&r) * N);
		for (i = 0; i < N; i++)
			t[i] = (int64_t)i * 12000 +
			    (int64_t)rng_exp(&r, 3000) +
			    (i > stall && i < stall + 10 ? 100000 : 0);
		assert_false(bucket_find(t, N, &b));
		for (i = 0; i < N; i++)
			t[i] = i < 200 ? (int64_t)i * 20000 :
			    4000000 + (int64_t)(i - 200) * 1000;
		assert_false(bucket_find(t, N, &b));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_values),
		cmocka_unit_test(outliers),
		cmocka_unit_test(equal_values),
		cmocka_unit_test(bucket),
		cmocka_unit_test(no_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
