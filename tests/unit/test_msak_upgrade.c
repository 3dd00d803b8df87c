/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/upgrade.h"
#include "tests/unit/unit.h"

#define PROTOCOL	"Sec-WebSocket-Protocol: " UPGRADE_PROTOCOL "\r\n"
#define WANTED		"Connection: keep-alive, Upgrade\r\n" \
			"Upgrade: WebSocket\r\n" \
			"Sec-WebSocket-Version: 13\r\n"
#define KEY		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define GOOD		PROTOCOL WANTED KEY

struct check {
	struct upgrade	 u;
	struct query	*q;
	int		 status;
};

static void
run(struct check *c, const char *method, const char *query,
    const char *fields, struct upgrade_access access)
{
	char text[4000];
	struct http_request r;
	struct http_answer a;
	bool good;

	snprintf(text, sizeof(text), "%s /x?%s HTTP/1.1\r\nHost: x\r\n%s\r\n",
	    method, query, fields);
	assert_int_equal(http_request_get(text, strlen(text), &r), HTTP_OK);
	c->q = query_parse(r.query.p, r.query.len);
	good = upgrade_check(&r, c->q, &access, &c->u, &a);
	assert_int_equal(good, c->u.fault == UPGRADE_OK);
	c->status = good ? 101 : a.status;
	http_answer_free(&a);
}

static void
check(const char *method, const char *query, const char *fields,
    enum upgrade_fault fault, int status)
{
	struct upgrade_access access = { false, false, NULL };
	struct check c;

	run(&c, method, query, fields, access);
	if (c.u.fault != fault)
		fail_msg("%s: fault %d, not %d", query, (int)c.u.fault,
		    (int)fault);
	assert_int_equal(c.status, status);
	free(c.q);
}

/* With everything wrong from there on, the first one counts. */
static void
test_order(void **state)
{
	static const struct {
		const char *query, *fields;
		enum upgrade_fault fault;
	} cases[] = {
		{ "duration=x&cc=x&bytes=x", "", UPGRADE_NO_MID },
		{ "mid=&streams=1", GOOD, UPGRADE_NO_MID },
		{ "mid=%00&streams=1", GOOD, UPGRADE_NO_MID },
		{ "mid=a&duration=x&cc=x&bytes=x", "", UPGRADE_NO_STREAMS },
		{ "mid=a&streams=", GOOD, UPGRADE_NO_STREAMS },
		{ "mid=a&streams=1&duration=x&cc=x&bytes=x", "",
		    UPGRADE_BAD_DURATION },
		{ "mid=a&streams=1&cc=x&bytes=x", "", UPGRADE_BAD_CC },
		{ "mid=a&streams=1&cc=Cubic", GOOD, UPGRADE_BAD_CC },
		{ "mid=a&streams=1&bytes=x", "", UPGRADE_BAD_BYTES },
		{ "mid=a&streams=1&duration=&cc=&bytes=&delay=", "",
		    UPGRADE_BAD_PROTOCOL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++)
		check("GET", cases[i].query, cases[i].fields, cases[i].fault,
		    400);
}

static void
test_handshake(void **state)
{
	static const struct {
		const char *method, *fields;
		enum upgrade_fault fault;
		int status;
	} cases[] = {
		{ "GET", GOOD, UPGRADE_OK, 101 },
		{ "POST", WANTED KEY, UPGRADE_BAD_PROTOCOL, 400 },
		{ "POST", PROTOCOL, UPGRADE_BAD_HANDSHAKE, 400 },
		{ "POST", PROTOCOL "Connection: upgrade\r\n"
		    "Upgrade: websocket\r\n", UPGRADE_BAD_HANDSHAKE, 405 },
		{ "get", GOOD, UPGRADE_BAD_HANDSHAKE, 405 },
		{ "GET", PROTOCOL WANTED, UPGRADE_BAD_HANDSHAKE, 400 },
		{ "GET", PROTOCOL WANTED "Sec-WebSocket-Key:\r\n",
		    UPGRADE_BAD_HANDSHAKE, 400 },
		{ "GET", "Connection: upgrade\r\nUpgrade: websocket\r\n"
		    PROTOCOL KEY, UPGRADE_BAD_HANDSHAKE, 400 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++)
		check(cases[i].method, "mid=a&streams=1", cases[i].fields,
		    cases[i].fault, cases[i].status);
}

static void
test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
		{ "0", true, 0 }, { "-5", true, -5 }, { "%2B5", true, 5 },
		{ "007", true, 7 }, { "-0", true, 0 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 },
		{ "+5", false, 0 }, { "5+", false, 0 }, { "0x5", false, 0 },
		{ "1_0", false, 0 }, { "1e3", false, 0 }, { "5%00", false, 0 },
		{ "-", false, 0 }, { "%2B-5", false, 0 }, { "1.5", false, 0 },
	};
	struct upgrade_access access = { false, false, NULL };
	char query[100];
	struct check c;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		snprintf(query, sizeof(query), "mid=a&streams=1&duration=%s",
		    cases[i].text);
		run(&c, "GET", query, GOOD, access);
		assert_int_equal(c.u.fault, cases[i].good ? UPGRADE_OK :
		    UPGRADE_BAD_DURATION);
		if (cases[i].good)
			assert_true(c.u.duration_ms == cases[i].value);
		free(c.q);
		snprintf(query, sizeof(query), "mid=a&streams=1&bytes=%s",
		    cases[i].text);
		run(&c, "GET", query, GOOD, access);
		assert_int_equal(c.u.fault, cases[i].good ? UPGRADE_OK :
		    UPGRADE_BAD_BYTES);
		if (cases[i].good)
			assert_true(c.u.bytes == (cases[i].value > 0 ?
			    cases[i].value : 0));
		free(c.q);
	}
}

static void
test_access(void **state)
{
	struct upgrade_access denied = { true, true, "j" };
	struct upgrade_access busy = { false, true, "j" };
	struct upgrade_access empty = { false, false, "" };
	struct check c;

	(void)state;
	run(&c, "GET", "", "", denied);
	assert_int_equal(c.u.fault, UPGRADE_DENIED);
	assert_int_equal(c.status, 401);
	free(c.q);
	run(&c, "GET", "", "", busy);
	assert_int_equal(c.u.fault, UPGRADE_BUSY);
	assert_int_equal(c.status, 503);
	free(c.q);
	run(&c, "GET", "mid=a&streams=1", GOOD, empty);
	assert_int_equal(c.u.fault, UPGRADE_OK);
	assert_string_equal(c.u.mid, "");
	free(c.q);
}

static void
test_parameters(void **state)
{
	struct upgrade_access access = { false, false, NULL };
	struct check c;

	(void)state;
	run(&c, "GET", "mid=m%20&streams=x&streams=2", GOOD, access);
	assert_int_equal(c.u.fault, UPGRADE_OK);
	assert_string_equal(c.u.mid, "m ");
	assert_int_equal(c.u.duration_ms, 5000);
	assert_null(c.u.cc);
	assert_int_equal(c.u.bytes, 0);
	assert_string_equal(c.u.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	free(c.q);
	run(&c, "GET", "mid=m&streams=x&cc=reno", GOOD, access);
	assert_string_equal(c.u.cc, "reno");
	free(c.q);
}

/* A pair of 50 and 512 bytes, decoded, and what is longer. */
static void
test_metadata_length(void **state)
{
	char query[2000];
	int i;

	(void)state;
	for (i = 0; i <= 2; i++) {
		snprintf(query, sizeof(query), "mid=a&streams=1&%0*d=%%41%0*d",
		    i == 1 ? 51 : 50, 0, i == 2 ? 512 : 511, 0);
		check("GET", query, GOOD, i == 0 ? UPGRADE_OK :
		    UPGRADE_BAD_METADATA, i == 0 ? 101 : 400);
	}
	/* Only the first value of a key counts; options may be long. */
	snprintf(query, sizeof(query), "mid=%0600d&streams=%0600d&k=&k=%0600d",
	    0, 0, 0);
	check("GET", query, GOOD, UPGRADE_OK, 101);
	snprintf(query, sizeof(query), "mid=a&streams=1&client_name=%0513d",
	    0);
	check("GET", query, GOOD, UPGRADE_BAD_METADATA, 400);
}

static void
test_too_many(void **state)
{
	char query[QUERY_PAIRS_MAX + 20] = "mid=a&streams=1";

	(void)state;
	memset(query + strlen(query), '&', QUERY_PAIRS_MAX);
	check("GET", query, GOOD, UPGRADE_BAD_METADATA, 400);
}

/* The archive's lists (spec 5.5). */
static void
test_lists(void **state)
{
	static const char text[] = "x=&bytes=5&mid=a&cc=bbr&streams=2&x=1&"
	    "access_token=t&delay=&duration=7&client_os=linux";
	struct query *q = query_parse(text, strlen(text));
	char got[200] = "";
	size_t i, n = 0;

	(void)state;
	assert_non_null(q);
	for (i = 0; i < UPGRADE_OPTIONS; i++)
		if (upgrade_option(q, i) != NULL)
			n += (size_t)snprintf(got + n, sizeof(got) - n,
			    "%s=%s ", upgrade_option(q, i)->key,
			    upgrade_option(q, i)->value);
	n += (size_t)snprintf(got + n, sizeof(got) - n, "| ");
	for (i = 0; i < q->count; i++)
		if (upgrade_is_metadata(q, i))
			n += (size_t)snprintf(got + n, sizeof(got) - n,
			    "%s=%s ", q->pair[i].key, q->pair[i].value);
	assert_string_equal(got, "streams=2 duration=7 cc=bbr bytes=5 | "
	    "x= bytes=5 client_os=linux ");
	assert_string_equal(upgrade_token(q, NULL), "t");
	free(q);
}

static void
test_token(void **state)
{
	struct query *q = query_parse("access_token=q", 14);
	struct query *form = query_parse("access_token=f", 14);
	struct query *none = query_parse("", 0);

	(void)state;
	assert_string_equal(upgrade_token(q, form), "f");
	assert_string_equal(upgrade_token(q, none), "q");
	assert_string_equal(upgrade_token(none, form), "f");
	assert_null(upgrade_token(none, NULL));
	free(q);
	free(form);
	free(none);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_access),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_metadata_length),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
