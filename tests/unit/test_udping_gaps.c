/* SPDX-License-Identifier: BSD-2-Clause */
/* Gaps: exponential, capped, and exact block by block. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "tests/unit/unit.h"

#include "udping/gaps.h"

#define BLOCKS	300
#define N	(BLOCKS * GAPS_BLOCK)

static void
make(struct gaps *g, double mean_ns)
{
	unit_seed();
	gaps_init(g, mean_ns, (uint64_t)random());
}

/* Each block lasts what it should and varies as it should. */
static void
test_blocks(void **state)
{
	struct gaps g;
	struct stats s;
	int i, k;

	(void)state;
	make(&g, 20e6);
	for (i = 0; i < BLOCKS; i++) {
		s = (struct stats){ 0 };
		for (k = 0; k < GAPS_BLOCK; k++)
			stats_add(&s, gaps_next(&g));
		assert_true(fabs(s.mean / 20e6 - 1) < 1e-6);
		assert_true(fabs(stats_cv(&s) - 1) < 0.02);
		assert_true(s.max <= 200e6 && s.max > 130e6);
	}
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The distribution is the exponential one up to the cap, within the
 * thousandths that blocks are scaled by. */
static void
test_distribution(void **state)
{
	double *v = calloc(N, sizeof(*v)), d = 0, p;
	struct gaps g;
	int i;

	(void)state;
	assert_non_null(v);
	make(&g, 1);
	for (i = 0; i < N; i++)
		v[i] = gaps_next(&g);
	qsort(v, N, sizeof(*v), compare);
	for (i = 0; i < N; i++) {
		p = (i + 0.5) / N;
		d = fmax(d, fabs(v[i] < GAPS_CAP ? 1 - exp(-v[i]) - p :
		    fmin(0, p - (1 - exp(-9.9)))));
	}
	assert_true(d < 0.002);
	/* exp(-10) of them are cut: 13.6 of 300000. */
	assert_true(v[N - 1] <= GAPS_CAP && v[N - 2] > 9.9);
	free(v);
}

/* A gap says next to nothing about the one after it: a part of 50 has each
 * fiftieth once, so the correlation is 1/49 in it, less across its ends. */
static void
test_next_to_independent(void **state)
{
	double sum = 0, x, y;
	struct gaps g;
	int i;

	(void)state;
	make(&g, 1);
	x = gaps_next(&g) - 1;
	for (i = 0; i < N; i++, x = y) {
		y = gaps_next(&g) - 1;
		sum += x * y;
	}
	assert_true(fabs(sum / N) < 1.0 / 49 + 6 / sqrt(N));
}

/* At no time far from where equal gaps would be: parts are nearly exact. */
static void
test_never_far_off(void **state)
{
	double t = 0, far = 0;
	struct gaps g;
	int i;

	(void)state;
	make(&g, 1);
	for (i = 1; i <= N; i++) {
		t += gaps_next(&g);
		if (i % GAPS_PART == 0)
			far = fmax(far, fabs(t - i));
	}
	assert_true(far < 20);
	assert_true(fabs(t - N) < 1e-6);
}

static void
test_no_pause(void **state)
{
	struct gaps g;
	int i;

	(void)state;
	make(&g, 0);
	for (i = 0; i < 2 * GAPS_BLOCK; i++)
		assert_true(fpclassify(gaps_next(&g)) == FP_ZERO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_distribution),
		cmocka_unit_test(test_next_to_independent),
		cmocka_unit_test(test_never_far_off),
		cmocka_unit_test(test_no_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
