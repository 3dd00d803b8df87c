/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/linkem/cross.h"

#define MBIT	INT64_C(1000000)
#define MS	CLOCK_NS_PER_MS

static void
check_cross(enum cross_model model, int64_t mbps, int64_t end_ns,
    double tolerance)
{
	struct cross_conf conf = { .rate_bps = mbps * MBIT, .model = model,
		.on_ns = 5 * MS, .off_ns = 15 * MS,
		.sizes = { 40, 576, 1500 }, .n_sizes = 3 };
	double bytes = 0, want = (double)mbps / 8000 * (double)end_ns;
	int64_t at_ns, last_ns = 0;
	struct cross c;
	uint32_t size;

	cross_init(&c, &conf, 29, 0);
	while (cross_next(&c, end_ns, &at_ns, &size)) {
		assert_true(at_ns >= last_ns && at_ns <= end_ns);
		assert_true(size == 40 || size == 576 || size == 1500);
		last_ns = at_ns;
		bytes += size;
	}
	assert_true(bytes >= want * (1 - tolerance));
	assert_true(bytes <= want * (1 + tolerance));
}

static void
test_cross_traffic_keeps_its_rate(void **state)
{
	(void)state;
	check_cross(CROSS_CBR, 30, 100 * CLOCK_NS_PER_S, 0.0001);
	check_cross(CROSS_POISSON, 30, 100 * CLOCK_NS_PER_S, 0.01);
	check_cross(CROSS_ONOFF, 30, 100 * CLOCK_NS_PER_S, 0.05);
	/* Gaps of a few ns keep their fractions. */
	check_cross(CROSS_CBR, 900000, CLOCK_NS_PER_MS, 0.0001);
}

/* On-off traffic is silent for off/(on+off) of the time. */
static void
test_onoff_pauses(void **state)
{
	struct cross_conf conf = { .rate_bps = 30 * MBIT, .model = CROSS_ONOFF,
		.on_ns = 5 * MS, .off_ns = 15 * MS,
		.sizes = { 1500 }, .n_sizes = 1 };
	int64_t at_ns, last_ns = 0, gap = 100000, silent_ns = 0;
	struct cross c;
	uint32_t size;

	(void)state;
	cross_init(&c, &conf, 31, 0);
	while (cross_next(&c, 100 * CLOCK_NS_PER_S, &at_ns, &size)) {
		if (at_ns - last_ns > gap + 1)
			silent_ns += at_ns - last_ns;
		last_ns = at_ns;
	}
	assert_in_range(silent_ns / CLOCK_NS_PER_S, 70, 80);
}

/* The same seed, the same series; no rate, no packet. */
static void
test_seed_makes_the_series(void **state)
{
	struct cross_conf conf = { .rate_bps = 30 * MBIT,
		.model = CROSS_POISSON, .sizes = { 40, 1500 }, .n_sizes = 2 };
	int64_t at_ns[3];
	uint32_t size[3];
	struct cross c[3];
	int i, same = 0;

	(void)state;
	cross_init(&c[0], &conf, 1, 0);
	cross_init(&c[1], &conf, 1, 0);
	cross_init(&c[2], &conf, 2, 0);
	for (i = 0; i < 3000; i++) {
		assert_true(cross_next(&c[i % 3], CLOCK_NEVER, &at_ns[i % 3],
		    &size[i % 3]));
		if (i % 3 < 2)
			continue;
		assert_int_equal(at_ns[0], at_ns[1]);
		assert_int_equal(size[0], size[1]);
		same += at_ns[0] == at_ns[2];
	}
	assert_in_range(same, 0, 10);
	conf.rate_bps = 0;
	cross_init(&c[0], &conf, 1, 0);
	assert_false(cross_next(&c[0], CLOCK_NEVER, &at_ns[0], &size[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cross_traffic_keeps_its_rate),
		cmocka_unit_test(test_onoff_pauses),
		cmocka_unit_test(test_seed_makes_the_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
