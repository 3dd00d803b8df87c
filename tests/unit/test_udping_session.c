/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: what the recorded scenarios do not show. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "tests/unit/udping_play.h"
#include "tests/unit/unit.h"

/* A gap longer than -k, over which the period goes on, or ends. */
static void
resumed(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 9);
	play_quiet(&y, 5);
	play_range(&y, 'a', 25, 29);
	play_quiet(&y, 5);
	play_range(&y, 'b', 3000, 3009);
	play_ends(&y, "a:10:10:0 a:5:20:15 b:10:2980:2970 ");
}

/* A packet overtaken by one of the next period is reordered, once. */
static void
overtaken(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	y.start_s = PLAY_S;
	play_packet(&y, 'b', 3, false);
	play_packet(&y, 'a', 0, false);
	play_packet(&y, 'a', 2, false);
	play_packet(&y, 'a', 1, false);
	play_packet(&y, 'a', 1, false);
	play_packet(&y, 'b', 5, false);
	play_packet(&y, 'c', 7, false);
	play_packet(&y, 'b', 4, false);
	play_packet(&y, 'b', 6, false);
	play_packet(&y, 'c', 8, false);
	session_flush(y.t);
	assert_int_equal(y.h.reordered, 5);
	play_ends(&y, "a:4:3:0 b:4:4:0 c:2:2:0 ");
}

/* The beginning of a run is lost, where a start is known as one. */
static void
head(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	y.start_s = PLAY_S;
	play_range(&y, 'a', 10000, 10009);
	play_packet(&y, 'a', 5000, false);
	play_quiet(&y, 5);
	play_range(&y, 'b', 10010, 10019);
	/* Again, from the same port; a single one; one that is no more new. */
	y.start_s++;
	play_range(&y, 'c', 9, 9);
	y.start_s++;
	play_range(&y, 'd', 10, 10);
	play_quiet(&y, 5);
	play_range(&y, 'e', 11, 20);
	/* Before the server; not yet, by its clock. */
	y.start_s = PLAY_S - 1;
	play_range(&y, 'f', 100, 101);
	y.start_s = PLAY_S + 100;
	play_range(&y, '0', 100, 101);
	play_ends(&y, "a:11:10010:9999 b:10:10:0 c:1:10:9 d:1:1:0 0:2:2:0 "
	    "e:10:10:0 f:2:2:0 ");
	/* A single one, and the next period goes on from there. */
	play_begin(&y, 0);
	y.start_s = PLAY_S;
	play_range(&y, 'b', 50, 50);
	play_range(&y, 'a', 51, 52);
	play_ends(&y, "a:2:2:0 b:1:51:50 ");
}

/* What was forgotten or refused meanwhile is not lost. */
static void
head_missed(void **state)
{
	struct play y;
	int i;

	(void)state;
	play_begin(&y, 0);
	y.start_s = PLAY_S;
	play_range(&y, 'a', 0, 9);
	play_quiet(&y, 5);
	for (i = 0; i < 20; i++) {
		y.port++;
		play_range(&y, 'a', 0, 0);
		play_quiet(&y, 5);
	}
	y.h.len = 0;
	y.port = 5000;
	play_range(&y, 'b', 10, 19);
	for (i = 0; i < 7; i++) {
		y.port++;
		play_range(&y, (char)('2' + i), 0, 0);
	}
	y.start_s = y.now_ns / CLOCK_NS_PER_S;
	assert_int_equal(play_packet(&y, '9', 0, false), SESSION_FULL);
	session_flush(y.t);
	assert_null(strstr(y.h.text, "b:10:20"));
	assert_non_null(strstr(y.h.text, "b:10:10"));
	y.h.len = 0;
	play_range(&y, 'a', 1, 3);
	play_ends(&y, "a:3:3:0 ");
}

/* A single number far ahead weighs nothing, wherever it is. */
static void
forged(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 99);
	play_packet(&y, 'a', 1000000, false);
	play_range(&y, 'a', 100, 199);
	play_packet(&y, 'a', 0x7fffffff, false);
	play_packet(&y, 'f', 5000000, false);
	play_range(&y, 'b', 200, 299);
	play_ends(&y, "a:202:200:0 b:100:100:0 f:1:1:0 ");
	assert_int_equal(y.h.last.odd, 0);
}

/* What time allows counts at once, what a second one says too. */
static void
plausible(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 99);
	y.now_ns += 900 * CLOCK_NS_PER_MS;
	play_packet(&y, 'a', 1000, false);
	play_ends(&y, "a:101:1001:900 ");
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 99);
	play_range(&y, 'a', 1000, 1001);
	play_ends(&y, "a:102:1002:900 ");
	/* The second one may be of the next period. */
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 99);
	play_range(&y, 'a', 1000, 1000);
	play_range(&y, 'b', 1003, 1004);
	play_ends(&y, "a:101:1003:902 b:2:2:0 ");
}

/* A jump that waits while others go past it is not where they go back to. */
static void
jump_passed(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 0, 99);
	play_packet(&y, 'a', 200, false);
	y.now_ns += 900 * CLOCK_NS_PER_MS;
	play_packet(&y, 'a', 1700, false);
	play_packet(&y, 'a', 700, false);
	play_packet(&y, 'a', 1701, false);
	session_flush(y.t);
	assert_int_equal(y.h.reordered, 1);
	assert_int_equal(y.h.last.odd, 0);
	play_ends(&y, "a:104:1702:1598 ");
}

/* The same port twice in -s: two sequences, side by side. */
static void
twins(void **state)
{
	struct play y;
	uint32_t i;

	(void)state;
	play_begin(&y, 0);
	for (i = 0; i < 100; i++) {
		play_packet(&y, 'a', i, false);
		play_packet(&y, 'b', i, false);
	}
	/* The period changes between the two; one is lost. */
	play_packet(&y, 'a', 100, false);
	play_packet(&y, 'd', 100, false);
	play_packet(&y, 'd', 101, false);
	for (i = 102; i < 200; i++) {
		play_packet(&y, 'c', i, false);
		play_packet(&y, 'd', i, false);
	}
	play_ends(&y, "a:101:102:1 b:100:100:0 c:98:98:0 d:100:100:0 ");
}

/* Another run of the client begins anew. */
static void
restarted(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'a', 1000, 1009);
	y.start_s++;
	play_range(&y, 'b', 0, 9);
	y.start_s++;
	play_range(&y, 'c', 5000, 5009);
	play_ends(&y, "a:10:10:0 b:10:10:0 c:10:10:0 ");
}

static void
first_generation(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 0);
	y.layout = WIRE_FIRST;
	y.start_s = 0;
	play_range(&y, 'a', 1, 10);
	assert_int_equal(play_packet(&y, 'a', 11, true), SESSION_COUNTED);
	assert_string_equal(y.h.text, "a:10:10:0 ");
	assert_int_equal(play_packet(&y, 'a', 3, false), SESSION_LATE);
	/* Loss: closed after -k. */
	play_range(&y, 'b', 1, 3);
	play_range(&y, 'b', 5, 5);
	play_packet(&y, 'b', 10, true);
	play_quiet(&y, 3);
	/* A late one completes it; the control packet is lost; all is. */
	play_range(&y, 'c', 1, 3);
	play_packet(&y, 'c', 5, true);
	play_range(&y, 'c', 4, 4);
	play_range(&y, 'd', 1, 3);
	play_packet(&y, 'e', 8, true);
	play_ends(&y, "a:10:10:0 b:4:9:5 c:4:4:0 d:3:0:0 e:0:7:7 ");
}

static void
figures(void **state)
{
	struct play y;

	(void)state;
	play_begin(&y, 3);
	play_range(&y, 'a', 0xfffffff0, 0xfffffff4);		/* 11 lost */
	play_range(&y, 'a', 0, 9);
	play_packet(&y, 'a', 9, false);
	play_packet(&y, 'a', 12, false);
	play_packet(&y, 'a', 11, false);
	play_ends(&y, "a:18:29:12 ");
	assert_int_equal(y.h.last.duplicates, 1);
	assert_int_equal(y.h.last.reordered, 1);
	assert_int_equal(y.h.last.bursts, 2);
	assert_int_equal(y.h.last.longest, 11);
	assert_true(y.h.last.min == 4 && y.h.last.max == 4);
	assert_true(y.h.last.sum == 72 && y.h.last.sos == 288);
	assert_int_equal(y.h.p50_ns, 4000000);
}

static void
next_hops(void **state)
{
	struct play y;
	uint32_t i;

	(void)state;
	play_begin(&y, 3);
	for (i = 0; i < 100; i++)
		if (i % 3 != 1 || i > 90)
			play_packet(&y, 'a', i, false);
	play_ends(&y, "a:70:100:30 ");
	assert_int_equal(y.h.last.hops, 3);
	assert_int_equal(y.h.expected[0], 34);
	assert_int_equal(y.h.expected[1], 33);
	assert_int_equal(y.h.expected[2], 33);
	assert_int_equal(y.h.received[0], 34);
	assert_int_equal(y.h.received[1], 3);
	assert_int_equal(y.h.received[2], 33);
}

/* Sessions and sources are bounded; old sources make room. */
static void
bounded(void **state)
{
	struct session_counts c;
	struct play y;
	int i;

	(void)state;
	play_begin(&y, 0);
	for (i = 0; i < 8; i++)
		play_range(&y, (char)('0' + i), 0, 0);
	assert_int_equal(play_packet(&y, 'a', 1, false), SESSION_FULL);
	play_range(&y, '3', 1, 1);
	session_counts(y.t, &c);
	assert_int_equal(c.sessions, 8);
	assert_int_equal(c.refused, 1);
	for (i = 0; i < 1000; i++) {
		if (i % 8 == 0)
			play_quiet(&y, 4);
		y.port = (uint16_t)(6000 + i);
		y.h.len = 0;
		play_range(&y, 'a', 0, 0);
	}
	session_counts(y.t, &c);
	assert_in_range(c.sources, 8, 16);
	session_free(y.t);
}

/* Shown as they are, and reported later all the same. */
static void
shown(void **state)
{
	struct play_heard now = { .len = 0 };
	struct play y;

	(void)state;
	play_begin(&y, 0);
	play_range(&y, 'b', 0, 4);
	y.port++;
	play_range(&y, 'a', 7, 7);
	session_each(y.t, play_note, &now);
	assert_string_equal(now.text, "a:1:1:0 b:5:5:0 ");
	assert_true(now.last.open);
	play_ends(&y, "a:1:1:0 b:5:5:0 ");
	assert_false(y.h.last.open);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resumed),
		cmocka_unit_test(overtaken),
		cmocka_unit_test(head),
		cmocka_unit_test(head_missed),
		cmocka_unit_test(forged),
		cmocka_unit_test(plausible),
		cmocka_unit_test(jump_passed),
		cmocka_unit_test(twins),
		cmocka_unit_test(restarted),
		cmocka_unit_test(first_generation),
		cmocka_unit_test(figures),
		cmocka_unit_test(next_hops),
		cmocka_unit_test(bounded),
		cmocka_unit_test(shown)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
