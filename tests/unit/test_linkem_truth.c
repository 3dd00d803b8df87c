/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <netinet/in.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/stats.h"
#include "tests/linkem/account.h"
#include "tests/linkem/conf.h"
#include "tests/linkem/due.h"
#include "tests/linkem/record.h"

#define MS	CLOCK_NS_PER_MS

static void
test_due_order(void **state)
{
	struct due d;
	struct due_item item = { 0 };
	struct due_item last = { .due_ns = INT64_MIN };
	struct rng rng;
	uint64_t seed = 3;
	int i, n = 5000;

	(void)state;
	print_message("seed %d\n", (int)seed);
	rng_seed(&rng, seed);
	assert_int_equal(due_init(&d, (size_t)n), 0);
	for (i = 0; i < n; i++) {
		/* Few values, so that many are equal. */
		item.due_ns = (int64_t)(rng_u64(&rng) % 500);
		assert_true(due_push(&d, &item));
	}
	assert_false(due_push(&d, &item));
	for (i = 0; i < n; i++) {
		item = *due_first(&d);
		assert_true(item.due_ns > last.due_ns ||
		    (item.due_ns == last.due_ns && item.order > last.order));
		last = item;
		due_pop(&d);
	}
	assert_null(due_first(&d));
	due_free(&d);
}

static void
test_classify_ipv4(void **state)
{
	uint8_t p[32] = { 0x46, [9] = IPPROTO_UDP,
		[24] = 0x12, 0x34, 0x00, 0x35 };
	struct record r = { 0 };

	(void)state;
	record_classify(&r, p, sizeof(p));
	assert_int_equal(r.proto, IPPROTO_UDP);
	assert_int_equal(r.sport, 0x1234);
	assert_int_equal(r.dport, 0x35);
}

static void
test_classify_ipv6(void **state)
{
	uint8_t p[60] = { 0x60, [6] = IPPROTO_TCP,
		[40] = 0xff, 0xfe, 0x00, 0x50 };
	struct record r = { 0 };

	(void)state;
	record_classify(&r, p, sizeof(p));
	assert_int_equal(r.proto, IPPROTO_TCP);
	assert_int_equal(r.sport, 0xfffe);
	assert_int_equal(r.dport, 0x50);
}

/* A later fragment has a protocol but no ports; other things have neither. */
static void
test_classify_the_rest(void **state)
{
	uint8_t fragment[28] = { 0x45, [6] = 0x00, 0x10, [9] = IPPROTO_UDP,
		[20] = 1, 2, 3, 4 };
	uint8_t icmp[28] = { 0x45, [9] = IPPROTO_ICMP, [20] = 8 };
	uint8_t arp[28] = { 0x00, 0x01, 0x08, 0x00, 6, 4 };
	struct record r = { 0 };
	size_t len;

	(void)state;
	record_classify(&r, arp, sizeof(arp));
	assert_int_equal(r.proto, 0);
	record_classify(&r, icmp, sizeof(icmp));
	assert_int_equal(r.proto, IPPROTO_ICMP);
	assert_int_equal(r.sport, 0);
	record_classify(&r, fragment, sizeof(fragment));
	assert_int_equal(r.proto, IPPROTO_UDP);
	assert_int_equal(r.dport, 0);
	/* Nothing is read behind a short packet. */
	fragment[7] = 0;
	for (len = 0; len < 22; len++) {
		record_classify(&r, fragment, len);
		assert_int_equal(r.sport, 0);
	}
}

/* Packet index, late by 1 ms a record, leaving as the out-th. */
static void
put(struct records *l, uint32_t index, uint8_t fate, uint32_t out, bool copy)
{
	struct record *r = records_add(l);

	assert_non_null(r);
	r->index = index;
	r->fate = fate;
	r->out_index = out;
	r->copy = copy;
	r->size = 100 + index;
	r->proto = index % 2 == 0 ? IPPROTO_UDP : IPPROTO_TCP;
	r->arrival_ns = index * 10 * MS;
	r->planned_ns = r->arrival_ns + 20 * MS;
	r->real_ns = r->planned_ns + (int64_t)l->n * MS;
}

/*
 * In: 0 1 2 3 4 5 6; out: 1 0 4 4' 2 6. 0 is overtaken by 1, 2 by 4; 3 is
 * lost, 5 dropped; and one packet of the other direction.
 */
static void
fill(struct records *l)
{
	assert_int_equal(records_init(l, 100), 0);
	put(l, 0, RECORD_SENT, 1, false);
	put(l, 1, RECORD_SENT, 0, false);
	put(l, 2, RECORD_SENT, 4, false);
	put(l, 3, RECORD_LOSS, 0, false);
	put(l, 4, RECORD_SENT, 2, false);
	put(l, 4, RECORD_SENT, 3, true);
	put(l, 5, RECORD_QUEUE, 0, false);
	put(l, 6, RECORD_SENT, 5, false);
	put(l, 0, RECORD_SENT, 0, false);
	l->items[l->n - 1].dir = 1;
}

static void
test_account_of_all(void **state)
{
	struct records l;
	struct account a;

	(void)state;
	fill(&l);
	assert_int_equal(account_make(&a, &l, 0, ACCOUNT_ALL), 0);
	assert_int_equal(a.packets_in, 7);
	assert_int_equal(a.bytes_in, 721);
	assert_int_equal(a.packets_out, 6);
	assert_int_equal(a.bytes_out, 617);
	assert_int_equal(a.duplicated, 1);
	assert_int_equal(a.reordered, 2);
	assert_int_equal(a.fates[RECORD_LOSS], 1);
	assert_int_equal(a.fates[RECORD_QUEUE], 1);
	assert_int_equal(a.fates[RECORD_BURST], 0);
	assert_int_equal(a.last_in_ns, 60 * MS);
	assert_int_equal(a.first_out_ns, 32 * MS);
	assert_int_equal(a.last_out_ns, 88 * MS);
	assert_int_equal(quant_get(a.late, 0), 1 * MS);
	assert_int_equal(quant_get(a.late, 1), 8 * MS);
	assert_int_equal(quant_get(a.planned, 0.5), 20 * MS);
	assert_int_equal(quant_get(a.delay, 1), 28 * MS);
	account_free(&a);
	records_free(&l);
}

/* Order is judged within the class: 0 before 4 and 4 before 2. */
static void
test_account_of_a_class(void **state)
{
	struct records l;
	struct account a;

	(void)state;
	fill(&l);
	assert_int_equal(account_make(&a, &l, 0, ACCOUNT_UDP), 0);
	assert_int_equal(a.packets_in, 4);
	assert_int_equal(a.packets_out, 5);
	assert_int_equal(a.duplicated, 1);
	assert_int_equal(a.reordered, 1);
	account_free(&a);
	assert_int_equal(account_make(&a, &l, 0, ACCOUNT_TCP), 0);
	assert_int_equal(a.packets_in, 3);
	assert_int_equal(a.packets_out, 1);
	assert_int_equal(a.reordered, 0);
	account_free(&a);
	assert_int_equal(account_make(&a, &l, 0, ACCOUNT_OTHER), 0);
	assert_int_equal(a.packets_in, 0);
	assert_int_equal(quant_count(a.delay), 0);
	account_free(&a);
	assert_int_equal(account_make(&a, &l, 1, ACCOUNT_ALL), 0);
	assert_int_equal(a.packets_in, 1);
	account_free(&a);
	records_free(&l);
}

static void
test_records_are_bounded(void **state)
{
	struct records l;
	int i;

	(void)state;
	assert_int_equal(records_init(&l, 3), 0);
	for (i = 0; i < 3; i++)
		assert_non_null(records_add(&l));
	assert_null(records_add(&l));
	assert_null(records_add(&l));
	assert_int_equal(l.n, 3);
	assert_int_equal(l.lost, 2);
	records_free(&l);
}

static struct sched_conf
parse(const char *spec)
{
	struct sched_conf c;
	const char *why = NULL;

	conf_link_init(&c);
	assert_int_equal(conf_link(&c, spec, &why), 0);
	return c;
}

static void
test_spec(void **state)
{
	struct sched_conf c = parse("rate=1.5M,queue=3000,delay=20ms,"
	    "normal=1ms,overtake=yes,loss=2%,dup=0.5,late=3%:4ms");

	(void)state;
	assert_int_equal(c.rate_bps, 1500000);
	assert_int_equal(c.queue_ns, 16 * MS);
	assert_int_equal(c.delay_ns, 20 * MS);
	assert_int_equal(c.jitter_ns, MS);
	assert_int_equal(c.jitter, SCHED_NORMAL);
	assert_true(c.jitter_reorders);
	assert_true(c.loss == 0.02);
	assert_true(c.dup == 0.5);
	assert_true(c.reorder == 0.03);
	assert_int_equal(c.reorder_ns, 4 * MS);
}

static void
test_spec_of_bursts_and_cross_traffic(void **state)
{
	struct sched_conf c = parse("burst=1%:20%,early=1:2ms,cross=5M,"
	    "cross-model=onoff,cross-size=40+1500,cross-on=1s,cross-off=2s");

	(void)state;
	assert_true(c.burst_enter == 0.01);
	assert_true(c.burst_leave == 0.2);
	assert_true(c.burst_loss_bad == 1);
	assert_true(c.burst_loss_good == 0);
	assert_int_equal(c.reorder_ns, -2 * MS);
	assert_int_equal(c.cross.rate_bps, 5000000);
	assert_int_equal(c.cross.model, CROSS_ONOFF);
	assert_int_equal(c.cross.n_sizes, 2);
	assert_int_equal(c.cross.sizes[1], 1500);
	assert_int_equal(c.cross.on_ns, CLOCK_NS_PER_S);
	assert_int_equal(c.cross.off_ns, 2 * CLOCK_NS_PER_S);
	c = parse("burst=1%:20%:0.3:0.4");
	assert_true(c.burst_loss_bad == 0.3);
	assert_true(c.burst_loss_good == 0.4);
}

static void
test_outages(void **state)
{
	struct sched_conf c = parse("outage=5000:2:3,outage=5001:0:1:4");
	char lost[2][11] = { "", "" };
	int i, k;

	(void)state;
	for (i = 0; i < 10; i++)
		for (k = 0; k < 2; k++)
			lost[k][i] = outages_take(&c.outages,
			    (uint16_t)(5000 + k)) ? 'x' : '.';
	assert_string_equal(lost[0], "..xxx.....");
	assert_string_equal(lost[1], "x...x...x.");
	assert_false(outages_take(&c.outages, 5002));
}

static void
test_bad_specs(void **state)
{
	static const char *const bad[] = {
		"", "rate", "rate=", "rate=0", "rate=x", "speed=1", "=1",
		"rate=1M,", "queue=1000", "rate=1M,queue=0", "delay=-1ms",
		"delay=1h", "loss=1.1", "loss=101%", "loss=-1", "loss=nan",
		"loss=", "loss=1%%", "burst=1%", "burst=1:1:1:1:1",
		"burst=1::1", "late=1%", "late=1%:", "late=:1ms",
		"overtake=maybe", "cross-model=x", "cross-size=",
		"cross-size=1+", "cross-size=65536", "cross-on=0",
		"cross-size=1+1+1+1+1+1+1+1+1", "outage=1:2",
		"outage=65536:1:1", "outage=1:1:3:2", "outage=1:1:1:1:1",
	};
	struct sched_conf c;
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		conf_link_init(&c);
		why = NULL;
		if (conf_link(&c, bad[i], &why) != -1)
			fail_msg("accepted: %s", bad[i]);
		assert_non_null(why);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_due_order),
		cmocka_unit_test(test_classify_ipv4),
		cmocka_unit_test(test_classify_ipv6),
		cmocka_unit_test(test_classify_the_rest),
		cmocka_unit_test(test_account_of_all),
		cmocka_unit_test(test_account_of_a_class),
		cmocka_unit_test(test_records_are_bounded),
		cmocka_unit_test(test_spec),
		cmocka_unit_test(test_spec_of_bursts_and_cross_traffic),
		cmocka_unit_test(test_outages),
		cmocka_unit_test(test_bad_specs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
