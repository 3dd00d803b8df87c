/* SPDX-License-Identifier: BSD-2-Clause */
/* When a receiver leaves its socket alone, with a clock of our own. */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "udping/nap.h"

#define MS	CLOCK_NS_PER_MS
#define BUFFER	(33 << 20)
#define MOST	(32 * MS)

/* A receiver, and packets that come gap_ns apart. */
struct receiver {
	struct nap	nap;
	int64_t		now_ns, next_ns;
	size_t		wakes, packets, longest;
};

static void
init(struct receiver *r, int64_t most_ns, size_t buffer)
{
	*r = (struct receiver){ .now_ns = CLOCK_NS_PER_S };
	nap_init(&r->nap, most_ns, buffer, r->now_ns);
	r->next_ns = r->now_ns;
}

/* Wake up, read, and rest as long as is said, or until the next packet. */
static void
round_of(struct receiver *r, int64_t gap_ns)
{
	int64_t nap_ns;
	size_t n;

	for (n = 0; r->next_ns <= r->now_ns; n++)
		r->next_ns += gap_ns;
	r->wakes++;
	r->packets += n;
	r->longest = n > r->longest ? n : r->longest;
	nap_ns = nap_after(&r->nap, n, r->now_ns);
	assert_true(nap_ns == 0 || nap_ns == r->nap.len_ns);
	if (nap_ns > 0)
		r->now_ns += nap_ns;
	else if (r->next_ns > r->now_ns)
		r->now_ns = r->next_ns;
}

/* For a while; what is counted is of this time alone. */
static void
live(struct receiver *r, int64_t for_ns, int64_t gap_ns)
{
	int64_t end_ns = r->now_ns + for_ns;

	r->wakes = r->packets = r->longest = 0;
	if (r->next_ns > r->now_ns + gap_ns)
		r->next_ns = r->now_ns + gap_ns;
	while (r->now_ns < end_ns)
		round_of(r, gap_ns);
}

/* A hundred packets a second, and a thousand: a wake-up each nap. */
static void
test_steady(void **state)
{
	struct receiver r;

	(void)state;
	init(&r, MOST, BUFFER);
	live(&r, CLOCK_NS_PER_S, 10 * MS);
	live(&r, 10 * CLOCK_NS_PER_S, 10 * MS);
	assert_in_range(r.packets, 990, 1010);
	assert_in_range(r.wakes, 305, 320);
	assert_in_range(r.longest, 3, 4);
	live(&r, 10 * CLOCK_NS_PER_S, MS);
	assert_in_range(r.wakes, 305, 320);
	assert_in_range(r.longest, 31, 33);
}

/* Ten a second: a wake-up each packet, also after faster times. */
static void
test_few(void **state)
{
	struct receiver r;

	(void)state;
	init(&r, MOST, BUFFER);
	live(&r, 10 * CLOCK_NS_PER_S, 100 * MS);
	assert_false(r.nap.on);
	assert_int_equal(r.wakes, r.packets);
	live(&r, CLOCK_NS_PER_S, 10 * MS);
	assert_true(r.nap.on);
	live(&r, CLOCK_NS_PER_S, 100 * MS);
	live(&r, 10 * CLOCK_NS_PER_S, 100 * MS);
	assert_int_equal(r.wakes, r.packets);
}

/* Silence ends the naps after the window. */
static void
test_silence(void **state)
{
	struct receiver r;
	int i;

	(void)state;
	init(&r, MOST, BUFFER);
	live(&r, CLOCK_NS_PER_S, 10 * MS);
	for (i = 0; i < 20 && nap_after(&r.nap, 0, r.now_ns) > 0; i++)
		r.now_ns += MOST;
	assert_in_range(i, 1, 17);
}

/* A flood ends them with the read that shows it, and they do not come back
 * while it lasts. */
static void
test_flood(void **state)
{
	struct receiver r;
	int i;

	(void)state;
	init(&r, MOST, BUFFER);
	live(&r, CLOCK_NS_PER_S, 10 * MS);
	assert_true(r.nap.on);
	assert_int_equal(nap_after(&r.nap, 1024, r.now_ns), 0);
	for (i = 0; i < 100000; i++)
		assert_int_equal(nap_after(&r.nap, 64, r.now_ns += MS / 10),
		    0);
}

/* As long as the buffer allows; none where it is small or unknown, or where
 * nobody wants them. */
static void
test_length(void **state)
{
	static const struct {
		int64_t	most_ns;
		size_t	buffer;
		int64_t	len_ns;
	} cases[] = {
		{ MOST, BUFFER, MOST },
		{ 50 * MS, BUFFER, 34 * MS },
		{ 50 * MS, 425984, 0 },
		{ 50 * MS, 0, 0 },
		{ 50 * MS, (size_t)2 << 30, 50 * MS },
		{ 0, BUFFER, 0 },
		{ 4 * MS, BUFFER, 0 },
	};
	struct receiver r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		init(&r, cases[i].most_ns, cases[i].buffer);
		assert_int_equal(r.nap.len_ns, cases[i].len_ns);
		live(&r, CLOCK_NS_PER_S, 2 * MS);
		assert_int_equal(r.nap.on, cases[i].len_ns > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
