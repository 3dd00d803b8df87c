/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "udpst/adjust.h"
#include "udpst/rxstat.h"

#define MS	CLOCK_NS_PER_MS
#define BASE	INT64_C(1795313794000000000)

static void
init(struct rxstat *r)
{
	rxstat_init(r, 1000, 50, 0, 0);
}

/* A PDU of 100 bytes that took owd_ns. */
static struct rxstat_event
arrive(struct rxstat *r, uint32_t seq, int64_t owd_ns)
{
	struct wire_load p = { .seq = seq, .payload = 100 };
	struct rxstat_event e;

	p.time = wire_time_from_ns(BASE);
	rxstat_load(r, &p, 100, BASE + owd_ns, -1, &e);
	return e;
}

/* One that answers a status PDU after rtt_ns, delay_ms of them its own. */
static struct rxstat_event
answer(struct rxstat *r, int64_t status_ns, int64_t rtt_ns,
    unsigned int delay_ms)
{
	struct wire_load p = { .seq = r->highest + 1, .payload = 100 };
	struct rxstat_event e;

	p.time = wire_time_from_ns(BASE);
	p.status_time = wire_time_from_ns(status_ns);
	p.rtt_delay_ms = (uint16_t)delay_ms;
	p.status_err = 7;
	rxstat_load(r, &p, 100, status_ns + rtt_ns, -1, &e);
	return e;
}

static void
one_way_delays_round_half_up(void **state)
{
	static const struct {
		int64_t ns;
		int32_t ms;
	} cases[] = {
		{ 0, 0 }, { 499999, 0 }, { 500000, 1 }, { 1499999, 1 },
		{ 1500000, 2 }, { -1, 0 }, { -500000, 0 }, { -500001, -1 },
		{ -1500000, -1 }, { -1500001, -2 }, { -47 * MS, -47 },
		{ -1000 * MS - 600000, -1001 },
		/* A clock that was never set: as far as 32 bits go. */
		{ INT64_C(1700000000000000000), INT32_MAX },
		{ INT64_C(-1700000000000000000), INT32_MIN },
	};
	struct rxstat_event e;
	struct rxstat r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		init(&r);
		e = arrive(&r, 1, cases[i].ns);
		assert_int_equal(e.owd_ms, cases[i].ms);
		assert_int_equal(r.clock_delta_min, cases[i].ms);
		assert_int_equal(r.owd_minimum_ns, cases[i].ns);
	}
}

static void
variation_is_above_the_minimum(void **state)
{
	struct wire_status out;
	struct rxstat r;

	(void)state;
	init(&r);
	arrive(&r, 1, 10 * MS);
	rxstat_status(&r, 50 * MS, &out);
	assert_int_equal(out.owd_cnt, 0);
	assert_int_equal(out.owd_min, UINT32_MAX);
	assert_int_equal(out.owd_max, 0);
	assert_int_equal(out.clock_delta_min, 10);
	assert_int_equal(out.min_updated, 1);
	/* A new minimum is a sample of 0. */
	arrive(&r, 2, 12 * MS);
	arrive(&r, 3, -4 * MS);
	arrive(&r, 4, -MS);
	rxstat_status(&r, 100 * MS, &out);
	assert_int_equal(out.owd_cnt, 3);
	assert_int_equal(out.owd_min, 0);
	assert_int_equal(out.owd_max, 3);
	assert_int_equal(out.owd_sum, 5);
	assert_int_equal(out.clock_delta_min, -4);
	assert_int_equal(out.min_updated, 1);
	rxstat_status(&r, 150 * MS, &out);
	assert_int_equal(out.min_updated, 0);
	assert_int_equal(out.owd_cnt, 0);
}

static void
late_ones_have_no_delay(void **state)
{
	struct rxstat r;

	(void)state;
	init(&r);
	arrive(&r, 5, 0);
	assert_int_equal(arrive(&r, 5, 20 * MS).owd_ms, 20);
	assert_int_equal(arrive(&r, 4, -9 * MS).owd_ms, -9);
	/* Not even the first of all: number 0 is taken for a duplicate. */
	assert_int_equal(arrive(&r, 0, 0).owd_ms, 0);
	assert_int_equal(r.trial.dup, 2);
	assert_int_equal(r.trial.ooo, 1);
	assert_int_equal(r.trial.loss, 3);
	assert_int_equal(r.trial.owd_cnt, 0);
	assert_int_equal(r.clock_delta_min, 0);
	assert_int_equal(r.trial.bytes, 400);
}

/* 32 numbers are remembered, late ones among them. */
static void
history(void **state)
{
	struct rxstat r;
	uint32_t i;

	(void)state;
	init(&r);
	for (i = 1; i <= 40; i++)
		arrive(&r, i, 0);
	arrive(&r, 9, 0);
	assert_int_equal(r.trial.dup, 1);
	arrive(&r, 8, 0);
	assert_int_equal(r.trial.ooo, 1);
	/* That took the place of 9. */
	arrive(&r, 8, 0);
	assert_int_equal(r.trial.dup, 2);
	arrive(&r, 9, 0);
	assert_int_equal(r.trial.ooo, 2);
	assert_int_equal(r.trial.loss, 0);
}

static void
numbers_go_round(void **state)
{
	struct rxstat r;

	(void)state;
	init(&r);
	r.highest = UINT32_MAX - 2;
	memset(r.ring, 0x55, sizeof(r.ring));
	arrive(&r, UINT32_MAX - 1, 0);
	arrive(&r, 1, 0);
	assert_int_equal(r.trial.loss, 2);
	arrive(&r, 0, 0);
	arrive(&r, UINT32_MAX, 0);
	arrive(&r, UINT32_MAX - 1, 0);
	assert_int_equal(r.trial.loss, 0);
	assert_int_equal(r.trial.ooo, 2);
	assert_int_equal(r.trial.dup, 1);
	assert_int_equal(r.highest, 1);
}

/* Hostile numbers: what is 32 bits on the wire stays at the end of them. */
static void
counters_do_not_wrap(void **state)
{
	struct wire_status out;
	struct rxstat r;
	uint32_t seq = 0;
	int i;

	(void)state;
	init(&r);
	for (i = 0; i < 5; i++)
		arrive(&r, seq += INT32_MAX, 0);
	assert_int_equal(r.trial.loss, UINT32_MAX);
	arrive(&r, r.highest + 1, INT64_C(1700000000000000000));
	arrive(&r, r.highest + 1, INT64_C(-1700000000000000000));
	for (i = 0; i < 9; i++)
		arrive(&r, r.highest + 1, INT64_C(1700000000000000000));
	r.trial.bytes = UINT64_C(1) << 33;
	rxstat_status(&r, INT64_C(5000) * CLOCK_NS_PER_S, &out);
	assert_int_equal(out.loss, UINT32_MAX);
	assert_int_equal(out.owd_sum, UINT32_MAX);
	assert_int_equal(out.owd_max, UINT32_MAX);
	assert_int_equal(out.ti_bytes, UINT32_MAX);
	assert_int_equal(out.ti_delta_us, UINT32_MAX);
	assert_int_equal(r.active.loss, 0);
}

static void
claims_are_cut_to_the_length(void **state)
{
	struct wire_load p = { .seq = 1, .payload = 65000 };
	struct rxstat r;

	(void)state;
	init(&r);
	rxstat_load(&r, &p, 32, BASE, -1, NULL);
	assert_int_equal(r.trial.bytes, 32);
	p.seq = 2;
	p.payload = 40;
	rxstat_load(&r, &p, 32, BASE, -1, NULL);
	p.seq = 3;
	rxstat_load(&r, &p, 1500, BASE, -1, NULL);
	assert_int_equal(r.trial.bytes, 32 + 32 + 40);
	assert_int_equal(r.total_bytes, 32 + 32 + 40);
	assert_int_equal(r.total_datagrams, 3);
}

/* rttRespDelay is taken off, rounding forgiven, nonsense left alone. */
static void
round_trip_times(void **state)
{
	static const struct {
		int64_t rtt_ns, ns;
		unsigned int delay;
		uint32_t ms;
	} cases[] = {
		{ 20 * MS, 20 * MS, 0, 20 },
		{ 20 * MS + 499999, MS / 2 - 1, 20, 0 },
		{ 20 * MS + 500000, MS / 2, 20, 1 },
		{ 20 * MS, 0, 21, 0 },
		{ 20 * MS, 20 * MS, 22, 20 },
		{ 499999, 0, 1, 0 },
		{ 0, 0, 0, 0 },
	};
	struct rxstat_event e;
	struct rxstat r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		init(&r);
		rxstat_sent(&r, wire_time_from_ns(BASE));
		e = answer(&r, BASE, cases[i].rtt_ns, cases[i].delay);
		assert_true(e.new_rtt);
		assert_int_equal(e.rtt_ms, cases[i].ms);
		assert_int_equal(e.status_lost, 7);
		assert_int_equal(r.rtt_minimum, cases[i].ms);
		assert_int_equal(r.rtt_minimum_ns, cases[i].ns);
		assert_int_equal(r.rtt_sample, 0);
	}
}

static void
the_last_sample_wins(void **state)
{
	static const int rtt[] = { 9, 30, 4, 11 };
	struct adjust_input in;
	struct wire_status out;
	struct rxstat r;
	int i;

	(void)state;
	init(&r);
	for (i = 0; i < 4; i++) {
		rxstat_sent(&r, wire_time_from_ns(BASE + i));
		assert_true(answer(&r, BASE + i, rtt[i] * MS, 0).new_rtt);
		/* The second answer to the same is no news. */
		assert_false(answer(&r, BASE + i, MS, 0).new_rtt);
	}
	rxstat_adjust_input(&r, &in);
	assert_int_equal(in.rtt_sample, 7);
	assert_int_equal(in.datagrams, 8);
	assert_int_equal(in.owd_cnt, 7);
	rxstat_status(&r, 50 * MS, &out);
	assert_int_equal(out.rtt_minimum, 4);
	assert_int_equal(out.rtt_sample, 7);
	assert_int_equal(out.owd_sum, in.owd_sum);
	rxstat_adjust_input(&r, &in);
	assert_int_equal(in.rtt_sample, WIRE_NO_SAMPLE);
	assert_int_equal(in.datagrams, 0);
	rxstat_status(&r, 100 * MS, &out);
	assert_int_equal(out.rtt_minimum, 4);
	assert_int_equal(out.rtt_sample, WIRE_NO_SAMPLE);
}

/* Only times of the last 64 status PDUs say anything. */
static void
status_times_are_checked(void **state)
{
	struct rxstat r;
	int i;

	(void)state;
	init(&r);
	assert_false(answer(&r, 0, MS, 0).new_rtt);
	for (i = 0; i < 65; i++)
		rxstat_sent(&r, wire_time_from_ns(BASE + i));
	assert_false(answer(&r, BASE, MS, 0).new_rtt);
	assert_false(answer(&r, BASE + 65, MS, 0).new_rtt);
	assert_false(answer(&r, 0, MS, 0).new_rtt);
	assert_int_equal(answer(&r, BASE - 1, MS, 0).status_lost, 0);
	assert_int_equal(r.rtt_minimum, WIRE_NO_SAMPLE);
	assert_int_equal(r.rtt_minimum_ns, -1);
	assert_true(answer(&r, BASE + 1, MS, 0).new_rtt);
	assert_true(answer(&r, BASE + 64, MS, 0).new_rtt);
	/* A nonsense one in between does not make the same news again. */
	assert_false(answer(&r, BASE + 65, MS, 0).new_rtt);
	assert_false(answer(&r, BASE + 64, MS, 0).new_rtt);
	/* The time of day was set back. */
	assert_false(answer(&r, BASE + 5, -3 * MS, 0).new_rtt);
	assert_int_equal(r.rtt_minimum, 1);
}

static void
congestion_and_bleaching(void **state)
{
	static const int tos[] = { -1, 0xff, 2, 1, 0x2b, 0x28 };
	struct wire_load p = { .payload = 100 };
	struct wire_status out;
	struct rxstat r, off;
	size_t i;

	(void)state;
	init(&off);
	rxstat_init(&r, 1000, 50, 1, 0);
	for (i = 0; i < NELEM(tos); i++) {
		assert_false(rxstat_bleach_news(&r));
		/* Late ones count. */
		p.seq = i == 4 ? 1 : (uint32_t)i + 1;
		rxstat_load(&r, &p, 100, BASE, tos[i], NULL);
		rxstat_load(&off, &p, 100, BASE, tos[i], NULL);
	}
	assert_int_equal(r.trial.ce, 2);
	assert_int_equal(r.bleached, 1);
	assert_true(rxstat_bleach_news(&r));
	for (i = 1; i < 3; i++) {
		rxstat_status(&r, (int64_t)i * 50 * MS, &out);
		assert_int_equal(out.modifier, WIRE_MOD_BLEACHED);
		assert_int_equal(out.ti_ce, i == 1 ? 2 : 0);
		assert_false(rxstat_bleach_news(&r));
	}
	rxstat_status(&off, 50 * MS, &out);
	assert_int_equal(out.modifier, 0);
	assert_int_equal(out.ti_ce, 0);
	assert_false(rxstat_bleach_news(&off));
}

/* Started by the first status; closed past period - trial / 2, in ms. */
static void
check_clock(int64_t elapsed_ns, bool closes)
{
	struct wire_status out;
	struct rxstat r;

	rxstat_init(&r, 100, 25, 0, 0);
	arrive(&r, 1, 0);
	arrive(&r, 9, 0);
	assert_false(rxstat_status(&r, 777 * MS, &out));
	arrive(&r, 11, 0);
	assert_int_equal(rxstat_status(&r, 777 * MS + elapsed_ns, &out),
	    closes);
	/* It travels with the next one. */
	assert_int_equal(out.subint_seq, 0);
	assert_int_equal(out.subint.owd_min, 0);
	assert_int_equal(out.subint.accum_ms, 0);
	arrive(&r, 12, 0);
	rxstat_status(&r, 777 * MS + elapsed_ns + 1, &out);
	assert_int_equal(out.subint_seq, closes);
	if (!closes)
		return;
	assert_int_equal(out.subint.datagrams, 1);
	assert_int_equal(out.subint.loss, 1);
	assert_int_equal(out.subint.delta_us, elapsed_ns / 1000);
	assert_int_equal(out.subint.accum_ms, (elapsed_ns + MS / 2) / MS);
}

static void
sub_interval_clock(void **state)
{
	(void)state;
	check_clock(50 * MS, false);
	check_clock(88 * MS + MS / 2 - 1, false);
	check_clock(88 * MS + MS / 2, true);
	check_clock(89 * MS, true);
	check_clock(345678999, true);
}

static void
time_adds_up(void **state)
{
	struct wire_status out;
	struct rxstat r;
	int64_t now = 0;
	int i, closed = 0;

	(void)state;
	rxstat_init(&r, 500, 50, 0, 0);
	for (i = 0; i < 101; i++)
		closed += rxstat_status(&r, now += 50400000, &out);
	assert_int_equal(closed, 10);
	assert_int_equal(r.accum_ms, 5040);
	assert_int_equal(r.saved_delta_us, 504000);
	assert_int_equal(r.saved.owd_min, UINT32_MAX);
	assert_int_equal(r.saved.rtt_min, UINT32_MAX);
}

/* Loss of one trial interval that a later one takes back. */
static void
reordering_across_intervals(void **state)
{
	struct wire_status out;
	struct rxstat r;

	(void)state;
	init(&r);
	rxstat_status(&r, 0, &out);
	arrive(&r, 3, 0);
	rxstat_status(&r, 50 * MS, &out);
	assert_int_equal(out.loss, 2);
	arrive(&r, 1, 0);
	rxstat_status(&r, 100 * MS, &out);
	assert_int_equal(out.loss, 0);
	assert_int_equal(out.ooo, 1);
	assert_true(rxstat_status(&r, 1000 * MS, &out));
	assert_int_equal(r.saved.loss, 1);
	/* Not in the next sub-interval any more. */
	arrive(&r, 2, 0);
	assert_true(rxstat_status(&r, 2000 * MS, &out));
	assert_int_equal(out.subint.loss, 1);
	assert_int_equal(r.saved.loss, 0);
	assert_int_equal(r.saved.ooo, 1);
}

static void
figures_in_ns(void **state)
{
	struct wire_figures f = { .flags = 3, .cpu_ppm = 9 };
	struct wire_status out;
	struct rxstat r;

	(void)state;
	init(&r);
	rxstat_figures(&r, &f);
	assert_int_equal(f.rtt_minimum_ns, -1);
	assert_int_equal(f.owd_var.count, 0);
	arrive(&r, 1, 5000);
	rxstat_status(&r, 0, &out);
	arrive(&r, 2, 7000);
	rxstat_status(&r, 50 * MS, &out);
	arrive(&r, 3, 1000);
	arrive(&r, 4, 4000);
	rxstat_sent(&r, wire_time_from_ns(BASE - 1));
	answer(&r, BASE - 1, 250001, 0);
	rxstat_sent(&r, wire_time_from_ns(BASE));
	answer(&r, BASE, 250111, 0);
	assert_true(rxstat_status(&r, 1000 * MS, &out));
	rxstat_figures(&r, &f);
	assert_int_equal(f.subint_seq, 1);
	assert_int_equal(f.owd_minimum_ns, 1000);
	assert_int_equal(f.owd_var.count, 5);
	assert_int_equal(f.owd_var.max_ns, 249111);
	assert_int_equal(f.owd_var.sum_ns, 2000 + 0 + 3000 + 249000 + 249111);
	assert_int_equal(f.rtt_minimum_ns, 250001);
	assert_int_equal(f.rtt_var.count, 2);
	assert_int_equal(f.rtt_var.max_ns, 110);
	assert_int_equal(f.rtt_var.sum_ns, 110);
	assert_int_equal(f.flags, 3);
	assert_int_equal(f.cpu_ppm, 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_way_delays_round_half_up),
		cmocka_unit_test(variation_is_above_the_minimum),
		cmocka_unit_test(late_ones_have_no_delay),
		cmocka_unit_test(history),
		cmocka_unit_test(numbers_go_round),
		cmocka_unit_test(counters_do_not_wrap),
		cmocka_unit_test(claims_are_cut_to_the_length),
		cmocka_unit_test(round_trip_times),
		cmocka_unit_test(the_last_sample_wins),
		cmocka_unit_test(status_times_are_checked),
		cmocka_unit_test(congestion_and_bleaching),
		cmocka_unit_test(sub_interval_clock),
		cmocka_unit_test(time_adds_up),
		cmocka_unit_test(reordering_across_intervals),
		cmocka_unit_test(figures_in_ns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
