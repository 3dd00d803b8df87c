/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "thrulay/wire.h"

#define ROUNDS	100000
#define UNIX_2036	INT64_C(2085978496)	/* NTP era 1 begins */

static void
test_packet_layout(void **state)
{
	static const struct wire_packet p = {
		.nonce = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.sequence = UINT64_C(0x1112131415161718),
		.ntp_seconds = 0x21222324, .ntp_fraction = 0x31323334,
	};
	static const uint8_t want[WIRE_PACKET_LEN] = {
		1, 2, 3, 4, 5, 6, 7, 8,
		0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18,
		0x21, 0x22, 0x23, 0x24, 0x31, 0x32, 0x33, 0x34,
	};
	struct wire_packet q;
	uint8_t buf[WIRE_PACKET_LEN];
	size_t n;

	(void)state;
	wire_packet_put(&p, buf);
	assert_memory_equal(buf, want, sizeof(buf));
	assert_true(wire_packet_get(buf, sizeof(buf), &q));
	assert_memory_equal(q.nonce, p.nonce, WIRE_NONCE_LEN);
	assert_true(q.sequence == p.sequence);
	assert_int_equal(q.ntp_seconds, p.ntp_seconds);
	assert_int_equal(q.ntp_fraction, p.ntp_fraction);
	for (n = 0; n < sizeof(buf); n++)
		assert_false(wire_packet_get(buf, n, &q));
}

static void
test_stamp_keeps_the_nonce(void **state)
{
	int64_t wall = INT64_C(1795313771156013000);
	struct wire_packet p;
	uint8_t buf[WIRE_PACKET_LEN];
	size_t i;

	(void)state;
	memset(buf, 0xa5, sizeof(buf));
	wire_packet_stamp(buf, 19, wall);
	assert_true(wire_packet_get(buf, sizeof(buf), &p));
	for (i = 0; i < WIRE_NONCE_LEN; i++)
		assert_int_equal(p.nonce[i], 0xa5);
	assert_true(p.sequence == 19);
	assert_int_equal(p.ntp_seconds, UINT32_C(4004302571));
	assert_true(wire_ntp_to_unix(p.ntp_seconds, p.ntp_fraction, wall) ==
	    wall);
}

static void
test_nonce_equal(void **state)
{
	uint8_t a[WIRE_NONCE_LEN] = { 0 }, b[WIRE_NONCE_LEN] = { 0 };
	size_t i;

	(void)state;
	assert_true(wire_nonce_equal(a, b));
	for (i = 0; i < 8 * WIRE_NONCE_LEN; i++) {
		b[i / 8] = (uint8_t)(1u << i % 8);
		assert_false(wire_nonce_equal(a, b));
		b[i / 8] = 0;
	}
	assert_true(wire_equal(a, b, 0));
}

static void
test_ntp_known_times(void **state)
{
	static const struct {
		int64_t		wall_ns;
		uint32_t	s, f;
	} rows[] = {
		{ 0, UINT32_C(2208988800), 0 },
		{ 500000000, UINT32_C(2208988800), UINT32_C(0x80000000) },
		{ -500000000, UINT32_C(2208988799), UINT32_C(0x80000000) },
		{ (UNIX_2036 - 1) * CLOCK_NS_PER_S, UINT32_MAX, 0 },
		{ UNIX_2036 * CLOCK_NS_PER_S, 0, 0 },
		{ UNIX_2036 * CLOCK_NS_PER_S + 1, 0, 4 },
		{ UNIX_2036 * CLOCK_NS_PER_S - 1, UINT32_MAX,
		    UINT32_MAX - 3 },
	};
	uint32_t s, f;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		wire_ntp_from_unix(rows[i].wall_ns, &s, &f);
		assert_int_equal(s, rows[i].s);
		assert_int_equal(f, rows[i].f);
		assert_true(wire_ntp_to_unix(s, f, rows[i].wall_ns) ==
		    rows[i].wall_ns);
	}
}

/* Uniform in [lo, hi) seconds, any nanosecond. */
static int64_t
random_time(int64_t lo, int64_t hi)
{
	uint64_t v = (uint64_t)random() << 32 ^ (uint64_t)random() << 16 ^
	    (uint64_t)random();

	return (lo + (int64_t)(v % (uint64_t)(hi - lo))) * CLOCK_NS_PER_S +
	    random() % CLOCK_NS_PER_S;
}

/* A fraction is 0.23 ns, so that the way there and back is exact, whatever
 * the receiver's clock says within 68 years. */
static void
test_ntp_round_trip(void **state)
{
	int64_t wall, near;
	uint32_t s, f;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		wall = random_time(-2000000000, INT64_C(4800000000));
		near = wall + random_time(-INT64_C(2147483647),
		    INT64_C(2147483647));
		wire_ntp_from_unix(wall, &s, &f);
		assert_true(wire_ntp_to_unix(s, f, near) == wall);
	}
}

/* Any fraction comes back as the nearest nanosecond, a whole second at last. */
static void
test_ntp_fractions(void **state)
{
	int64_t ns;
	uint32_t f;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		f = (uint32_t)random() << 1 ^ (uint32_t)random();
		ns = wire_ntp_to_unix(UINT32_C(2208988800), f, 0);
		assert_in_range(ns, 0, CLOCK_NS_PER_S);
		assert_true((double)ns - f * 1e9 / 4294967296.0 <= 0.501);
		assert_true((double)ns - f * 1e9 / 4294967296.0 >= -0.501);
	}
	assert_true(wire_ntp_to_unix(UINT32_C(2208988800), UINT32_MAX, 0) ==
	    CLOCK_NS_PER_S);
}

/* A clock that is off by centuries must not break the arithmetic. */
static void
test_ntp_absurd_clocks(void **state)
{
	static const int64_t clocks[] = { INT64_MIN, INT64_MIN + 1, -1, 0,
		INT64_MAX - 1, INT64_MAX };
	uint32_t s, f, again_s, again_f;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(clocks); i++) {
		wire_ntp_from_unix(clocks[i], &s, &f);
		wire_ntp_from_unix(wire_ntp_to_unix(s, f, clocks[i]), &again_s,
		    &again_f);
		assert_int_equal(again_s, s);
		assert_int_equal(again_f, f);
	}
}

static void
test_header(void **state)
{
	static const int64_t times[] = { 0, 1, -1, INT64_MAX, INT64_MIN };
	uint8_t buf[WIRE_HEADER_LEN];
	uint64_t seq;
	int64_t ns;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(times); i++) {
		wire_header_put(buf, UINT64_MAX - i, times[i]);
		wire_header_get(buf, &seq, &ns);
		assert_true(seq == UINT64_MAX - i);
		assert_true(ns == times[i]);
	}
	wire_header_put(buf, 1, 2);
	assert_memory_equal(buf, "\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2", 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packet_layout),
		cmocka_unit_test(test_stamp_keeps_the_nonce),
		cmocka_unit_test(test_nonce_equal),
		cmocka_unit_test(test_ntp_known_times),
		cmocka_unit_test(test_ntp_round_trip),
		cmocka_unit_test(test_ntp_fractions),
		cmocka_unit_test(test_ntp_absurd_clocks),
		cmocka_unit_test(test_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
