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
		cmocka_unit_test(test_unknown_keys_are_ignored),
		cmocka_unit_test(test_bad_payloads),
		cmocka_unit_test(test_list_is_bounded),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_request_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
