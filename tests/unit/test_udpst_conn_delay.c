/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Delay figures of udpst's connections against what the simulated line did:
 * between ends of ours to the ns, else as good as the wire allows.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/conn_sim.h"
#include "tests/unit/unit.h"

#define SLACK_NS	CLOCK_NS_PER_US
#define MAX_STATUS	512

/* Statistics of a variation: value less the smallest value so far. */
struct variation {
	bool		any;
	int64_t		lowest_ns;	/* of the whole test */
	struct wire_delay d;		/* of this sub-interval */
};

struct run {
	struct variation owd, rtt;
	int64_t		skew_ns;	/* receiver's wall less sender's */
	uint32_t	highest;
	struct wire_time last;
	struct wire_time sent[MAX_STATUS];	/* status PDUs that came */
	int64_t		transit_ns[MAX_STATUS];
	unsigned int	statuses;
	bool		counts;
	unsigned int	figures, lost;	/* sent; the one that is lost */
	struct wire_delay at_close[2];	/* owd, rtt of the last sub-interval */
	unsigned int	checked[2];
	int64_t		lowest_ns[2];	/* of both when figures left */
	int64_t		rtt_slack_ns;
};

static void
vary(struct variation *v, int64_t ns, bool first_counts)
{
	bool first = !v->any;
	int64_t more;

	v->any = true;
	if (first || ns < v->lowest_ns)
		v->lowest_ns = ns;
	if (first && !first_counts)
		return;
	more = ns - v->lowest_ns;
	if (v->d.count == 0 || more < v->d.min_ns)
		v->d.min_ns = more;
	if (v->d.count == 0 || more > v->d.max_ns)
		v->d.max_ns = more;
	v->d.sum_ns += more;
	v->d.count++;
}

static bool
same_time(struct wire_time a, struct wire_time b)
{
	return a.sec == b.sec && a.nsec == b.nsec;
}

/* How long the status PDU of this time took; -1 when there was none. */
static int64_t
status_transit(const struct run *r, struct wire_time t)
{
	unsigned int i;

	for (i = r->statuses; i-- > 0;)
		if (same_time(r->sent[i], t))
			return r->transit_ns[i];
	return -1;
}

static void
load_came(struct run *r, const struct sim_packet *packet,
    const struct wire_load *p)
{
	int64_t transit_ns = packet->when_ns - packet->sent_ns, back_ns;

	if (p->seq <= r->highest)
		return;
	r->highest = p->seq;
	vary(&r->owd, transit_ns + r->skew_ns, false);
	if (same_time(p->status_time, r->last) || p->status_time.sec == 0)
		return;
	r->last = p->status_time;
	back_ns = status_transit(r, p->status_time);
	assert_true(back_ns >= 0);
	vary(&r->rtt, transit_ns + back_ns, true);
}

static void
status_came(struct run *r, const struct sim_packet *packet,
    unsigned int version)
{
	struct wire_status p;

	assert_true(wire_status_get(packet->data, packet->len, version, &p));
	assert_true(r->statuses < MAX_STATUS);
	r->sent[r->statuses] = p.time;
	r->transit_ns[r->statuses++] = packet->when_ns - packet->sent_ns;
}

static void
on_taken(struct sim *s, const struct sim_packet *packet,
    const struct wire_load *p)
{
	struct run *r = s->arg;

	if (p == NULL)
		status_came(r, packet, s->conf[0].version);
	else if (p->action == WIRE_TEST)
		load_came(r, packet, p);
}

static void
restart(struct run *r)
{
	memset(&r->owd.d, 0, sizeof(r->owd.d));
	memset(&r->rtt.d, 0, sizeof(r->rtt.d));
}

static void
note_minima(struct run *r)
{
	r->lowest_ns[0] = r->owd.lowest_ns;
	r->lowest_ns[1] = r->rtt.lowest_ns;
}

static bool
on_sending(struct sim *s, const struct sim_packet *p)
{
	struct run *r = s->arg;
	unsigned int id = wire_id(p->data, p->have);

	if (id == WIRE_STATUS && !r->counts) {
		r->counts = true;
		restart(r);
	}
	if (id != WIRE_FIGURES || p->from == sim_sender(s))
		return false;
	note_minima(r);
	return ++r->figures == r->lost;
}

static void
near(int64_t got_ns, int64_t want_ns, int64_t slack_ns, const char *what)
{
	if (llabs(got_ns - want_ns) > slack_ns)
		fail_msg("%s: %lld, not %lld ns", what, (long long)got_ns,
		    (long long)want_ns);
}

static void
check_delay(const struct wire_delay *got, const struct wire_delay *want,
    int64_t slack_ns, const char *what)
{
	assert_int_equal(got->count, want->count);
	assert_true(want->count > 0);
	near(got->min_ns, want->min_ns, slack_ns, what);
	near(got->max_ns, want->max_ns, slack_ns, what);
	near(got->sum_ns, want->sum_ns, slack_ns * want->count, what);
}

static void
check_figures(const struct run *r, const struct result_subint *n)
{
	assert_true(n->have_figures);
	check_delay(&n->owd_ns, &r->at_close[0], SLACK_NS, "OWD variation");
	check_delay(&n->rtt_ns, &r->at_close[1], r->rtt_slack_ns,
	    "RTT variation");
	near(n->owd_minimum_ns, r->lowest_ns[0], SLACK_NS, "OWD");
	near(n->rtt_minimum_ns, r->lowest_ns[1], r->rtt_slack_ns, "RTT");
}

/* Over the wire the minima are those of when the figures left. */
static void
on_news(struct sim *s, int side, const struct conn_news *n)
{
	struct run *r = s->arg;

	if (n->kind != CONN_NEWS_SUBINT)
		return;
	if (side != sim_sender(s)) {
		r->at_close[0] = r->owd.d;
		r->at_close[1] = r->rtt.d;
		restart(r);
		note_minima(r);
	} else if (side == SIM_SERVER || !s->conf[0].ours ||
	    n->subint.number == r->lost) {
		assert_false(n->subint.have_figures);
		return;
	}
	check_figures(r, &n->subint);
	r->checked[side]++;
}

static void
prepare(struct sim *s, struct run *r, bool upstream, unsigned int version,
    bool ours)
{
	int k;

	memset(r, 0, sizeof(*r));
	r->rtt_slack_ns = SLACK_NS;
	sim_init(s, upstream, version, ours, (unsigned int)random());
	s->conf[SIM_SERVER].adjust.fixed_index = (int)(random() % 20);
	for (k = 0; k < 2; k++) {
		s->link[k].delay_ns = 1000000 + random() % 20000000;
		s->link[k].jitter_ns = random() % 7000000;
	}
	s->link[sim_sender(s)].loss_ppm = 3000;
	s->wall_ns[SIM_CLIENT] += random() % 50000000 - 25000000;
	r->skew_ns = s->wall_ns[!sim_sender(s)] - s->wall_ns[sim_sender(s)];
	s->sending = on_sending;
	s->taken = on_taken;
	s->news = on_news;
	s->arg = r;
}

static void
run(struct sim *s)
{
	sim_start(s);
	sim_run(s, SIM_START_NS + 60 * CLOCK_NS_PER_S);
	assert_int_equal(s->conn[SIM_CLIENT].ended, CONN_GRACEFUL);
	assert_int_equal(s->conn[SIM_SERVER].ended, CONN_GRACEFUL);
}

/* Downstream from the client's own figures. */
static void
test_own(void **state)
{
	struct sim s;
	struct run r;
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		prepare(&s, &r, false, WIRE_V_CURRENT, true);
		run(&s);
		assert_int_equal(r.checked[SIM_CLIENT], 5);
		assert_int_equal(r.checked[SIM_SERVER], 0);
		sim_free(&s);
	}
}

/* Upstream through figures PDUs, which overtake no status. */
static void
test_told(void **state)
{
	struct sim s;
	struct run r;
	int i;

	(void)state;
	for (i = 0; i < 10; i++) {
		prepare(&s, &r, true, WIRE_V_CURRENT, true);
		s.conf[SIM_SERVER].adjust.fixed_index = i % 3;
		s.link[SIM_CLIENT].mbps = 3;
		s.link[SIM_CLIENT].queue = 20000;
		run(&s);
		assert_true(r.checked[SIM_CLIENT] >= 5);
		assert_true(r.checked[SIM_SERVER] >= 5);
		sim_free(&s);
	}
}

/* Figures that are lost leave their sub-interval without. */
static void
test_lost(void **state)
{
	struct sim s;
	struct run r;

	(void)state;
	prepare(&s, &r, true, WIRE_V_CURRENT, true);
	r.lost = 1 + (unsigned int)random() % 4;
	run(&s);
	assert_int_equal(r.checked[SIM_CLIENT], 4);
	sim_free(&s);
}

/*
 * Ends that are not both ours know the time that a status waited in whole ms:
 * half a ms either way for each sample and as much for the minimum.
 */
static void
test_foreign(void **state)
{
	static const unsigned int versions[] = {
		WIRE_V_OLD, WIRE_V_LEGACY, WIRE_V_CURRENT
	};
	struct sim s;
	struct run r;
	int i;

	(void)state;
	for (i = 0; i < 12; i++) {
		prepare(&s, &r, i & 1, versions[i % 3], false);
		r.rtt_slack_ns = CLOCK_NS_PER_MS + SLACK_NS;
		run(&s);
		assert_true(r.checked[!sim_sender(&s)] >= 5);
		assert_int_equal(r.checked[sim_sender(&s)], 0);
		sim_free(&s);
	}
}

/* The minimum of all is right as well, whatever the delay; ours to the ns. */
static void
test_minimum(void **state)
{
	struct sim s;
	struct run r;
	int64_t want_ns;
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		prepare(&s, &r, i & 1, WIRE_V_CURRENT, true);
		s.news = NULL;
		s.link[0].jitter_ns = s.link[1].jitter_ns = 0;
		run(&s);
		want_ns = s.link[0].delay_ns + s.link[1].delay_ns;
		assert_int_equal(s.conn[!sim_sender(&s)].rx.rtt_minimum_ns,
		    want_ns);
		assert_int_equal(s.conn[!sim_sender(&s)].rx.owd_minimum_ns,
		    s.link[sim_sender(&s)].delay_ns + r.skew_ns);
		sim_free(&s);
	}
}

/* What no host can have counted is not believed; the rest adds up. */
static void
test_impossible(void **state)
{
	static const struct wire_figures good = {
		.owd_var = { .sum_ns = INT64_MAX, .count = 1 },
		.rtt_var = { .sum_ns = INT64_MAX, .count = 1 },
		.socket_drops = -1, .pacing_missed = -1
	};
	struct wire_figures bad[] = { good, good, good, good };
	struct conn_conf conf = { .ours = true, .upstream = true,
	    .version = WIRE_V_CURRENT, .test_s = 5, .period_ms = 1000,
	    .trial_ms = 50 };
	uint8_t buf[WIRE_CONTROL_MAX];
	struct wire_delay sum;
	struct conn c;
	size_t i;

	(void)state;
	bad[0].owd_var.sum_ns = -1;
	bad[1].rtt_var.sum_ns = INT64_MIN;
	bad[2].socket_drops = -2;
	bad[3].pacing_missed = INT64_MIN;
	conn_init(&c, &conf, CLOCK_NS_PER_S, CLOCK_NS_PER_S);
	for (i = 0; i < NELEM(bad); i++) {
		wire_figures_put(&bad[i], buf);
		assert_false(conn_figures(&c, buf, WIRE_FIGURES_LEN));
		assert_false(c.have_peer);
	}
	wire_figures_put(&good, buf);
	assert_true(conn_figures(&c, buf, WIRE_FIGURES_LEN));
	sum = c.peer.owd_var;
	wire_delay_merge(&sum, &c.peer.owd_var);
	assert_int_equal(sum.sum_ns, INT64_MAX);
	assert_int_equal(sum.count, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_told),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_foreign),
		cmocka_unit_test(test_minimum),
		cmocka_unit_test(test_impossible)
	};

	unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
