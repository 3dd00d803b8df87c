/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "pathrate/depart.h"
#include "pathrate/wire.h"

#define MS	CLOCK_NS_PER_MS
#define S	CLOCK_NS_PER_S

/* Trains at any time from each other, by a sender's clock of any offset and
 * with delays of up to seconds: their differences come out, to 1 us. */
static void
any_trains(void **state)
{
	struct depart d = { 0 };
	int64_t first_ns = 0, left_ns, asked_ns, came_ns, off_ns, got_ns;
	int turn;

	(void)state;
	unit_seed();
	off_ns = random() * (int64_t)1000;
	left_ns = 1700000000 * S;
	for (turn = 0; turn < 1000; turn++) {
		left_ns += (random() % 100000) * MS;
		/* asked for, and then in the queue */
		asked_ns = left_ns - (random() % 30000) * MS;
		came_ns = left_ns + 7 * MS + (random() % 4000) * MS;
		got_ns = depart_ns(&d, asked_ns, came_ns, (left_ns + off_ns) /
		    CLOCK_NS_PER_US & WIRE_ARGUMENT_MAX);
		if (turn == 0) {
			assert_true(got_ns == asked_ns);
			first_ns = got_ns - left_ns;
		}
		assert_true(got_ns - left_ns - first_ns < 2000);
		assert_true(got_ns - left_ns - first_ns > -2000);
	}
}

static void
a_sender_that_does_not_tell(void **state)
{
	struct depart d = { 0 };

	(void)state;
	assert_true(depart_ns(&d, 5 * S, 6 * S, -1) == 5 * S);
	assert_true(depart_ns(&d, 7 * S, 8 * S, 0) == 7 * S);
	assert_true(depart_ns(&d, 9 * S, 10 * S, -1) == 9 * S);
	assert_true(depart_ns(&d, 9 * S, 10 * S, 2000001) == 9 * S + 1000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_trains),
		cmocka_unit_test(a_sender_that_does_not_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
