/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/arrival.h"

/* Memory runs out when this reaches 0; negative: never. */
static int allocations = -1;

static void *
scarce_calloc(size_t n, size_t size)
{
	if (allocations == 0)
		return NULL;
	if (allocations > 0)
		allocations--;
	return calloc(n, size);
}

#define calloc scarce_calloc
#include "thrulay/seqmap.c"
#undef calloc

#define PACKETS	(3 * CHUNK_BITS + 1000)

/* Runs of unseen numbers by walking over all. */
static void
check_gaps(const struct seqmap *m, const bool *seen, uint64_t end)
{
	struct seqmap_gaps got, want = { 0, 0, 0 };
	uint64_t n, run = 0;

	for (n = 0; n < end; n++) {
		if (n < PACKETS && seen[n]) {
			run = 0;
			continue;
		}
		want.numbers++;
		if (++run == 1)
			want.runs++;
		if (run > want.longest)
			want.longest = run;
	}
	seqmap_gaps(m, end, &got);
	assert_int_equal(got.runs, want.runs);
	assert_int_equal(got.longest, want.longest);
	assert_int_equal(got.numbers, want.numbers);
}

/* Stretches seen and unseen, whole chunks among them, cut anywhere. */
static void
test_gaps(void **state)
{
	bool *seen = calloc(PACKETS, sizeof(*seen));
	uint64_t n, stretch;
	struct seqmap m;
	int round;

	(void)state;
	assert_non_null(seen);
	unit_seed();
	for (round = 0; round < 30; round++) {
		memset(seen, 0, PACKETS * sizeof(*seen));
		assert_int_equal(seqmap_init(&m, PACKETS), 0);
		for (n = 0; n < PACKETS; ) {
			n += (uint64_t)random() % (round < 10 ? 5 : 70000);
			stretch = (uint64_t)random() % (round < 20 ? 300 : 9);
			for (; stretch > 0 && n < PACKETS; stretch--, n++) {
				assert_int_equal(seqmap_set(&m, n),
				    SEQMAP_NEW);
				seen[n] = true;
			}
		}
		for (n = 0; n < PACKETS; n += (uint64_t)random() % 9000)
			check_gaps(&m, seen, n);
		check_gaps(&m, seen, PACKETS);
		check_gaps(&m, seen, PACKETS + 12345);
		seqmap_free(&m);
	}
	free(seen);
}

static void
test_seen_twice(void **state)
{
	struct seqmap m;

	(void)state;
	assert_int_equal(seqmap_init(&m, PACKETS), 0);
	assert_int_equal(seqmap_set(&m, PACKETS - 1), SEQMAP_NEW);
	assert_int_equal(seqmap_set(&m, 0), SEQMAP_NEW);
	assert_int_equal(seqmap_set(&m, PACKETS - 1), SEQMAP_SEEN);
	assert_int_equal(seqmap_set(&m, 0), SEQMAP_SEEN);
	assert_int_equal(seqmap_set(&m, 1), SEQMAP_NEW);
	seqmap_free(&m);
}

static void
test_end_beyond_any_memory(void **state)
{
	struct seqmap_gaps g;
	struct seqmap m;

	(void)state;
	assert_int_equal(seqmap_init(&m, 100), 0);
	seqmap_gaps(&m, UINT64_MAX, &g);
	assert_int_equal(g.runs, 1);
	assert_true(g.longest == UINT64_MAX);
	seqmap_set(&m, 50);
	seqmap_gaps(&m, UINT64_MAX, &g);
	assert_int_equal(g.runs, 2);
	assert_true(g.longest == UINT64_MAX - 51);
	seqmap_free(&m);
}

/* A receiver whose memory runs out goes on with what it has: packets it could
 * not note count in the total, the rest is as right as before. */
static void
test_arrival_without_memory(void **state)
{
	struct arrival *a = arrival_new(PACKETS, 100);
	struct thrulay_udp_result r;

	(void)state;
	assert_non_null(a);
	assert_int_equal(arrival_add(a, 0, 0, 1), ARRIVAL_UNIQUE);
	allocations = 0;
	assert_int_equal(arrival_add(a, 1, 0, 2), ARRIVAL_UNIQUE);
	assert_int_equal(arrival_add(a, CHUNK_BITS, 0, 3), ARRIVAL_NO_MEMORY);
	assert_int_equal(arrival_add(a, CHUNK_BITS, 0, 3), ARRIVAL_NO_MEMORY);
	assert_int_equal(arrival_add(a, 1, 0, 4), ARRIVAL_DUPLICATE);
	allocations = -1;
	arrival_result(a, 4, &r);
	assert_int_equal(r.total, 5);
	assert_int_equal(r.unique, 2);
	assert_int_equal(r.duplicates, 1);
	assert_int_equal(r.delay.n, 2);
	assert_int_equal(r.lost, 2);
	assert_int_equal(arrival_add(a, CHUNK_BITS, 0, 5), ARRIVAL_UNIQUE);
	arrival_free(a);
}

static void
test_no_memory_to_begin_with(void **state)
{
	(void)state;
	allocations = 0;
	assert_null(arrival_new(100, 100));
	allocations = -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_seen_twice),
		cmocka_unit_test(test_end_beyond_any_memory),
		cmocka_unit_test(test_arrival_without_memory),
		cmocka_unit_test(test_no_memory_to_begin_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
