/* SPDX-License-Identifier: BSD-2-Clause */
/* Bins and modes of rates. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "pathrate/histogram.h"
#include "pathrate/series.h"

#define VALUES	2000

static double
unit(void)
{
	return ((double)random() + 1) / 2147483649.0;
}

/* Add n values around middle, with tails that are no mode. */
static size_t
heap(double *x, size_t at, size_t n, double middle, double part)
{
	size_t i;

	for (i = 0; i < n; i++)
		x[at + i] = middle * (1 + part * (unit() + unit() - 1));
	return at + n;
}

static size_t
sum(const struct histogram *h)
{
	size_t i, all = h->below + h->above;

	for (i = 0; i < h->bins; i++)
		all += h->count[i];
	return all;
}

static void
nothing(void **state)
{
	struct histogram h;
	double one = 7;

	(void)state;
	histogram_of(NULL, 0, &h);
	assert_int_equal(h.bins, 0);
	assert_int_equal(h.modes, 0);
	histogram_of(&one, 1, &h);
	assert_int_equal(h.bins, HISTOGRAM_BINS);
	assert_int_equal(sum(&h), 1);
	/* a single value is no mode */
	assert_int_equal(h.modes, 0);
}

static void
equal_values(void **state)
{
	double x[100];
	struct histogram h;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(x); i++)
		x[i] = 99.5;
	histogram_of(x, NELEM(x), &h);
	assert_int_equal(h.modes, 1);
	assert_int_equal(h.mode[0].count, NELEM(x));
	assert_true(fabs(h.mode[0].rate - 99.5) < 1e-9);
	assert_true(h.mode[0].lo <= 99.5 && h.mode[0].hi >= 99.5);
}

/* Two peaks of the same height, which the classic finder joins. */
static void
two_peaks(void **state)
{
	static double x[VALUES];
	struct histogram h;
	size_t n;

	(void)state;
	unit_seed();
	n = heap(x, 0, 800, 100, 0.05);
	n = heap(x, n, 400, 60, 0.05);
	series_sort(x, n);
	histogram_of(x, n, &h);
	assert_int_equal(sum(&h), n);
	assert_in_range(h.modes, 2, HISTOGRAM_MODES);
	assert_true(fabs(h.mode[0].rate / 100 - 1) < 0.02);
	assert_true(fabs(h.mode[1].rate / 60 - 1) < 0.02);
	assert_true(h.mode[0].count > h.mode[1].count);
	assert_true(h.mode[1].hi < h.mode[0].lo);
}

/* Whatever the values: nothing is lost, modes are inside and in order. */
static void
any(void **state)
{
	static double x[VALUES];
	struct histogram h;
	size_t i, n, turn;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 300; turn++) {
		n = (size_t)random() % (VALUES - 1) + 1;
		for (i = 0; i < n; i++)
			x[i] = pow(10, unit() * (double)(random() % 12));
		series_sort(x, n);
		histogram_of(x, n, &h);
		assert_int_equal(sum(&h), n);
		for (i = 0; i < h.bins; i++)
			assert_true(h.edge[i] < h.edge[i + 1]);
		for (i = 0; i < h.modes; i++) {
			assert_true(h.mode[i].lo >= h.edge[0]);
			assert_true(h.mode[i].hi <= h.edge[h.bins]);
			assert_true(h.mode[i].rate >= h.mode[i].lo);
			assert_true(h.mode[i].rate <= h.mode[i].hi);
			assert_true(i == 0 ||
			    h.mode[i].count <= h.mode[i - 1].count);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing),
		cmocka_unit_test(equal_values),
		cmocka_unit_test(two_peaks),
		cmocka_unit_test(any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
