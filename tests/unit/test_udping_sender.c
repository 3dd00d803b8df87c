/* SPDX-License-Identifier: BSD-2-Clause */
/* A client's packets under a clock that the test turns. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "udping/sender.h"

#define S	CLOCK_NS_PER_S
/* A multiple of 3 and of 900 seconds. */
#define BEGIN_S	INT64_C(1795313700)

static const uint16_t three[] = { 5000, 5007, 5000 };

/* Every GUID another one, whose digits count. */
static void
count_up(void *buf, size_t len)
{
	static uint32_t n;
	uint8_t *p = buf;
	size_t i;

	n++;
	for (i = 0; i < len; i++)
		p[i] = (uint8_t)(0xf0 | ((n >> (4 * (i % 8))) & 0xf));
}

static struct sender_conf
conf(void)
{
	return (struct sender_conf) {
		.ports = three, .nports = NELEM(three), .hops = 2,
		.generation = 2, .period_s = 3, .max = 200, .fit = 1472,
		.mean_ns = CLOCK_NS_PER_MS, .seed = 1, .random = count_up,
	};
}

static void
make(struct sender *s, const struct sender_conf *c)
{
	assert_int_equal(sender_init(s, c, 0, BEGIN_S * S + 1), 0);
}

static void
test_turns(void **state)
{
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;
	uint32_t i;

	(void)state;
	make(&s, &c);
	for (i = 0; i < 60; i++) {
		sender_next(&s, BEGIN_S * S + 2, &p);
		assert_int_equal(p.port, i % 3);
		assert_int_equal(p.seq, i / 3);
		assert_int_equal(p.hop, p.seq % 2);
		assert_false(p.control);
		assert_int_equal(s.ports[p.port].number, three[p.port]);
		assert_int_equal(s.ports[p.port].start_s, BEGIN_S);
	}
	assert_string_not_equal(s.ports[0].guid, s.ports[2].guid);
	sender_free(&s);
}

/* Each port changes on its own first packet, also when the clock goes back;
 * the numbers go on. */
static void
test_periods(void **state)
{
	const int64_t at[] = { 0, 2, 3, 3, 5, 0, -1, 900, -BEGIN_S - 1 };
	const bool changes[] = { 0, 0, 1, 0, 0, 1, 1, 1, 1 };
	char guid[3][WIRE_GUID + 1];
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;
	size_t i, k;

	(void)state;
	make(&s, &c);
	for (i = 0; i < NELEM(at); i++)
		for (k = 0; k < 3; k++) {
			strlcpy(guid[k], s.ports[k].guid, sizeof(guid[k]));
			sender_next(&s, (BEGIN_S + at[i]) * S + 5, &p);
			assert_int_equal(strcmp(guid[k],
			    s.ports[k].guid) != 0, changes[i]);
			assert_int_equal(p.seq, i);
			assert_int_equal(strspn(s.ports[k].guid,
			    "0123456789abcdef"), WIRE_GUID);
			assert_int_equal(s.ports[k].start_s, BEGIN_S);
		}
	sender_free(&s);
}

/* The last nanosecond of a period and the first one of the next. */
static void
test_period_edge(void **state)
{
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;

	(void)state;
	c.nports = 1;
	make(&s, &c);
	sender_next(&s, (BEGIN_S + 3) * S - 1, &p);
	assert_int_equal(s.ports[0].guids, 1);
	sender_next(&s, (BEGIN_S + 3) * S, &p);
	assert_int_equal(s.ports[0].guids, 2);
	sender_free(&s);
}

/* Taking back leaves no trace, over a change of period too. */
static void
test_undo(void **state)
{
	struct sender_packet p[7], again;
	struct sender_conf c = conf();
	struct sender s;
	size_t i;

	(void)state;
	make(&s, &c);
	for (i = 0; i < NELEM(p); i++)
		sender_next(&s, (BEGIN_S + (int64_t)i) * S, &p[i]);
	for (i = NELEM(p); i-- > 2; )
		sender_undo(&s, &p[i]);
	for (i = 2; i < NELEM(p); i++) {
		sender_next(&s, (BEGIN_S + (int64_t)i) * S, &again);
		assert_int_equal(again.port, p[i].port);
		assert_int_equal(again.seq, p[i].seq);
		assert_int_equal(again.hop, p[i].hop);
	}
	assert_int_equal(s.ports[0].sent, 3);
	sender_free(&s);
}

/* B6: what is not sent has no number, and the others go on. */
static void
test_pass(void **state)
{
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;
	int i;

	(void)state;
	make(&s, &c);
	for (i = 0; i < 9; i++) {
		sender_next(&s, BEGIN_S * S, &p);
		if (p.port == 1) {
			sender_undo(&s, &p);
			sender_pass(&s);
		}
	}
	assert_int_equal(s.ports[0].seq, 3);
	assert_int_equal(s.ports[1].seq, 0);
	assert_int_equal(s.ports[1].sent, 0);
	assert_int_equal(s.ports[2].seq, 3);
	sender_free(&s);
}

static void
test_wrap(void **state)
{
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;

	(void)state;
	c.nports = 1;
	make(&s, &c);
	s.ports[0].seq = s.ports[0].cursor = UINT32_MAX;
	sender_next(&s, BEGIN_S * S, &p);
	assert_int_equal(p.seq, UINT32_MAX);
	sender_next(&s, BEGIN_S * S, &p);
	assert_int_equal(p.seq, 0);
	sender_free(&s);
}

#define SIZES	200000

/* A share of 73/M has 72 bytes, the rest is uniform on 73..M-1. */
static void
test_sizes(void **state)
{
	size_t count[300] = { 0 }, i;
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;
	double expect = SIZES / 300.0, chi = 0;

	(void)state;
	unit_seed();
	c.max = 300;
	c.seed = (uint64_t)random();
	make(&s, &c);
	for (i = 0; i < SIZES; i++) {
		sender_next(&s, BEGIN_S * S, &p);
		assert_in_range(p.size, 72, 299);
		count[p.size]++;
	}
	assert_true(fabs((double)count[72] - 73 * expect) <
	    6 * sqrt(73 * expect));
	for (i = 73; i < 300; i++)
		chi += pow((double)count[i] - expect, 2) / expect;
	/* 227 degrees of freedom: sd is 21. */
	assert_true(fabs(chi - 227) < 6 * 21.3);
	sender_free(&s);
}

static void
check_sizes(size_t max, size_t fit, int generation, size_t low, size_t high)
{
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;
	int i;

	c.max = max;
	c.fit = fit;
	c.generation = generation;
	make(&s, &c);
	for (i = 0; i < 1000; i++) {
		sender_next(&s, BEGIN_S * S, &p);
		assert_in_range(p.size, low, high);
	}
	sender_free(&s);
}

static void
test_size_limits(void **state)
{
	(void)state;
	check_sizes(1, 1472, 2, 72, 72);
	check_sizes(73, 1472, 2, 72, 72);
	check_sizes(74, 1472, 2, 72, 73);
	check_sizes(2000, 1472, 2, 72, 1472);
	check_sizes(2000, 72, 2, 72, 72);
	check_sizes(1, 1472, 1, 65, 65);
	check_sizes(66, 1472, 1, 65, 65);
}

/* Spec 3.7: the control packet has the old GUID and the number that the next
 * probe would have had, then a new GUID counts from 1. */
static void
test_first_generation(void **state)
{
	struct sender_conf c = conf();
	char old[WIRE_GUID + 1];
	struct sender_packet p;
	struct sender s;
	uint32_t i;

	(void)state;
	c.generation = 1;
	c.nports = 1;
	make(&s, &c);
	for (i = 1; i <= 3; i++) {
		sender_next(&s, BEGIN_S * S, &p);
		assert_int_equal(p.seq, i);
	}
	strlcpy(old, s.ports[0].guid, sizeof(old));
	sender_next(&s, (BEGIN_S + 3) * S, &p);
	assert_true(p.control);
	assert_int_equal(p.seq, 4);
	assert_int_equal(p.size, 64);
	assert_string_equal(s.ports[0].guid, old);
	/* Not sent: it comes again. */
	sender_undo(&s, &p);
	sender_next(&s, (BEGIN_S + 3) * S, &p);
	assert_true(p.control);
	sender_next(&s, (BEGIN_S + 3) * S, &p);
	assert_false(p.control);
	assert_int_equal(p.seq, 1);
	assert_int_equal(p.hop, 1);
	assert_string_not_equal(s.ports[0].guid, old);
	sender_free(&s);
}

static void
test_last_ones(void **state)
{
	struct sender_conf c = conf();
	struct sender_packet p;
	struct sender s;

	(void)state;
	c.generation = 1;
	make(&s, &c);
	sender_next(&s, BEGIN_S * S, &p);
	assert_true(sender_last(&s, 0, &p));
	assert_true(p.control);
	assert_int_equal(p.seq, 2);
	assert_false(sender_last(&s, 1, &p));
	sender_free(&s);
	c.generation = 2;
	make(&s, &c);
	sender_next(&s, BEGIN_S * S, &p);
	assert_false(sender_last(&s, 0, &p));
	sender_free(&s);
}

#define GAPS	500000

/* However late its caller, the schedule keeps the mean and the cap. */
static void
test_schedule(void **state)
{
	struct sender_conf c = conf();
	int64_t last = 0, gap, max = 0;
	struct sender s;
	int i;

	(void)state;
	unit_seed();
	c.seed = (uint64_t)random();
	make(&s, &c);
	assert_int_equal(sender_due(&s), 0);
	for (i = 0; i < GAPS; i++) {
		sender_advance(&s, sender_due(&s) + random() % 50000000);
		gap = sender_due(&s) - last;
		last += gap;
		max = gap > max ? gap : max;
	}
	/* Blocks are exact; each gap is rounded to a ns with its carry. */
	assert_in_range(last, GAPS * INT64_C(1000000) - 1,
	    GAPS * INT64_C(1000000) + 1);
	assert_in_range(max, 9000000, 10000001);
	assert_int_equal(s.missed_ns, 0);
	sender_free(&s);
}

/* A second and more behind: no burst. */
static void
test_too_late(void **state)
{
	struct sender_conf c = conf();
	struct sender s;

	(void)state;
	make(&s, &c);
	sender_advance(&s, 3600 * S);
	assert_in_range(sender_due(&s), 3600 * S, 3600 * S + 10000001);
	assert_int_equal(s.missed_ns, 3600 * S);
	sender_free(&s);
}

static void
test_no_pause(void **state)
{
	struct sender_conf c = conf();
	struct sender s;

	(void)state;
	c.mean_ns = 0;
	make(&s, &c);
	sender_advance(&s, 0);
	assert_true(sender_due(&s) == INT64_MIN);
	sender_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_period_edge),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_size_limits),
		cmocka_unit_test(test_first_generation),
		cmocka_unit_test(test_last_ones),
		cmocka_unit_test(test_schedule),
		cmocka_unit_test(test_too_late),
		cmocka_unit_test(test_no_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
