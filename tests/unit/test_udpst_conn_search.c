/* SPDX-License-Identifier: BSD-2-Clause */
/* The rate search over a simulated line that is the bottleneck. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "tests/unit/conn_sim.h"
#include "tests/unit/unit.h"

#define TEST_S		10

struct run {
	struct adjust	model;		/* fed with what the news say */
	unsigned int	steps, high;	/* of the search; highest row */
	double		max_mbps;	/* of the sub-intervals */
	unsigned int	subints;
	struct wire_row	told;		/* upstream: row of the last status */
	unsigned int	rows;
};

static double
subint_mbps(const struct result_subint *n)
{
	return (double)(n->bytes + n->datagrams * SRATE_OVERHEAD_L3) * 8 /
	    (double)n->delta_us;
}

static void
check_step(struct run *r, const struct conn_news *n)
{
	const struct wire_status *p = &n->status;
	const struct adjust_input in = {
		.subint_seq = p->subint_seq,
		.loss = p->loss, .ooo = p->ooo, .dup = p->dup,
		.owd_sum = p->owd_sum, .owd_cnt = p->owd_cnt,
		.rtt_sample = p->rtt_sample,
		.ce = p->ti_ce, .datagrams = p->ti_datagrams
	};

	assert_int_equal(n->index, adjust_step(&r->model, &in));
	r->steps++;
	if (n->index > r->high)
		r->high = n->index;
}

static void
on_news(struct sim *s, int side, const struct conn_news *n)
{
	struct run *r = s->arg;
	double mbps;

	if (n->kind == CONN_NEWS_ADJUSTED) {
		assert_int_equal(side, SIM_SERVER);
		check_step(r, n);
		assert_int_equal(s->conn[SIM_SERVER].adjust.index, n->index);
	}
	if (n->kind != CONN_NEWS_SUBINT || side != SIM_CLIENT)
		return;
	r->subints++;
	mbps = subint_mbps(&n->subint);
	if (mbps > r->max_mbps)
		r->max_mbps = mbps;
}

static bool
same_row(const struct wire_row *a, const struct wire_row *b)
{
	return a->interval1_us == b->interval1_us &&
	    a->payload1 == b->payload1 && a->burst1 == b->burst1 &&
	    a->interval2_us == b->interval2_us &&
	    a->payload2 == b->payload2 && a->burst2 == b->burst2 &&
	    a->addon2 == b->addon2;
}

/* The row that is in use is that of the last status that came. */
static void
on_taken(struct sim *s, const struct sim_packet *packet,
    const struct wire_load *p)
{
	const struct conn *tx = &s->conn[sim_sender(s)];
	struct run *r = s->arg;
	struct wire_status status;

	if (p != NULL || tx->ended != CONN_RUNNING || tx->confirm)
		return;
	assert_true(wire_status_get(packet->data, packet->len,
	    s->conf[0].version, &status));
	r->rows++;
	if (s->conf[0].upstream)
		assert_true(same_row(&tx->pace.row, &status.row));
	else
		assert_true(same_row(&tx->pace.row,
		    &s->table.rows[r->model.index]));
}

static void
start(struct sim *s, struct run *r, bool upstream, unsigned int version,
    double mbps)
{
	struct sim_link *l;

	memset(r, 0, sizeof(*r));
	sim_init(s, upstream, version, version == WIRE_V_CURRENT,
	    (unsigned int)random());
	s->conf[0].test_s = s->conf[1].test_s = TEST_S;
	s->news = on_news;
	s->taken = on_taken;
	s->arg = r;
	l = &s->link[sim_sender(s)];
	l->mbps = mbps;
	l->queue = (size_t)(mbps * 1e6 / 8 * 0.05);	/* 50 ms */
}

static void
search(bool upstream, unsigned int version, double mbps,
    enum adjust_algorithm algorithm)
{
	struct sim s;
	struct run r;

	start(&s, &r, upstream, version, mbps);
	s.conf[SIM_SERVER].adjust.algorithm = algorithm;
	adjust_init(&r.model, &s.conf[SIM_SERVER].adjust);
	sim_start(&s);
	sim_run(&s, SIM_START_NS + 60 * CLOCK_NS_PER_S);
	assert_int_equal(s.conn[SIM_CLIENT].ended, CONN_GRACEFUL);
	assert_int_equal(s.conn[SIM_SERVER].ended, CONN_GRACEFUL);
	assert_int_equal(s.invalid, 0);
	assert_true(r.steps > TEST_S * 19 && r.rows > TEST_S * 19 &&
	    r.subints >= TEST_S);
	assert_true(r.high > mbps);
	if (r.max_mbps < mbps * 0.98 || r.max_mbps > mbps * 1.005)
		fail_msg("%s, version %u, algorithm %d: %.2f of %.0f Mbit/s",
		    upstream ? "up" : "down", version, (int)algorithm,
		    r.max_mbps, mbps);
	sim_free(&s);
}

static void
search_all(double mbps)
{
	unsigned int k;

	for (k = 0; k < 4; k++) {
		search(k & 1, WIRE_V_CURRENT, mbps,
		    k & 2 ? ADJUST_C : ADJUST_B);
		search(k & 1, k & 2 ? WIRE_V_LEGACY : WIRE_V_OLD, mbps,
		    k & 2 ? ADJUST_B : ADJUST_C);
	}
}

static void
test_20(void **state)
{
	(void)state;
	search_all(20);
}

static void
test_100(void **state)
{
	(void)state;
	search_all(100);
}

static void
test_500(void **state)
{
	(void)state;
	search(false, WIRE_V_CURRENT, 500, ADJUST_B);
	search(true, WIRE_V_CURRENT, 500, ADJUST_C);
}

/* A limit on the row holds, is told once, and leaves the line half empty. */
static void
limited(bool upstream)
{
	struct sim s;
	struct run r;

	start(&s, &r, upstream, WIRE_V_CURRENT, 100);
	s.conf[SIM_SERVER].adjust.limit_index = 50;
	adjust_init(&r.model, &s.conf[SIM_SERVER].adjust);
	sim_start(&s);
	sim_run(&s, SIM_START_NS + 60 * CLOCK_NS_PER_S);
	assert_int_equal(r.high, 50);
	assert_true(r.max_mbps > 49.5 && r.max_mbps < 50.5);
	sim_free(&s);
}

static void
test_limited(void **state)
{
	(void)state;
	limited(false);
	limited(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_20),
		cmocka_unit_test(test_100),
		cmocka_unit_test(test_500),
		cmocka_unit_test(test_limited)
	};

	unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
