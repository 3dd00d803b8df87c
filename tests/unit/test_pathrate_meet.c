/* SPDX-License-Identifier: BSD-2-Clause */
/* Both sides of ours with each other and with the original, over good and bad
 * links: in step, and always with an end. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/pathrate_sim.h"
#include "tests/unit/unit.h"

#include "common/clock.h"

static void
right(const struct sim *m)
{
	assert_int_equal(m->failed, RCV_NO_FAILURE);
	assert_false(m->terminated);
	assert_int_equal(m->unknown, 0);
	assert_int_equal(m->c.phase, CLASSIC_DONE);
	assert_true(fabs(m->c.mean / m->config.rate_mbps - 1) < 0.01);
	assert_true(fabs(m->r.rtt_ms - 10) < 0.1);
}

static void
ours(void **state)
{
	struct sim *m = *state;
	struct sim_config config = { .rate_mbps = 100, .quick = true };

	sim_run(m, &config);
	right(m);
	assert_int_equal(m->trains, 81);
	assert_int_equal(m->sent, 81);
	assert_int_equal(m->r.features, WIRE_EXT_NONCE | WIRE_EXT_DEPARTURE |
	    WIRE_EXT_DATA_PORT | WIRE_EXT_QUEUED | WIRE_EXT_CLOCK);
	assert_int_equal(m->r.departure_us, 77);
	assert_true(m->r.departed_us >= 0);
	assert_true(m->s.train.nonce == m->r.config.nonce);
}

/* Old senders of every dialect. */
static void
old_senders(void **state)
{
	static const struct {
		enum wire_width	 width;
		enum wire_layout layout;
	} dialects[] = {
		{ WIRE_W4, WIRE_H4 }, { WIRE_W8, WIRE_H4 },
		{ WIRE_W8, WIRE_H8 }
	};
	struct sim *m = *state;
	struct sim_config config = {
		.old_sender = true, .rate_mbps = 100, .quick = true
	};
	size_t i;

	for (i = 0; i < NELEM(dialects); i++) {
		config.width = dialects[i].width;
		config.layout = dialects[i].layout;
		sim_run(m, &config);
		right(m);
		assert_int_equal(m->r.words.width, config.width);
		assert_int_equal(m->r.layout, config.layout);
		assert_int_equal(m->r.features, 0);
		assert_int_equal(m->trains, 81);
		assert_int_equal(m->sent, 81);
	}
}

/*
 * Loss: the sender sends what was asked for and what was lost again, one
 * train for a verdict, never two.
 */
static void
old_senders_and_loss(void **state)
{
	struct sim *m = *state;
	struct sim_config config = {
		.old_sender = true, .rate_mbps = 100, .quick = true
	};
	int turn, lossy = 0;

	unit_seed();
	for (turn = 0; turn < 30; turn++) {
		config.width = turn % 2 ? WIRE_W4 : WIRE_W8;
		config.layout = turn % 3 ? WIRE_H4 : WIRE_H8;
		config.loss = turn % 5 * 0.01;
		sim_run(m, &config);
		assert_int_equal(m->failed, RCV_NO_FAILURE);
		assert_false(m->terminated || m->congestion);
		assert_int_equal(m->unknown, 0);
		assert_int_equal(m->c.phase, CLASSIC_DONE);
		lossy += m->sent - m->sends;
	}
	assert_true(lossy > 30);
}

static void
old_receivers(void **state)
{
	struct sim *m = *state;
	struct sim_config config = { .old_receiver = true, .rate_mbps = 100 };
	int turn;

	unit_seed();
	for (turn = 0; turn < 40; turn++) {
		config.width = turn % 2 ? WIRE_W4 : WIRE_W8;
		config.loss = turn % 4 * 0.01;
		sim_run(m, &config);
		assert_int_equal(m->trains, 40);
		/* obeyed in place of retransmitting: a train a SEND */
		assert_int_equal(m->sent, m->sends);
		assert_int_equal(m->unknown, 0);
		assert_false(m->terminated);
	}
}

/* Nothing comes through: the 31st lossy train ends it, on either side. */
static void
a_dead_link(void **state)
{
	struct sim *m = *state;
	struct sim_config config = {
		.old_receiver = true, .width = WIRE_W8, .rate_mbps = 100,
		.loss = 1
	};

	sim_run(m, &config);
	assert_true(m->congestion && m->terminated);
	assert_int_equal(m->sent, 31);
	config.old_receiver = false;
	sim_run(m, &config);
	assert_int_equal(m->c.phase, CLASSIC_FAILED);
	assert_int_equal(m->sent, 5);
	assert_false(m->congestion);
}

static void
a_short_queue(void **state)
{
	struct sim *m = *state;
	struct sim_config config = {
		.rate_mbps = 10, .queue = 20, .quick = true
	};

	sim_run(m, &config);
	right(m);
	assert_int_equal(m->c.max_len, 20);
	config.old_sender = true;
	config.width = WIRE_W8;
	sim_run(m, &config);
	right(m);
	assert_int_equal(m->c.max_len, 20);
}

static void
a_mute_sender(void **state)
{
	struct sim *m = *state;
	struct sim_config config = { .rate_mbps = 10, .mute = true };

	sim_run(m, &config);
	assert_int_equal(m->failed, RCV_SILENT);
	assert_true(m->now_ns <= 61 * CLOCK_NS_PER_S);
}

/* A train of this link takes longer than any spacing. */
static void
a_slow_link(void **state)
{
	struct sim *m = *state;
	struct sim_config config = { .rate_mbps = 0.05, .quick = true };

	sim_run(m, &config);
	assert_int_equal(m->failed, RCV_NO_FAILURE);
	assert_int_equal(m->c.phase, CLASSIC_DONE);
	assert_true(fabs(m->c.mean / 0.05 - 1) < 0.01);
	assert_int_equal(m->c.max_len, 4);
}

/* Any link: loss, reordering, rates from modem to loopback. */
static void
any_link(void **state)
{
	struct sim *m = *state;
	struct sim_config config = { .rate_mbps = 1 };
	int turn;

	unit_seed();
	for (turn = 0; turn < 30; turn++) {
		config.quick = random() % 3 != 0;
		config.old_sender = random() % 2;
		config.width = random() % 2 ? WIRE_W4 : WIRE_W8;
		config.layout = random() % 2 ? WIRE_H4 : WIRE_H8;
		config.rate_mbps = pow(10, (double)(random() % 600) / 100 - 1);
		config.loss = random() % 3 ? 0 : (double)(random() % 100) / 200;
		config.reorder = random() % 3 ? 0 :
		    (double)(random() % 100) / 1000;
		config.queue = random() % 3 ? 0 : (size_t)random() % 60;
		sim_run(m, &config);
		assert_int_equal(m->unknown, 0);
		assert_true(!m->begun || m->terminated ||
		    m->failed != RCV_NO_FAILURE || classic_ask(&m->c) == NULL);
	}
}

static int
setup(void **state)
{
	*state = malloc(sizeof(struct sim));
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
		cmocka_unit_test(ours),
		cmocka_unit_test(old_senders),
		cmocka_unit_test(old_senders_and_loss),
		cmocka_unit_test(old_receivers),
		cmocka_unit_test(a_dead_link),
		cmocka_unit_test(a_short_queue),
		cmocka_unit_test(a_mute_sender),
		cmocka_unit_test(a_slow_link),
		cmocka_unit_test(any_link),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
