/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "udpst/pace.h"
#include "udpst/srate.h"

#define MS		CLOCK_NS_PER_MS
#define WINDOW_NS	(50 * MS)
#define TEN_S		(10 * CLOCK_NS_PER_S)

static struct srate_table table;

static int
build_table(void **state)
{
	(void)state;
	srate_build(&table, true, false);
	return 0;
}

static int64_t
random_ns(int64_t min, int64_t max)
{
	return min + (int64_t)((double)(max - min) * (double)random() /
	    (double)RAND_MAX);
}

static uint64_t
burst_bytes(const struct pace_burst *b, bool ipv6)
{
	const uint64_t more = SRATE_OVERHEAD_L3 + (ipv6 ? SRATE_IPV6_MORE : 0);

	return b->count * (b->size + more) + (b->addon > 0 ?
	    b->addon + more : 0);
}

/* Everything that is due; its IP bytes. */
static uint64_t
drain(struct pace *p, int64_t now_ns)
{
	struct pace_burst b;
	uint64_t bytes = 0;

	while (pace_next(p, now_ns, &b))
		bytes += burst_bytes(&b, p->ipv6);
	return bytes;
}

/* IP bytes of ns at the nominal rate: 1 Mbit/s is 125 bytes in 1 ms. */
static double
nominal(const struct wire_row *row, int64_t ns, bool ipv6)
{
	return srate_mbps(row, ipv6) * 125 * (double)ns / (double)MS;
}

/* Not less than an expiry of each transmitter. */
static double
both_bursts(const struct wire_row *row, bool ipv6)
{
	const int64_t us = (int64_t)row->interval1_us + row->interval2_us;

	return nominal(row, us * CLOCK_NS_PER_US, ipv6);
}

/* Past the random start; both transmitters have sent once. */
static int64_t
start(struct pace *p, const struct wire_row *row, bool ipv6)
{
	pace_init(p, row, ipv6, (uint64_t)random(), 0);
	drain(p, PACE_START_MAX_NS);
	p->missed = p->missed_bytes = p->expiries = 0;
	p->late_max_ns = 0;
	return PACE_START_MAX_NS;
}

static void
check_mean(const struct wire_row *row, bool ipv6)
{
	struct pace p;
	int64_t now = start(&p, row, ipv6), begin = now, due;
	double sent = 0;

	/* Come late, at random, each time up to 1.9 ms. */
	while (now < begin + TEN_S) {
		due = pace_due(&p);
		assert_true(due > now);
		now = due + random_ns(0, 19 * MS / 10);
		sent += (double)drain(&p, now);
	}
	assert_int_equal(p.missed, 0);
	assert_int_equal(p.missed_bytes, 0);
	assert_true(p.late_max_ns > 18 * MS / 10 || row->interval1_us == 0);
	assert_true(fabs(sent - nominal(row, now - begin, ipv6)) <=
	    both_bursts(row, ipv6) + 1);
}

static void
mean_is_exact_however_late(void **state)
{
	static const unsigned int rows[] = { 1, 20, 100, 999, 1000, 1152 };
	size_t i;

	(void)state;
	unit_seed();
	for (i = 0; i < NELEM(rows); i++) {
		check_mean(&table.rows[rows[i]], false);
		check_mean(&table.rows[rows[i]], true);
	}
}

/* Sizes of one transmitter: bounds, mean and its spread. */
static void
check_sizes(bool ipv6)
{
	const struct wire_row row = { .interval2_us = 1000,
	    .payload2 = WIRE_RANDOM_SIZE | 1222, .burst2 = 2,
	    .addon2 = WIRE_RANDOM_SIZE | 500 };
	const uint32_t min = ipv6 ? 32 : 52, max = ipv6 ? 1202 : 1222;
	const int n = 100000;
	uint32_t size_min = UINT32_MAX, size_max = 0, addon_max = 0;
	struct pace_burst b;
	struct pace p;
	double sum = 0, spread;
	int i;

	start(&p, &row, ipv6);
	for (i = 0; i < n; i++) {
		assert_true(pace_next(&p, pace_due(&p), &b));
		assert_int_equal(b.count, 2);
		assert_in_range(b.size, min, max);
		assert_in_range(b.addon, min, max - 722);
		size_min = b.size < size_min ? b.size : size_min;
		size_max = b.size > size_max ? b.size : size_max;
		addon_max = b.addon > addon_max ? b.addon : addon_max;
		sum += b.size;
	}
	spread = (max - min) / sqrt(12.0 * n);
	assert_true(fabs(sum / n - (max + min) / 2.0) < 6 * spread);
	assert_int_equal(size_min, min);
	assert_int_equal(size_max, max);
	assert_int_equal(addon_max, max - 722);
}

static void
random_sizes(void **state)
{
	(void)state;
	unit_seed();
	check_sizes(false);
	check_sizes(true);
}

static void
random_size_mean_rate(void **state)
{
	const struct wire_row *row = &table.rows[0];
	struct pace p;
	int64_t now;
	double sent = 0;
	const double n = 20000, range = 1222 - 52;
	int i;

	(void)state;
	unit_seed();
	now = start(&p, row, false);
	for (i = 0; i < n; i++) {
		now = pace_due(&p) + random_ns(0, 2 * MS);
		sent += (double)drain(&p, now);
	}
	assert_true(fabs(sent / n - (28 + (52 + 1222) / 2.0)) <
	    6 * range / sqrt(12 * n));
}

/* Both due at this time, so that counts are exact. */
static void
start_at(struct pace *p, unsigned int index, int64_t due_ns)
{
	pace_init(p, &table.rows[index], false, 1, 0);
	p->due_ns[0] = p->due_ns[0] == CLOCK_NEVER ? CLOCK_NEVER : due_ns;
	p->due_ns[1] = p->due_ns[1] == CLOCK_NEVER ? CLOCK_NEVER : due_ns;
}

/*
 * Row 999: nine of 1250 bytes in 100 us, and nine with one of 1125 in 1 ms.
 * 10 ms late: of 0, 0.1, ... 10 ms those from 8 ms on are sent.
 */
static void
what_is_too_late_is_given_up(void **state)
{
	struct pace p;
	uint64_t bytes;

	(void)state;
	start_at(&p, 999, 0);
	bytes = drain(&p, 10 * MS);
	assert_int_equal(p.missed, 80 + 8);
	assert_int_equal(p.missed_bytes, 80 * 11250 + 8 * (11250 + 1125));
	assert_int_equal(p.expiries, 21 + 3);
	assert_int_equal(bytes, 21 * 11250 + 3 * (11250 + 1125));
	assert_int_equal(p.late_max_ns, 10 * MS);
	assert_int_equal(p.due_ns[0], 10 * MS + MS / 10);
	assert_int_equal(p.due_ns[1], 11 * MS);
	/* In time from here on: nothing is lost. */
	while (pace_due(&p) < 100 * MS)
		drain(&p, pace_due(&p));
	assert_int_equal(p.missed, 88);
	assert_int_equal(p.expiries, 24 + 899 + 89);
}

static void
two_ms_are_not_too_late(void **state)
{
	struct pace p;

	(void)state;
	start_at(&p, 1000, 0);
	drain(&p, PACE_CATCH_UP_NS);
	assert_int_equal(p.missed, 0);
	assert_int_equal(p.expiries, 21);
	start_at(&p, 1000, 0);
	drain(&p, PACE_CATCH_UP_NS + 1);
	assert_int_equal(p.missed, 1);
	assert_int_equal(p.expiries, 20);
}

/* A slow transmitter sends its last expiry, late as it may be. */
static void
slow_ones_are_not_silenced(void **state)
{
	struct pace p;
	uint64_t sent;

	(void)state;
	start_at(&p, 0, 0);
	assert_true(drain(&p, 49 * MS) > 0);
	assert_int_equal(p.missed, 0);
	assert_int_equal(p.due_ns[1], 50 * MS);
	sent = drain(&p, 230 * MS);
	assert_in_range(sent, 80, 1250);
	assert_int_equal(p.expiries, 2);
	/* 50, 100 and 150 ms, of (52 + 1222) / 2 + 28 bytes */
	assert_int_equal(p.missed, 3);
	assert_int_equal(p.missed_bytes, 3 * 665);
	assert_int_equal(p.due_ns[1], 250 * MS);
}

#define CALLS	20000

/*
 * Callers that stall for up to 40 ms: in no 50 ms is there more than the
 * nominal rate and what may be caught up. Sent and missed make the rate.
 */
static void
check_window(const struct wire_row *row)
{
	static int64_t when[CALLS];
	static double bytes[CALLS];
	struct pace p;
	int64_t now = start(&p, row, false), begin = now;
	double sum = 0, most, total = 0;
	int i, first = 0;

	most = nominal(row, WINDOW_NS + PACE_CATCH_UP_NS, false) +
	    both_bursts(row, false) + 1;
	for (i = 0; i < CALLS; i++) {
		now = pace_due(&p) + random_ns(0,
		    random() % 20 == 0 ? 40 * MS : MS);
		when[i] = now;
		bytes[i] = (double)drain(&p, now);
		sum += bytes[i];
		total += bytes[i];
		while (when[first] <= now - WINDOW_NS)
			sum -= bytes[first++];
		assert_true(sum <= most);
	}
	assert_true(p.missed > 0);
	assert_true(fabs(total + (double)p.missed_bytes -
	    nominal(row, now - begin, false)) <= both_bursts(row, false) + 1);
}

static void
never_a_burst_after_a_pause(void **state)
{
	static const unsigned int rows[] = { 1, 20, 100, 555, 1000, 1152 };
	size_t i;

	(void)state;
	unit_seed();
	for (i = 0; i < NELEM(rows); i++)
		check_window(&table.rows[rows[i]]);
}

/*
 * Callers that take one burst and come again when they are late already: both
 * transmitters get their turn.
 */
static void
none_starves_the_other(void **state)
{
	const struct wire_row row = { .interval1_us = 100, .payload1 = 1222,
	    .burst1 = 1, .interval2_us = 100, .payload2 = 522, .burst2 = 1 };
	struct pace_burst b;
	struct pace p;
	int64_t now = 0;
	int i, large = 0;

	(void)state;
	start_at(&p, 1, 0);
	p.row = row;
	p.due_ns[0] = 0;
	p.due_ns[1] = 1;
	for (i = 0; i < 1000; i++) {
		now += 100 * CLOCK_NS_PER_US;
		assert_true(pace_next(&p, now, &b));
		large += b.size == 1222;
	}
	assert_in_range(large, 400, 600);
	assert_true(p.missed > 0);
}

static void
first_ones_start_at_random(void **state)
{
	int64_t low = INT64_MAX, high = 0;
	struct pace p;
	int i, k;

	(void)state;
	for (i = 0; i < 2000; i++) {
		pace_init(&p, &table.rows[999], false, (uint64_t)i, 7 * MS);
		for (k = 0; k < 2; k++) {
			assert_in_range(p.due_ns[k] - 7 * MS,
			    PACE_START_MIN_NS, PACE_START_MAX_NS);
			low = p.due_ns[k] < low ? p.due_ns[k] : low;
			high = p.due_ns[k] > high ? p.due_ns[k] : high;
		}
		assert_true(p.due_ns[0] != p.due_ns[1]);
	}
	assert_true(low < 12 * MS + MS / 2 && high > 57 * MS - MS / 2);
}

static void
rows_change(void **state)
{
	struct pace_burst b;
	struct pace p;

	(void)state;
	/* Row 0 waits; row 1000 arms transmitter 1 and clears 2. */
	start_at(&p, 0, 30 * MS);
	assert_int_equal(p.due_ns[0], CLOCK_NEVER);
	pace_set_row(&p, &table.rows[1000], 10 * MS);
	assert_int_equal(p.due_ns[0], 10 * MS + MS / 10);
	assert_int_equal(p.due_ns[1], CLOCK_NEVER);
	/* 900 has no transmitter 2 either, 901 arms it; 1 keeps its time. */
	pace_set_row(&p, &table.rows[901], 10 * MS + 1);
	assert_int_equal(p.due_ns[0], 10 * MS + MS / 10);
	assert_int_equal(p.due_ns[1], 11 * MS + 1);
	assert_false(pace_next(&p, 10 * MS + 50000, &b));
	assert_true(pace_next(&p, 10 * MS + 110000, &b));
	assert_int_equal(b.count, 9);
	assert_int_equal(b.size, 1222);
	assert_int_equal(b.addon, 0);
	assert_int_equal(p.due_ns[0], 10 * MS + MS / 5);
	/* The interval at its expiry counts. */
	pace_set_row(&p, &table.rows[0], 10 * MS + 120000);
	assert_int_equal(p.due_ns[0], CLOCK_NEVER);
	assert_true(pace_next(&p, 11 * MS + 1, &b));
	assert_int_equal(b.count, 0);
	assert_in_range(b.addon, 52, 1222);
	assert_int_equal(pace_due(&p), 61 * MS + 1);
}

/* Rows that a hostile server may send. */
static void
odd_rows(void **state)
{
	struct wire_row row = { 0 };
	struct pace_burst b;
	struct pace p;

	(void)state;
	pace_init(&p, &row, false, 1, 0);
	assert_int_equal(pace_due(&p), CLOCK_NEVER);
	assert_false(pace_next(&p, INT64_MAX, &b));
	/* An interval of nothing is idle, so is a burst without interval. */
	row.interval1_us = 1;
	row.burst2 = row.addon2 = UINT32_MAX;
	pace_set_row(&p, &row, 0);
	assert_int_equal(pace_due(&p), CLOCK_NEVER);
	row = (struct wire_row) { UINT32_MAX, INT32_MAX, UINT32_MAX, 1, 0,
	    UINT32_MAX, 1 };
	pace_set_row(&p, &row, 0);
	assert_true(pace_next(&p, 1000, &b));
	assert_int_equal(b.count, SRATE_BURST_MAX);
	assert_int_equal(b.size, 52);
	assert_int_equal(b.addon, 52);
	assert_true(pace_next(&p, UINT32_MAX * CLOCK_NS_PER_US, &b));
	drain(&p, UINT32_MAX * CLOCK_NS_PER_US);
	assert_int_equal(p.due_ns[0], 2 * CLOCK_NS_PER_US * UINT32_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mean_is_exact_however_late),
		cmocka_unit_test(random_sizes),
		cmocka_unit_test(random_size_mean_rate),
		cmocka_unit_test(what_is_too_late_is_given_up),
		cmocka_unit_test(two_ms_are_not_too_late),
		cmocka_unit_test(slow_ones_are_not_silenced),
		cmocka_unit_test(never_a_burst_after_a_pause),
		cmocka_unit_test(none_starves_the_other),
		cmocka_unit_test(first_ones_start_at_random),
		cmocka_unit_test(rows_change),
		cmocka_unit_test(odd_rows),
	};

	return cmocka_run_group_tests(tests, build_table, NULL);
}
