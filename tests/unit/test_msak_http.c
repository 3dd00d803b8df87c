/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msak/http.h"
#include "msak/route.h"
#include "tests/unit/unit.h"

#define HOST	"Host: x\r\n"

static void
test_targets(void **state)
{
	static const struct {
		const char *request, *path, *query;
	} cases[] = {
		{ "GET /a?b HTTP/1.1\r\n" HOST "\r\n", "/a", "b" },
		{ "GET /a HTTP/1.1\n" "Host:x\n" "\n", "/a", "" },
		{ "GET /a?b?c HTTP/1.0\r\n\r\n", "/a", "b?c" },
		{ "GET http://h:1/a?b HTTP/1.1\r\n" HOST "\r\n", "/a", "b" },
		{ "GET http://h?b HTTP/1.1\r\n" HOST "\r\n", "/", "b" },
		{ "GET /\303\251#%41 HTTP/1.9\r\nHost:\r\n\r\n",
		    "/\303\251#%41", "" },
	};
	struct http_request r;
	size_t i, n, len;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		len = strlen(cases[i].request);
		for (n = 0; n < len; n++)
			assert_int_equal(http_request_get(cases[i].request, n,
			    &r), HTTP_MORE);
		assert_int_equal(http_request_get(cases[i].request, len, &r),
		    HTTP_OK);
		assert_true(http_is(r.method, "GET"));
		assert_true(http_is(r.path, cases[i].path));
		assert_true(http_is(r.query, cases[i].query));
		assert_int_equal(r.head.len, len);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char *request;
		int status;
		const char *why;
	} cases[] = {
		{ "\026", 400, NULL },		/* TLS */
		{ " GET", 400, NULL },
		{ "\r\n", 400, NULL },
		{ "GET\r\n", 400, NULL },
		{ "GET /\r\n", 400, NULL },
		{ "GET  / HTTP/1.1\r\n", 400, NULL },
		{ "GET / HTTP/1.1 \r\n", 400, NULL },
		{ "GET / http/1.1\r\n", 400, NULL },
		{ "GET / HTTP/1.11\r\n", 400, NULL },
		{ "GET a HTTP/1.1\r\n", 400, NULL },
		{ "GET * HTTP/1.1\r\n", 400, NULL },
		{ "GET /%zz HTTP/1.1\r\n", 400, NULL },
		{ "GET /\001 HTTP/1.1\r\n", 400, NULL },
		{ "GET /?\177 HTTP/1.1\r\n", 400, NULL },
		{ "CONNECT h:1 HTTP/1.1\r\n", 400, NULL },
		{ "PRI * HTTP/2.0\r\n", 505, "unsupported protocol version" },
		{ "GET / HTTP/1.1\r\nA b\r\n", 400, NULL },
		{ "GET / HTTP/1.1\r\nA: b\r\n c\r\n", 400, NULL },
		{ "GET / HTTP/1.1\r\n b:c\r\n", 400, "invalid header name" },
		{ "GET / HTTP/1.1\r\n: c\r\n", 400, "invalid header name" },
		{ "GET / HTTP/1.1\r\nA: \001\r\n", 400,
		    "invalid header value" },
		{ "GET / HTTP/1.1\r\n\r\n", 400,
		    "missing required Host header" },
		{ "GET / HTTP/1.1\r\n" HOST HOST "\r\n", 400, NULL },
		{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400,
		    "malformed Host header" },
		{ "GET / HTTP/1.1\r\n" HOST "Transfer-Encoding: x\r\n\r\n",
		    501, NULL },
		{ "GET / HTTP/1.1\r\n" HOST "Content-Length: x\r\n\r\n", 400,
		    NULL },
	};
	struct http_request r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		if (http_request_get(cases[i].request,
		    strlen(cases[i].request), &r) != HTTP_BAD)
			fail_msg("accepted: %s", cases[i].request);
		assert_int_equal(r.status, cases[i].status);
		assert_true((r.why == NULL) == (cases[i].why == NULL));
		if (r.why != NULL)
			assert_string_equal(r.why, cases[i].why);
	}
}

static void
test_bounds(void **state)
{
	static char text[HTTP_HEAD_MAX + 10];
	size_t n = 0, i;
	struct http_request r;

	(void)state;
	n = (size_t)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\n" HOST);
	for (i = 1; i < HTTP_FIELDS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "A:\r\n");
	memcpy(text + n, "\r\n", 2);
	assert_int_equal(http_request_get(text, n + 2, &r), HTTP_OK);
	memcpy(text + n, "A:\r\n\r\n", 6);
	assert_int_equal(http_request_get(text, n + 6, &r), HTTP_BAD);
	assert_int_equal(r.status, 431);
	memset(text, 'x', sizeof(text));
	memcpy(text, "GET /", 5);
	assert_int_equal(http_request_get(text, HTTP_HEAD_MAX - 1, &r),
	    HTTP_MORE);
	assert_int_equal(http_request_get(text, HTTP_HEAD_MAX, &r), HTTP_BAD);
	assert_int_equal(r.status, 431);
	assert_null(r.why);
}

static void
check_form(const char *text, bool want)
{
	struct http_request r;

	assert_int_equal(http_request_get(text, strlen(text), &r), HTTP_OK);
	assert_int_equal(http_is_form(&r), want);
}

static void
check_waiting(const char *text, bool want)
{
	struct http_request r;

	assert_int_equal(http_request_get(text, strlen(text), &r), HTTP_OK);
	assert_int_equal(http_is_waiting(&r), want);
}

static void
test_expect(void **state)
{
	(void)state;
	check_waiting("POST / HTTP/1.1\r\nHost: x\r\n"
	    "Expect: 100-Continue\r\n\r\n", true);
	check_waiting("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n",
	    false);
	check_waiting("POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n",
	    false);
	check_waiting("POST / HTTP/1.1\r\nHost: x\r\n\r\n", false);
}

static void
check_demanding(const char *fields, bool want)
{
	struct http_request r;
	char text[200];

	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n",
	    fields);
	assert_int_equal(http_request_get(text, strlen(text), &r), HTTP_OK);
	assert_int_equal(http_is_demanding(&r), want);
}

static void
test_expect_what_cannot_be(void **state)
{
	(void)state;
	check_demanding("Expect: tea\r\n", true);
	check_demanding("Expect: 100-continued\r\n", true);
	check_demanding("Expect: 100-Continue\r\n", false);
	check_demanding("Expect: tea, 100-continue\r\n", false);
	check_demanding("Expect:\r\n", false);
	check_demanding("", false);
}

#define FORM	"Content-Type: application/x-www-form-urlencoded"

static void
test_form(void **state)
{
	(void)state;
	check_form("POST / HTTP/1.0\r\n" FORM "\r\n\r\n", true);
	check_form("PUT / HTTP/1.0\r\n" FORM " ; charset=x\r\n\r\n", true);
	check_form("GET / HTTP/1.0\r\n" FORM "\r\n\r\n", false);
	check_form("POST / HTTP/1.0\r\n" FORM "x\r\n\r\n", false);
	check_form("POST / HTTP/1.0\r\n\r\n", false);
}

static char *
answer(const char *request, const struct route *routes, size_t n, int id)
{
	struct http_request r;
	struct http_answer a;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(http_request_get(request, strlen(request), &r),
	    HTTP_OK);
	assert_int_equal(route_find(&r, routes, n, &a), id);
	http_put_answer(out, &r, &a, 0);
	http_answer_free(&a);
	fclose(out);
	return text;
}

static void
check_answer(const char *request, int id, const char *want)
{
	static const struct route routes[] = { { "/", 7 }, { "/a/b", 5 } };
	char *text = answer(request, routes, NELEM(routes), id);

	if (id == -1)
		assert_string_equal(text, want);
	free(text);
}

#define DATE	"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
#define MOVED	"301 Moved Permanently\r\n"
#define HTML	"Content-Type: text/html; charset=utf-8\r\n"
#define CLOSE	"Connection: close\r\n\r\n"

static void
test_routes(void **state)
{
	(void)state;
	check_answer("GET / HTTP/1.0\r\n\r\n", 7, NULL);
	check_answer("GET /a/b?c HTTP/1.0\r\n\r\n", 5, NULL);
	check_answer("GET /%61%2fb HTTP/1.0\r\n\r\n", 5, NULL);
	check_answer("GET /a%00 HTTP/1.0\r\n\r\n", -1, "HTTP/1.0 "
	    "404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "X-Content-Type-Options: nosniff\r\n" DATE
	    "Content-Length: 19\r\n\r\n404 page not found\n");
	check_answer("HEAD /x HTTP/1.0\r\n\r\n", -1, "HTTP/1.0 "
	    "404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "X-Content-Type-Options: nosniff\r\n" DATE
	    "Content-Length: 19\r\n\r\n");
	check_answer("GET //a/./%22%3C%C3%A9/?'&\303\251 HTTP/1.1\r\n" HOST
	    "\r\n", -1, "HTTP/1.1 " MOVED HTML
	    "Location: /a/%22%3C%C3%A9/?'&%C3%A9\r\n" DATE
	    "Content-Length: 68\r\n" CLOSE "<a href=\"/a/%22%3C%C3%A9/?&#39;"
	    "&amp;%C3%A9\">Moved Permanently</a>.\n\n");
	check_answer("HEAD /a/../b HTTP/1.1\r\n" HOST "\r\n", -1, "HTTP/1.1 "
	    MOVED HTML "Location: /b\r\n" DATE CLOSE);
	check_answer("POST /a/../b HTTP/1.1\r\n" HOST "\r\n", -1, "HTTP/1.1 "
	    MOVED "Location: /b\r\n" DATE "Content-Length: 0\r\n" CLOSE);
	/* Never to another host. */
	check_answer("HEAD //evil/.. HTTP/1.1\r\n" HOST "\r\n", -1,
	    "HTTP/1.1 " MOVED HTML "Location: /\r\n" DATE CLOSE);
	check_answer("HEAD /..//evil HTTP/1.1\r\n" HOST "\r\n", -1,
	    "HTTP/1.1 " MOVED HTML "Location: /evil\r\n" DATE CLOSE);
}

static void
check_refusal(int status, const char *why, const char *line, const char *body)
{
	char want[300], *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	http_put_refusal(out, status, why);
	fclose(out);
	snprintf(want, sizeof(want), "HTTP/1.1 %s\r\nContent-Type: "
	    "text/plain; charset=utf-8\r\n" CLOSE "%s", line, body);
	assert_string_equal(text, want);
	free(text);
}

static void
test_refusals(void **state)
{
	(void)state;
	check_refusal(400, NULL, "400 Bad Request", "400 Bad Request");
	check_refusal(431, NULL, "431 Request Header Fields Too Large",
	    "431 Request Header Fields Too Large");
	check_refusal(501, NULL, "501 Not Implemented",
	    "Unsupported transfer encoding");
	check_refusal(505, "unsupported protocol version",
	    "505 HTTP Version Not Supported: unsupported protocol version",
	    "505 HTTP Version Not Supported: unsupported protocol version");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_expect),
		cmocka_unit_test(test_expect_what_cannot_be),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
