/* SPDX-License-Identifier: BSD-2-Clause */
/* What udpst's connections send: headers, sizes, and bounds on all of it. */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "common/stats.h"
#include "tests/unit/conn_sim.h"
#include "tests/unit/unit.h"

#define MS(n)		((n) * CLOCK_NS_PER_MS)
#define CHECKSUM	30		/* offset in a load header */
#define MORE		32		/* of ours */
#define UDP_MAX		65507

/* A client that sends rows, without a server. */
static void
client_init(struct conn *c, struct sim *s, const struct wire_row *row,
    void (*change)(struct conn_conf *))
{
	struct conn_conf conf;

	sim_init(s, true, WIRE_V_CURRENT, true, (unsigned int)random());
	conf = s->conf[SIM_CLIENT];
	conf.first_row = *row;
	if (change != NULL)
		change(&conf);
	conn_init(c, &conf, SIM_START_NS, SIM_START_NS + SIM_WALL_NS);
}

static enum conn_step
poll_at(struct conn *c, int64_t now_ns, struct conn_out *out)
{
	return conn_poll(c, now_ns, now_ns + SIM_WALL_NS, out);
}

static size_t
size_of(const struct conn_out *out, unsigned int i)
{
	return i + 1 == out->count && out->last != 0 ? out->last : out->size;
}

/*
 * Each header is a load PDU with the next number and its own size. Returns how
 * many are without a checksum.
 */
static unsigned int
check_burst(struct conn *c, const struct conn_out *out, uint32_t after,
    int64_t now_ns)
{
	uint8_t header[CONN_HEADER_LEN];
	unsigned int i, bare = 0;
	struct wire_load p;

	for (i = 0; i < out->count; i++) {
		conn_fill(c, out, i, header);
		assert_true(wire_load_get(header, sizeof(header),
		    c->conf.version, &p));
		assert_int_equal(p.seq, after + 1 + i);
		assert_int_equal(p.payload, size_of(out, i));
		assert_int_equal(p.action, WIRE_TEST);
		assert_int_equal(wire_time_to_ns(p.time),
		    now_ns + SIM_WALL_NS);
		bare += (header[CHECKSUM] | header[CHECKSUM + 1]) == 0;
	}
	return bare;
}

/*
 * Bursts, of which the kernel takes only a part: the rest is numbered again, or
 * with keep the numbers are gone.
 */
static void
fill(void (*change)(struct conn_conf *), bool keep)
{
	const struct wire_row row = { 100, 1222, 7, 1000, 1222, 3, 97 };
	uint64_t sent = 0, bytes = 0, refused = 0, headers = 0, bare = 0;
	uint32_t after = 0;
	struct conn_out out;
	struct conn c;
	struct sim s;
	unsigned int i, n, taken;
	int64_t now_ns;

	client_init(&c, &s, &row, change);
	for (n = 0; n < 5000; n++) {
		now_ns = conn_due(&c);
		if (now_ns > SIM_START_NS + MS(990))
			break;
		assert_int_equal(poll_at(&c, now_ns, &out), CONN_SEND_BURST);
		assert_true(out.count == 7 || out.count == 4);
		headers += out.count;
		bare += check_burst(&c, &out, after, now_ns);
		taken = random() % 3 ? out.count :
		    (unsigned int)random() % (out.count + 1);
		for (i = 0; i < taken; i++)
			bytes += size_of(&out, i);
		conn_sent(&c, &out, taken);
		sent += taken;
		refused += out.count - taken;
		after += keep ? out.count : taken;
	}
	assert_int_equal(n, 5000);
	assert_true(refused > 0);
	assert_int_equal(c.sent_datagrams, sent);
	assert_int_equal(c.sent_bytes, bytes);
	/* One in 65536 is 0 by itself. */
	if (c.conf.checksum)
		assert_in_range(bare, 0, 10);
	else
		assert_int_equal(bare, headers);
}

static void
with_keep(struct conn_conf *conf)
{
	conf->keep_sequence = true;
}

static void
with_checksum(struct conn_conf *conf)
{
	conf->checksum = true;
}

static void
with_ipv6(struct conn_conf *conf)
{
	conf->ipv6 = true;
	conf->version = WIRE_V_LEGACY;
}

/* Rows as fast as that end within the watchdog's time: 0.45 s for 5000. */
static void
test_fill(void **state)
{
	(void)state;
	fill(NULL, false);
	fill(with_keep, true);
	fill(with_checksum, false);
	fill(with_ipv6, false);
}

/* The number goes round its 32 bits. */
static void
test_fill_wraps(void **state)
{
	const struct wire_row row = { 100, 100, 7, 0, 0, 0, 0 };
	struct conn_out out;
	struct conn c;
	struct sim s;
	int64_t now_ns;

	(void)state;
	client_init(&c, &s, &row, NULL);
	c.seq = UINT32_MAX - 3;
	now_ns = conn_due(&c);
	assert_int_equal(poll_at(&c, now_ns, &out), CONN_SEND_BURST);
	(void)check_burst(&c, &out, UINT32_MAX - 3, now_ns);
	conn_sent(&c, &out, 7);
	assert_int_equal(c.seq, 3);
}

/* No datagram is smaller than the minimum, whatever the row says. */
static void
small(uint32_t size, bool ipv6)
{
	const struct wire_row row = { 100, size, 2, 1000, size, 1, size };
	size_t min = ipv6 ? CONN_HEADER_LEN : SRATE_MIN_IPV4;
	struct conn_out out;
	struct conn c;
	struct sim s;
	unsigned int i, n;

	client_init(&c, &s, &row, ipv6 ? with_ipv6 : NULL);
	for (n = 0; n < 300; n++) {
		assert_int_equal(poll_at(&c, conn_due(&c), &out),
		    CONN_SEND_BURST);
		for (i = 0; i < out.count; i++)
			assert_int_equal(size_of(&out, i), min);
		conn_sent(&c, &out, out.count);
	}
}

static void
test_small(void **state)
{
	(void)state;
	small(1, false);
	small(52, false);
	small(1, true);
	small(52, true);
	small(WIRE_RANDOM_SIZE | 20, false);
	small(WIRE_RANDOM_SIZE | 20, true);
}

/* A status PDU with a row, as from the server. */
static void
feed_row(struct conn *c, const struct wire_row *row, uint32_t seq,
    int64_t now_ns)
{
	struct wire_status p = {
		.seq = seq, .row = *row, .rtt_sample = WIRE_NO_SAMPLE,
		.rtt_minimum = WIRE_NO_SAMPLE,
		.time = wire_time_from_ns(now_ns + SIM_WALL_NS)
	};
	uint8_t buf[WIRE_CONTROL_MAX];
	size_t len = wire_status_put(&p, c->conf.version, buf);

	assert_true(conn_status(c, buf, len, now_ns + SIM_WALL_NS, now_ns));
}

/* 100 ms of whatever this is; returns how many bursts that took. */
static unsigned int
bounded(struct conn *c, int64_t from_ns)
{
	unsigned int bursts = 0, i;
	struct conn_out out;
	int64_t now_ns;

	while ((now_ns = conn_due(c)) <= from_ns + MS(100)) {
		if (now_ns < from_ns)
			now_ns = from_ns;
		if (poll_at(c, now_ns, &out) != CONN_SEND_BURST)
			continue;
		assert_in_range(out.count, 1, SRATE_BURST_MAX + 1);
		for (i = 0; i < out.count; i++)
			assert_in_range(size_of(&out, i), SRATE_MIN_IPV4,
			    UDP_MAX);
		conn_sent(c, &out, out.count);
		bursts++;
	}
	return bursts;
}

static uint32_t
any_u32(void)
{
	static const uint32_t odd[] = {
		0, 1, 2, 99, 100, 101, 65507, 65508, 65535, 65536,
		UINT32_C(4000000000), UINT32_MAX, WIRE_RANDOM_SIZE,
		WIRE_RANDOM_SIZE | 1, WIRE_RANDOM_SIZE | 65536, INT32_MAX
	};

	return odd[(size_t)random() % NELEM(odd)];
}

/* Rows of a hostile server: at most two bursts per 100 us, none too large. */
static void
test_hostile_rows(void **state)
{
	struct wire_row row = { 1, UINT32_C(4000000000),
	    UINT32_C(4000000000), 1, UINT32_C(4000000000),
	    UINT32_C(4000000000), UINT32_C(4000000000) };
	int64_t now_ns = SIM_START_NS;
	unsigned int n, most;
	struct conn c;
	struct sim s;

	(void)state;
	client_init(&c, &s, &row, NULL);
	most = 2 * 1000 + 2;
	assert_in_range(bounded(&c, now_ns), 1, most);
	for (n = 1; n < 40; n++) {
		now_ns += MS(100);
		if (n > 1) {
			row.interval1_us = any_u32();
			row.payload1 = any_u32();
			row.burst1 = any_u32();
			row.interval2_us = any_u32();
			row.payload2 = any_u32();
			row.burst2 = any_u32();
			row.addon2 = any_u32();
		}
		feed_row(&c, &row, n, now_ns);
		/* What was late from the row before, once. */
		assert_in_range(bounded(&c, now_ns), 0, most + 2);
	}
	assert_int_equal(c.ended, CONN_RUNNING);
}

/* The server alone, for 3 s and no answer. Returns what it sent. */
static uint64_t
unanswered(unsigned int start_index, bool answered)
{
	struct conn_out out;
	struct conn c;
	struct sim s;
	int64_t now_ns;
	bool fed = false;

	sim_init(&s, false, WIRE_V_CURRENT, false, (unsigned int)random());
	s.conf[SIM_SERVER].table = &s.table;
	s.conf[SIM_SERVER].adjust.start_index = (int)start_index;
	conn_init(&c, &s.conf[SIM_SERVER], SIM_START_NS,
	    SIM_START_NS + SIM_WALL_NS);
	while ((now_ns = conn_due(&c)) != CLOCK_NEVER) {
		if (answered && !fed && now_ns > SIM_START_NS + MS(100)) {
			fed = true;
			feed_row(&c, &s.table.rows[0], 1, now_ns);
		}
		if (poll_at(&c, now_ns, &out) == CONN_SEND_BURST)
			conn_sent(&c, &out, out.count);
	}
	assert_int_equal(c.ended, CONN_WATCHDOG_END);
	return c.sent_bytes + c.sent_datagrams * SRATE_OVERHEAD_L3;
}

/*
 * 100 ms of the start row or a little more than CONN_UNANSWERED_BYTES,
 * whichever is less, and row 0 from then on, at most 1250 bytes each.
 */
static void
test_unanswered(void **state)
{
	static const unsigned int start[] = { 1, 20, 80, 100, 1000 };
	const uint64_t rows0 = (3000 / 50 + 1) * 1250;
	uint64_t row, most;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(start); i++) {
		row = start[i] * UINT64_C(1000000) / 8 / 10;
		most = row < CONN_UNANSWERED_BYTES ? row :
		    CONN_UNANSWERED_BYTES;
		assert_in_range(unanswered(start[i], false), most * 9 / 10,
		    most + most / 20 + rows0);
		/* One answer, and it goes on until the watchdog. */
		assert_in_range(unanswered(start[i], true), row * 28,
		    row * 31);
	}
	/* The fastest row has bursts of 0.9 MB. */
	assert_in_range(unanswered(SRATE_LAST, false), CONN_UNANSWERED_BYTES,
	    2 * CONN_UNANSWERED_BYTES + rows0);
}

/* Ends that are not both ours: zeros behind the header. */
static void
test_no_remainder(void **state)
{
	const struct wire_row row = { 0, 0, 0, 7000, 100, 3, 0 };
	uint8_t header[CONN_HEADER_LEN];
	const uint8_t zeros[CONN_HEADER_LEN - MORE] = { 0 };
	struct conn_out out;
	struct conn c;
	struct sim s;
	unsigned int i, n, some = 0;
	int ours;

	(void)state;
	for (ours = 0; ours < 2; ours++) {
		client_init(&c, &s, &row, NULL);
		c.conf.ours = ours;
		for (n = 0; n < 20; n++) {
			assert_int_equal(poll_at(&c, conn_due(&c), &out),
			    CONN_SEND_BURST);
			for (i = 0; i < out.count; i++) {
				conn_fill(&c, &out, i, header);
				some += memcmp(header + MORE, zeros,
				    sizeof(zeros)) != 0;
			}
			conn_sent(&c, &out, out.count);
		}
		assert_int_equal(some > 0, ours);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_fill_wraps),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_hostile_rows),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_no_remainder)
	};

	unit_seed();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
