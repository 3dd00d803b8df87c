/* SPDX-License-Identifier: BSD-2-Clause */
/* What a parser of extension messages takes, and what not. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/ext.h"

#define ROOM	(EXT_PAYLOAD_MAX + 16)

/* The message whose payload is these lines. */
static size_t
frame(const char *payload, char *buf)
{
	return (size_t)snprintf(buf, ROOM, "x:%zu:%s+", strlen(payload),
	    payload);
}

static enum wire_status
get_lines(const char *payload, struct ext_message *m)
{
	char buf[ROOM];
	size_t used, len = frame(payload, buf);
	enum wire_status s = ext_get(buf, len, m, &used);

	if (s == WIRE_OK)
		assert_int_equal(used, len);
	return s;
}

static void
test_request_defaults(void **state)
{
	struct ext_message m;

	(void)state;
	assert_int_equal(get_lines("type=request\n", &m), WIRE_OK);
	assert_int_equal(m.u.request.direction, THRULAY_FORWARD);
	assert_int_equal(m.u.request.report, EXT_REPORT_DEFAULT);
	assert_true(m.u.request.feedback_ns == 0);
	assert_int_equal(m.u.request.dscp, 0);
	assert_string_equal(m.u.request.cc, "");
	assert_string_equal(m.u.request.auth_name, "");
}

static void
test_record_defaults(void **state)
{
	struct ext_message m;

	(void)state;
	assert_int_equal(get_lines("type=record\ntotal=7\n", &m), WIRE_OK);
	assert_true(m.u.record.total == 7 && m.u.record.unique == 0);
	assert_true(isnan(m.u.record.loss_pct));
	assert_null(m.u.record.host_limit);
}

static bool
times_are(const struct thrulay_times *t, int64_t first)
{
	return t->n == (uint64_t)first && t->min == first + 1 &&
	    t->max == first + 2 && t->mean == (double)(first + 3) &&
	    t->p01 == first + 4 && t->p05 == first + 5 &&
	    t->p25 == first + 6 && t->p50 == first + 7 &&
	    t->p75 == first + 8 && t->p95 == first + 9 &&
	    t->p99 == first + 10 && t->p999 == first + 11;
}

/* The names of the keys are a contract with other versions of ours. */
static void
test_record_by_hand(void **state)
{
	struct ext_message m;
	const struct thrulay_udp_result *r = &m.u.record;

	(void)state;
	assert_int_equal(get_lines("type=record\nbuffer=1\nproposed=2\n"
	    "sent=3\ntotal=4\nunique=5\nduplicates=6\nlost=7\n"
	    "bad_sequence=8\nbad_nonce=9\nbad_source=10\ntoo_short=11\n"
	    "socket_drops=12\nloss_npct=13000000000\n"
	    "duplication_npct=14000000000\nreordering_npct=15000000000\n"
	    "delay_ns=20 21 22 23 24 25 26 27 28 29 30 31\n"
	    "jitter_ns=-32\njitter_rfc3550_ns=33\n"
	    "ipdv_ns=40 41 42 43 44 45 46 47 48 49 50 51\n"
	    "reordered=52\nreorder_extent_max=53\nreorder_j=54 55\n"
	    "loss_periods=56\nloss_period_max=57\nfirst_ns=58\n"
	    "last_ns=59\nkernel_stamps=1\nhost_limit=60\n", &m), WIRE_OK);
	assert_int_equal(r->buffer, 1);
	assert_true(r->proposed == 2 && r->sent == 3 && r->total == 4);
	assert_true(r->unique == 5 && r->duplicates == 6 && r->lost == 7);
	assert_true(r->bad_sequence == 8 && r->bad_nonce == 9);
	assert_true(r->bad_source == 10 && r->too_short == 11);
	assert_true(r->socket_drops == 12 && r->loss_pct == 13);
	assert_true(r->duplication_pct == 14 && r->reordering_pct == 15);
	assert_true(times_are(&r->delay, 20) && times_are(&r->ipdv, 40));
	assert_true(r->jitter_ns == -32 && r->jitter_rfc3550_ns == 33);
	assert_true(r->reordered == 52 && r->reorder_extent_max == 53);
	assert_true(r->reorder_j[0] == 54 && r->reorder_j[1] == 55);
	assert_true(r->reorder_j[2] == 0);
	assert_true(r->loss_periods == 56 && r->loss_period_max == 57);
	assert_true(r->first_ns == 58 && r->last_ns == 59);
	assert_true(r->kernel_stamps);
	assert_string_equal(r->host_limit, "60");
}

static void
test_feedback_by_hand(void **state)
{
	struct ext_message m;
	const struct ext_feedback *f = &m.u.feedback;

	(void)state;
	assert_int_equal(get_lines("type=feedback\nbegin_ns=1\nend_ns=2\n"
	    "received=3\nunique=4\nduplicates=5\nreordered=6\nlost=7\n"
	    "delay_ns=20 21 22 23 24 25 26 27 28 29 30 31\n", &m), WIRE_OK);
	assert_true(f->begin_ns == 1 && f->end_ns == 2 && f->received == 3);
	assert_true(f->unique == 4 && f->duplicates == 5);
	assert_true(f->reordered == 6 && f->lost == 7);
	assert_true(times_are(&f->delay, 20));
}

static void
test_request_by_hand(void **state)
{
	static const struct {
		const char	*text;
		enum ext_report	 report;
	} rows[] = {
		{ "type=request\nreport=default\n", EXT_REPORT_DEFAULT },
		{ "type=request\nreport=0.9\n", EXT_REPORT_09 },
		{ "type=request\nreport=hd\n", EXT_REPORT_HD },
		{ "type=request\nreport=record\n", EXT_REPORT_RECORD },
	};
	struct ext_message m;
	const struct ext_request *r = &m.u.request;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		assert_int_equal(get_lines(rows[i].text, &m), WIRE_OK);
		assert_int_equal(r->report, rows[i].report);
	}
	assert_int_equal(get_lines("type=request\ndirection=reverse\n"
	    "feedback_ms=500\nduration_ms=60000\nspacing=constant\n"
	    "dscp=46\ncc=bbr\nauth_name=probe 1\n", &m), WIRE_OK);
	assert_int_equal(r->direction, THRULAY_REVERSE);
	assert_true(r->feedback_ns == INT64_C(500000000));
	assert_true(r->duration_ns == INT64_C(60000000000));
	assert_int_equal(r->spacing, THRULAY_CONSTANT);
	assert_int_equal(r->dscp, 46);
	assert_string_equal(r->cc, "bbr");
	assert_string_equal(r->auth_name, "probe 1");
}

static void
test_unknown_keys_are_ignored(void **state)
{
	struct ext_message m;

	(void)state;
	assert_int_equal(get_lines("type=request\nfuture=1\ndscp=8\n"
	    "future=\ndirection2=x\nnewer==\n", &m), WIRE_OK);
	assert_int_equal(m.u.request.dscp, 8);
	assert_int_equal(m.u.request.direction, THRULAY_FORWARD);
}

static void
test_bad_payloads(void **state)
{
	static const char *const rows[] = {
		"\n", "type\n", "type=\n", "type=request", "type=requests\n",
		"dscp=8\ntype=request\n",
		"type=request\n\n",
		"type=request\n=1\n",
		"type=request\ndscp\n",
		"type=request\ndscp=8",
		"type=request\ndscp=8\ndscp=8\n",
		"type=request\ndscp=64\n",
		"type=request\ndscp=-1\n",
		"type=request\ndscp=\n",
		"type=request\ndscp=8 \n",
		"type=request\ndscp= 8\n",
		"type=request\ndirection=up\n",
		"type=request\ndirection=\n",
		"type=request\ndirection=forwards\n",
		"type=request\nreport=0\n",
		"type=request\nfeedback_ms=-1\n",
		"type=request\nduration_ms=9223372036855\n",
		"type=request\nduration_ms=99999999999999999999\n",
		"type=request\ncc=\n",
		"type=request\ncc=0123456789abcdef\n",
		"type=request\nauth_name=a\x01\n",
		"type=request\nauth_name=a\x7f\n",
		"type=request\nauth_name=\x1b[2J\n",
		"type=challenge\n",
		"type=challenge\nchallenge=00\n",
		"type=challenge\nchallenge=0123456789abcdef0123456789abcde\n",
		"type=challenge\nchallenge=0123456789abcdef0123456789abcdeg\n",
		"type=challenge\nchallenge=0123456789ABCDEF0123456789abcdef\n",
		"type=challenge\nchallenge=0123456789abcdef0123456789abcdef0\n",
		"type=proof\n",
		"type=verdict\n",
		"type=verdict\nok=0\n",
		"type=verdict\nok=11\n",
		"type=verdict\nerror=\n",
		"type=verdict\nok=1\nerror=no\n",
		"type=feedback\nbegin_ns=-1\n",
		"type=feedback\nlost=18446744073709551616\n",
		"type=feedback\ndelay_ns=1 2 3 4 5 6 7 8 9 10 11\n",
		"type=feedback\ndelay_ns=1 2 3 4 5 6 7 8 9 10 11 12 13\n",
		"type=feedback\ndelay_ns=-1 2 3 4 5 6 7 8 9 10 11 12\n",
		"type=record\n",
		"type=record\ntotal=1\nloss_npct=100000000001\n",
		"type=record\ntotal=1\nkernel_stamps=2\n",
		"type=record\ntotal=1\nreorder_j=\n",
		"type=record\ntotal=1\nreorder_j=1 \n",
		"type=record\ntotal=1\nreorder_j=1  2\n",
		"type=record\ntotal=1\nsocket_drops=-2\n",
		"type=record\ntotal=1\nfirst_ns=-9223372036854775809\n",
	};
	struct ext_message m;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		if (get_lines(rows[i], &m) != WIRE_BAD)
			fail_msg("accepted: %s", rows[i]);
}

/* A list of 100 is read, one of 101 is not. */
static void
test_list_is_bounded(void **state)
{
	char payload[1024] = "type=record\ntotal=1\nreorder_j=1";
	struct ext_message m;
	size_t i;

	(void)state;
	for (i = 1; i < THRULAY_REORDER_MAX; i++)
		strlcat(payload, " 7", sizeof(payload));
	strlcat(payload, "\n", sizeof(payload));
	assert_int_equal(get_lines(payload, &m), WIRE_OK);
	assert_true(m.u.record.reorder_j[THRULAY_REORDER_MAX - 1] == 7);
	payload[strlen(payload) - 1] = '\0';
	strlcat(payload, " 7\n", sizeof(payload));
	assert_int_equal(get_lines(payload, &m), WIRE_BAD);
}

static void
test_bad_frames(void **state)
{
	static const char *const rows[] = {
		"y", "x;", "x::", "x:0", "x:01:", "x:-1:", "x:16385", "x:99999",
		"x:12;", "x:+", "x: 1", "x:13:type=request\n-",
	};
	struct ext_message m;
	size_t i, used;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		if (ext_get(rows[i], strlen(rows[i]), &m, &used) != WIRE_BAD)
			fail_msg("accepted: %s", rows[i]);
}

/* A request longer than any of ours is refused before it is looked at. */
static void
test_request_is_bounded(void **state)
{
	char payload[2000] = "type=request\nfuture=", buf[ROOM];
	struct ext_message m;
	size_t used;

	(void)state;
	memset(payload + strlen(payload), 'x', sizeof(payload) / 2);
	payload[EXT_REQUEST_MAX - strlen("x:999:+") - 1] = '\n';
	payload[EXT_REQUEST_MAX - strlen("x:999:+")] = '\0';
	assert_int_equal(frame(payload, buf), EXT_REQUEST_MAX);
	assert_int_equal(get_lines(payload, &m), WIRE_OK);
	payload[EXT_REQUEST_MAX - strlen("x:999:+") - 1] = 'x';
	strlcat(payload, "\n", sizeof(payload));
	assert_int_equal(frame(payload, buf), EXT_REQUEST_MAX + 1);
	assert_int_equal(ext_get(buf, strlen(buf), &m, &used), WIRE_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_defaults),
		cmocka_unit_test(test_record_defaults),
		cmocka_unit_test(test_record_by_hand),
		cmocka_unit_test(test_feedback_by_hand),
		cmocka_unit_test(test_request_by_hand),
		cmocka_unit_test(test_unknown_keys_are_ignored),
		cmocka_unit_test(test_bad_payloads),
		cmocka_unit_test(test_list_is_bounded),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_request_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
