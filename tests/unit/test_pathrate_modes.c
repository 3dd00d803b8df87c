/* SPDX-License-Identifier: BSD-2-Clause */
/* modes.json: every call of the original's mode finder. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "pathrate/modes.h"
#include "pathrate/report.h"
#include "pathrate/series.h"

#define ROOM	1000

static void
same(double got, double want)
{
	if (got != want && fabs(got - want) > fabs(want) * 1e-14)
		fail_msg("%.17g, not %.17g", got, want);
}

static size_t
used(const struct modes *f)
{
	size_t i, n = 0;

	for (i = 0; i < f->n; i++)
		n += f->used[i];
	return n;
}

static void
text_is(enum mode_kind kind, const struct mode *m, const char *want)
{
	struct classic_event e = {
		.kind = kind == MODE_SPIKE ? CLASSIC_SPIKE : CLASSIC_MODE,
		.mode = m
	};
	char *text;
	size_t len;
	struct report r = { .out = open_memstream(&text, &len),
	    .normal = true };

	assert_non_null(r.out);
	if (kind != MODE_NOISE)
		report_classic(&r, &e);
	fclose(r.out);
	assert_string_equal(text, want);
	free(text);
}

static void
call_is(struct modes *f, const struct jv *call)
{
	bool local = strcmp(jv_str(jv_get(call, "result"), NULL),
	    "LOCAL") == 0;
	enum mode_kind kind;
	struct mode m;

	kind = modes_next(f, &m);
	if (local != (kind == MODE_LOCAL) || kind == MODE_NONE)
		fail_msg("kind %d", (int)kind);
	assert_int_equal(m.count, jv_uint(jv_get(call, "mode_cnt")));
	assert_int_equal(m.bell_count, jv_uint(jv_get(call, "bell_cnt")));
	same(m.bell_lo, jv_num(jv_get(call, "bell_lo")));
	same(m.bell_hi, jv_num(jv_get(call, "bell_hi")));
	assert_int_equal(used(f),
	    jv_uint(jv_get(call, "values_invalidated_so_far")));
	if (local) {
		same(m.lo, jv_num(jv_get(call, "mode_lo")));
		same(m.hi, jv_num(jv_get(call, "mode_hi")));
		same(m.kurtosis, jv_num(jv_get(call, "kurtosis")));
	}
	text_is(kind, &m, jv_str(jv_get(call, "text"), NULL));
}

static void
recorded(void **state)
{
	struct jv *all = jv_load("pathrate/modes.json");
	const struct jv *set, *input, *calls;
	bool flag[ROOM];
	double x[ROOM];
	struct modes f;
	struct mode m;
	size_t i, j;

	(void)state;
	assert_int_equal(jv_len(all), 15);
	for (i = 0; i < jv_len(all); i++) {
		set = jv_at(all, i);
		input = jv_get(set, "input");
		calls = jv_get(set, "calls");
		memset(flag, 0, sizeof(flag));
		f = (struct modes){ x, jv_len(input),
		    jv_num(jv_get(set, "bin_width")), flag };
		assert_in_range(f.n, 1, ROOM);
		for (j = 0; j < f.n; j++)
			x[j] = jv_num(jv_at(input, j));
		series_sort(x, f.n);
		for (j = 0; j < jv_len(calls); j++)
			call_is(&f, jv_at(calls, j));
		assert_int_equal(modes_next(&f, &m), MODE_NONE);
	}
	jv_free(all);
}

/* Any data: every call uses up values of its own, the bins are no wider than
 * asked, a bell holds its bin, and it comes to an end. */
static void
any_data(void **state)
{
	bool flag[ROOM];
	double x[ROOM];
	struct modes f;
	struct mode m;
	enum mode_kind kind;
	size_t turn, i, before, local;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 60; turn++) {
		memset(flag, 0, sizeof(flag));
		f = (struct modes){ x, 1 + (size_t)random() % ROOM,
		    (double)(random() % 200) / 10, flag };
		for (i = 0; i < f.n; i++)
			x[i] = turn % 2 ? (double)(random() % 40) :
			    1e9 / (double)(1 + random() % 100000);
		series_sort(x, f.n);
		for (local = before = 0;
		    (kind = modes_next(&f, &m)) != MODE_NONE;
		    before = used(&f)) {
			assert_true(used(&f) >= before + m.count);
			assert_true(m.hi <= m.lo + f.width);
			assert_true(m.bell_lo <= m.lo && m.bell_hi >= m.hi);
			assert_true(m.bell_count >= m.count);
			assert_int_equal(kind == MODE_NOISE, m.count <= 15);
			local += kind == MODE_LOCAL;
		}
		assert_int_equal(before, f.n);
		assert_in_range(local, 0, MODES_MAX);
	}
}

static void
merit(void **state)
{
	struct mode m = { .kurtosis = 300, .count = 20 };

	(void)state;
	same(mode_merit(&m, 600), 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded),
		cmocka_unit_test(any_data),
		cmocka_unit_test(merit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
