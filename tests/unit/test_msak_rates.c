/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/rates.h"

#define S	CLOCK_NS_PER_S
#define MS	CLOCK_NS_PER_MS

/* What a receiver says: bytes, and RTTs in us (0: no TCPInfo at all). */
static struct measurement
said(int64_t bytes, int64_t rtt_us, int64_t min_rtt_us)
{
	struct measurement m;
	size_t i;

	memset(&m, 0, sizeof(m));
	m.app_received = bytes;
	m.has_tcp = rtt_us != 0 || min_rtt_us != 0;
	for (i = 0; i < TCPINFO_FIELDS; i++) {
		if (tcpinfo_field(i)->offset == TCPINFO_RTT)
			tcpinfo_set(&m.tcp, tcpinfo_field(i), rtt_us);
		if (tcpinfo_field(i)->offset == TCPINFO_MIN_RTT)
			tcpinfo_set(&m.tcp, tcpinfo_field(i), min_rtt_us);
	}
	return m;
}

static void
near(double v, double want)
{
	if (fabs(v - want) > 1e-9 * fabs(want))
		fail_msg("%.12g is not %.12g", v, want);
}

static void
test_streams_together(void **state)
{
	struct rates r = { 0 };
	struct measurement m;

	(void)state;
	rates_begin(&r);
	assert_false(r.any);
	rates_connected(&r, 10 * S);
	rates_connected(&r, 11 * S);
	m = said(1000000, 20, 15);
	rates_add(&r, 0, &m, 12 * S);
	near(r.rate_bps, 4e6);
	m = said(3000000, 30, 10);
	rates_add(&r, 1, &m, 12 * S);
	near(r.rate_bps, 16e6);
	/* A stream's newest replaces what it said before. */
	m = said(2000000, 0, 0);
	rates_add(&r, 0, &m, 14 * S);
	near(r.rate_bps, 10e6);
	assert_true(r.any);
	assert_int_equal(r.rtt_us, 30);
	assert_int_equal(r.min_rtt_us, 10);
	assert_true(rates_ms(r.rtt_us) == 0.03f);
}

/* The RTT goes with its direction, the least one stays. */
static void
test_directions(void **state)
{
	struct rates r = { 0 };
	struct measurement m = said(5, 20, 15);

	(void)state;
	rates_begin(&r);
	rates_connected(&r, S);
	rates_add(&r, 3, &m, 2 * S);
	rates_begin(&r);
	assert_int_equal(r.rtt_us, 0);
	assert_int_equal(r.min_rtt_us, 15);
	assert_false(r.any);
	/* Late news of the direction before. */
	rates_add(&r, 3, &m, 3 * S);
	assert_false(r.any);
	rates_connected(&r, 4 * S);
	m = said(1000, 0, 16);
	rates_add(&r, 0, &m, 5 * S);
	near(r.rate_bps, 8000);
	assert_int_equal(r.min_rtt_us, 15);
}

/* A test that ends before the first tick has its last measurement (Q27). */
static void
test_short_test(void **state)
{
	struct rates r = { 0 };
	struct measurement m = said(150000, 40, 40);

	(void)state;
	rates_begin(&r);
	rates_connected(&r, S);
	rates_add(&r, 0, &m, S + 12 * MS);
	assert_true(r.any);
	near(r.rate_bps, 1e8);
}

/* So many bytes after so many tenths of a second. */
static void
add_point(struct rates_steady *r, int64_t tenths, int64_t bytes)
{
	struct measurement m = said(bytes, 1, 1);

	m.elapsed_us = tenths * 100000;
	rates_steady_peer(r, &m);
}

/* Two streams that share a link anew each second, as only one of them began
 * with the other: the sum is that of the link. */
static void
test_steady(void **state)
{
	static struct rates_steady all[3];
	int64_t from, to;
	int i;

	(void)state;
	assert_false(rates_steady_span(all, 3, &from, &to));
	rates_steady_begin(&all[0], 10 * S);
	rates_steady_begin(&all[2], 10 * S + S / 4);
	/* 10 Mbit/s in all from 11 s on. */
	add_point(&all[0], 7, 1000);
	for (i = 0; i <= 4; i++)
		add_point(&all[0], 10 + 10 * i, 500000 +
		    (i / 2 + i % 2) * 1000000 + i / 2 * 250000);
	assert_false(rates_steady_span(all, 3, &from, &to));
	add_point(&all[2], 9, 1000);
	add_point(&all[2], 30, 0);
	/* From the first note behind 11.25 s. */
	assert_true(rates_steady_span(all, 3, &from, &to));
	assert_int_equal(from, 12 * S);
	assert_int_equal(to, 13 * S + S / 4);
	/* 250 kB in the first second, a quarter of 1 MB in the next. */
	near(rates_steady(&all[0], from, to), 8 * 500000 / 1.25);
	assert_true(rates_steady(&all[1], from, to) == 0);
	/* What takes bytes back is nothing. */
	assert_true(rates_steady(&all[2], from, to) == 0);
	/* What is older than the newest, or no time. */
	add_point(&all[2], 29, 50000);
	add_point(&all[2], -5, 50000);
	add_point(&all[2], INT64_MAX / 100000, 50000);
	assert_int_equal(all[2].n, 3);
	/* Not half a second of all: 13 s to 13.4 s. */
	rates_steady_begin(&all[1], 11 * S + S / 2);
	add_point(&all[1], 19, 50000);
	assert_false(rates_steady_span(all, 3, &from, &to));
}

static void
test_steady_for_long(void **state)
{
	static struct rates_steady r;
	int64_t from, to;
	int i;

	(void)state;
	rates_steady_begin(&r, S);
	for (i = 1; i <= 5000; i++) {
		rates_steady_own(&r, S + i * S / 10, 1000 * i);
		rates_steady_own(&r, S + i * S / 10, 0);
		assert_in_range(r.n, 2, RATES_STEADY_MAX);
		assert_int_equal(r.points[0].ns, S);
		assert_int_equal(r.points[r.n - 1].bytes, 1000 * i);
	}
	assert_true(r.n > RATES_STEADY_MAX / 4);
	assert_true(rates_steady_span(&r, 1, &from, &to));
	assert_int_equal(to, 501 * S);
	near(rates_steady(&r, from, to), 80000);
}

static void
test_nonsense(void **state)
{
	struct rates r = { 0 };
	struct measurement m = said(INT64_MAX, UINT32_MAX, UINT32_MAX);
	size_t i;

	(void)state;
	rates_begin(&r);
	rates_connected(&r, S);
	for (i = 0; i < RATES_STREAMS + 3; i++)
		rates_add(&r, i, &m, S);
	assert_true(r.rate_bps == 0);
	rates_add(&r, 0, &m, 2 * S);
	near(r.rate_bps, 32 * 0x1p63);
	assert_int_equal(r.min_rtt_us, UINT32_MAX);
	m = said(INT64_MIN, 0, 0);
	for (i = 0; i < RATES_STREAMS; i++)
		rates_add(&r, i, &m, 2 * S);
	assert_true(r.rate_bps == 0);
}

/* The line of the recorded run of minimal-download. */
static void
test_line(void **state)
{
	struct measurement m = said(0, 140, 10);
	struct rates_line line;
	size_t i;

	(void)state;
	m.elapsed_us = 396922;
	for (i = 0; i < TCPINFO_FIELDS; i++)
		if (tcpinfo_field(i)->offset == TCPINFO_BYTES_ACKED)
			tcpinfo_set(&m.tcp, tcpinfo_field(i), 202715681);
	rates_line(&m, &line);
	assert_true(fabs(line.mbps - 4085.75) < 0.05);
	near(line.rtt_ms, 0.14);
	near(line.elapsed_s, 0.396922);
	m.elapsed_us = 0;
	rates_line(&m, &line);
	assert_true(line.mbps == 0);
	m.elapsed_us = -5;
	rates_line(&m, &line);
	assert_true(line.mbps == 0);
}

/*
 *  0 s      1 s                  3 s      4 s
 *  a opens  b opens              b closes a closes
 *   100       1000 + 2000                   50        bytes of a and b
 */
static void
test_averages(void **state)
{
	struct averages a = { 0 };
	struct measurement m = said(0, 9, 7);
	struct average out;

	(void)state;
	averages_open(&a, 0);
	averages_bytes(&a, 100);
	averages_open(&a, 1 * S);
	averages_bytes(&a, 1000);
	averages_measurement(&a, &m);
	averages_bytes(&a, 2000);
	averages_close(&a, 3 * S);
	averages_bytes(&a, 50);
	averages_close(&a, 4 * S);
	averages_total(&a, &out);
	assert_int_equal(out.bytes, 3150);
	near(out.elapsed_s, 4);
	near(out.mbps, 8 * 3150 / 4e6);
	averages_first(&a, &out);
	assert_int_equal(out.bytes, 3100);
	near(out.elapsed_s, 3);
	near(out.mbps, 8 * 3100 / 3e6);
	assert_true(averages_center(&a, &out));
	assert_int_equal(out.bytes, 3000);
	near(out.elapsed_s, 2);
	near(out.mbps, 8 * 3000 / 2e6);
	assert_int_equal(a.min_rtt_us, 7);
}

/* One stream ended before the other began: there is no time between. */
static void
test_no_center(void **state)
{
	struct averages a = { 0 };
	struct average out;

	(void)state;
	averages_total(&a, &out);
	assert_true(out.mbps == 0);
	averages_open(&a, S);
	averages_bytes(&a, 10);
	averages_close(&a, 2 * S);
	averages_open(&a, 3 * S);
	averages_bytes(&a, 10);
	averages_close(&a, 4 * S);
	assert_false(averages_center(&a, &out));
	averages_total(&a, &out);
	assert_int_equal(out.bytes, 20);
	near(out.elapsed_s, 3);
	assert_int_equal(a.min_rtt_us, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_together),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_short_test),
		cmocka_unit_test(test_steady),
		cmocka_unit_test(test_steady_for_long),
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_averages),
		cmocka_unit_test(test_no_center),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
