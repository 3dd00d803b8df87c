/* SPDX-License-Identifier: BSD-2-Clause */
/* Complete tests of udpst's connection engine, all directions and versions. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "tests/unit/conn_sim.h"
#include "tests/unit/unit.h"

#define MAX_SUBINTS	16

/* What the line says about the sub-interval that is now open. */
struct seen {
	uint64_t	datagrams, bytes, loss;
	uint32_t	highest;
	bool		counts;		/* the first status has been sent */
};

/* RTT samples in the status PDUs, up to the one that tells a sub-interval. */
struct samples {
	uint64_t	sum, cnt;
};

struct run {
	struct seen	now;
	struct samples	rtt[MAX_SUBINTS];
	unsigned int	told;		/* sub-intervals in status PDUs */
	bool		exact_loss;	/* nothing comes out of order */
	bool		check;		/* sub-intervals against the line */
	struct result_subint subint[2][MAX_SUBINTS];
	unsigned int	count[2];
	unsigned int	ends[2];
};

static const unsigned int versions[] = {
	WIRE_V_OLD, WIRE_V_LEGACY, WIRE_V_CURRENT
};

static void
on_taken(struct sim *s, const struct sim_packet *packet,
    const struct wire_load *p)
{
	struct run *r = s->arg;

	if (p == NULL || p->action != WIRE_TEST)
		return;
	assert_int_equal(p->payload, packet->len);
	r->now.datagrams++;
	r->now.bytes += packet->len;
	if (p->seq > r->now.highest) {
		r->now.loss += p->seq - r->now.highest - 1;
		r->now.highest = p->seq;
	}
}

static void
restart(struct seen *n)
{
	n->datagrams = n->bytes = n->loss = 0;
}

/* No status PDU is lost on these lines. */
static void
count_samples(struct run *r, const struct wire_status *p)
{
	assert_true(r->told < MAX_SUBINTS);
	if (p->rtt_sample != WIRE_NO_SAMPLE) {
		r->rtt[r->told].sum += p->rtt_sample;
		r->rtt[r->told].cnt++;
	}
	if (p->subint_seq > r->told)
		r->told++;
}

static bool
on_sending(struct sim *s, const struct sim_packet *p)
{
	struct wire_status status;
	struct run *r = s->arg;

	if (wire_id(p->data, p->have) != WIRE_STATUS)
		return false;
	assert_true(wire_status_get(p->data, p->len, s->conf[0].version,
	    &status));
	count_samples(r, &status);
	if (!r->now.counts) {
		r->now.counts = true;
		restart(&r->now);
	}
	return false;
}

static void
check_subint(const struct run *r, const struct result_subint *n)
{
	assert_int_equal(n->datagrams, r->now.datagrams);
	assert_int_equal(n->bytes, r->now.bytes);
	if (r->exact_loss)
		assert_int_equal(n->loss, r->now.loss);
}

static void
on_news(struct sim *s, int side, const struct conn_news *n)
{
	struct run *r = s->arg;

	if (n->kind == CONN_NEWS_END)
		r->ends[side]++;
	if (n->kind != CONN_NEWS_SUBINT)
		return;
	if (side != sim_sender(s)) {
		if (r->check)
			check_subint(r, &n->subint);
		restart(&r->now);
	}
	assert_true(r->count[side] < MAX_SUBINTS);
	r->subint[side][r->count[side]++] = n->subint;
	assert_int_equal(n->subint.number, r->count[side]);
}

static void
start(struct sim *s, struct run *r, bool upstream, unsigned int version,
    bool ours)
{
	memset(r, 0, sizeof(*r));
	r->check = true;
	sim_init(s, upstream, version, ours, (unsigned int)random());
	s->sending = on_sending;
	s->taken = on_taken;
	s->news = on_news;
	s->arg = r;
}

static void
run(struct sim *s)
{
	sim_start(s);
	sim_run(s, SIM_START_NS + 3600 * CLOCK_NS_PER_S);
}

static void
check_graceful(const struct sim *s, const struct run *r)
{
	int side;

	for (side = SIM_CLIENT; side <= SIM_SERVER; side++) {
		assert_int_equal(s->conn[side].ended, CONN_GRACEFUL);
		assert_int_equal(r->ends[side], 1);
	}
	assert_int_equal(s->invalid, 0);
}

/* The sender learns over the line what the receiver counted. */
static void
check_told(const struct result_subint *own, const struct result_subint *told)
{
	assert_int_equal(told->number, own->number);
	assert_int_equal(told->datagrams, own->datagrams);
	assert_int_equal(told->bytes, own->bytes);
	assert_int_equal(told->delta_us, own->delta_us);
	assert_int_equal(told->loss, own->loss);
	assert_int_equal(told->ooo, own->ooo);
	assert_int_equal(told->dup, own->dup);
	assert_int_equal(told->owd_min, own->owd_min);
	assert_int_equal(told->owd_max, own->owd_max);
	assert_int_equal(told->owd_sum, own->owd_sum);
	assert_int_equal(told->owd_cnt, own->owd_cnt);
	assert_int_equal(told->rtt_min, own->rtt_min);
	assert_int_equal(told->rtt_max, own->rtt_max);
	assert_int_equal(told->accum_ms, own->accum_ms);
	/* One sample a status at most, 20 of these in a second; the first
	 * sub-interval has those before its start too. */
	assert_in_range(told->rtt_cnt, 1, told->number == 1 ? 23 : 20);
}

/* All but the last sub-interval, which may not have gone out any more. */
static void
check_both(const struct sim *s, const struct run *r, unsigned int want)
{
	int rx = !sim_sender(s);
	unsigned int i;

	assert_true(r->count[rx] >= want);
	assert_true(r->count[!rx] >= want);
	for (i = 0; i < want; i++) {
		check_told(&r->subint[rx][i], &r->subint[!rx][i]);
		assert_int_equal(r->subint[!rx][i].rtt_sum, r->rtt[i].sum);
		assert_int_equal(r->subint[!rx][i].rtt_cnt, r->rtt[i].cnt);
		assert_int_equal(r->subint[rx][i].delta_us, 1000000);
		assert_int_equal(r->subint[rx][i].accum_ms, (i + 1) * 1000);
	}
}

static void
whole(bool upstream, unsigned int version, bool ours, unsigned int test_s)
{
	const struct sim_link *l;
	struct sim s;
	struct run r;

	start(&s, &r, upstream, version, ours);
	r.exact_loss = true;
	s.conf[0].test_s = s.conf[1].test_s = test_s;
	s.conf[0].ipv6 = s.conf[1].ipv6 = random() % 2;
	s.conf[0].checksum = s.conf[1].checksum = random() % 2 &&
	    version != WIRE_V_OLD;
	s.conf[SIM_SERVER].adjust.fixed_index = 1 + (int)(random() % 60);
	l = &s.link[sim_sender(&s)];
	s.link[sim_sender(&s)].loss_ppm = 10000;
	run(&s);
	check_graceful(&s, &r);
	check_both(&s, &r, test_s);
	assert_true(l->load_lost > 0);
	assert_int_equal(s.delivered, l->load - l->load_lost);
	assert_int_equal(s.conn[!sim_sender(&s)].rx.total_datagrams,
	    s.delivered);
	sim_free(&s);
}

static void
test_whole(void **state)
{
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < NELEM(versions); i++)
		for (k = 0; k < 8; k++)
			whole(k & 1, versions[i], k & 2, k & 4 ? 10 : 5);
}

/* Without loss nothing is missing; what is under way at the end apart. */
static void
test_lossless(void **state)
{
	struct sim s;
	struct run r;
	unsigned int i;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		start(&s, &r, k, WIRE_V_CURRENT, true);
		s.conf[SIM_SERVER].adjust.limit_index = 100;
		r.exact_loss = true;
		run(&s);
		check_graceful(&s, &r);
		check_both(&s, &r, 5);
		for (i = 0; i < 5; i++) {
			assert_int_equal(r.subint[0][i].loss, 0);
			assert_true(r.subint[0][i].datagrams > 0);
		}
		sim_free(&s);
	}
}

/* Copies and a new order: counters fit the line all the same. */
static void
disturbed(bool upstream, unsigned int version)
{
	uint64_t dup = 0, ooo = 0;
	struct sim s;
	struct run r;
	unsigned int i;
	int tx, rx;

	start(&s, &r, upstream, version, false);
	s.conf[SIM_SERVER].adjust.fixed_index = 20;
	tx = sim_sender(&s);
	rx = !tx;
	s.link[tx].loss_ppm = 5000;
	s.link[tx].copy_ppm = 10000;
	s.link[tx].jitter_ns = 2 * CLOCK_NS_PER_MS;
	s.link[tx].reorders = true;
	run(&s);
	check_graceful(&s, &r);
	check_both(&s, &r, 5);
	for (i = 0; i < r.count[rx]; i++) {
		dup += r.subint[rx][i].dup;
		ooo += r.subint[rx][i].ooo;
	}
	/* All but those of the time before the first and after the last. */
	assert_true(dup <= s.link[tx].load_copied);
	assert_true(dup * 10 >= s.link[tx].load_copied * 7);
	assert_true(ooo > 1000);
	sim_free(&s);
}

static void
test_disturbed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(versions); i++) {
		disturbed(false, versions[i]);
		disturbed(true, versions[i]);
	}
}

static double
subint_mbps(const struct result_subint *n)
{
	return (double)(n->bytes + n->datagrams * (SRATE_OVERHEAD_L3 +
	    (n->ipv6 ? SRATE_IPV6_MORE : 0))) * 8 / (double)n->delta_us;
}

/*
 * Downstream a fixed row is in use from the first status on. The wakes come a
 * little late, which the mean rate must not show.
 */
static void
nominal(bool upstream, unsigned int index, bool ipv6)
{
	double want;
	struct sim s;
	struct run r;
	unsigned int i;

	start(&s, &r, upstream, WIRE_V_CURRENT, true);
	s.conf[0].ipv6 = s.conf[1].ipv6 = ipv6;
	s.conf[SIM_SERVER].adjust.fixed_index = (int)index;
	s.late_ns = 300 * CLOCK_NS_PER_US;
	run(&s);
	check_graceful(&s, &r);
	want = srate_mbps(&s.table.rows[index], ipv6);
	assert_true(r.count[0] >= 5 && r.count[1] >= 5);
	for (i = 1; i < 5; i++) {
		assert_true(subint_mbps(&r.subint[0][i]) > 0.995 * want);
		assert_true(subint_mbps(&r.subint[0][i]) < 1.005 * want);
	}
	sim_free(&s);
}

static void
test_nominal(void **state)
{
	static const unsigned int rows[] = { 1, 9, 10, 57, 100, 333 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		nominal(false, rows[i], i & 1);
		nominal(true, rows[i], !(i & 1));
	}
}

/* Other periods and trial intervals. */
static void
test_periods(void **state)
{
	struct sim s;
	struct run r;
	unsigned int i;
	int k;

	(void)state;
	for (k = 0; k < 2; k++) {
		start(&s, &r, k, WIRE_V_CURRENT, k);
		s.conf[SIM_SERVER].adjust.fixed_index = 10;
		s.conf[0].period_ms = s.conf[1].period_ms = 500;
		s.conf[0].trial_ms = s.conf[1].trial_ms = 100;
		run(&s);
		check_graceful(&s, &r);
		assert_true(r.count[0] >= 10 && r.count[1] >= 10);
		for (i = 0; i < 10; i++)
			assert_int_equal(r.subint[0][i].delta_us, 500000);
		sim_free(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_lossless),
		cmocka_unit_test(test_disturbed),
		cmocka_unit_test(test_nominal),
		cmocka_unit_test(test_periods)
	};

	unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
