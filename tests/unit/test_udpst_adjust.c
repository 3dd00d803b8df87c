/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "udpst/adjust.h"
#include "udpst/srate.h"

/* What a client asks for without options. */
static const struct adjust_conf defaults = {
	.algorithm = ADJUST_B, .low_ms = 30, .upper_ms = 90,
	.seq_thresh = 10, .slow_thresh = 3, .high_speed_delta = 10,
	.fixed_index = -1, .limit_index = -1
};

/* The columns of a recorded step. */
enum { LOSS, OOO, DUP, OWD_MIN, OWD_AVG, OWD_MAX, RTT, INDEX };

static int64_t
column(const struct jv *step, size_t n)
{
	return jv_int(jv_at(step, n));
}

static void
check_trace(const struct jv *run, const struct adjust_conf *conf)
{
	const struct jv *steps = jv_get(run, "steps"), *step;
	struct adjust_input in = { 0 };
	struct adjust a;
	unsigned int index;
	size_t i;

	adjust_init(&a, conf);
	for (i = 0; i < jv_len(steps); i++) {
		step = jv_at(steps, i);
		in.loss = (uint32_t)column(step, LOSS);
		in.ooo = (uint32_t)column(step, OOO);
		in.dup = (uint32_t)column(step, DUP);
		in.owd_sum = (uint32_t)column(step, OWD_AVG);
		in.owd_cnt = 1;
		in.rtt_sample = column(step, RTT) < 0 ? WIRE_NO_SAMPLE :
		    (uint32_t)column(step, RTT);
		index = adjust_step(&a, &in);
		if (index != (unsigned int)column(step, INDEX))
			fail_msg("%s step %zu: %u", run->key, i, index);
	}
	assert_true(i > 100);
}

static void
recorded_histories(void **state)
{
	struct jv *runs = jv_load("udpst/rate-adjust-traces.json");
	struct adjust_conf conf;
	const struct jv *run;
	const char *options;
	size_t i;

	(void)state;
	for (i = 0; i < jv_len(runs); i++) {
		conf = defaults;
		run = jv_at(runs, i);
		options = jv_str(jv_get(run, "client_options"), NULL);
		if (strcmp(options, "-A C") == 0)
			conf.algorithm = ADJUST_C;
		else if (strcmp(options, "defaults") != 0) {
			assert_string_equal(options,
			    "-A B -I @30 -h 5 -c 6 -q 0 -L 5 -U 15 -o -R");
			conf = (struct adjust_conf) { .low_ms = 5,
			    .upper_ms = 15, .slow_thresh = 6,
			    .high_speed_delta = 5, .use_owd = true,
			    .count_ooo = true, .fixed_index = -1,
			    .start_index = 30, .limit_index = -1 };
		}
		check_trace(run, &conf);
	}
	assert_int_equal(i, 5);
	jv_free(runs);
}

static const struct adjust_input good = { .rtt_sample = 0 };
static const struct adjust_input bad = { .loss = 11, .rtt_sample = 0 };

/* Steps with the same input; the last index. */
static unsigned int
steps(struct adjust *a, const struct adjust_input *in, int n)
{
	unsigned int index = a->index;

	while (n-- > 0)
		index = adjust_step(a, in);
	return index;
}

static void
thresholds_between_up_and_down(void **state)
{
	static const struct {
		struct adjust_input in;
		int change;
	} cases[] = {
		{ { .rtt_sample = 29 }, 10 }, { { .rtt_sample = 30 }, 0 },
		{ { .rtt_sample = 90 }, 0 }, { { .rtt_sample = 91 }, -1 },
		{ { .rtt_sample = WIRE_NO_SAMPLE }, 0 },
		{ { .loss = 10, .rtt_sample = 0 }, 10 },
		{ { .loss = 11, .rtt_sample = 0 }, -1 },
		{ { .loss = 11, .rtt_sample = WIRE_NO_SAMPLE }, -1 },
		{ { .ooo = 99, .dup = 99, .rtt_sample = 0 }, 10 },
		{ { .owd_sum = 999, .owd_cnt = 1, .rtt_sample = 0 }, 10 },
	};
	struct adjust a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		adjust_init(&a, &defaults);
		a.index = 100;
		assert_int_equal(adjust_step(&a, &cases[i].in),
		    100 + cases[i].change);
	}
}

static void
algorithm_b(void **state)
{
	struct adjust a;

	(void)state;
	adjust_init(&a, &defaults);
	assert_int_equal(steps(&a, &good, 99), 990);
	a.index = 995;
	assert_int_equal(steps(&a, &good, 1), 1000);
	assert_int_equal(steps(&a, &good, 1), 1001);
	assert_int_equal(steps(&a, &good, 300), 1152);
	/* Above the threshold bad ones count, but do not drop. */
	assert_int_equal(steps(&a, &bad, 5), 1147);
	assert_int_equal(a.slow, 5);
	/* The third was long ago: single steps from here on, for ever. */
	a.index = 500;
	assert_int_equal(steps(&a, &bad, 20), 480);
	assert_int_equal(steps(&a, &good, 20), 500);
	assert_int_equal(a.slow, 25);
}

static void
algorithm_b_drops_once(void **state)
{
	struct adjust a;

	(void)state;
	adjust_init(&a, &defaults);
	a.index = 100;
	assert_int_equal(steps(&a, &bad, 2), 98);
	/* A fast step forgives. */
	assert_int_equal(steps(&a, &good, 1), 108);
	assert_int_equal(steps(&a, &bad, 2), 106);
	assert_int_equal(steps(&a, &bad, 1), 76);
	assert_int_equal(steps(&a, &bad, 1), 75);
	adjust_init(&a, &defaults);
	a.index = 32;
	assert_int_equal(steps(&a, &bad, 3), 0);
	assert_int_equal(steps(&a, &bad, 3), 0);
	adjust_init(&a, &defaults);
	a.index = 33;
	assert_int_equal(steps(&a, &bad, 3), 1);
}

static void
algorithm_c_doubles(void **state)
{
	static const unsigned int up[] = { 1, 2, 2, 4, 4, 8, 8, 16, 16, 32,
	    32, 64, 64, 128, 128, 256, 256, 512, 1000, 1001, 1002 };
	struct adjust_conf conf = defaults;
	struct adjust a;
	size_t i;

	(void)state;
	conf.algorithm = ADJUST_C;
	adjust_init(&a, &conf);
	for (i = 0; i < NELEM(up); i++)
		assert_int_equal(adjust_step(&a, &good), up[i]);
	adjust_init(&a, &conf);
	a.index = 500;
	assert_int_equal(steps(&a, &good, 1), 500);
	assert_int_equal(steps(&a, &good, 1), 1000);
	a.index = 501;
	assert_int_equal(steps(&a, &good, 1), 1000);
}

/* After a drop: five single steps, then ten, and so on. */
static void
algorithm_c_leaps_again(void **state)
{
	struct adjust_conf conf = defaults;
	struct adjust a;

	(void)state;
	conf.algorithm = ADJUST_C;
	adjust_init(&a, &conf);
	a.index = 100;
	assert_int_equal(steps(&a, &bad, 3), 68);
	/* Two single steps down were counted, the drop was not. */
	assert_int_equal(a.cnt, 2);
	assert_int_equal(steps(&a, &good, 3), 71);
	assert_int_equal(a.cnt, 0);
	assert_int_equal(a.thr, 10);
	assert_int_equal(a.slow, 0);
	assert_int_equal(steps(&a, &good, 2), 142);
	assert_int_equal(steps(&a, &bad, 10), 142 - 2 - 30 - 7);
	assert_int_equal(a.cnt, 9);
	assert_int_equal(a.slow, 10);
	/* Downwards it forgives too, and asks for no more. */
	assert_int_equal(steps(&a, &bad, 1), 102);
	assert_int_equal(a.slow, 0);
	assert_int_equal(a.cnt, 0);
	assert_int_equal(a.thr, 10);
	/* No step, no count. */
	a.index = 0;
	assert_int_equal(steps(&a, &bad, 50), 0);
	assert_int_equal(a.cnt, 0);
	a.index = SRATE_LAST;
	assert_int_equal(steps(&a, &good, 50), SRATE_LAST);
	assert_int_equal(a.cnt, 0);
}

static void
reordering_counts_on_demand(void **state)
{
	struct adjust_conf conf = defaults;
	struct adjust_input in = { .loss = 5, .ooo = 3, .dup = 2 };
	struct adjust a;

	(void)state;
	conf.count_ooo = true;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_step(&a, &in), 10);
	in.loss = UINT32_MAX;
	assert_int_equal(adjust_step(&a, &in), 9);
}

static void
one_way_delay_on_demand(void **state)
{
	static const struct {
		uint32_t sum, cnt;
		int change;
	} cases[] = {
		{ 29, 1, 10 }, { 30, 1, 0 },
		{ 294, 10, 10 }, { 295, 10, 0 },
		/* 29.499 is 29.4 in tenths; 29.5 is 30. */
		{ 29499, 1000, 10 }, { 29500, 1000, 0 },
		{ 904, 10, 0 }, { 905, 10, -1 },
		/* 5e8 ms: ten times that is no number of 32 bits. */
		{ 500000000, 50000000, 10 },
		{ UINT32_MAX, 1, -1 }, { UINT32_MAX, UINT32_MAX, 10 },
	};
	struct adjust_conf conf = defaults;
	struct adjust_input in;
	struct adjust a;
	size_t i;

	(void)state;
	conf.use_owd = true;
	for (i = 0; i < NELEM(cases); i++) {
		adjust_init(&a, &conf);
		a.index = 100;
		in = (struct adjust_input) { .owd_sum = cases[i].sum,
		    .owd_cnt = cases[i].cnt, .rtt_sample = 1000 };
		assert_int_equal(adjust_step(&a, &in), 100 + cases[i].change);
	}
}

/* The average of whatever sums 32 bits hold is the original's. */
static void
one_way_delay_in_range(void **state)
{
	struct adjust_conf conf = defaults;
	struct adjust_input in = { .rtt_sample = WIRE_NO_SAMPLE };
	uint32_t average;
	struct adjust a;
	int i;

	(void)state;
	unit_seed();
	conf.use_owd = true;
	for (i = 0; i < 100000; i++) {
		in.owd_cnt = 1 + (uint32_t)random() % 1000;
		in.owd_sum = (uint32_t)random() % (in.owd_cnt * 120);
		average = ((in.owd_sum * 10 / in.owd_cnt) + 5) / 10;
		adjust_init(&a, &conf);
		a.index = 100;
		assert_int_equal(adjust_step(&a, &in),
		    average > 90 ? 99 : average < 30 ? 110 : 100);
	}
}

static void
congestion_marks(void **state)
{
	static const struct {
		unsigned int thresh;
		uint32_t datagrams, ce;
		bool congested;
	} cases[] = {
		{ 0, 100, 100, false }, { 1, 100, 0, false },
		{ 1, 100, 1, true },
		/* 127/255 of 100: 49.8, rounded 50 */
		{ 128, 100, 50, false }, { 128, 100, 51, true },
		/* 254/255 of 100: 99.6, rounded 100 */
		{ 255, 100, 100, false }, { 255, 100, 99, false },
		/* 1/255 of 127 and of 128: 0.4 and 0.5 */
		{ 2, 127, 1, true }, { 2, 128, 1, false }, { 2, 128, 2, true },
		/* Ten times that is no number of 32 bits. */
		{ 255, 2000000, 1992157, false },
		{ 255, 2000000, 1992158, true },
	};
	struct adjust_conf conf = defaults;
	struct adjust_input in = { 0 };
	struct adjust a;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		conf.ce_thresh = cases[i].thresh;
		in.ce = cases[i].ce;
		in.datagrams = cases[i].datagrams;
		adjust_init(&a, &conf);
		a.index = 100;
		if (adjust_step(&a, &in) != (cases[i].congested ? 99 : 110))
			fail_msg("case %zu", i);
	}
}

static void
fixed_index(void **state)
{
	struct adjust_conf conf = defaults;
	struct adjust a;

	(void)state;
	conf.fixed_index = 700;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_first(&a, true), 700);
	assert_int_equal(adjust_first(&a, false), 0);
	assert_int_equal(steps(&a, &bad, 9), 700);
}

static void
start_index(void **state)
{
	struct adjust_conf conf = defaults;
	struct adjust a;

	(void)state;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_first(&a, true), 0);
	conf.start_index = 200;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_first(&a, true), 200);
	assert_int_equal(adjust_first(&a, false), 200);
	assert_int_equal(steps(&a, &good, 1), 210);
}

static void
suppression(void **state)
{
	struct adjust_conf conf = defaults;
	struct adjust_input in = good;
	struct adjust a;

	(void)state;
	conf.suppress = 2;
	conf.start_index = 40;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_first(&a, true), 40);
	for (in.subint_seq = 0; in.subint_seq < 2; in.subint_seq++)
		assert_int_equal(adjust_step(&a, &in), 40);
	assert_int_equal(adjust_step(&a, &in), 50);
	conf.fixed_index = 300;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_first(&a, true), 0);
	for (in.subint_seq = 0; in.subint_seq < 2; in.subint_seq++)
		assert_int_equal(adjust_step(&a, &in), 0);
	assert_int_equal(adjust_step(&a, &in), 300);
}

static void
limit(void **state)
{
	struct adjust_conf conf = defaults;
	struct adjust a;

	(void)state;
	conf.limit_index = 55;
	adjust_init(&a, &conf);
	assert_int_equal(steps(&a, &good, 5), 50);
	assert_false(a.limited);
	assert_int_equal(steps(&a, &good, 1), 55);
	assert_true(a.limited);
	assert_int_equal(steps(&a, &bad, 1), 54);
	conf.start_index = 56;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_first(&a, true), 55);
	conf.fixed_index = 1152;
	adjust_init(&a, &conf);
	assert_int_equal(adjust_first(&a, true), 55);
	assert_int_equal(steps(&a, &good, 1), 55);
	assert_true(a.limited);
}

static struct adjust_input
random_input(void)
{
	struct adjust_input in = { 0 };

	in.subint_seq = (uint32_t)random() % 40;
	in.loss = random() % 4 == 0 ? (uint32_t)random() % 40 : 0;
	in.ooo = (uint32_t)random() % 8;
	in.dup = (uint32_t)random() % 8;
	in.owd_cnt = (uint32_t)random() % 3;
	in.owd_sum = in.owd_cnt * ((uint32_t)random() % 100);
	in.rtt_sample = random() % 5 == 0 ? WIRE_NO_SAMPLE :
	    (uint32_t)random() % (random() % 3 == 0 ? 200 : 40);
	in.datagrams = (uint32_t)random() % 100;
	in.ce = in.datagrams == 0 ? 0 : (uint32_t)random() % in.datagrams;
	return in;
}

static struct adjust_conf
random_conf(void)
{
	struct adjust_conf conf = defaults;

	conf.algorithm = random() % 2 == 0 ? ADJUST_B : ADJUST_C;
	conf.seq_thresh = (unsigned int)random() % 20;
	conf.slow_thresh = 1 + (unsigned int)random() % 50;
	conf.high_speed_delta = 1 + (unsigned int)random() % 255;
	conf.use_owd = random() % 2 == 0;
	conf.count_ooo = random() % 2 == 0;
	conf.ce_thresh = random() % 2 == 0 ? (unsigned int)random() % 256 : 0;
	conf.start_index = (int)(random() % SRATE_ROWS);
	conf.suppress = (unsigned int)random() % 4;
	if (random() % 2 == 0)
		conf.limit_index = (int)(random() % SRATE_ROWS);
	return conf;
}

static void
never_out_of_the_table(void **state)
{
	struct adjust_conf conf;
	struct adjust_input in;
	unsigned int i, k, last, top = 0;
	struct adjust a;

	(void)state;
	unit_seed();
	for (i = 0; i < 300; i++) {
		conf = random_conf();
		last = (unsigned int)(conf.limit_index < 0 ? SRATE_LAST :
		    conf.limit_index);
		adjust_init(&a, &conf);
		for (k = 0; k < 2000; k++) {
			in = k < 500 ? good : random_input();
			assert_in_range(adjust_step(&a, &in), 0, last);
			if (a.index > top)
				top = a.index;
		}
	}
	assert_int_equal(top, SRATE_LAST);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_histories),
		cmocka_unit_test(thresholds_between_up_and_down),
		cmocka_unit_test(algorithm_b),
		cmocka_unit_test(algorithm_b_drops_once),
		cmocka_unit_test(algorithm_c_doubles),
		cmocka_unit_test(algorithm_c_leaps_again),
		cmocka_unit_test(reordering_counts_on_demand),
		cmocka_unit_test(one_way_delay_on_demand),
		cmocka_unit_test(one_way_delay_in_range),
		cmocka_unit_test(congestion_marks),
		cmocka_unit_test(fixed_index),
		cmocka_unit_test(start_index),
		cmocka_unit_test(suppression),
		cmocka_unit_test(limit),
		cmocka_unit_test(never_out_of_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
