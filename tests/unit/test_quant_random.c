/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/quant.c"

/* Quantiles against sorting, over random series of every shape. */
#define MOST	5000		/* values in a random series */

struct series {
	int64_t	v[MOST];
	size_t	n;
};

static int
by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
add_all(struct quant *q, const struct series *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		assert_int_equal(quant_add(q, s->v[i]), 0);
}

static const struct series none;

static struct quant *
filled(size_t exact_max, const struct series *s)
{
	struct quant *q = quant_new(exact_max);

	if (q == NULL)
		abort();
	add_all(q, s);
	return q;
}

/* Every distance is in a bin whose middle is within the bound. */
static void
test_every_bin_is_within_the_bound(void **state)
{
	uint64_t d, middle, off;
	size_t bin;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 1000000; i++) {
		d = ((uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^
		    (uint64_t)random()) >> (random() % 64);
		if (i < 64)
			d = UINT64_C(1) << i;
		else if (i < 128)
			d = UINT64_MAX >> (i - 64);
		bin = bin_of(d);
		assert_true(bin < SIDE);
		middle = bin_middle(bin);
		assert_int_equal(bin_of(middle), bin);
		off = middle > d ? middle - d : d - middle;
		assert_true(off <= d / (2 * QUANT_SUB));
	}
	assert_int_equal(bin_of(UINT64_MAX), SIDE - 1);
}

/* How the values of a series are made. */
typedef int64_t (*draw_fn)(struct rng *);

static int64_t
draw_small(struct rng *r)
{
	return (int64_t)(rng_u64(r) % 100) - 50;
}

static int64_t
draw_any(struct rng *r)
{
	return (int64_t)rng_u64(r);
}

/* Any magnitude of either sign. */
static int64_t
draw_wide(struct rng *r)
{
	int64_t v = (int64_t)(rng_u64(r) >> (1 + rng_u64(r) % 63));

	return rng_u64(r) % 2 ? v : -v;
}

/* One-way delays in ns, exponential over a floor and a clock offset. */
static int64_t
draw_delay(struct rng *r)
{
	return INT64_C(-4070000000) + (int64_t)rng_exp(r, 3e6);
}

static int64_t
draw_two_points(struct rng *r)
{
	return rng_u64(r) % 10 ? INT64_C(20000000) : INT64_C(-900000000000);
}

static int64_t
draw_constant(struct rng *r)
{
	(void)r;
	return -77;
}

/* Pareto, alpha 1: the tail is as long as it gets. */
static int64_t
draw_heavy(struct rng *r)
{
	double v = 1000 / rng_unit(r);

	return v < 9e18 ? (int64_t)v : INT64_MAX;
}

static const draw_fn draws[] = { draw_small, draw_any, draw_wide, draw_delay,
	draw_two_points, draw_constant, draw_heavy };

static void
draw(struct series *s, struct rng *r, size_t n)
{
	draw_fn fn = draws[rng_u64(r) % NELEM(draws)];
	unsigned int order = (unsigned int)(rng_u64(r) % 4);
	int64_t swap;
	size_t i;

	s->n = n;
	for (i = 0; i < n; i++)
		s->v[i] = fn(r);
	if (order <= 1)
		qsort(s->v, n, sizeof(s->v[0]), by_value);
	for (i = 0; order == 1 && i < n / 2; i++) {
		swap = s->v[i];
		s->v[i] = s->v[n - 1 - i];
		s->v[n - 1 - i] = swap;
	}
}

static void
append(struct series *to, const struct series *from)
{
	assert_true(to->n + from->n <= MOST);
	memcpy(to->v + to->n, from->v, from->n * sizeof(from->v[0]));
	to->n += from->n;
}

static void
rng_from_seed(struct rng *r)
{
	unit_seed();
	rng_seed(r, (uint64_t)random());
}

/* A number of samples below n. */
static size_t
below(struct rng *r, size_t n)
{
	return (size_t)(rng_u64(r) % n);
}

static uint64_t
apart(int64_t a, int64_t b)
{
	return a > b ? distance(a, b) : distance(b, a);
}

/*
 * Compare with sorting at n random ranks and all the usual ones. bases: the
 * values around which histograms were made.
 */
static void
check(const struct quant *q, struct series *s, const int64_t *bases,
    size_t nbases, struct rng *r)
{
	static const double usual[] = { 0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.95,
		0.99, 0.999, 1 };
	uint64_t far, off;
	size_t i, j, rank;
	int64_t want;

	assert_true(quant_count(q) == s->n);
	qsort(s->v, s->n, sizeof(s->v[0]), by_value);
	assert_true(quant_min(q) == s->v[0]);
	assert_true(quant_max(q) == s->v[s->n - 1]);
	for (i = 0; i < NELEM(usual) + 20; i++) {
		double p = i < NELEM(usual) ? usual[i] : rng_unit(r);

		for (rank = 1; (double)rank < (double)s->n * p - 1e-9; rank++)
			;
		want = s->v[rank - 1];
		off = apart(quant_get(q, p), want);
		for (j = 0, far = 0; j < nbases; j++)
			if (apart(want, bases[j]) > far)
				far = apart(want, bases[j]);
		if (nbases <= 1)
			assert_true(off <= far / (2 * QUANT_SUB));
		else
			assert_true((double)off <= (double)far *
			    quant_error(q) * (1 + 1e-12));
	}
}

static void
test_exact_agrees_with_sorting(void **state)
{
	static struct series s;
	struct quant *q = filled(MOST, &none);
	struct rng r;
	int turn;

	(void)state;
	rng_from_seed(&r);
	for (turn = 0; turn < 300; turn++) {
		draw(&s, &r, 1 + below(&r, MOST));
		quant_reset(q);
		add_all(q, &s);
		assert_true(quant_error(q) == 0);
		check(q, &s, NULL, 0, &r);
	}
	quant_free(q);
}

static int64_t
smallest(const int64_t *v, size_t n)
{
	int64_t least = v[0];
	size_t i;

	for (i = 1; i < n; i++)
		if (v[i] < least)
			least = v[i];
	return least;
}

static void
test_histogram_is_within_the_bound(void **state)
{
	static struct series s;
	struct quant *q;
	struct rng r;
	int64_t base;
	size_t cap;
	int turn;

	(void)state;
	rng_from_seed(&r);
	for (turn = 0; turn < 300; turn++) {
		draw(&s, &r, 2 + below(&r, MOST - 1));
		cap = below(&r, s.n);
		base = smallest(s.v, cap > 0 ? cap : 1);
		q = filled(cap, &s);
		assert_true(quant_error(q) == 1.0 / (2 * QUANT_SUB));
		check(q, &s, &base, 1, &r);
		quant_free(q);
	}
}

/* The values around which histograms were made. */
struct bases {
	int64_t	v[16];
	size_t	n;
};

static void
note_base(struct bases *b, const struct quant *q)
{
	if (q->binned)
		b->v[b->n++] = q->base;
}

/* Random parts, exact or not, merged one by one, now this way, now that. */
static struct quant *
merged(struct series *all, struct bases *b, struct rng *r)
{
	static struct series part;
	struct quant *q = filled(below(r, MOST / 8), &none), *other, *swap;
	size_t i, parts = 1 + below(r, NELEM(b->v) / 2);

	for (i = 0; i < parts; i++) {
		draw(&part, r, 1 + below(r, MOST / 8));
		append(all, &part);
		other = filled(below(r, MOST / 8), &part);
		note_base(b, other);
		if (rng_u64(r) % 2) {
			swap = q;
			q = other;
			other = swap;
		}
		assert_int_equal(quant_merge(q, other), 0);
		note_base(b, q);
		quant_free(other);
	}
	return q;
}

static void
test_merge_is_within_the_bound(void **state)
{
	static struct series all;
	struct bases b;
	struct quant *q;
	struct rng r;
	int turn;

	(void)state;
	rng_from_seed(&r);
	for (turn = 0; turn < 300; turn++) {
		all.n = b.n = 0;
		q = merged(&all, &b, &r);
		check(q, &all, b.v, b.n, &r);
		quant_free(q);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bin_is_within_the_bound),
		cmocka_unit_test(test_exact_agrees_with_sorting),
		cmocka_unit_test(test_histogram_is_within_the_bound),
		cmocka_unit_test(test_merge_is_within_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
