/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/stats.h"

/* The outputs of splitmix64 as published for this seed are the state. */
static void
test_seed_is_splitmix64(void **state)
{
	struct rng r;

	(void)state;
	rng_seed(&r, 1234567);
	assert_true(r.s[0] == UINT64_C(6457827717110365317));
	assert_true(r.s[1] == UINT64_C(3203168211198807973));
	assert_true(r.s[2] == UINT64_C(9817491932198370423));
	assert_true(r.s[3] == UINT64_C(4593380528125082431));
}

/* The published first outputs of xoshiro256** for the state 1, 2, 3, 4. */
static void
test_words_are_xoshiro256starstar(void **state)
{
	static const uint64_t want[] = {
		UINT64_C(11520), UINT64_C(0), UINT64_C(1509978240),
		UINT64_C(1215971899390074240), UINT64_C(1216172134540287360),
		UINT64_C(607988272756665600), UINT64_C(16172922978634559625),
		UINT64_C(8476171486693032832), UINT64_C(10595114339597558777),
		UINT64_C(2904607092377533576),
	};
	struct rng r = { { 1, 2, 3, 4 } };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(want); i++)
		assert_true(rng_u64(&r) == want[i]);
}

static void
test_seeds_repeat_and_differ(void **state)
{
	struct rng a, b, c;
	int i, same = 0;

	(void)state;
	rng_seed(&a, 0);
	rng_seed(&b, 0);
	rng_seed(&c, 1);
	for (i = 0; i < 1000; i++) {
		assert_true(rng_u64(&a) == rng_u64(&b));
		same += rng_u64(&a) == rng_u64(&c);
		rng_u64(&b);
	}
	assert_int_equal(same, 0);
}

/*
 * The ends of (0,1]. The word is rotl(s[1] * 5, 7) * 9, so an s[1] of 0 gives
 * 0, and one can be found that gives all ones, since 5 and 9 are odd.
 */
static void
test_unit_at_its_ends(void **state)
{
	uint64_t inverse5 = UINT64_C(14757395258967641293);
	uint64_t inverse9 = UINT64_C(10248191152060862009);
	uint64_t w = UINT64_MAX * inverse9;
	struct rng low = { { 1, 0, 1, 1 } }, high = { { 1, 0, 1, 1 } };

	(void)state;
	high.s[1] = (w >> 7 | w << 57) * inverse5;
	assert_true(rng_unit(&low) == 0x1p-53);
	assert_true(rng_unit(&high) == 1.0);
}

static void
moments(double (*draw)(struct rng *), struct stats *s)
{
	struct rng r;
	int i;

	memset(s, 0, sizeof(*s));
	rng_seed(&r, 42);
	for (i = 0; i < 1000000; i++)
		stats_add(s, draw(&r));
}

static double
draw_exp(struct rng *r)
{
	return rng_exp(r, 250);
}

/* Five standard errors of a million draws; the seed is fixed. */
static void
test_unit_is_uniform(void **state)
{
	struct stats s;

	(void)state;
	moments(rng_unit, &s);
	assert_true(s.min > 0 && s.max <= 1);
	assert_true(fabs(s.mean - 0.5) < 5 * sqrt(1.0 / 12) / 1000);
	assert_true(fabs(stats_variance(&s) - 1.0 / 12) < 5 * 0.0746 / 1000);
}

static void
test_exp_is_exponential(void **state)
{
	struct stats s;
	struct rng r;
	int i, above = 0;

	(void)state;
	moments(draw_exp, &s);
	assert_true(s.min >= 0);
	assert_true(fabs(s.mean - 250) < 5 * 250 / 1000.0);
	assert_true(fabs(stats_cv(&s) - 1) < 0.01);
	/* P(x > 3 * mean) is exp(-3). */
	rng_seed(&r, 43);
	for (i = 0; i < 1000000; i++)
		above += rng_exp(&r, 1) > 3;
	assert_true(fabs(above - 1e6 * exp(-3)) < 5 * sqrt(1e6 * exp(-3)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seed_is_splitmix64),
		cmocka_unit_test(test_words_are_xoshiro256starstar),
		cmocka_unit_test(test_seeds_repeat_and_differ),
		cmocka_unit_test(test_unit_at_its_ends),
		cmocka_unit_test(test_unit_is_uniform),
		cmocka_unit_test(test_exp_is_exponential),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
