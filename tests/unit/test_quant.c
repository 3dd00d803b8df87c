/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

/* Memory that runs out when a test says so. */
static bool no_realloc, no_calloc;

static void *
scarce_reallocarray(void *p, size_t n, size_t size)
{
	errno = no_realloc ? ENOMEM : 0;
	return no_realloc ? NULL : realloc(p, n * size);
}

static void *
scarce_calloc(size_t n, size_t size)
{
	errno = no_calloc ? ENOMEM : 0;
	return no_calloc ? NULL : calloc(n, size);
}

#define reallocarray	scarce_reallocarray
#define calloc		scarce_calloc
#include "common/quant.c"
#undef calloc
#undef reallocarray

static struct quant *
fresh(size_t exact_max)
{
	struct quant *q = quant_new(exact_max);

	if (q == NULL)
		abort();
	return q;
}

static void
add_range(struct quant *q, int64_t from, int64_t to)
{
	int64_t v;

	for (v = from; v <= to; v++)
		assert_int_equal(quant_add(q, v), 0);
}

static void
test_empty(void **state)
{
	struct quant *q = fresh(10);

	(void)state;
	assert_true(quant_count(q) == 0);
	assert_true(quant_get(q, 0) == 0);
	assert_true(quant_get(q, 0.5) == 0);
	assert_true(quant_get(q, 1) == 0);
	assert_true(quant_min(q) == 0 && quant_max(q) == 0);
	assert_true(quant_mean(q) == 0);
	assert_true(quant_error(q) == 0);
	quant_free(q);
	quant_free(NULL);
}

/* Also where p as a double is a little more than the decimal. */
static void
test_rank_is_the_ceiling(void **state)
{
	struct quant *q = fresh(1000);
	int percent;

	(void)state;
	add_range(q, 1, 100);
	for (percent = 1; percent <= 100; percent++)
		assert_true(quant_get(q, percent / 100.0) == percent);
	for (percent = 1; percent < 100; percent++)
		assert_true(quant_get(q, percent / 100.0 + 1e-6) ==
		    percent + 1);
	assert_true(quant_get(q, 1e-300) == 1);
	assert_true(quant_get(q, -1) == 1);
	assert_true(quant_get(q, 2) == 100);
	assert_true(quant_get(q, (double)NAN) == 1);
	quant_free(q);
}

static void
test_extremes_of_int64(void **state)
{
	static const int64_t v[] = { 0, INT64_MAX, INT64_MIN, -1, 1 };
	size_t cap, i;
	struct quant *q;

	(void)state;
	for (cap = 0; cap <= NELEM(v); cap++) {
		q = fresh(cap);
		for (i = 0; i < NELEM(v); i++)
			assert_int_equal(quant_add(q, v[i]), 0);
		assert_true(quant_min(q) == INT64_MIN);
		assert_true(quant_max(q) == INT64_MAX);
		assert_true(quant_get(q, 0) == INT64_MIN);
		assert_true(quant_get(q, 1) == INT64_MAX);
		assert_true(quant_mean(q) == -0.2);
		if (cap == NELEM(v))
			assert_true(quant_get(q, 0.6) == 0);
		quant_free(q);
	}
}

/* Where a range just fits in so many bits, and just does not. */
static void
test_exact_at_every_width(void **state)
{
	struct quant *q = fresh(4);
	unsigned int bits;
	uint64_t range;
	int more;

	(void)state;
	for (bits = 1; bits < 64; bits++)
		for (more = -1; more <= 1; more++) {
			range = (UINT64_C(1) << bits) + (uint64_t)more;
			quant_reset(q);
			quant_add(q, INT64_MIN);
			quant_add(q, INT64_MIN);
			quant_add(q, (int64_t)(range ^ UINT64_C(1) << 63));
			quant_add(q, (int64_t)(range ^ UINT64_C(1) << 63));
			assert_true(quant_get(q, 0.5) == INT64_MIN);
			assert_true(quant_get(q, 0.75) == quant_max(q));
		}
	quant_free(q);
}

static void
test_mean_is_exact_where_sums_overflow(void **state)
{
	struct quant *q = fresh(3);
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		quant_add(q, INT64_MAX);
		quant_add(q, INT64_MIN);
		quant_add(q, -1);
	}
	assert_true(quant_mean(q) == -2000.0 / 3000);
	quant_reset(q);
	for (i = 0; i < 10; i++)
		quant_add(q, INT64_MIN);
	assert_true(quant_mean(q) == -0x1p63);
	quant_free(q);
}

/* Close to the base every integer has its own bin, on both sides. */
static void
test_bins_near_the_base_are_exact(void **state)
{
	struct quant *q = fresh(1);
	int64_t v;

	(void)state;
	quant_add(q, -5000);
	for (v = -5000 - 2 * QUANT_SUB; v <= -5000 + 2 * QUANT_SUB; v++)
		if (v != -5000)
			quant_add(q, v);
	assert_true(quant_count(q) == 4 * QUANT_SUB + 1);
	for (v = 1; v <= 4 * QUANT_SUB + 1; v++)
		assert_true(quant_get(q, (double)v / (4 * QUANT_SUB + 1)) ==
		    -5000 - 2 * QUANT_SUB - 1 + v);
	quant_free(q);
}

static void
test_merge_of_exact_stays_exact(void **state)
{
	struct quant *a = fresh(100), *b = fresh(50);

	(void)state;
	add_range(a, 51, 100);
	add_range(b, 1, 50);
	assert_int_equal(quant_merge(a, b), 0);
	assert_true(quant_error(a) == 0);
	assert_true(quant_count(a) == 100);
	assert_true(quant_get(a, 0.37) == 37);
	assert_true(quant_mean(a) == 50.5);
	assert_true(quant_count(b) == 50);
	/* One too many for the exact phase of a. */
	quant_reset(b);
	quant_add(b, 101);
	assert_int_equal(quant_merge(a, b), 0);
	assert_true(quant_error(a) > 0);
	assert_true(quant_count(a) == 101);
	assert_true(quant_max(a) == 101);
	quant_free(a);
	quant_free(b);
}

static void
test_merge_with_empty(void **state)
{
	struct quant *a = fresh(10), *b = fresh(2), *c = fresh(10);

	(void)state;
	add_range(b, -2, 4);
	assert_int_equal(quant_merge(b, a), 0);
	assert_true(quant_count(b) == 7);
	assert_int_equal(quant_merge(a, c), 0);
	assert_true(quant_count(a) == 0);
	/* An empty one takes over the other's base and error. */
	assert_int_equal(quant_merge(a, b), 0);
	assert_true(quant_error(a) == quant_error(b));
	assert_true(quant_min(a) == -2 && quant_max(a) == 4);
	assert_true(quant_get(a, 0.5) == 1);
	assert_true(quant_mean(a) == 1);
	quant_free(a);
	quant_free(b);
	quant_free(c);
}

/* Same base: nothing is rounded a second time. */
static void
test_merge_around_one_base_adds_no_error(void **state)
{
	struct quant *a = fresh(1), *b = fresh(1), *c = fresh(1);

	(void)state;
	add_range(a, 7, 100000);
	add_range(b, 7, 50000);
	add_range(c, 8, 50000);
	assert_int_equal(quant_merge(a, b), 0);
	assert_true(quant_error(a) == 1.0 / (2 * QUANT_SUB));
	assert_int_equal(quant_merge(a, c), 0);
	assert_true(quant_error(a) > 2.0 / (2 * QUANT_SUB));
	assert_true(quant_error(a) < 2.01 / (2 * QUANT_SUB));
	quant_free(a);
	quant_free(b);
	quant_free(c);
}

static void
test_reset_starts_anew(void **state)
{
	struct quant *q = fresh(4);
	size_t held;

	(void)state;
	add_range(q, -10, 10);
	held = quant_memory(q);
	quant_reset(q);
	assert_true(quant_count(q) == 0 && quant_error(q) == 0);
	assert_true(quant_get(q, 0.5) == 0 && quant_mean(q) == 0);
	assert_int_equal(quant_memory(q), held);
	/* No count of the first life is left in the bins. */
	add_range(q, 1000, 1100);
	assert_true(quant_count(q) == 101);
	assert_true(quant_get(q, 0.5) == 1050);
	assert_true(quant_min(q) == 1000 && quant_max(q) == 1100);
	quant_free(q);
}

static void
test_memory_is_bounded(void **state)
{
	struct quant *q = fresh(10000);
	size_t bins = 2 * 58 * QUANT_SUB * sizeof(uint64_t), small;

	(void)state;
	small = quant_memory(q);
	assert_true(small < 1024);
	add_range(q, 1, 10000);
	assert_int_equal(quant_memory(q), small + 10000 * sizeof(int64_t));
	add_range(q, 1, 10000);
	assert_int_equal(quant_memory(q), small + bins);
	quant_free(q);
}

static void
test_no_memory_for_values(void **state)
{
	struct quant *q = fresh(QUANT_EXACT);

	(void)state;
	add_range(q, 1, FIRST_ROOM);
	no_realloc = true;
	errno = 0;
	assert_int_equal(quant_add(q, FIRST_ROOM + 1), -1);
	assert_int_equal(errno, ENOMEM);
	/* Reported once; nothing was lost. */
	assert_int_equal(quant_add(q, FIRST_ROOM + 2), 0);
	no_realloc = false;
	assert_true(quant_count(q) == FIRST_ROOM + 2);
	assert_true(quant_max(q) == FIRST_ROOM + 2);
	assert_true(quant_error(q) > 0);
	quant_free(q);
}

static void
test_no_memory_at_all(void **state)
{
	struct quant *q = fresh(QUANT_EXACT), *small = fresh(2);
	struct quant *bins = fresh(2);

	(void)state;
	add_range(q, 1, FIRST_ROOM);
	add_range(small, 1, 2);
	add_range(bins, 1, 3);
	no_realloc = no_calloc = true;
	assert_null(quant_new(1));
	errno = 0;
	assert_int_equal(quant_add(q, 99999), -1);
	assert_int_equal(errno, ENOMEM);
	assert_int_equal(quant_add(small, 99999), -1);
	assert_int_equal(quant_merge(small, bins), -1);
	no_realloc = no_calloc = false;
	assert_true(quant_count(q) == FIRST_ROOM);
	assert_true(quant_max(q) == FIRST_ROOM);
	assert_true(quant_error(q) == 0);
	assert_true(quant_count(small) == 2 && quant_max(small) == 2);
	assert_int_equal(quant_add(q, FIRST_ROOM + 1), 0);
	assert_true(quant_get(q, 1) == FIRST_ROOM + 1);
	quant_free(q);
	quant_free(small);
	quant_free(bins);
}

/* Values in thousandths (asc, desc) or in 2^-23 (lcg, neg). */
static void
feed(struct quant *q, const char *generator, int64_t n)
{
	uint32_t x = 12345;
	int64_t i;

	for (i = 1; i <= n; i++) {
		x = (UINT32_C(1103515245) * x + 12345) & UINT32_C(0x7fffffff);
		if (strcmp(generator, "asc") == 0)
			quant_add(q, i);
		else if (strcmp(generator, "desc") == 0)
			quant_add(q, n + 1 - i);
		else if (strcmp(generator, "lcg") == 0)
			quant_add(q, x >> 8);
		else if (strcmp(generator, "neg") == 0)
			quant_add(q, -(int64_t)(x >> 8));
		else
			fail_msg("unknown generator: %s", generator);
	}
}

static void
check_case(struct quant *q, const struct jv *v)
{
	const char *generator = jv_str(jv_get(v, "generator"), NULL);
	const struct jv *exact = jv_get(v, "exact"), *want;
	double unit = generator[0] == 'a' || generator[0] == 'd' ? 1e3 : 0x1p23;
	size_t i;

	feed(q, generator, jv_int(jv_get(v, "n")));
	assert_int_equal(jv_len(exact), 5);
	for (i = 0; i < jv_len(exact); i++) {
		want = jv_at(exact, i);
		assert_true((double)quant_get(q, strtod(want->key, NULL) /
		    100) == round(jv_num(want) * unit));
	}
}

static void
test_recorded_order_statistics(void **state)
{
	struct jv *file = jv_load("thrulay/quantiles.json");
	const struct jv *cases = jv_get(file, "cases");
	struct quant *q = fresh(QUANT_EXACT);
	size_t i;

	(void)state;
	assert_int_equal(jv_len(cases), 92);
	for (i = 0; i < jv_len(cases); i++) {
		quant_reset(q);
		check_case(q, jv_at(cases, i));
	}
	quant_free(q);
	jv_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_rank_is_the_ceiling),
		cmocka_unit_test(test_extremes_of_int64),
		cmocka_unit_test(test_exact_at_every_width),
		cmocka_unit_test(test_mean_is_exact_where_sums_overflow),
		cmocka_unit_test(test_bins_near_the_base_are_exact),
		cmocka_unit_test(test_merge_of_exact_stays_exact),
		cmocka_unit_test(test_merge_with_empty),
		cmocka_unit_test(test_merge_around_one_base_adds_no_error),
		cmocka_unit_test(test_reset_starts_anew),
		cmocka_unit_test(test_memory_is_bounded),
		cmocka_unit_test(test_no_memory_for_values),
		cmocka_unit_test(test_no_memory_at_all),
		cmocka_unit_test(test_recorded_order_statistics),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
