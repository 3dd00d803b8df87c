/* SPDX-License-Identifier: BSD-2-Clause */
/* How connections of udpst end, spec 3.10: stops, lost ones, silence. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "tests/unit/conn_sim.h"
#include "tests/unit/unit.h"

#define MS(n)		((n) * CLOCK_NS_PER_MS)
#define SECONDS(n)	((n) * CLOCK_NS_PER_S)

struct run {
	int		lose_from;	/* of this side's stop PDUs */
	unsigned int	lose_first, lose_count;
	unsigned int	stops[2];	/* stop PDUs sent */
	unsigned int	stopping[2], stopped[2], ends[2];
	int64_t		last_taken_ns[2];	/* while both test */
	unsigned int	subints;	/* of the client */
};

static bool
on_sending(struct sim *s, const struct sim_packet *p)
{
	struct run *r = s->arg;
	unsigned int i;

	if (wire_id(p->data, p->have) == WIRE_FIGURES ||
	    sim_action(p) == WIRE_TEST)
		return false;
	assert_int_equal(sim_action(p), WIRE_STOP_2);
	i = r->stops[p->from]++;
	return p->from == r->lose_from && i >= r->lose_first &&
	    i < r->lose_first + r->lose_count;
}

static void
on_taken(struct sim *s, const struct sim_packet *packet,
    const struct wire_load *p)
{
	struct run *r = s->arg;
	int side = !packet->from;

	(void)p;
	if (sim_action(packet) == WIRE_TEST &&
	    s->conn[side].action == WIRE_TEST)
		r->last_taken_ns[side] = s->now_ns;
}

static void
on_news(struct sim *s, int side, const struct conn_news *n)
{
	struct run *r = s->arg;

	r->stopping[side] += n->kind == CONN_NEWS_STOPPING;
	r->stopped[side] += n->kind == CONN_NEWS_STOPPED;
	r->ends[side] += n->kind == CONN_NEWS_END;
	r->subints += side == SIM_CLIENT && n->kind == CONN_NEWS_SUBINT;
}

static void
start(struct sim *s, struct run *r, bool upstream)
{
	static const unsigned int versions[] = {
		WIRE_V_OLD, WIRE_V_LEGACY, WIRE_V_CURRENT
	};

	memset(r, 0, sizeof(*r));
	r->lose_from = -1;
	sim_init(s, upstream, versions[random() % 3], random() % 2,
	    (unsigned int)random());
	s->conf[SIM_SERVER].adjust.fixed_index = (int)(random() % 30);
	s->sending = on_sending;
	s->taken = on_taken;
	s->news = on_news;
	s->arg = r;
	sim_start(s);
}

/* ms since the activation. */
static int64_t
ended_ms(const struct sim *s, int side)
{
	return (s->ended_ns[side] - SIM_START_NS) / CLOCK_NS_PER_MS;
}

static void
check_ends(const struct sim *s, const struct run *r, enum conn_end client,
    enum conn_end server)
{
	assert_int_equal(s->conn[SIM_CLIENT].ended, client);
	assert_int_equal(s->conn[SIM_SERVER].ended, server);
	assert_int_equal(r->ends[SIM_CLIENT], 1);
	assert_int_equal(r->ends[SIM_SERVER], 1);
	assert_int_equal(s->invalid, 0);
}

/* A test of 5 s ends after 5.5 to 5.7 s, with all of its sub-intervals. */
static void
test_handshake(void **state)
{
	struct sim s;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 8; k++) {
		start(&s, &r, k & 1);
		sim_run(&s, SIM_START_NS + SECONDS(20));
		check_ends(&s, &r, CONN_GRACEFUL, CONN_GRACEFUL);
		assert_int_equal(r.stopping[SIM_SERVER], 1);
		assert_int_equal(r.stopped[SIM_CLIENT], 1);
		assert_int_equal(r.stopped[SIM_SERVER], 0);
		assert_int_equal(r.stops[SIM_CLIENT], 1);
		assert_in_range(ended_ms(&s, SIM_CLIENT), 5500, 5700);
		assert_in_range(ended_ms(&s, SIM_SERVER), 5500, 5700);
		assert_int_equal(r.subints, 5);
		sim_free(&s);
	}
}

/* The server repeats its stop: the first n that are lost cost a gap each. */
static void
lose_server(bool upstream, unsigned int n)
{
	struct sim s;
	struct run r;

	start(&s, &r, upstream);
	r.lose_from = SIM_SERVER;
	r.lose_count = n;
	sim_run(&s, SIM_START_NS + SECONDS(20));
	check_ends(&s, &r, CONN_GRACEFUL, CONN_GRACEFUL);
	assert_true(r.stops[SIM_SERVER] > n);
	assert_int_equal(r.stops[SIM_CLIENT], 1);
	assert_in_range(ended_ms(&s, SIM_CLIENT), 5500, 5550 + n * 50);
	assert_in_range(ended_ms(&s, SIM_SERVER), 5500, 5550 + n * 50);
	sim_free(&s);
}

static void
test_server_stop_lost(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 1; n <= 20; n += 1 + n / 4) {
		lose_server(false, n);
		lose_server(true, n);
	}
}

/* One in the middle of them that is lost changes nothing for the client. */
static void
test_one_stop_lost(void **state)
{
	struct sim s;
	struct run r;
	unsigned int i;
	int k;

	(void)state;
	for (k = 0; k < 2; k++)
		for (i = 0; i < 4; i++) {
			start(&s, &r, k);
			r.lose_from = SIM_SERVER;
			r.lose_first = i;
			r.lose_count = 1;
			sim_run(&s, SIM_START_NS + SECONDS(20));
			check_ends(&s, &r, CONN_GRACEFUL, CONN_GRACEFUL);
			assert_in_range(ended_ms(&s, SIM_SERVER), 5500, 5700);
			sim_free(&s);
		}
}

/* The client's only answer is lost: the server's watchdog has to do. */
static void
test_client_stop_lost(void **state)
{
	struct sim s;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		start(&s, &r, k);
		r.lose_from = SIM_CLIENT;
		r.lose_count = 1;
		sim_run(&s, SIM_START_NS + SECONDS(20));
		check_ends(&s, &r, CONN_GRACEFUL, CONN_WATCHDOG_END);
		assert_in_range(ended_ms(&s, SIM_CLIENT), 5500, 5700);
		assert_int_equal(s.ended_ns[SIM_SERVER],
		    r.last_taken_ns[SIM_SERVER] + CONN_WATCHDOG_NS);
		sim_free(&s);
	}
}

/* A server that does not stop: the client does, 3.5 s after the test. */
static void
test_client_stops(void **state)
{
	struct sim s;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		start(&s, &r, k);
		s.conn[SIM_SERVER].stop_ns += SECONDS(60);
		sim_run(&s, SIM_START_NS + SECONDS(20));
		check_ends(&s, &r, CONN_GRACEFUL, CONN_GRACEFUL);
		assert_int_equal(s.ended_ns[SIM_CLIENT], SIM_START_NS +
		    MS(5) + SECONDS(5) + CONN_STOP_CLIENT_NS);
		assert_int_equal(s.ended_ns[SIM_SERVER] -
		    s.ended_ns[SIM_CLIENT], MS(5));
		assert_int_equal(r.stopped[SIM_SERVER], 1);
		assert_int_equal(r.stopping[SIM_SERVER], 0);
		sim_free(&s);
	}
}

/* A side that is told to stop says so at once, and both are done. */
static void
told(bool upstream, int side)
{
	struct sim s;
	struct run r;

	start(&s, &r, upstream);
	sim_run(&s, SIM_START_NS + SECONDS(2));
	conn_stop(&s.conn[side], s.now_ns);
	assert_true(conn_due(&s.conn[side]) <= s.now_ns);
	s.wake_ns[side] = s.now_ns;
	sim_run(&s, SIM_START_NS + SECONDS(20));
	check_ends(&s, &r, CONN_GRACEFUL, CONN_GRACEFUL);
	assert_int_equal(r.stops[side], 1);
	assert_int_equal(r.stopped[!side], 1);
	assert_int_equal(s.ended_ns[side], SIM_START_NS + SECONDS(2));
	assert_int_equal(s.ended_ns[!side] - s.ended_ns[side], MS(5));
	sim_free(&s);
}

static void
test_told(void **state)
{
	int k;

	(void)state;
	for (k = 0; k < 4; k++)
		told(k & 1, k & 2 ? SIM_CLIENT : SIM_SERVER);
}

/* 3 s after the last sign of life it is over, without a stop. */
static void
test_watchdog(void **state)
{
	struct sim s;
	struct run r;
	int k, side;

	(void)state;
	for (k = 0; k < 2; k++) {
		start(&s, &r, k);
		sim_run(&s, SIM_START_NS + MS(2017));
		s.link[0].cut = s.link[1].cut = true;
		sim_run(&s, SIM_START_NS + SECONDS(20));
		check_ends(&s, &r, CONN_WATCHDOG_END, CONN_WATCHDOG_END);
		for (side = SIM_CLIENT; side <= SIM_SERVER; side++) {
			assert_int_equal(s.ended_ns[side],
			    r.last_taken_ns[side] + CONN_WATCHDOG_NS);
			assert_in_range(ended_ms(&s, side), 4900, 5030);
			assert_int_equal(conn_due(&s.conn[side]),
			    CLOCK_NEVER);
		}
		sim_free(&s);
	}
}

/* Nothing at all ever comes: 3 s after the activation. */
static void
test_no_life(void **state)
{
	struct sim s;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		start(&s, &r, k);
		s.link[0].cut = s.link[1].cut = true;
		sim_run(&s, SIM_START_NS + SECONDS(20));
		check_ends(&s, &r, CONN_WATCHDOG_END, CONN_WATCHDOG_END);
		assert_int_equal(ended_ms(&s, SIM_SERVER), 3000);
		assert_int_equal(ended_ms(&s, SIM_CLIENT), 3005);
		sim_free(&s);
	}
}

/* A stop comes again: nothing new, before the end and after it. */
static void
repeat_stop(struct conn *c, const struct sim *s, int side)
{
	uint8_t buf[WIRE_CONTROL_MAX];
	size_t len = wire_status_put(&(struct wire_status){
	    .action = WIRE_STOP_2, .seq = 1000 }, c->conf.version, buf);
	struct conn_out out;
	struct conn_news n;

	assert_true(conn_status(c, buf, len, sim_wall(s, side), s->now_ns));
	assert_int_equal(conn_poll(c, s->now_ns + 1, sim_wall(s, side), &out),
	    CONN_WAIT);
	assert_false(conn_next_news(c, &n));
}

static void
test_after_end(void **state)
{
	struct sim s;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		start(&s, &r, false);
		if (k == 1) {
			sim_run(&s, SIM_START_NS + SECONDS(1));
			conn_stop(&s.conn[SIM_CLIENT], s.now_ns);
			s.wake_ns[SIM_CLIENT] = s.now_ns;
		}
		sim_run(&s, SIM_START_NS + SECONDS(20));
		check_ends(&s, &r, CONN_GRACEFUL, CONN_GRACEFUL);
		repeat_stop(&s.conn[SIM_SERVER], &s, SIM_SERVER);
		sim_free(&s);
	}
}

/* Load that comes behind a stop does not count any more. */
static void
test_late_load(void **state)
{
	uint8_t buf[CONN_HEADER_LEN] = { 0 };
	struct wire_load p = { .action = WIRE_STOP_2, .seq = UINT32_MAX / 4,
	    .payload = sizeof(buf) };
	struct rxstat_event e;
	struct conn *c;
	struct sim s;
	struct run r;
	uint64_t before;
	int i;

	(void)state;
	start(&s, &r, false);
	sim_run(&s, SIM_START_NS + SECONDS(1));
	c = &s.conn[SIM_CLIENT];
	before = c->rx.total_datagrams;
	assert_true(before > 0);
	for (i = 0; i < 2; i++) {
		(void)wire_load_put(&p, buf);
		assert_true(conn_load(c, buf, sizeof(buf), sizeof(buf),
		    sim_wall(&s, SIM_CLIENT), s.now_ns, -1, &p, &e));
		p.action = WIRE_TEST;
		p.seq++;
	}
	assert_int_equal(c->rx.total_datagrams, before);
	sim_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_server_stop_lost),
		cmocka_unit_test(test_one_stop_lost),
		cmocka_unit_test(test_client_stop_lost),
		cmocka_unit_test(test_client_stops),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_watchdog),
		cmocka_unit_test(test_no_life),
		cmocka_unit_test(test_after_end),
		cmocka_unit_test(test_late_load)
	};

	unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
