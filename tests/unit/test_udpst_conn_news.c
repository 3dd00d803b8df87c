/* SPDX-License-Identifier: BSD-2-Clause */
/* Warnings and news of udpst's connections, and what the wire says of them. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "tests/unit/conn_sim.h"
#include "tests/unit/unit.h"

#define MS(n)		((n) * CLOCK_NS_PER_MS)
#define SECONDS(n)	((n) * CLOCK_NS_PER_S)
#define RX_STOPPED	3		/* offsets in both PDUs */
#define STATUS_ERR	10		/* in load */
#define MAX_VALUES	32

struct run {
	unsigned int	count[2][CONN_NEWS_END + 1];
	unsigned int	remote[2][CONN_NEWS_END + 1];	/* of these */
	uint32_t	values[2][2][MAX_VALUES];	/* [side][remote] */
	unsigned int	lost[2][2];
	int64_t		quiet_ns[2];
	int		rx_stopped[2];		/* of the last PDU sent */
	uint64_t	statuses, statuses_taken;
	uint64_t	drop_from, drop_to;	/* statuses to lose */
	uint64_t	ce, ce_counted;
};

static bool
on_sending(struct sim *s, const struct sim_packet *p)
{
	struct run *r = s->arg;
	unsigned int id = wire_id(p->data, p->have);
	uint64_t n;

	if (id == WIRE_FIGURES)
		return false;
	r->rx_stopped[p->from] = p->data[RX_STOPPED];
	if (id != WIRE_STATUS)
		return false;
	n = ++r->statuses;
	return n >= r->drop_from && n < r->drop_to;
}

static void
on_taken(struct sim *s, const struct sim_packet *packet,
    const struct wire_load *p)
{
	struct run *r = s->arg;

	r->statuses_taken += p == NULL && sim_action(packet) == WIRE_TEST;
}

static void
on_news(struct sim *s, int side, const struct conn_news *n)
{
	struct run *r = s->arg;

	r->count[side][n->kind]++;
	r->remote[side][n->kind] += n->remote;
	if (n->kind == CONN_NEWS_QUIET && !n->remote)
		r->quiet_ns[side] = s->now_ns;
	if (n->kind == CONN_NEWS_LOST &&
	    r->lost[side][n->remote] < MAX_VALUES)
		r->values[side][n->remote][r->lost[side][n->remote]++] =
		    n->value;
	if (n->kind == CONN_NEWS_SUBINT && side != sim_sender(s))
		r->ce_counted += n->subint.ce;
}

static void
prepare(struct sim *s, struct run *r, bool upstream)
{
	memset(r, 0, sizeof(*r));
	sim_init(s, upstream, WIRE_V_CURRENT, random() % 2,
	    (unsigned int)random());
	s->conf[SIM_SERVER].adjust.fixed_index = 5;
	s->sending = on_sending;
	s->taken = on_taken;
	s->news = on_news;
	s->arg = r;
}

static void
run_ms(struct sim *s, int64_t ms)
{
	sim_run(s, SIM_START_NS + MS(ms));
}

/* A whole test without trouble gives no warning. */
static void
test_none(void **state)
{
	struct sim s;
	struct run r;
	int k, side;

	(void)state;
	for (k = 0; k < 2; k++) {
		prepare(&s, &r, k);
		sim_start(&s);
		run_ms(&s, 20000);
		for (side = 0; side < 2; side++) {
			assert_int_equal(r.count[side][CONN_NEWS_QUIET], 0);
			assert_int_equal(r.count[side][CONN_NEWS_LOST], 0);
			assert_int_equal(r.count[side][CONN_NEWS_BLEACHED],
			    0);
		}
		/* Before the first load at most, 50 ms after the start. */
		assert_true(r.count[!sim_sender(&s)][CONN_NEWS_SKIPPED] < 2);
		sim_free(&s);
	}
}

/*
 * What link[cut] carries does not come for 1.5 s: the other side says so after
 * a second, at the latest one of its sends later, and on the wire as long as it
 * lasts, so that the first side knows as well.
 */
static void
quiet(bool upstream, int cut)
{
	int64_t since_ms;
	struct sim s;
	struct run r;

	prepare(&s, &r, upstream);
	sim_start(&s);
	run_ms(&s, 2000);
	s.link[cut].cut = true;
	run_ms(&s, 2900);
	assert_int_equal(r.rx_stopped[!cut], 0);
	run_ms(&s, 3300);
	assert_int_equal(r.rx_stopped[!cut], 1);
	assert_int_equal(r.rx_stopped[cut], 0);
	s.link[cut].cut = false;
	run_ms(&s, 3500);
	assert_int_equal(r.rx_stopped[!cut], 0);
	run_ms(&s, 20000);
	assert_int_equal(r.count[!cut][CONN_NEWS_QUIET], 1);
	assert_int_equal(r.remote[!cut][CONN_NEWS_QUIET], 0);
	assert_int_equal(r.count[cut][CONN_NEWS_QUIET], 1);
	assert_int_equal(r.remote[cut][CONN_NEWS_QUIET], 1);
	since_ms = (r.quiet_ns[!cut] - SIM_START_NS) / CLOCK_NS_PER_MS;
	assert_in_range(since_ms, 2950, 3060);
	assert_int_equal(s.conn[0].ended, CONN_GRACEFUL);
	assert_int_equal(s.conn[1].ended, CONN_GRACEFUL);
	sim_free(&s);
}

static void
test_quiet(void **state)
{
	(void)state;
	quiet(false, SIM_CLIENT);
	quiet(false, SIM_SERVER);
	quiet(true, SIM_CLIENT);
	quiet(true, SIM_SERVER);
}

/* It may stop twelve times, but ten warnings are enough for either side. */
static void
test_ten(void **state)
{
	struct sim s;
	struct run r;
	int i, k;

	(void)state;
	for (k = 0; k < 2; k++) {
		prepare(&s, &r, k);
		s.conf[0].test_s = s.conf[1].test_s = 60;
		sim_start(&s);
		for (i = 1; i <= 12; i++) {
			run_ms(&s, i * 2000 - 500);
			s.link[sim_sender(&s)].cut = true;
			run_ms(&s, i * 2000 + 800);
			s.link[sim_sender(&s)].cut = false;
			run_ms(&s, i * 2000 + 1000);
			assert_int_equal(r.rx_stopped[!sim_sender(&s)], 0);
			assert_int_equal(
			    r.count[!sim_sender(&s)][CONN_NEWS_QUIET],
			    i < 10 ? i : 10);
			assert_int_equal(
			    r.count[sim_sender(&s)][CONN_NEWS_QUIET],
			    i < 10 ? i : 10);
		}
		sim_free(&s);
	}
}

/* The load that is on its way now says this of status PDUs. */
static uint16_t
status_err(const struct sim *s)
{
	const uint8_t *h = s->conn[sim_sender(s)].header;

	return (uint16_t)(h[STATUS_ERR] << 8 | h[STATUS_ERR + 1]);
}

/* n status PDUs are lost: told by both sides, on the wire until the next. */
static void
lost(bool upstream, unsigned int n)
{
	struct sim s;
	struct run r;
	int tx;

	prepare(&s, &r, upstream);
	r.drop_from = 20;
	r.drop_to = 20 + n;
	tx = sim_sender(&s);
	sim_start(&s);
	while (r.statuses_taken < 19)
		sim_run(&s, s.now_ns + MS(1));
	while (r.statuses_taken < 20) {
		assert_int_equal(status_err(&s), 0);
		sim_run(&s, s.now_ns + MS(1));
	}
	sim_run(&s, s.now_ns + MS(20));
	assert_int_equal(status_err(&s), n);
	sim_run(&s, s.now_ns + MS(25));
	assert_int_equal(r.statuses_taken, 20);
	assert_int_equal(status_err(&s), n);
	sim_run(&s, s.now_ns + MS(30));
	assert_int_equal(r.statuses_taken, 21);
	assert_int_equal(status_err(&s), 0);
	run_ms(&s, 20000);
	assert_int_equal(r.lost[tx][false], 1);
	assert_int_equal(r.values[tx][false][0], n);
	assert_int_equal(r.lost[!tx][true], 1);
	assert_int_equal(r.values[!tx][true][0], n);
	assert_int_equal(r.lost[tx][true] + r.lost[!tx][false], 0);
	sim_free(&s);
}

static void
test_lost(void **state)
{
	unsigned int n;

	(void)state;
	for (n = 1; n < 8; n += 3) {
		lost(false, n);
		lost(true, n);
	}
}

/* A status PDU that comes again says 65535, and steers nothing. */
static void
test_twice(void **state)
{
	unsigned int steps;
	struct sim s;
	struct run r;
	int k, tx;

	(void)state;
	for (k = 0; k < 2; k++) {
		prepare(&s, &r, k);
		tx = sim_sender(&s);
		sim_start(&s);
		run_ms(&s, 1020);
		steps = r.count[SIM_SERVER][CONN_NEWS_ADJUSTED];
		s.link[!tx].copy_ppm = 1000000;
		run_ms(&s, 1070);
		s.link[!tx].copy_ppm = 0;
		assert_int_equal(status_err(&s), WIRE_REORDERED);
		assert_int_equal(r.count[SIM_SERVER][CONN_NEWS_ADJUSTED],
		    steps + 1);
		run_ms(&s, 1120);
		assert_int_equal(status_err(&s), 0);
		run_ms(&s, 20000);
		assert_int_equal(r.lost[tx][false], 1);
		assert_int_equal(r.values[tx][false][0], WIRE_REORDERED);
		assert_int_equal(r.lost[!tx][true], 1);
		assert_int_equal(r.values[!tx][true][0], WIRE_REORDERED);
		sim_free(&s);
	}
}

/* ECN gone on the way: once here, once there; else CE is counted. */
static void
bleach(bool upstream, int tos)
{
	unsigned int want = (tos & 3) == 0;
	struct sim s;
	struct run r;
	int tx;

	prepare(&s, &r, upstream);
	s.conf[0].ce_thresh = s.conf[1].ce_thresh = 100;
	tx = sim_sender(&s);
	s.link[tx].tos = tos;
	sim_start(&s);
	run_ms(&s, 20000);
	assert_int_equal(r.count[!tx][CONN_NEWS_BLEACHED], want);
	assert_int_equal(r.remote[!tx][CONN_NEWS_BLEACHED], 0);
	assert_int_equal(r.count[tx][CONN_NEWS_BLEACHED], want);
	assert_int_equal(r.remote[tx][CONN_NEWS_BLEACHED], want);
	assert_int_equal(r.ce_counted > 0, (tos & 3) == 3);
	sim_free(&s);
}

static void
test_bleach(void **state)
{
	int tos;

	(void)state;
	for (tos = 0; tos < 4; tos++) {
		bleach(false, tos);
		bleach(true, 0xb8 | tos);
	}
}

/* Without any load no status goes out, which is told ten times. */
static void
test_skipped(void **state)
{
	struct sim s;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		prepare(&s, &r, k);
		s.link[sim_sender(&s)].cut = true;
		sim_start(&s);
		run_ms(&s, 20000);
		assert_int_equal(r.statuses, 0);
		assert_int_equal(r.count[!sim_sender(&s)][CONN_NEWS_SKIPPED],
		    10);
		sim_free(&s);
	}
}

/* Each status is news: on the server with a row, on the client without. */
static void
test_status_news(void **state)
{
	struct sim s;
	struct run r;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		prepare(&s, &r, k);
		sim_start(&s);
		run_ms(&s, 3033);
		assert_true(r.statuses > 50);
		assert_int_equal(r.statuses, r.statuses_taken);
		assert_int_equal(r.count[SIM_SERVER][CONN_NEWS_ADJUSTED],
		    r.statuses);
		assert_int_equal(r.count[SIM_CLIENT][CONN_NEWS_FEEDBACK],
		    r.statuses);
		assert_int_equal(r.count[SIM_CLIENT][CONN_NEWS_MINIMUM],
		    r.count[SIM_SERVER][CONN_NEWS_MINIMUM]);
		assert_in_range(r.count[SIM_CLIENT][CONN_NEWS_MINIMUM], 1, 5);
		sim_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_ten),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_bleach),
		cmocka_unit_test(test_skipped),
		cmocka_unit_test(test_status_news)
	};

	unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
