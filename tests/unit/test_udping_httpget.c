/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "udping/httpget.h"

#define PATH	"/metrics"
#define GET	"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"

static void
statuses(void **state)
{
	static const struct {
		const char	*request;
		int		 status;
	} cases[] = {
		{ GET, 200 },
		{ GET GET, 200 },
		{ "GET /metrics HTTP/1.0\n\n", 200 },
		{ "GET /metrics HTTP/1.1\nA: b\r\n\r\n", 200 },
		{ "GET /metrics?name=x HTTP/1.1\r\n\r\n", 200 },
		{ "GET / HTTP/1.1\r\n\r\n", 404 },
		{ "GET /metric HTTP/1.1\r\n\r\n", 404 },
		{ "GET /metrics/ HTTP/1.1\r\n\r\n", 404 },
		{ "GET /METRICS HTTP/1.1\r\n\r\n", 404 },
		{ "GET ?/metrics HTTP/1.1\r\n\r\n", 404 },
		{ "HEAD /metrics HTTP/1.1\r\n\r\n", 405 },
		{ "POST /metrics HTTP/1.1\r\nContent-Length: 9\r\n\r\n", 405 },
		{ "get /metrics HTTP/1.1\r\n\r\n", 405 },
		{ "GET /metrics HTTP/2.0\r\n\r\n", 505 },
		{ "GET /metrics\r\n\r\n", 400 },
		{ "GET  /metrics HTTP/1.1\r\n\r\n", 400 },
		{ "GET /metrics HTTP/1.1 x\r\n\r\n", 400 },
		{ "GET /metrics http/1.1\r\n\r\n", 400 },
		{ "\r\n\r\n", 400 },
		{ "\n\n", 400 },
		{ "x\n\n", 400 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++)
		if (httpget_status(cases[i].request, strlen(cases[i].request),
		    PATH) != cases[i].status)
			fail_msg("%s", cases[i].request);
}

/* Whatever piece of it has come, it is waited for; but not for ever. */
static void
pieces(void **state)
{
	char buf[HTTPGET_MAX];
	size_t n;

	(void)state;
	for (n = 0; n < strlen(GET); n++)
		assert_int_equal(httpget_status(GET, n, PATH), 0);
	memset(buf, 'x', sizeof(buf));
	memcpy(buf, GET, strlen(GET) - 2);
	assert_int_equal(httpget_status(buf, sizeof(buf) - 1, PATH), 0);
	assert_int_equal(httpget_status(buf, sizeof(buf), PATH), 431);
	memcpy(buf + sizeof(buf) - 4, "\r\n\r\n", 4);
	assert_int_equal(httpget_status(buf, sizeof(buf), PATH), 200);
	assert_int_equal(httpget_status("\x16\x03\x01\0", 4, PATH), 400);
}

static void
reasons(void **state)
{
	(void)state;
	assert_string_equal(httpget_reason(200), "OK");
	assert_string_equal(httpget_reason(400), "Bad Request");
	assert_string_equal(httpget_reason(405), "Method Not Allowed");
	assert_string_equal(httpget_reason(505),
	    "HTTP Version Not Supported");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses),
		cmocka_unit_test(pieces),
		cmocka_unit_test(reasons)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
