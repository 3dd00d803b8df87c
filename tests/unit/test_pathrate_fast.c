/* SPDX-License-Identifier: BSD-2-Clause */
/* The default estimator on modelled paths, whose rate is known. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/pathrate_path.h"
#include "tests/unit/unit.h"

#include "common/clock.h"

static const struct fast_config usual = {
	.max_payload = 1460, .headers = 28, .limit_ns = 20 * CLOCK_NS_PER_S,
	.target = 0.01, .seed = 1
};

/* At the IP layer, as it is reported. */
static double
truth(const struct path *p)
{
	return p->mbps * 1488 / (1488 + (double)p->overhead);
}

static bool
within(const struct path *p, double part)
{
	const struct fast_result *r = &p->f.result;
	bool good = r->valid && fabs(r->mbps / truth(p) - 1) <= part;

	if (!good)
		print_message("# truth %.1f: %.2f (%.2f to %.2f), verdict %d, "
		    "evidence %d, scale %zu, load %.1f, cross %zu by %zu\n",
		    truth(p), r->mbps, r->lo, r->hi, (int)r->verdict,
		    (int)r->evidence, r->scale, p->load, p->cross_bytes,
		    p->cross_burst);
	return good;
}

static void
idle(void **state)
{
	static const double rates[] = { 1, 10, 50, 100, 500, 1000 };
	struct path *p = *state;
	size_t i, j;

	unit_seed();
	for (i = 0; i < NELEM(rates); i++) {
		for (j = 0; j < 5; j++) {
			memset(p, 0, sizeof(*p));
			p->mbps = rates[i];
			p->overhead = 14;
			p->send_ns = 2000;
			p->noise_ns = 2000;
			p->stall = 0.01;
			p->stall_ns = 50000;
			path_run(p, &usual);
			assert_true(within(p, i < 4 ? 0.01 : i == 4 ? 0.03 :
			    0.05));
			assert_true(p->now_ns < 5e9);
		}
	}
}

static void
loaded(void **state)
{
	static const double rates[] = { 1, 10, 50, 100, 500, 1000 };
	static const size_t sizes[] = { 64, 576, 1500, 0 };
	struct path *p = *state;
	size_t i, j, wrong = 0, runs = 0;

	unit_seed();
	for (i = 0; i < NELEM(rates); i++) {
		for (j = 0; j < 16; j++) {
			memset(p, 0, sizeof(*p));
			p->mbps = rates[i];
			p->load = j & 1 ? 0.3 : 0.5;
			p->cross_bytes = sizes[j / 2 % 4];
			p->cross_burst = j < 8 ? 1 : 10;
			p->send_ns = 2000;
			p->noise_ns = 2000;
			p->stall = 0.01;
			p->stall_ns = 50000;
			path_run(p, &usual);
			wrong += !within(p, 0.03);
			runs++;
			assert_true(p->now_ns < 21e9);
		}
	}
	print_message("# %zu of %zu wrong\n", wrong, runs);
	assert_true(wrong * 10 <= runs);
}

/*
 * Small packets fall between any two of ours: no scale is without them, and
 * it is said, though every sample is near the mode.
 */
static void
small_packets(void **state)
{
	const struct fast_result *r;
	struct path *p = *state;
	int turn, wrong = 0;

	unit_seed();
	for (turn = 0; turn < 12; turn++) {
		memset(p, 0, sizeof(*p));
		p->mbps = turn % 2 ? 500 : 200;
		p->overhead = turn % 3 ? 14 : 0;
		p->load = turn % 4 < 2 ? 0.3 : 0.5;
		p->cross_bytes = 64;
		p->send_ns = 2000;
		p->noise_ns = 500;
		path_run(p, &usual);
		r = &p->f.result;
		wrong += !within(p, 0.03) || r->verdict != FAST_LOADED ||
		    r->hi < truth(p);
	}
	assert_true(wrong <= 2);
}

/* A path without faults of the host, to begin with. */
static void
clean(struct path *p, double mbps)
{
	memset(p, 0, sizeof(*p));
	p->mbps = mbps;
	p->send_ns = 2000;
	p->noise_ns = 1000;
}

/* How many of some runs of a load end with this verdict. */
static int
say(struct path *p, enum fast_verdict verdict, double load, int runs)
{
	static const double rates[] = { 10, 50, 100, 500 };
	static const size_t sizes[] = { 576, 1500, 0 };
	int turn, said = 0;

	for (turn = 0; turn < runs; turn++) {
		clean(p, rates[turn % 4]);
		p->noise_ns = turn % 3 * 2000;
		p->stall = 0.01;
		p->stall_ns = 50000;
		p->load = load;
		p->cross_bytes = sizes[turn % 3];
		p->mute = turn % 8 == 7;
		path_run(p, &usual);
		said += p->f.result.verdict == verdict;
	}
	return said;
}

/* The estimate is the same; whether others were there is told by trains that
 * came late or were long. */
static void
idle_or_loaded(void **state)
{
	struct path *p = *state;
	int idle, some, much;

	unit_seed();
	idle = say(p, FAST_IDLE, 0, 48);
	some = say(p, FAST_LOADED, 0.3, 48);
	much = say(p, FAST_LOADED, 0.5, 48);
	print_message("# idle %d, loaded %d and %d of 48\n", idle, some,
	    much);
	assert_true(idle >= 40);
	assert_true(some >= 30);
	assert_true(much >= 38);
}

static void
lossy(void **state)
{
	static const double losses[] = { 0.001, 0.01, 0.02, 0.2 };
	struct path *p = *state;
	size_t i;

	unit_seed();
	for (i = 0; i < NELEM(losses); i++) {
		clean(p, 100);
		p->loss = losses[i];
		path_run(p, &usual);
		assert_true(within(p, 0.01));
		assert_true(p->now_ns < 5e9);
	}
	clean(p, 10);
	p->queue = 20;
	path_run(p, &usual);
	assert_true(within(p, 0.01));
	assert_in_range(p->f.long_max, 8, 21);
	clean(p, 10);
	p->loss = 1;
	path_run(p, &usual);
	assert_true(p->f.failed);
	assert_false(p->f.result.valid);
	assert_int_equal(p->f.trains, 0);
}

/* A rough answer in two seconds, or what the budget allows. */
static void
quick(void **state)
{
	static const double rates[] = { 1, 10, 100, 1000 };
	struct fast_config config = usual;
	struct path *p = *state;
	size_t i;

	unit_seed();
	config.quick = true;
	for (i = 0; i < NELEM(rates); i++) {
		clean(p, rates[i]);
		path_run(p, &config);
		assert_true(within(p, 0.05));
		assert_true(p->now_ns < 2e9);
	}
}

/* Never more bytes than that, and as much of an answer as they give. */
static void
few_bytes(void **state)
{
	static const uint64_t most[] = { 1, 10000, 50000, 300000,
		3000000 };
	struct fast_config config = usual;
	struct path *p = *state;
	size_t i;

	unit_seed();
	for (i = 0; i < NELEM(most); i++) {
		config.limit_bytes = most[i];
		clean(p, i % 2 ? 100 : 10);
		path_run(p, &config);
		assert_true(p->f.bytes <= most[i]);
		assert_int_equal(p->f.failed, i < 2);
		if (i >= 2)
			assert_true(within(p, 0.05));
	}
}

/* Interrupts every 200 us, so that 17 or 170 packets come at once. */
static void
batches(void **state)
{
	static const double rates[] = { 100, 1000, 5000 };
	struct path *p = *state;
	size_t i;

	unit_seed();
	for (i = 0; i < NELEM(rates); i++) {
		clean(p, rates[i]);
		p->send_ns = 500;
		p->batch_ns = i == 0 ? 500000 : 100000;
		path_run(p, &usual);
		assert_true(within(p, 0.03));
		assert_int_equal(p->f.result.evidence, FAST_BURSTS);
	}
}

static void
token_bucket(void **state)
{
	const struct fast_result *r;
	struct path *p = *state;
	int turn;

	unit_seed();
	for (turn = 0; turn < 12; turn++) {
		clean(p, turn % 3 == 2 ? 0 : 500);
		p->mute = turn >= 6;
		p->shaped_mbps = turn % 2 ? 10 : 50;
		p->bucket_bytes = 100000;
		path_run(p, &usual);
		r = &p->f.result;
		assert_true(r->valid);
		assert_int_equal(r->verdict, FAST_SHAPED);
		assert_true(fabs(r->sustained_mbps / p->shaped_mbps - 1) <
		    0.05);
		assert_true(fabs(r->bucket_bytes / 100000 - 1) < 0.1);
		assert_int_equal(r->peak_bound, p->mbps == 0);
		if (p->mbps > 0)
			assert_true(fabs(r->peak_mbps / 500 - 1) < 0.05);
		assert_true(r->mbps == (r->peak_bound ? r->sustained_mbps :
		    r->peak_mbps));
	}
}

/* A receiver that was elsewhere takes what has come at once, then the rest as
 * it comes: no bucket, even twice. */
static void
overslept(void **state)
{
	static int64_t ns[TRAIN_LEN_MAX + 1];
	const int64_t late_ns = 5 * CLOCK_NS_PER_MS, gap_ns = 120000;
	struct path *p = *state;
	struct fast *f = &p->f;
	int64_t start_ns = 0;
	int trains;
	size_t i;

	fast_start(f, &usual, 0);
	for (trains = 0; trains < 12; trains++) {
		for (i = 0; i <= f->ask.len; i++) {
			ns[i] = start_ns + (int64_t)i * gap_ns;
			if (f->sort == FAST_BUCKET_TRAIN &&
			    ns[i] < start_ns + late_ns)
				ns[i] = start_ns + late_ns + (int64_t)i * 1000;
		}
		assert_int_equal(f->buckets, 0);
		fast_take(f, start_ns, start_ns, 100, ns);
		start_ns += CLOCK_NS_PER_S;
	}
	assert_int_not_equal(f->sort, FAST_BUCKET_TRAIN);
}

/* Packets pass as fast as the sender makes them, whatever their size. */
static void
no_link(void **state)
{
	struct path *p = *state;
	int turn;

	unit_seed();
	for (turn = 0; turn < 6; turn++) {
		clean(p, turn % 2 ? 0 : 40000);
		p->send_ns = 1500 + 500 * turn;
		p->mute = turn % 3 == 0;
		path_run(p, &usual);
		assert_true(p->f.result.valid);
		assert_int_equal(p->f.result.verdict, FAST_VIRTUAL);
		assert_true(p->f.result.lower_bound);
		assert_true(fabs(p->f.result.mbps /
		    (1488 * 8000 / p->send_ns) - 1) < 0.1);
	}
}

/* The host is elsewhere while packets come: right to a tenth, or it says so. */
static void
busy_host(void **state)
{
	static const double stalls[] = { 0.02, 0.05, 0.2 };
	struct path *p = *state;
	int turn, wrong = 0;

	unit_seed();
	for (turn = 0; turn < 36; turn++) {
		clean(p, turn % 2 ? 100 : 1000);
		p->noise_ns = 20000;
		p->stall = stalls[turn / 2 % 3];
		p->stall_ns = turn / 6 % 2 ? 500000 : 1500000;
		path_run(p, &usual);
		wrong += !within(p, 0.1) &&
		    p->f.result.verdict != FAST_HOST_LIMITED &&
		    p->f.result.verdict != FAST_VIRTUAL;
	}
	assert_true(wrong <= 3);
}

/* Cross traffic and a few late stamps are no busy host. */
static void
calm_host(void **state)
{
	struct path *p = *state;
	int turn;

	unit_seed();
	for (turn = 0; turn < 20; turn++) {
		clean(p, turn % 2 ? 10 : 100);
		p->load = (turn % 3) * 0.25;
		p->cross_bytes = turn % 4 < 2 ? 0 : 1500;
		p->stall = 0.01;
		p->stall_ns = 50000;
		path_run(p, &usual);
		assert_int_not_equal(p->f.result.verdict, FAST_HOST_LIMITED);
		assert_false(p->f.result.lower_bound);
	}
}

static void
overhead(void **state)
{
	static const size_t bytes[] = { 0, 14, 38 };
	struct path *p = *state;
	size_t i;

	unit_seed();
	for (i = 0; i < NELEM(bytes); i++) {
		clean(p, 100);
		p->overhead = bytes[i];
		path_run(p, &usual);
		assert_true(within(p, 0.01));
		assert_true(p->f.result.has_overhead);
		assert_true(fabs(p->f.result.link_mbps / 100 - 1) < 0.01);
		assert_true(fabs(p->f.result.overhead_bytes -
		    (double)bytes[i]) < 8);
	}
}

/* The interval holds the truth as often as it says. */
static void
honest_interval(void **state)
{
	const struct fast_result *r;
	struct path *p = *state;
	int turn, inside = 0;

	unit_seed();
	for (turn = 0; turn < 100; turn++) {
		clean(p, pow(10, (double)(random() % 200) / 100 + 1));
		p->overhead = random() % 2 ? 14 : 38;
		p->load = (double)(random() % 6) / 10;
		p->cross_bytes = random() % 2 ? 0 : 1500;
		p->stall = 0.01;
		p->stall_ns = 50000;
		path_run(p, &usual);
		r = &p->f.result;
		assert_true(r->valid);
		inside += r->lo <= truth(p) && truth(p) <= r->hi;
	}
	print_message("# %d of 100 inside\n", inside);
	assert_true(inside >= 90);
}

/* The same arrivals, the same answer. */
static void
repeatable(void **state)
{
	struct path *p = *state;
	struct fast_result first;

	srandom(1);
	clean(p, 100);
	path_run(p, &usual);
	first = p->f.result;
	srandom(1);
	clean(p, 100);
	path_run(p, &usual);
	assert_true(first.lo == p->f.result.lo && first.hi == p->f.result.hi);
	assert_true(first.mbps == p->f.result.mbps);
}

static int
setup(void **state)
{
	*state = malloc(sizeof(struct path));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle),
		cmocka_unit_test(loaded),
		cmocka_unit_test(small_packets),
		cmocka_unit_test(idle_or_loaded),
		cmocka_unit_test(lossy),
		cmocka_unit_test(quick),
		cmocka_unit_test(few_bytes),
		cmocka_unit_test(batches),
		cmocka_unit_test(token_bucket),
		cmocka_unit_test(overslept),
		cmocka_unit_test(no_link),
		cmocka_unit_test(busy_host),
		cmocka_unit_test(calm_host),
		cmocka_unit_test(overhead),
		cmocka_unit_test(honest_interval),
		cmocka_unit_test(repeatable),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
