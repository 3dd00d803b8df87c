/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/linkem/sched.h"

#define PACKETS	20000
#define SIZE	1500
#define MBIT	INT64_C(1000000)
#define MS	CLOCK_NS_PER_MS

/* A run of PACKETS packets: what came in, what became of it. */
struct run {
	struct sched_fate fate[PACKETS];
	int64_t		 arrival_ns[PACKETS];
	int		 n[SCHED_BURST + 1];	/* by verdict */
	int		 copies;
	struct sched	 sched;
};

/* Arrivals every gap_ns, or evenly spread over 0..2 gap_ns from rng. */
static struct run *
play(const struct sched_conf *conf, uint64_t seed, int64_t gap_ns,
    struct rng *rng)
{
	struct run *r = calloc(1, sizeof(*r));
	int64_t now = 0;
	int i;

	assert_non_null(r);
	sched_init(&r->sched, conf, seed, 0);
	for (i = 0; i < PACKETS; i++) {
		now += rng == NULL ? gap_ns :
		    (int64_t)(2 * rng_unit(rng) * (double)gap_ns);
		r->arrival_ns[i] = now;
		r->fate[i] = sched_packet(&r->sched, now, SIZE);
		r->n[r->fate[i].verdict]++;
		r->copies += r->fate[i].copies;
	}
	return r;
}

static struct sched_conf
link_conf(int64_t rate_bps, int64_t delay_ns)
{
	struct sched_conf c = { .rate_bps = rate_bps, .delay_ns = delay_ns,
		.queue_ns = INT64_MAX };

	return c;
}

/* Probability from counts: within 5 sigma. */
static void
assert_share(int hits, int trials, double p)
{
	double diff = hits - p * trials;

	assert_true(diff * diff <= 25 * trials * p * (1 - p));
}

/* The time without anything to send is what the rate leaves over. */
static void
test_idle_time(void **state)
{
	struct sched_conf c = link_conf(100 * MBIT, 20 * MS);
	struct run *r = play(&c, 1, MS, NULL);

	(void)state;
	assert_int_equal(r->sched.line.idle_ns,
	    (PACKETS - 1) * (MS - 120000));
	free(r);
	r = play(&c, 1, 119999, NULL);
	assert_int_equal(r->sched.line.idle_ns, 0);
	free(r);
}

/* An idle link adds its own transmission time, no more. */
static void
test_idle_link_adds_one_packet(void **state)
{
	struct sched_conf c = link_conf(99999989, 20 * MS);
	struct run *r = play(&c, 1, MS, NULL);
	int i;

	(void)state;
	for (i = 0; i < PACKETS; i++) {
		assert_int_equal(r->fate[i].due_ns - r->arrival_ns[i],
		    20 * MS + sched_tx_ns(SIZE, c.rate_bps));
		assert_int_equal(r->fate[i].copies, 1);
	}
	free(r);
}

static void
test_no_rate_is_delay_only(void **state)
{
	struct sched_conf c = link_conf(0, 3 * MS);
	struct run *r = play(&c, 1, 0, NULL);
	int i;

	(void)state;
	for (i = 0; i < PACKETS; i++)
		assert_int_equal(r->fate[i].due_ns, 3 * MS);
	free(r);
}

/* Nobody waits longer than the queue. */
static void
test_queue_bounds_the_wait(void **state)
{
	struct sched_conf c = link_conf(7 * MBIT, 0);
	struct run *r;
	struct rng rng;
	int i;

	(void)state;
	c.queue_ns = 100 * MS;
	rng_seed(&rng, 5);
	r = play(&c, 1, 1600000, &rng);
	assert_in_range(r->n[SCHED_QUEUE_DROP], 1, PACKETS);
	for (i = 0; i < PACKETS; i++)
		if (r->fate[i].verdict == SCHED_PASS)
			assert_true(r->fate[i].due_ns - r->arrival_ns[i] <=
			    c.queue_ns);
	free(r);
}

static struct sched_conf
rough_conf(void)
{
	struct sched_conf c = link_conf(0, 50 * MS);

	c.loss = 0.01;
	c.burst_enter = 0.005;
	c.burst_leave = 0.25;
	c.burst_loss_bad = 0.9;
	c.dup = 0.02;
	c.reorder = 0.03;
	c.reorder_ns = 10 * MS;
	c.jitter_ns = 2 * MS;
	c.jitter = SCHED_NORMAL;
	return c;
}

static void
test_seed_decides(void **state)
{
	struct sched_conf c = rough_conf();
	struct run *a = play(&c, 42, MS, NULL);
	struct run *b = play(&c, 42, MS, NULL);
	struct run *other = play(&c, 43, MS, NULL);

	(void)state;
	assert_memory_equal(a->fate, b->fate, sizeof(a->fate));
	assert_memory_equal(a->n, b->n, sizeof(a->n));
	assert_memory_not_equal(a->fate, other->fate, sizeof(a->fate));
	free(a);
	free(b);
	free(other);
}

/*
 * What is lost or doubled depends on the seed and the packet's number alone:
 * neither other arrivals nor cross traffic, a rate or jitter change it.
 */
static void
test_fates_do_not_shift(void **state)
{
	struct sched_conf c = rough_conf(), busy = rough_conf();
	struct rng rng;
	struct run *a, *b;
	int i;

	(void)state;
	busy.rate_bps = 100 * MBIT;
	busy.queue_ns = 10 * MS;
	busy.jitter_ns = 0;
	busy.cross = (struct cross_conf){ .rate_bps = 70 * MBIT,
		.model = CROSS_POISSON, .sizes = { 40, 1500 }, .n_sizes = 2 };
	a = play(&c, 7, MS, NULL);
	rng_seed(&rng, 9);
	b = play(&busy, 7, 200000, &rng);
	assert_in_range(b->n[SCHED_QUEUE_DROP], 100, PACKETS);
	for (i = 0; i < PACKETS; i++) {
		if (b->fate[i].verdict == SCHED_QUEUE_DROP)
			continue;
		assert_int_equal(a->fate[i].verdict, b->fate[i].verdict);
		assert_int_equal(a->fate[i].copies, b->fate[i].copies);
	}
	free(a);
	free(b);
}

/* Turning one impairment off leaves the others' victims the same. */
static void
test_impairments_are_independent(void **state)
{
	struct sched_conf c = rough_conf(), no_loss = rough_conf();
	struct run *a, *b;
	int i;

	(void)state;
	no_loss.loss = 0;
	a = play(&c, 7, MS, NULL);
	b = play(&no_loss, 7, MS, NULL);
	for (i = 0; i < PACKETS; i++) {
		if (a->fate[i].verdict == SCHED_LOSS)
			continue;
		assert_int_equal(a->fate[i].verdict, b->fate[i].verdict);
		assert_int_equal(a->fate[i].copies, b->fate[i].copies);
	}
	assert_int_equal(b->n[SCHED_LOSS], 0);
	assert_in_range(a->n[SCHED_LOSS], 1, PACKETS);
	free(a);
	free(b);
}

static void
test_draws_are_fixed(void **state)
{
	struct sched_conf c = rough_conf();
	struct run *r = play(&c, 11, MS, NULL);
	struct rng rng;
	int i;

	(void)state;
	rng_seed(&rng, 11);
	for (i = 0; i < PACKETS * SCHED_DRAWS; i++)
		rng_u64(&rng);
	assert_memory_equal(&rng, &r->sched.rng, sizeof(rng));
	free(r);
}

static void
test_shares(void **state)
{
	struct sched_conf c = link_conf(0, 0);
	struct run *r;

	(void)state;
	c.loss = 0.1;
	c.dup = 0.05;
	r = play(&c, 3, MS, NULL);
	assert_share(r->n[SCHED_LOSS], PACKETS, 0.1);
	assert_share(r->copies - r->n[SCHED_PASS], r->n[SCHED_PASS], 0.05);
	free(r);
}

static void
test_certain_and_impossible(void **state)
{
	struct sched_conf c = link_conf(0, 0);
	struct run *r = play(&c, 3, MS, NULL);

	(void)state;
	assert_int_equal(r->copies, PACKETS);
	free(r);
	c.dup = 1;
	r = play(&c, 3, MS, NULL);
	assert_int_equal(r->copies, 2 * PACKETS);
	free(r);
	c.loss = 1;
	r = play(&c, 3, MS, NULL);
	assert_int_equal(r->n[SCHED_LOSS], PACKETS);
	free(r);
}

/* Mean burst length 1/leave, share of bad time enter/(enter+leave). */
static void
test_burst_loss(void **state)
{
	struct sched_conf c = link_conf(0, 0);
	struct run *r;
	int i, bursts = 0;

	(void)state;
	c.burst_enter = 0.02;
	c.burst_leave = 0.25;
	c.burst_loss_bad = 1;
	r = play(&c, 3, MS, NULL);
	for (i = 1; i < PACKETS; i++)
		bursts += r->fate[i].verdict == SCHED_BURST &&
		    r->fate[i - 1].verdict != SCHED_BURST;
	assert_in_range(bursts, 250, 500);
	assert_in_range(10 * r->n[SCHED_BURST] / bursts, 35, 45);
	free(r);
}

static void
check_jitter(const struct sched_conf *c, int64_t bound_ns, bool may_reorder)
{
	struct run *r = play(c, 17, 100000, NULL);
	int64_t extra, low = INT64_MAX, high = INT64_MIN;
	int i, back = 0;

	for (i = 0; i < PACKETS; i++) {
		extra = r->fate[i].due_ns - r->arrival_ns[i] - c->delay_ns;
		assert_true(extra >= -bound_ns && extra <= bound_ns);
		low = extra < low ? extra : low;
		high = extra > high ? extra : high;
		back += i > 0 && r->fate[i].due_ns < r->fate[i - 1].due_ns;
	}
	assert_true(high > bound_ns / 2);
	if (may_reorder) {
		assert_true(low < -bound_ns / 2);
		assert_in_range(back, 1, PACKETS);
	} else {
		assert_int_equal(back, 0);
	}
	free(r);
}

static void
test_jitter_is_bounded(void **state)
{
	struct sched_conf c = link_conf(0, 20 * MS);

	(void)state;
	c.jitter_ns = 2 * MS;
	check_jitter(&c, 2 * MS, false);
	c.jitter_reorders = true;
	check_jitter(&c, 2 * MS, true);
	c.jitter = SCHED_NORMAL;
	check_jitter(&c, 8 * MS, true);
	c.jitter_reorders = false;
	check_jitter(&c, 8 * MS, false);
}

/* Jitter beyond the delay does not make packets leave before their bits. */
static void
test_never_before_departure(void **state)
{
	struct sched_conf c = link_conf(100 * MBIT, MS);
	struct run *r;
	int i;

	(void)state;
	c.jitter_ns = 5 * MS;
	c.jitter_reorders = true;
	c.reorder = 0.5;
	c.reorder_ns = -10 * MS;
	r = play(&c, 19, 200000, NULL);
	for (i = 0; i < PACKETS; i++)
		assert_true(r->fate[i].due_ns >= r->fate[i].depart_ns);
	free(r);
}

/* Only the packets drawn for it move, by what was asked, either way. */
static void
check_reorder(int64_t by_ns)
{
	struct sched_conf c = link_conf(0, 20 * MS);
	struct run *r;
	int64_t delay;
	int i, moved = 0;

	c.reorder = 0.05;
	c.reorder_ns = by_ns;
	r = play(&c, 23, MS, NULL);
	for (i = 0; i < PACKETS; i++) {
		delay = r->fate[i].due_ns - r->arrival_ns[i];
		if (delay == 20 * MS)
			continue;
		assert_int_equal(delay, 20 * MS + by_ns);
		moved++;
	}
	assert_share(moved, PACKETS, 0.05);
	free(r);
}

static void
test_reorder(void **state)
{
	(void)state;
	check_reorder(7 * MS);
	check_reorder(-7 * MS);
}

/* What is left of the link is what the real packets get. */
static void
test_cross_traffic_takes_its_share(void **state)
{
	struct sched_conf c = link_conf(100 * MBIT, 0);
	struct run *r;
	double secs;

	(void)state;
	c.queue_ns = 20 * MS;
	c.cross = (struct cross_conf){ .rate_bps = 60 * MBIT,
		.model = CROSS_CBR, .sizes = { 500 }, .n_sizes = 1 };
	/* Offered 80 Mbit/s beside 60 on 100. */
	r = play(&c, 1, 150000, NULL);
	secs = (double)r->arrival_ns[PACKETS - 1] / 1e9;
	assert_in_range((int64_t)((double)r->sched.cross_bytes * 8 / secs),
	    59900000, 60100000);
	assert_in_range(r->n[SCHED_QUEUE_DROP] +
	    (int)r->sched.cross_drops, 1000, 5 * PACKETS);
	secs = (double)(r->sched.line.last_ns) / 1e9;
	assert_in_range((int64_t)((r->n[SCHED_PASS] * 1500.0 +
	    500.0 * (double)(r->sched.cross_packets -
	    r->sched.cross_drops)) * 8 / secs), 99900000, 100000000);
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_link_adds_one_packet),
		cmocka_unit_test(test_idle_time),
		cmocka_unit_test(test_no_rate_is_delay_only),
		cmocka_unit_test(test_queue_bounds_the_wait),
		cmocka_unit_test(test_seed_decides),
		cmocka_unit_test(test_fates_do_not_shift),
		cmocka_unit_test(test_impairments_are_independent),
		cmocka_unit_test(test_draws_are_fixed),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_certain_and_impossible),
		cmocka_unit_test(test_burst_loss),
		cmocka_unit_test(test_jitter_is_bounded),
		cmocka_unit_test(test_never_before_departure),
		cmocka_unit_test(test_reorder),
		cmocka_unit_test(test_cross_traffic_takes_its_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
