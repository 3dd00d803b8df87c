/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/udpst_world.h"

#include "udpst/ladder.h"

#define MS	CLOCK_NS_PER_MS
#define FIRST	WORLD_FIRST
#define OTHER	WORLD_OTHER
#define START	WORLD_START

static const struct ladder_conf two_ports = { .port = FIRST,
	.port_other = OTHER };
/* --compat 8 begins at the port of 8.x. */
static const struct ladder_conf old_first = { .port = FIRST,
	.port_other = OTHER, .port_old = FIRST };
static const struct ladder_conf one_port = { .port = FIRST };
static const struct ladder_conf with_key = { .port = FIRST,
	.port_other = OTHER, .have_key = true };
static const struct ladder_conf key_down = { .port = FIRST,
	.port_other = OTHER, .have_key = true, .allow_downgrade = true };
static const struct ladder_conf only_10 = { .port = OTHER, .protocol = 10 };
static const struct ladder_conf only_11 = { .port = OTHER, .protocol = 11 };
static const struct ladder_conf only_20 = { .port = FIRST, .protocol = 20 };

/* Which rung wins, when, after how many datagrams; round trips are 10 ms. */
static void
test_who_wins(void **state)
{
	static const struct {
		const struct ladder_conf *conf;
		enum release first, other;
		unsigned int version, port;
		int64_t at_ms;
		unsigned int sends;
	} rows[] = {
		{ &two_ports, OURS, OURS, 20, FIRST, 10, 1 },
		{ &two_ports, NOBODY, R90, 20, OTHER, 510, 3 },
		{ &two_ports, NOBODY, R82, 11, OTHER, 520, 4 },
		{ &two_ports, R82, NOBODY, 11, FIRST, 20, 2 },
		{ &two_ports, NOBODY, R81, 10, OTHER, 1010, 5 },
		{ &old_first, R81, NOBODY, 10, FIRST, 1010, 5 },
		{ &old_first, R82, NOBODY, 11, FIRST, 20, 2 },
		{ &old_first, NOBODY, R90, 20, OTHER, 510, 3 },
		{ &one_port, R90, R81, 20, FIRST, 10, 1 },
		{ &one_port, R82, R90, 11, FIRST, 20, 2 },
		{ &one_port, R81, R90, 10, FIRST, 1010, 4 },
		{ &with_key, R90, NOBODY, 20, FIRST, 10, 1 },
		{ &with_key, NOBODY, OURS, 20, OTHER, 510, 3 },
		{ &key_down, NOBODY, R82, 11, OTHER, 820, 5 },
		{ &key_down, NOBODY, R81, 10, OTHER, 1010, 5 },
		{ &only_10, NOBODY, R81, 10, OTHER, 10, 1 },
		{ &only_11, NOBODY, R82, 11, OTHER, 10, 1 },
		{ &only_20, OURS, NOBODY, 20, FIRST, 10, 1 },
	};
	struct world w;
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		print_message("# row %zu\n", i);
		memset(&w, 0, sizeof(w));
		w.first = rows[i].first;
		w.other = rows[i].other;
		w.rtt_ms = 10;
		w.unsigned_rejects = true;
		o = world_run(rows[i].conf, &w);
		assert_int_equal(o.step, LADDER_SEND);
		assert_int_equal(o.version, rows[i].version);
		assert_int_equal(o.port, rows[i].port);
		assert_int_equal(o.at_ms, rows[i].at_ms);
		assert_int_equal(o.sends, rows[i].sends);
	}
}

/* Where nobody can be agreed with: the end, its time and its reason. */
static void
test_how_it_ends(void **state)
{
	static const struct {
		const struct ladder_conf *conf;
		struct world w;
		enum ladder_step step;
		unsigned int code;
		int64_t at_ms;
	} rows[] = {
		{ &two_ports, { .rtt_ms = 10 }, LADDER_TIMEOUT, 0, 3000 },
		{ &one_port, { .rtt_ms = 10 }, LADDER_TIMEOUT, 0, 3000 },
		/* The round trip is longer than the whole ladder. */
		{ &two_ports, { .first = R90, .rtt_ms = 3001 },
		    LADDER_TIMEOUT, 0, 3000 },
		{ &with_key, { .other = R82, .rtt_ms = 10,
		    .unsigned_rejects = true }, LADDER_REJECTED, 2, 810 },
		{ &only_20, { .first = R82, .rtt_ms = 10 },
		    LADDER_REJECTED, 2, 10 },
		{ &only_11, { .other = R81, .rtt_ms = 10 },
		    LADDER_TIMEOUT, 0, 3000 },
		{ &two_ports, { .first = R90, .rtt_ms = 10, .reject = 9,
		    .unsigned_rejects = true }, LADDER_REJECTED, 9, 10 },
		{ &with_key, { .first = R90, .rtt_ms = 10, .reject = 9 },
		    LADDER_REJECTED, 9, 10 },
		{ &with_key, { .first = R90, .rtt_ms = 10, .reject = 9,
		    .unsigned_rejects = true }, LADDER_REJECTED, 9, 3000 },
		{ &with_key, { .first = R90, .rtt_ms = 10, .reject = 7,
		    .unsigned_rejects = true }, LADDER_REJECTED, 7, 310 },
		{ &with_key, { .first = R90, .rtt_ms = 10, .reject = 4,
		    .unsigned_rejects = true }, LADDER_REJECTED, 4, 310 },
		/* Too late to be believed, not too late to be told. */
		{ &with_key, { .first = R90, .rtt_ms = 2900, .reject = 4,
		    .unsigned_rejects = true }, LADDER_REJECTED, 4, 3000 },
		{ &two_ports, { .first = R90, .rtt_ms = 10, .reject = 200 },
		    LADDER_REJECTED, 200, 10 },
		/* Below protocol 20 there is no better answer to wait for. */
		{ &key_down, { .other = R81, .rtt_ms = 10, .reject = 8,
		    .unsigned_rejects = true }, LADDER_REJECTED, 8, 1010 },
	};
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		print_message("# row %zu\n", i);
		o = world_run(rows[i].conf, &rows[i].w);
		assert_int_equal(o.step, rows[i].step);
		assert_int_equal(o.code, rows[i].code);
		assert_int_equal(o.at_ms, rows[i].at_ms);
	}
}

/* Nobody without the key ends the test of those who have it. */
static void
test_forgery(void **state)
{
	struct world w = { .first = R90, .rtt_ms = 200, .forged_ms = 10 };
	struct outcome o;

	(void)state;
	for (w.forged = 2; w.forged < 20; w.forged++) {
		o = world_run(&with_key, &w);
		assert_int_equal(o.step, LADDER_SEND);
		assert_int_equal(o.at_ms, 200);
		w.reject = 10;		/* the true refusal, at once */
		o = world_run(&with_key, &w);
		assert_int_equal(o.code, 10);
		assert_int_equal(o.at_ms, 200);
		w.reject = 0;
	}
}

/* Whichever single datagram is lost, request or answer, the test goes on. */
static void
test_one_is_lost(void **state)
{
	static const struct {
		const struct ladder_conf *conf;
		enum release first, other;
		unsigned int version;
	} rows[] = {
		{ &two_ports, R90, NOBODY, 20 },
		{ &two_ports, NOBODY, R90, 20 },
		{ &two_ports, NOBODY, R82, 11 },
		{ &two_ports, NOBODY, R81, 10 },
		{ &one_port, OURS, NOBODY, 20 },
		{ &one_port, R82, NOBODY, 11 },
		{ &one_port, R81, NOBODY, 10 },
		{ &with_key, R90, NOBODY, 20 },
		{ &with_key, NOBODY, R90, 20 },
		/* 10 may be faster than the doubt about a refusal of 20. */
		{ &key_down, NOBODY, R82, 0 },
		{ &only_10, NOBODY, R81, 10 },
		{ &only_11, NOBODY, R82, 11 },
		{ &only_20, R90, NOBODY, 20 },
	};
	struct world w = { .rtt_ms = 30, .unsigned_rejects = true };
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		w.first = rows[i].first;
		w.other = rows[i].other;
		for (w.lost = 1; w.lost < 2 * LADDER_SENDS; w.lost++) {
			o = world_run(rows[i].conf, &w);
			assert_int_equal(o.step, LADDER_SEND);
			assert_true(rows[i].version == 0 ||
			    o.version == rows[i].version);
		}
	}
}

/* A server that is asked again names a version that nobody has. */
static void
test_never_in_circles(void **state)
{
	struct ladder l;
	size_t rung = 9;
	int64_t when;

	(void)state;
	ladder_init(&l, &two_ports, START);
	assert_int_equal(ladder_next(&l, START, &rung, &when), LADDER_SEND);
	ladder_rejected(&l, 0, WIRE_SETUP_VERSION, 19, true, START);
	assert_int_equal(ladder_next(&l, START, &rung, &when), LADDER_SEND);
	assert_int_equal(l.rungs[rung].version, 19);
	assert_int_equal(l.rungs[rung].port, FIRST);
	/* The answer to a repeated request of before changes nothing. */
	ladder_rejected(&l, 0, WIRE_SETUP_VERSION, 18, true, START);
	assert_int_equal(ladder_next(&l, START, &rung, &when), LADDER_WAIT);
	ladder_rejected(&l, rung, WIRE_SETUP_VERSION, 18, true, START);
	assert_int_equal(ladder_next(&l, START, &rung, &when),
	    LADDER_REJECTED);
	assert_int_equal(l.rejection, WIRE_SETUP_VERSION);
	assert_int_equal(l.server_version, 18);
}

/* What is over stays so, though a doubtful refusal was still to be believed. */
static void
test_over_is_over(void **state)
{
	struct ladder l;
	size_t rung;
	int64_t when;

	(void)state;
	ladder_init(&l, &key_down, START);
	ladder_rejected(&l, 0, WIRE_SETUP_VERSION, 11, false, START);
	ladder_rejected(&l, 0, WIRE_SETUP_CAPACITY, 20, true, START + MS);
	assert_int_equal(ladder_next(&l, START + 400 * MS, &rung, &when),
	    LADDER_REJECTED);
	assert_int_equal(l.rejection, WIRE_SETUP_CAPACITY);
	assert_int_equal(ladder_next(&l, START + 4000 * MS, &rung, &when),
	    LADDER_REJECTED);
}

/* A server pinned to 20 refuses the rung of 10; that of 20 still counts. */
static void
test_too_old_is_not_the_end(void **state)
{
	struct ladder l;
	size_t rung = 9;
	int64_t when = 0;
	unsigned int sends = 0;

	(void)state;
	ladder_init(&l, &two_ports, START);
	assert_int_equal(l.rungs[2].version, WIRE_V_OLD);
	ladder_rejected(&l, 2, WIRE_SETUP_VERSION, 20, true,
	    START + 1010 * MS);
	assert_true(l.rungs[2].dead);
	while (ladder_next(&l, START + 2000 * MS, &rung, &when) ==
	    LADDER_SEND) {
		assert_int_equal(l.rungs[rung].version, WIRE_V_CURRENT);
		sends++;
	}
	assert_int_equal(sends, 2);
	assert_int_equal(ladder_next(&l, START + 3000 * MS, &rung, &when),
	    LADDER_REJECTED);
	assert_int_equal(l.rejection, WIRE_SETUP_VERSION);
}

/*
 * Any servers, any loss, any delay, a caller that comes late: send_request
 * checks distance, end and number; here, that there is an outcome in time, and
 * that it is true.
 */
static void
test_any_world(void **state)
{
	static const struct ladder_conf *const confs[] = { &two_ports,
	    &one_port, &with_key, &key_down, &only_10, &only_11, &only_20 };
	unsigned int won = 0, ended = 0, named;
	struct world w;
	struct outcome o;
	size_t i;

	(void)state;
	unit_seed();
	for (i = 0; i < 50000; i++) {
		memset(&w, 0, sizeof(w));
		w.first = (enum release)(random() % (OURS + 1));
		w.other = (enum release)(random() % (OURS + 1));
		w.rtt_ms = random() % 4 == 0 ? random() % 4000 :
		    random() % 100;
		w.loss_pct = (unsigned int)random() % 100;
		w.unsigned_rejects = random() % 2 == 0;
		w.late_ms = random() % 3 == 0 ? 1 + random() % 400 : 0;
		if (random() % 4 == 0)
			w.reject = 2 + (unsigned int)random() % 12;
		if (random() % 4 == 0) {
			w.forged = 2 + (unsigned int)random() % 12;
			w.forged_ms = 1 + random() % 3000;
		}
		o = world_run(confs[(size_t)random() % NELEM(confs)], &w);
		assert_in_range(o.at_ms, 0, 3000 + w.late_ms);
		if (o.step == LADDER_SEND) {
			won++;
			assert_int_equal(world_reply(o.port == FIRST ? w.first :
			    w.other, o.version, &named), WIRE_SETUP_ACCEPTED);
		} else {
			ended++;
			assert_int_equal(o.step, o.code == 0 ?
			    LADDER_TIMEOUT : LADDER_REJECTED);
		}
	}
	assert_true(won > 5000 && ended > 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_wins),
		cmocka_unit_test(test_how_it_ends),
		cmocka_unit_test(test_forgery),
		cmocka_unit_test(test_one_is_lost),
		cmocka_unit_test(test_never_in_circles),
		cmocka_unit_test(test_over_is_over),
		cmocka_unit_test(test_too_old_is_not_the_end),
		cmocka_unit_test(test_any_world),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
