/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/linkem/sched.h"

#define SIZE	1500
#define MBIT	INT64_C(1000000)
#define MS	CLOCK_NS_PER_MS

static struct sched_conf
link_conf(int64_t rate_bps)
{
	struct sched_conf c = { .rate_bps = rate_bps, .queue_ns = INT64_MAX };

	return c;
}

/* The lasting departure rate is exact for any rate, to the last ns. */
static void
test_rate_is_exact(void **state)
{
	int64_t rates[] = { 1, 3, 56000, 999999937, 1000 * MBIT,
		SCHED_RATE_MAX };
	struct sched s;
	struct sched_conf c;
	struct sched_fate f;
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		c = link_conf(rates[i]);
		sched_init(&s, &c, 1, 0);
		for (k = 1; k <= 1000; k++) {
			f = sched_packet(&s, 0, 64);
			assert_int_equal(f.depart_ns,
			    sched_tx_ns(64 * k, rates[i]));
		}
		assert_in_range(s.line.frac, 0, rates[i] - 1);
	}
}

static void
test_tx_time_of_much(void **state)
{
	(void)state;
	assert_int_equal(sched_tx_ns(1500, 10 * MBIT), 1200000);
	assert_int_equal(sched_tx_ns(1, 3), 2666666666);
	/* 10 GB: beyond what 64 bits hold in between. */
	assert_int_equal(sched_tx_ns(INT64_C(10000000000), 8 * 1000 * MBIT),
	    10 * CLOCK_NS_PER_S);
}

/* A queue of N packets takes N of a burst, then one for each that left. */
static void
test_queue_is_bounded(void **state)
{
	struct sched_conf c = link_conf(7 * MBIT);
	struct sched s;
	int64_t later;
	int i, n, taken;

	(void)state;
	later = sched_tx_ns(SIZE, c.rate_bps) + 1;
	for (n = 1; n < 200; n += 13) {
		c.queue_ns = sched_tx_ns(n * SIZE, c.rate_bps);
		sched_init(&s, &c, 1, 0);
		taken = 0;
		for (i = 0; i < 2 * n; i++)
			taken += sched_packet(&s, 0, SIZE).verdict ==
			    SCHED_PASS;
		assert_int_equal(taken, n);
		assert_int_equal(sched_packet(&s, later, SIZE).verdict,
		    SCHED_PASS);
		assert_int_equal(sched_packet(&s, later, SIZE).verdict,
		    SCHED_QUEUE_DROP);
	}
}

/* A smaller packet still fits where a big one does not. */
static void
test_queue_counts_bytes(void **state)
{
	struct sched_conf c = link_conf(10 * MBIT);
	struct sched s;

	(void)state;
	c.queue_ns = sched_tx_ns(3000, c.rate_bps);
	sched_init(&s, &c, 1, 0);
	assert_int_equal(sched_packet(&s, 0, 1500).verdict, SCHED_PASS);
	assert_int_equal(sched_packet(&s, 0, 1501).verdict, SCHED_QUEUE_DROP);
	assert_int_equal(sched_packet(&s, 0, 1400).verdict, SCHED_PASS);
	assert_int_equal(sched_packet(&s, 0, 100).verdict, SCHED_PASS);
	assert_int_equal(sched_packet(&s, 0, 1).verdict, SCHED_QUEUE_DROP);
}

/* Advancing in steps or at once is the same. */
static void
test_advance_changes_nothing(void **state)
{
	struct sched_conf c = link_conf(100 * MBIT);
	struct sched a, b;
	int64_t t;

	(void)state;
	c.queue_ns = 5 * MS;
	c.cross = (struct cross_conf){ .rate_bps = 99 * MBIT,
		.model = CROSS_POISSON, .sizes = { 1500 }, .n_sizes = 1 };
	sched_init(&a, &c, 1, 0);
	sched_init(&b, &c, 1, 0);
	for (t = 0; t < CLOCK_NS_PER_S; t += MS)
		sched_advance(&a, t);
	assert_int_equal(sched_packet(&a, CLOCK_NS_PER_S, SIZE).depart_ns,
	    sched_packet(&b, CLOCK_NS_PER_S, SIZE).depart_ns);
	assert_int_equal(a.cross_packets, b.cross_packets);
	assert_true(a.cross_drops > 0);
	assert_int_equal(a.cross_drops, b.cross_drops);
}

/* Stamps from several processors may be a little out of order. */
static void
test_early_stamp_is_clamped(void **state)
{
	struct sched_conf c = link_conf(0);
	struct sched s;

	(void)state;
	c.jitter_reorders = true;
	sched_init(&s, &c, 1, 0);
	assert_int_equal(sched_packet(&s, 10 * MS, SIZE).due_ns, 10 * MS);
	assert_int_equal(sched_packet(&s, 9 * MS, SIZE).due_ns, 10 * MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate_is_exact),
		cmocka_unit_test(test_tx_time_of_much),
		cmocka_unit_test(test_queue_is_bounded),
		cmocka_unit_test(test_queue_counts_bytes),
		cmocka_unit_test(test_advance_changes_nothing),
		cmocka_unit_test(test_early_stamp_is_clamped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
