/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "thrulay/udp_report.h"

static bool
parse(const char *text, struct thrulay_udp_result *r)
{
	return udp_report_parse(text, strlen(text), r);
}

/* Reports that say what no correct one says. */
static bool
has_known_bug(const char *report)
{
	return strncmp(report, "elay", 4) == 0 ||
	    strstr(report, "-nan%") != NULL ||
	    strstr(report, "th:      infms") != NULL;
}

/* Reading a report of the original and writing it again gives its text. */
static void
check_recorded(const char *file, bool verbose, size_t at_least)
{
	struct jv *v = jv_load(file);
	const struct jv *cases = jv_get(v, "cases"), *report;
	struct thrulay_udp_result r;
	char again[UDP_REPORT_MAX];
	size_t i, len, checked = 0;
	const char *text;

	for (i = 0; i < jv_len(cases); i++) {
		report = jv_find(jv_at(cases, i), "report");
		if (report == NULL)
			continue;
		text = jv_str(report, &len);
		assert_int_equal(udp_report_parse(text, len, &r), len > 0);
		assert_false(r.complete);
		if (len == 0 || has_known_bug(text))
			continue;
		udp_report_text(&r, THRULAY_REPORT_09, verbose, again);
		assert_string_equal(again, text);
		checked++;
	}
	assert_true(checked >= at_least);
	jv_free(v);
}

static void
test_recorded_reports(void **state)
{
	(void)state;
	check_recorded("thrulay/udp_reports_server_plain.json", false, 25);
	check_recorded("thrulay/udp_reports_server_verbose.json", true, 20);
}

static uint64_t
below(uint64_t n)
{
	return (uint64_t)random() % n;
}

/* A result as some traffic might give it; percentages follow from counts. */
static void
random_result(struct thrulay_udp_result *r)
{
	size_t j, listed;

	memset(r, 0, sizeof(*r));
	r->buffer = (int)random();
	r->proposed = r->sent = below(40000) + 200;
	r->lost = below(4) == 0 ? 0 : below(r->sent - 150);
	r->unique = r->sent - r->lost;
	r->duplicates = below(3000);
	r->total = r->unique + r->duplicates;
	r->loss_periods = below(1000);
	r->loss_pct = 100 * (double)r->lost / (double)r->sent;
	r->duplication_pct = 100 * (double)r->duplicates / (double)r->total;
	listed = (size_t)below(THRULAY_REORDER_MAX + 1);
	for (j = 0; j < listed; j++)
		r->reorder_j[j] = below(r->unique - j - 1) + 1;
	r->reordering_pct = 100 * (double)r->reorder_j[0] /
	    (double)(r->unique - 1);
	r->delay.n = r->unique;
	r->delay.min = random() - INT64_C(2000000000);
	r->delay.p25 = r->delay.min + random();
	r->delay.p50 = r->delay.p25 + random();
	r->delay.p75 = r->delay.p50 + random();
	r->delay.p95 = r->delay.p75 + random();
	r->jitter_ns = r->delay.p75 - r->delay.p25;
}

static void
check_near(double got, double want, double off)
{
	assert_true(fabs(got - want) <= off);
}

/* Times are told to the microsecond. */
static void
check_time(int64_t got, int64_t want)
{
	assert_true(got != THRULAY_NO_TIME);
	check_near((double)got, (double)want, 501);
}

/* What every style but plain tells. */
static void
check_counts(const struct thrulay_udp_result *got,
    const struct thrulay_udp_result *want)
{
	assert_int_equal(got->buffer, want->buffer);
	assert_int_equal(got->proposed, want->proposed);
	assert_int_equal(got->sent, want->sent);
	assert_int_equal(got->total, want->total);
	assert_int_equal(got->unique, want->unique);
	assert_int_equal(got->duplicates, want->duplicates);
	assert_int_equal(got->lost, want->lost);
	assert_int_equal(got->delay.n, want->unique);
	assert_memory_equal(got->reorder_j, want->reorder_j,
	    sizeof(want->reorder_j));
	check_time(got->delay.min, want->delay.min);
	check_time(got->delay.p95, want->delay.p95);
}

static void
check_percentages(const struct thrulay_udp_result *got,
    const struct thrulay_udp_result *want)
{
	check_near(got->loss_pct, want->loss_pct, 0.000501);
	check_near(got->duplication_pct, want->duplication_pct, 0.000501);
	check_near(got->reordering_pct, want->reordering_pct, 0.000501);
}

/* The jitter line is inf or nan from a loss of 25 % on; quartiles, where they
 * are told, still say it. */
static void
check_jitter(const struct thrulay_udp_result *got,
    const struct thrulay_udp_result *want, bool quartiles)
{
	if (want->loss_pct < 25 || quartiles)
		check_near((double)got->jitter_ns, (double)want->jitter_ns,
		    1002);
	else
		assert_true(got->jitter_ns == THRULAY_NO_TIME);
}

static void
check_style(const struct thrulay_udp_result *want, enum thrulay_report style,
    bool verbose)
{
	bool hd = style != THRULAY_REPORT_09;
	struct thrulay_udp_result got;
	char text[UDP_REPORT_MAX];

	udp_report_text(want, style, verbose, text);
	assert_true(parse(text, &got));
	check_percentages(&got, want);
	if (hd || verbose) {
		check_counts(&got, want);
		check_time(got.delay.p50, want->delay.p50);
	} else {
		assert_true(got.unique == THRULAY_NO_COUNT);
		assert_true(got.delay.n == THRULAY_NO_COUNT);
	}
	if (hd)
		assert_int_equal(got.loss_periods, want->loss_periods);
	if (style != THRULAY_REPORT_HD)
		check_jitter(&got, want, verbose);
}

static void
test_written_reports(void **state)
{
	struct thrulay_udp_result r;
	int round;

	(void)state;
	unit_seed();
	for (round = 0; round < 2000; round++) {
		random_result(&r);
		check_style(&r, THRULAY_REPORT_09, false);
		check_style(&r, THRULAY_REPORT_09, true);
		check_style(&r, THRULAY_REPORT_HD, false);
		check_style(&r, THRULAY_REPORT_BOTH, false);
		check_style(&r, THRULAY_REPORT_BOTH, true);
	}
}

/* The sample of thrulay-hd, with the line ends and blanks of elsewhere. */
static void
test_hd_sample(void **state)
{
	const char text[] =
	    "Server UDP buffer size:  8388608B\r\n"
	    "Packets client proposed to send:\t750000\r\n"
	    "Packets client sent: 750000\r\n"
	    "Packets server received: 749000\r\n"
	    "Packets duplicated: 0\r\n"
	    "0th quantile of delay (ignoring clock offset):   -4.070ms\r\n"
	    "50th quantile of delay (ignoring clock offset):   -4.005ms\r\n"
	    "95th quantile of delay (ignoring clock offset):   -0.046ms\r\n"
	    "Total packet loss: 1000\r\n"
	    "Total loss period: 17\r\n"
	    "Packet loss rate: 0.133333%\r\n"
	    "\tno reordering";
	struct thrulay_udp_result r;

	(void)state;
	assert_true(parse(text, &r));
	assert_int_equal(r.buffer, 8388608);
	assert_int_equal(r.unique, 749000);
	assert_int_equal(r.lost, 1000);
	assert_int_equal(r.loss_periods, 17);
	assert_true(r.loss_pct > 0.1333329 && r.loss_pct < 0.1333331);
	assert_true(r.duplication_pct == 0 && r.reordering_pct == 0);
	assert_int_equal(r.delay.min, -4070000);
	assert_int_equal(r.delay.p50, -4005000);
	assert_int_equal(r.delay.p95, -46000);
	assert_int_equal(r.reorder_j[0], 0);
	assert_true(r.delay.p25 == THRULAY_NO_TIME);
}

/* Where nothing was lost, the sender may have said less than it sent. */
static void
test_hd_unique(void **state)
{
	const char text[] = "Packets client sent: 5\n"
	    "Packets server received: 10\nPackets duplicated: 3\n"
	    "50th quantile of delay (ignoring clock offset): 1.000ms\n"
	    "Total packet loss: 0\nPacket loss rate: 0.000000%\n";
	struct thrulay_udp_result r;

	(void)state;
	assert_true(parse(text, &r));
	assert_int_equal(r.unique, 7);
	assert_int_equal(r.lost, 0);
	assert_true(r.duplication_pct > 29.999 && r.duplication_pct < 30.001);
}

/* What is not told is not made up. */
static void
test_unknown(void **state)
{
	struct thrulay_udp_result r;

	(void)state;
	assert_true(parse("Delay:\t\t infms\nLoss:\t\t 60.000%\n", &r));
	assert_true(r.loss_pct > 59.9999 && r.loss_pct < 60.0001);
	assert_true(isnan(r.duplication_pct) && isnan(r.reordering_pct));
	assert_true(r.delay.p50 == THRULAY_NO_TIME);
	assert_true(r.delay.min == THRULAY_NO_TIME);
	assert_true(r.ipdv.p50 == THRULAY_NO_TIME && isnan(r.ipdv.mean));
	assert_true(r.jitter_ns == THRULAY_NO_TIME);
	assert_true(r.jitter_rfc3550_ns == THRULAY_NO_TIME);
	assert_true(r.delay.n == THRULAY_NO_COUNT);
	assert_true(r.sent == THRULAY_NO_COUNT && r.lost == THRULAY_NO_COUNT);
	assert_true(r.total == THRULAY_NO_COUNT);
	assert_true(r.duplicates == THRULAY_NO_COUNT);
	assert_true(r.bad_nonce == THRULAY_NO_COUNT);
	assert_true(r.reordered == THRULAY_NO_COUNT);
	assert_true(r.reorder_j[0] == THRULAY_NO_COUNT);
	assert_true(r.loss_periods == THRULAY_NO_COUNT);
	assert_int_equal(r.buffer, -1);
	assert_int_equal(r.socket_drops, -1);
	assert_false(r.complete);
}

/* Above 50000 packets three decimals do not tell a count. */
static void
test_imprecise_counts(void **state)
{
	struct thrulay_udp_result r;

	(void)state;
	assert_true(parse("Client said it sent 1000000 packets\n"
	    "Server received 1000000 total packets\n"
	    "Server received 999999 unique packets\n"
	    "Delay:\t\t 1.000ms\nLoss:\t\t 0.000%\n"
	    "Duplication:\t 0.000%\n\t1-reordering = 0.001%\n", &r));
	assert_int_equal(r.lost, 1);
	assert_true(r.duplicates == THRULAY_NO_COUNT);
	assert_true(r.reorder_j[0] == THRULAY_NO_COUNT);
}

/* The original's text when no packet came. */
static void
test_first_byte_missing(void **state)
{
	struct thrulay_udp_result r;

	(void)state;
	assert_true(parse("elay:\t\t infms\nLoss:\t\t 100.000%\n"
	    "Jitter:\t\t nanms\nDuplication:\t -nan%\n"
	    "Reordering:\t 0.000%\n", &r));
	assert_true(r.loss_pct > 99.9999);
	assert_true(isnan(r.duplication_pct));
	assert_true(r.reordering_pct == 0);
}

static void
test_too_little(void **state)
{
	const char *texts[] = { "", "\n", "Loss:\t\t 0.000%\n",
		"Delay:\t\t 0.000ms\n", "Delay: 1.000ms\nLoss: %\n",
		"Delay: ms\nLoss: 0.000%\n",
		"Delay: 1\nLoss: 2\n", "Delay: 1.ms\nLoss: 0.000%\n",
		"delay: 1.000ms\nloss: 1.000%\n" };
	struct thrulay_udp_result r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(texts); i++)
		assert_false(parse(texts[i], &r));
	assert_false(udp_report_parse(NULL, 0, &r));
}

/* Lines that are none of ours change nothing, whatever they begin with. */
static void
test_foreign_lines(void **state)
{
	const char text[] = "Server received 7 total packets\n"
	    "Server received 8 unique packages\n"
	    "Server received 9 gigantic packets\n"
	    "\0Delay: 5.000ms\n"
	    "Delay: 1.000ms\n"
	    "no -reordering\nno 0-reordering\n0-reordering = 1.000%\n"
	    "no 101-reordering\n101-reordering = 1.000%\n"
	    "no 99999999999999999999-reordering\n"
	    "Loss: 2.000%\nJitter: 1.0000000000000000009ms\n"
	    "Duplication: 101.000%\nReordering: -1.000%\n";
	struct thrulay_udp_result r;

	(void)state;
	assert_true(udp_report_parse(text, sizeof(text) - 1, &r));
	assert_int_equal(r.total, 7);
	assert_true(r.unique == THRULAY_NO_COUNT);
	assert_int_equal(r.delay.p50, 1000000);
	assert_int_equal(r.jitter_ns, 1000000);
	assert_true(isnan(r.duplication_pct) && isnan(r.reordering_pct));
}

static void
test_huge_numbers(void **state)
{
	struct thrulay_udp_result r;

	(void)state;
	assert_true(parse(
	    "Server used UDP buffer size of 99999999999 bytes\n"
	    "Client said it sent 18446744073709551615 packets\n"
	    "Delay: 4611686018427.387903ms\n"
	    "\t  0th: -4611686018427.387903ms\n"
	    "\t 95th: 4611686018427.387904ms\n"
	    "\t 75th: 99999999999999999999999.999ms\n"
	    "Loss: 100.000000%\n", &r));
	assert_int_equal(r.buffer, -1);
	assert_true(r.sent == UINT64_MAX);
	assert_true(r.delay.p50 == INT64_MAX / 2);
	assert_true(r.delay.min == -(INT64_MAX / 2));
	assert_true(r.delay.p95 == THRULAY_NO_TIME);
	assert_true(r.delay.p75 == THRULAY_NO_TIME);
	assert_true(r.loss_pct > 99.9999);
}

/* The outputs of real clients, with what they print around the report. */
static void
test_client_output(void **state)
{
	const char path[] = VECTORS
	    "/thrulay/outputs/udp_server_v_client_v_u10M_t2.txt";
	struct thrulay_udp_result r;
	char text[2000];
	size_t n;
	FILE *f;

	(void)state;
	f = fopen(path, "r");
	assert_non_null(f);
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	assert_true(udp_report_parse(text, n, &r));
	assert_int_equal(r.buffer, 8388608);
	assert_int_equal(r.proposed, 1666);
	assert_int_equal(r.sent, 1666);
	assert_int_equal(r.unique, 1666);
	assert_int_equal(r.lost, 0);
	assert_int_equal(r.duplicates, 0);
	assert_int_equal(r.delay.min, 15000);
	assert_int_equal(r.delay.p25, 23000);
	assert_int_equal(r.delay.p50, 30000);
	assert_int_equal(r.delay.p75, 54000);
	assert_int_equal(r.delay.p95, 149000);
	assert_int_equal(r.jitter_ns, 31000);
	assert_int_equal(r.reorder_j[0], 0);
	assert_int_equal(r.reorder_j[99], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_reports),
		cmocka_unit_test(test_written_reports),
		cmocka_unit_test(test_hd_sample),
		cmocka_unit_test(test_hd_unique),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_imprecise_counts),
		cmocka_unit_test(test_first_byte_missing),
		cmocka_unit_test(test_too_little),
		cmocka_unit_test(test_foreign_lines),
		cmocka_unit_test(test_huge_numbers),
		cmocka_unit_test(test_client_output),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
