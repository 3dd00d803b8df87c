/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/http.h"
#include "tests/unit/unit.h"

#define MAX	20

/* A body behind a head with these fields, in pieces of so many bytes. */
static enum http_status
read_body(struct http_body *b, const char *fields, int status,
    const char *body, size_t piece, bool end)
{
	struct http_response r;
	char head[200];
	enum http_status got;
	size_t at, n, len = strlen(body);

	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\n%s\r\n", fields);
	assert_int_equal(http_response_get(head, strlen(head), &r), HTTP_OK);
	got = http_body_init(b, &r.head, status, MAX);
	for (at = 0; at < len && got == HTTP_MORE; at += n) {
		n = len - at < piece ? len - at : piece;
		got = http_body_put(b, body + at, n);
	}
	return end ? http_body_end(b) : got;
}

static void
check(const char *fields, int status, const char *body, bool end,
    enum http_status want, const char *data)
{
	struct http_body b;
	size_t piece;

	for (piece = 1; piece <= strlen(body) + 1; piece++) {
		assert_int_equal(read_body(&b, fields, status, body, piece,
		    end), want);
		if (want != HTTP_BAD) {
			assert_string_equal(b.data, data);
			assert_int_equal(b.len, strlen(data));
		}
		http_body_free(&b);
	}
}

#define LENGTH_5	"Content-Length: 5\r\n"
#define CHUNKED		"Transfer-Encoding: Chunked\r\n"

static void
test_length(void **state)
{
	(void)state;
	check(LENGTH_5, 200, "Hello", false, HTTP_OK, "Hello");
	check(LENGTH_5, 200, "Hello and more", false, HTTP_OK, "Hello");
	check(LENGTH_5, 200, "Hell", false, HTTP_MORE, "Hell");
	check(LENGTH_5, 200, "Hell", true, HTTP_BAD, "");
	check(LENGTH_5, 200, "Hello", true, HTTP_OK, "Hello");
	check(LENGTH_5, 204, "Hello", false, HTTP_OK, "");
	check(LENGTH_5, 304, "Hello", false, HTTP_OK, "");
	check(LENGTH_5, 100, "Hello", false, HTTP_OK, "");
	check("Content-Length: 0\r\n", 200, "x", false, HTTP_OK, "");
	check("Content-Length: 21\r\n", 200, "x", false, HTTP_BAD, "");
	check("Content-Length: 20\r\n", 0, "12345678901234567890", false,
	    HTTP_OK, "12345678901234567890");
}

static void
test_close(void **state)
{
	(void)state;
	check("", 200, "Hello", false, HTTP_MORE, "Hello");
	check("", 200, "Hello", true, HTTP_OK, "Hello");
	check("", 200, "", true, HTTP_OK, "");
	check("", 200, "123456789012345678901", true, HTTP_BAD, "");
	/* Of a request there is none. */
	check("", 0, "Hello", false, HTTP_OK, "");
}

static void
test_chunked(void **state)
{
	(void)state;
	check(CHUNKED, 200, "5\r\nHello\r\n0\r\n\r\n", false, HTTP_OK, "Hello");
	check(CHUNKED LENGTH_5, 200, "1\r\nH\r\n00\r\n\r\n", false, HTTP_OK,
	    "H");
	check(CHUNKED, 200, "3;x=\"y\"\r\nHel\r\n2 \r\nlo\r\n0\r\nA: b\r\n"
	    "C: d\r\n\r\nmore", false, HTTP_OK, "Hello");
	check(CHUNKED, 200, "A\n1234567890\n0a\n1234567890\n0\n\n", false,
	    HTTP_OK, "12345678901234567890");
	check(CHUNKED, 200, "5\r\nHello\r\n0\r\n", true, HTTP_BAD, "");
	check(CHUNKED, 200, "5\r\nHello\r\n0\r\n", false, HTTP_MORE, "Hello");
	check(CHUNKED, 200, "15\r\n", false, HTTP_BAD, "");
	check(CHUNKED, 200, "ffffffffffffffffff\r\n", false, HTTP_BAD, "");
	check(CHUNKED, 200, "10\r\n1234567890123456\r\n5\r\n12345\r\n", false,
	    HTTP_BAD, "");
	check(CHUNKED, 200, "5\r\nHelloX\r\n", false, HTTP_BAD, "");
	check(CHUNKED, 200, "\r\n", false, HTTP_BAD, "");
	check(CHUNKED, 200, ";x\r\n", false, HTTP_BAD, "");
	check(CHUNKED, 200, "x\r\n", false, HTTP_BAD, "");
	check(CHUNKED, 200, "-1\r\n", false, HTTP_BAD, "");
}

/* Lines that never end. */
static void
test_bounds(void **state)
{
	static const char *const starts[] = { "1;", "0000", "0\r\nA:" };
	struct http_body b;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < NELEM(starts); i++) {
		assert_int_equal(read_body(&b, CHUNKED, 200, starts[i], 100,
		    false), HTTP_MORE);
		for (n = 0; n < 2000; n++)
			if (http_body_put(&b, "0", 1) == HTTP_BAD)
				break;
		assert_in_range(n, 1000, 1030);
		http_body_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_chunked),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
