/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: packets that come after others, or after the reports. */
#include "config.h"

#include "tests/unit/udping_play.h"
#include "tests/unit/unit.h"

/* All that comes of b is overtaken by c; a is over by then, or not. */
static void
wholly_overtaken(void **state)
{
	struct play y;
	int64_t quiet_s;

	(void)state;
	for (quiet_s = 0; quiet_s <= 5; quiet_s += 5) {
		play_begin(&y, 0);
		play_range(&y, 'a', 0, 9);
		play_quiet(&y, quiet_s);
		play_range(&y, 'c', 21, 24);
		play_range(&y, 'b', 20, 20);
		play_range(&y, 'c', 25, 29);
		play_ends(&y, quiet_s == 0 ? "a:10:20:10 b:1:1:0 c:9:9:0 " :
		    "a:10:10:0 b:1:11:10 c:9:9:0 ");
	}
}

static void
late(void **state)
{
	struct session_counts c;
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 3);
	play_range(&y, 'a', 5, 9);
	play_quiet(&y, 5);
	play_range(&y, 'b', 10, 19);
	assert_int_equal(play_packet(&y, 'a', 4, false), SESSION_LATE);
	play_range(&y, 'b', 20, 20);
	session_counts(y.t, &c);
	assert_int_equal(c.late, 1);
	session_flush(y.t);
	assert_int_equal(y.h.last.late, 1);
	play_ends(&y, "a:9:10:1 b:11:11:0 ");
}

/*
 * All that comes of b comes when those before and after have been reported,
 * and b's numbers with them. They are not expected once more: not when the
 * next period is open, nor when all are over, nor of one long forgotten.
 */
static void
late_of_unknown(void **state)
{
	struct session_counts c;
	struct play y;
	int over;

	(void)state;
	for (over = 0; over < 2; over++) {
		play_begin(&y, 0);
		play_range(&y, 'a', 0, 9);
		play_range(&y, 'c', 12, 15);
		play_quiet(&y, 5);
		play_range(&y, 'd', 16, 19);
		if (over)
			play_quiet(&y, 5);
		assert_int_equal(play_packet(&y, 'b', 11, false), SESSION_LATE);
		assert_int_equal(play_packet(&y, '0', 3, false), SESSION_LATE);
		play_range(&y, 'e', 20, 21);
		session_counts(y.t, &c);
		assert_int_equal(c.late, 2);
		play_ends(&y, "a:10:12:2 c:4:4:0 d:4:4:0 e:2:2:0 ");
	}
}

/* Two forged packets far ahead do not make an honest client's all late. */
static void
late_is_not_for_ever(void **state)
{
	struct play y;
	uint32_t seq;
	int lost = 0;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 9);
	play_quiet(&y, 1);
	play_range(&y, 'f', 5000000, 5000001);
	play_quiet(&y, 5);
	y.h.len = 0;
	for (seq = 10; seq < 30; seq++)
		lost += play_packet(&y, 'b', seq, false) == SESSION_LATE;
	assert_in_range(lost, 1, SESSION_STEP);
	play_quiet(&y, 5);
	play_range(&y, 'c', 30, 39);
	play_range(&y, 'd', 40, 49);
	play_ends(&y, "b:11:11:0 c:10:10:0 d:10:10:0 ");
}

/* Of two senders on a port one may be behind the other. */
static void
late_twin(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 9);
	play_range(&y, 'b', 0, 4);
	play_quiet(&y, 5);
	play_range(&y, 'c', 10, 19);
	play_quiet(&y, 5);
	play_range(&y, 'd', 5, 7);
	play_ends(&y, "a:10:10:0 b:5:5:0 c:10:10:0 d:3:3:0 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wholly_overtaken),
		cmocka_unit_test(late),
		cmocka_unit_test(late_of_unknown),
		cmocka_unit_test(late_is_not_for_ever),
		cmocka_unit_test(late_twin)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
