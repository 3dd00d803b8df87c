/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "thrulay/arrival.h"
#include "thrulay/udp_report.h"

/* What the recorded delays are besides the sender's clock offset. */
#define DELAY_NS	INT64_C(50000)

/*
 * Where the original is wrong by the spec: the line that was recorded (in any
 * case when none is named) and what it has to be, NULL for no line at all.
 * Figures of ms are compared as number, inf or nan.
 */
static const struct deviation {
	const char	*name, *was, *wanted, *paragraph;
} deviations[] = {
	{ NULL, "elay:\t\t infms", "Delay:\t\t infms", "7.2 zero packets" },
	{ NULL, "elay:\t\t 0.000ms", "Delay:\t\t 0.000ms",
	    "7.2 zero packets" },
	{ NULL, "Duplication:\t -nan%", "Duplication:\t 0.000%",
	    "7.2 zero packets" },
	{ NULL, "\t 75th:      infms", "\t 75th:    0.000ms",
	    "7.2 quantile errors, inf for the loss rules only" },
	{ NULL, "\t 95th:      infms", "\t 95th:    0.000ms",
	    "7.2 quantile errors, inf for the loss rules only" },
	{ "1 of 1", "Reordering:\t -nan%", "Reordering:\t 0.000%",
	    "7.2 one unique packet" },
	{ "1 of 1", "\t1-reordering = -nan%", NULL, "7.2 one unique packet" },
	{ "1 of 1", "\tno 2-reordering", "\tno reordering",
	    "7.2 one unique packet" },
	{ "reverse 10", "\t10-reordering = -nan%", NULL,
	    "7.2 list stops where the denominator is 0" },
	{ "reverse 10", "\tno 11-reordering", "\tno 10-reordering",
	    "7.2 list stops where the denominator is 0" },
	{ "empty datagrams after a good one (stale buffer)",
	    "Server received 6 total packets",
	    "Server received 4 total packets", "7.2 short datagrams" },
	{ "empty datagrams after a good one (stale buffer)",
	    "Duplication:\t 33.333%", "Duplication:\t 0.000%",
	    "7.2 short datagrams" },
	{ "short 8-byte datagram with nonce after good",
	    "Server received 6 total packets",
	    "Server received 4 total packets", "7.2 short datagrams" },
	{ "short 8-byte datagram with nonce after good",
	    "Duplication:\t 33.333%", "Duplication:\t 0.000%",
	    "7.2 short datagrams" },
	{ "16-byte datagram (no ts)", "Server received 4 total packets",
	    "Server received 0 total packets", "7.2 short datagrams" },
	{ "16-byte datagram (no ts)", "Server received 4 unique packets",
	    "Server received 0 unique packets", "7.2 short datagrams" },
	{ "16-byte datagram (no ts)", "Loss:\t\t 60.000%",
	    "Loss:\t\t 100.000%", "7.2 short datagrams" },
	{ "16-byte datagram (no ts)", "Jitter:\t\t infms",
	    "Jitter:\t\t nanms", "7.2 short datagrams" },
	{ "end split", "Client said it sent 1 packets",
	    "Client said it sent 10 packets", "7.2 split end message" },
};

/* The whole report where none was recorded (7.2 only bad sequences). */
static const char bad_sequence_only[] =
	"Delay:\t\t infms\n"
	"Loss:\t\t 100.000%\n"
	"Jitter:\t\t nanms\n"
	"Duplication:\t 0.000%\n"
	"Reordering:\t 0.000%\n";
static const char bad_sequence_only_verbose[] =
	"Server used UDP buffer size of 8388608 bytes\n"
	"Client proposed sending 10 packets\n"
	"Client said it sent 10 packets\n"
	"Server received 2 total packets\n"
	"Server received 0 unique packets\n"
	"Delay:\t\t infms\n"
	"\tDelay quantiles (ignoring clock offset):\n"
	"\t  0th:    0.000ms\n"
	"\t 25th:    0.000ms\n"
	"\t 50th:    0.000ms\n"
	"\t 75th:    0.000ms\n"
	"\t 95th:    0.000ms\n"
	"Loss:\t\t 100.000%\n"
	"Jitter:\t\t nanms\n"
	"Duplication:\t 0.000%\n"
	"Reordering:\t 0.000%\n"
	"\tno reordering\n";

/* Of the datagrams of a case, how many come to the statistics at all; the
 * others are too short or have the wrong nonce. */
static const struct filtered {
	const char	*name;
	size_t		 good;
} filtered[] = {
	{ "wrong nonce only", 0 },
	{ "wrong nonce mixed", 4 },
	{ "empty datagrams after a good one (stale buffer)", 4 },
	{ "short 8-byte datagram with nonce after good", 4 },
	{ "16-byte datagram (no ts)", 0 },
};

static const struct deviation *
deviation_find(const char *name, const char *line)
{
	const struct deviation *d;
	size_t i;

	for (i = 0; i < NELEM(deviations); i++) {
		d = &deviations[i];
		if ((d->name == NULL || strcmp(d->name, name) == 0) &&
		    strcmp(d->was, line) == 0)
			return d;
	}
	return NULL;
}

/* The next line without its newline; false at the end. */
static bool
next_line(const char **text, char *line, size_t size)
{
	size_t n = strcspn(*text, "\n");

	if (**text == '\0')
		return false;
	assert_true(n < size);
	assert_int_equal((*text)[n], '\n');
	memcpy(line, *text, n);
	line[n] = '\0';
	*text += n + 1;
	return true;
}

/* "inf", "nan" or a number with three decimals, then ms; NULL otherwise. */
static const char *
figure_kind(const char *s)
{
	size_t n;

	s += strspn(s, " \t");
	if (strcmp(s, "infms") == 0)
		return "inf";
	if (strcmp(s, "nanms") == 0)
		return "nan";
	s += *s == '-';
	n = strspn(s, "0123456789");
	if (n == 0 || s[n] != '.' || strspn(s + n + 1, "0123456789") != 3 ||
	    strcmp(s + n + 4, "ms") != 0)
		return NULL;
	return "number";
}

/* A figure stands where the original's would: in 8 columns behind a quantile,
 * without padding elsewhere. */
static void
check_padding(const char *line, const char *figure)
{
	size_t blanks = strspn(figure, " "), width = strlen(figure) - 2;

	if (strstr(line, "th:") != NULL) {
		assert_true(width >= 1 + 8);
		assert_true(width == 1 + 8 || blanks == 1);
	} else
		assert_int_equal(blanks, 1);
}

static void
check_line(const char *got, const char *want)
{
	const char *figure = strchr(want, ':');
	size_t label;

	if (figure == NULL || figure_kind(figure + 1) == NULL) {
		assert_string_equal(got, want);
		return;
	}
	label = (size_t)(figure + 1 - want);
	label += strspn(want + label, "\t");
	assert_memory_equal(got, want, label);
	assert_non_null(figure_kind(got + label));
	assert_string_equal(figure_kind(got + label),
	    figure_kind(want + label));
	check_padding(got, got + label);
}

static void
check_report(const char *name, const char *got, const char *recorded)
{
	char line[200], want[200];
	const struct deviation *d;

	while (next_line(&recorded, want, sizeof(want))) {
		d = deviation_find(name, want);
		if (d != NULL && d->wanted == NULL)
			continue;
		assert_true(next_line(&got, line, sizeof(line)));
		check_line(line, d == NULL ? want : d->wanted);
	}
	assert_string_equal(got, "");
}

static size_t
good_datagrams(const char *name, size_t all)
{
	size_t i;

	for (i = 0; i < NELEM(filtered); i++)
		if (strcmp(filtered[i].name, name) == 0)
			return filtered[i].good;
	return all;
}

/* The number of an end message, its parts joined; 0 when there is none. */
static uint64_t
end_count(const struct jv *end)
{
	char text[64];
	size_t i;

	if (end->kind == JV_STRING)
		return strtoull(jv_str(end, NULL) + 1, NULL, 10);
	text[0] = '\0';
	for (i = 0; i < jv_len(end); i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
		    "%s", jv_str(jv_at(end, i), NULL));
	return strtoull(text + 1, NULL, 10);
}

static int64_t
case_delay(const struct jv *c, size_t i)
{
	const struct jv *offsets = jv_find(c, "sender_clock_offset_s");

	if (offsets == NULL)
		return DELAY_NS;
	return jv_int(jv_at(offsets, i)) * INT64_C(1000000000) + DELAY_NS;
}

/* Packets of a case through the statistics. */
static void
case_result(const struct jv *c, struct thrulay_udp_result *r)
{
	const struct jv *seqs = jv_get(c, "seqs");
	const char *packets = strrchr(jv_str(jv_get(c, "proposal"), NULL), ':');
	int64_t now = INT64_C(1763784000000000000);
	struct arrival *a;
	size_t i, n;

	memset(r, 0, sizeof(*r));
	r->buffer = 8388608;
	r->proposed = strtoull(packets + 1, NULL, 10);
	a = arrival_new(r->proposed, 1000);
	assert_non_null(a);
	n = good_datagrams(jv_str(jv_get(c, "case"), NULL), jv_len(seqs));
	for (i = 0; i < n; i++, now += 10000000)
		arrival_add(a, jv_uint(jv_at(seqs, i)),
		    now - case_delay(c, i), now);
	arrival_result(a, end_count(jv_get(c, "end")), r);
	arrival_free(a);
}

static void
check_case(const struct jv *c, bool verbose)
{
	const char *name = jv_str(jv_get(c, "case"), NULL);
	const char *want = jv_str(jv_get(c, "report"), NULL);
	struct thrulay_udp_result r;
	char got[UDP_REPORT_MAX];
	size_t len;

	if (strcmp(name, "bad seq only") == 0)
		want = verbose ? bad_sequence_only_verbose : bad_sequence_only;
	else if (want[0] == '\0')
		return;		/* an end message that asks for no report */
	case_result(c, &r);
	len = udp_report_text(&r, THRULAY_REPORT_09, verbose, got);
	assert_int_equal(len, strlen(got));
	print_message("# %s\n", name);
	check_report(name, got, want);
}

static void
check_file(const char *file, bool verbose)
{
	struct jv *v = jv_load(file);
	const struct jv *cases = jv_get(v, "cases");
	size_t i, checked = 0;

	for (i = 0; i < jv_len(cases); i++) {
		if (jv_find(jv_at(cases, i), "report") == NULL)
			continue;
		check_case(jv_at(cases, i), verbose);
		checked++;
	}
	assert_true(checked > 30);
	jv_free(v);
}

static void
test_recorded_plain(void **state)
{
	(void)state;
	check_file("thrulay/udp_reports_server_plain.json", false);
}

static void
test_recorded_verbose(void **state)
{
	(void)state;
	check_file("thrulay/udp_reports_server_verbose.json", true);
}

/* The first item of this name in a file. */
static void
named_result(const char *name, struct thrulay_udp_result *r)
{
	struct jv *v = jv_load("thrulay/udp_reports_server_verbose.json");
	const struct jv *cases = jv_get(v, "cases");
	size_t i;

	for (i = 0; i < jv_len(cases); i++)
		if (strcmp(jv_str(jv_get(jv_at(cases, i), "case"), NULL),
		    name) == 0)
			break;
	case_result(jv_at(cases, i), r);
	jv_free(v);
}

/* Where the original was one rank off (spec 4.4). */
static void
test_quantiles_are_right(void **state)
{
	struct thrulay_udp_result r;
	char got[UDP_REPORT_MAX];

	(void)state;
	named_result("100 in order delays 1..100 s", &r);
	udp_report_text(&r, THRULAY_REPORT_09, true, got);
	assert_non_null(strstr(got, "Delay:\t\t 50000.050ms\n"
	    "\tDelay quantiles (ignoring clock offset):\n"
	    "\t  0th: 1000.050ms\n"
	    "\t 25th: 25000.050ms\n"
	    "\t 50th: 50000.050ms\n"
	    "\t 75th: 75000.050ms\n"
	    "\t 95th: 95000.050ms\n"));
	assert_non_null(strstr(got, "Jitter:\t\t 50000.000ms\n"));
	named_result("100 in order negative delays -1..-100 s", &r);
	udp_report_text(&r, THRULAY_REPORT_09, true, got);
	assert_non_null(strstr(got, "Delay:\t\t -50999.950ms\n"
	    "\tDelay quantiles (ignoring clock offset):\n"
	    "\t  0th: -99999.950ms\n"
	    "\t 25th: -75999.950ms\n"
	    "\t 50th: -50999.950ms\n"
	    "\t 75th: -25999.950ms\n"
	    "\t 95th: -5999.950ms\n"));
}

/* The published sample of thrulay-hd (spec 5.6). */
static const char hd_sample[] =
	"Server UDP buffer size: 8388608B\n"
	"Packets client proposed to send: 750000\n"
	"Packets client sent: 750000\n"
	"Packets server received: 750000\n"
	"Packets duplicated: 0\n"
	"0th quantile of delay (ignoring clock offset): -4.070ms\n"
	"50th quantile of delay (ignoring clock offset): -4.005ms\n"
	"95th quantile of delay (ignoring clock offset): -0.046ms\n"
	"Total packet loss: 0\n"
	"Total loss period: 0\n"
	"Packet loss rate: 0.000000%\n"
	"no reordering\n";

static void
test_hd_sample(void **state)
{
	struct thrulay_udp_result r = { .buffer = 8388608, .proposed = 750000,
		.sent = 750000, .total = 750000, .unique = 750000,
		.delay = { .n = 750000, .min = -4070000, .p50 = -4005000,
		    .p95 = -46000 } };
	char got[UDP_REPORT_MAX];

	(void)state;
	assert_int_equal(udp_report_text(&r, THRULAY_REPORT_HD, false, got),
	    sizeof(hd_sample) - 1);
	assert_string_equal(got, hd_sample);
	udp_report_text(&r, THRULAY_REPORT_HD, true, got);
	assert_string_equal(got, hd_sample);
}

/* Losses 2, 3 and 4, 9; 6 and 7 in the wrong order, 5 twice. */
static void
test_hd_loss_periods(void **state)
{
	const uint64_t order[] = { 0, 1, 5, 5, 7, 6, 8 };
	struct arrival *a = arrival_new(10, 10);
	struct thrulay_udp_result r;
	char got[UDP_REPORT_MAX];
	size_t i;

	(void)state;
	memset(&r, 0, sizeof(r));
	for (i = 0; i < NELEM(order); i++)
		arrival_add(a, order[i], 0, 0);
	arrival_result(a, 10, &r);
	udp_report_text(&r, THRULAY_REPORT_HD, false, got);
	assert_non_null(strstr(got, "Packets server received: 7\n"
	    "Packets duplicated: 1\n"));
	assert_non_null(strstr(got, "Total packet loss: 4\n"
	    "Total loss period: 2\n"
	    "Packet loss rate: 40.000000%\n"
	    "1-reordering = 20.000%\n"
	    "no 2-reordering\n"));
	arrival_free(a);
}

static void
test_both_is_one_after_the_other(void **state)
{
	char plain[UDP_REPORT_MAX], hd[UDP_REPORT_MAX], both[UDP_REPORT_MAX];
	struct thrulay_udp_result r;
	size_t n;
	int verbose;

	(void)state;
	named_result("late by 150", &r);
	for (verbose = 0; verbose < 2; verbose++) {
		n = udp_report_text(&r, THRULAY_REPORT_09, verbose, plain);
		udp_report_text(&r, THRULAY_REPORT_HD, verbose, hd);
		udp_report_text(&r, THRULAY_REPORT_BOTH, verbose, both);
		assert_memory_equal(both, plain, n);
		assert_string_equal(both + n, hd);
	}
}

/* The largest figures there are, as a hostile peer's record might have. */
static void
test_longest_report(void **state)
{
	struct thrulay_udp_result r;
	char got[UDP_REPORT_MAX];
	size_t n, j;

	(void)state;
	memset(&r, 0x7f, sizeof(r));
	r.buffer = -5;
	r.loss_pct = r.duplication_pct = r.reordering_pct = -DBL_MAX;
	for (j = 0; j < THRULAY_REORDER_MAX; j++)
		r.reorder_j[j] = UINT64_MAX;
	for (r.unique = 0; r.unique < 200; r.unique++) {
		n = udp_report_text(&r, THRULAY_REPORT_BOTH, true, got);
		assert_true(n < sizeof(got));
		assert_int_equal(got[n], '\0');
		assert_int_equal(strlen(got), n);
		assert_null(strstr(got, "inf"));
		assert_null(strstr(got, "nan"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_plain),
		cmocka_unit_test(test_recorded_verbose),
		cmocka_unit_test(test_quantiles_are_right),
		cmocka_unit_test(test_hd_sample),
		cmocka_unit_test(test_hd_loss_periods),
		cmocka_unit_test(test_both_is_one_after_the_other),
		cmocka_unit_test(test_longest_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
