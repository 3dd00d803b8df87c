/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/http.h"
#include "tests/unit/unit.h"

static struct url u;

enum how { GET, TO_PROXY, CONNECT, UPGRADE };

static char *
asked(const char *text, enum how how)
{
	static struct url proxy;
	char why[URL_WHY_MAX], *got;
	size_t size;
	FILE *out = open_memstream(&got, &size);

	assert_non_null(out);
	assert_int_equal(url_parse(text, &u, why), 0);
	assert_int_equal(url_parse("http://n:p%40@p/", &proxy, why), 0);
	if (how == UPGRADE)
		http_put_upgrade(out, &u, "A/1", "KEY", "P");
	else if (how == CONNECT)
		http_put_connect(out, &u, "A/1", &proxy);
	else
		http_put_get(out, &u, "A/1", how == GET ? NULL : &proxy);
	fclose(out);
	return got;
}

static void
check_asked(const char *text, enum how how, const char *want)
{
	char *got = asked(text, how);

	assert_string_equal(got, want);
	free(got);
}

#define REST(more)							\
	"User-Agent: A/1\r\nAccept-Encoding: identity\r\n" more		\
	"Connection: close\r\n\r\n"
/* n:p@ */
#define PROXIED	"Proxy-Authorization: Basic bjpwQA==\r\n"

static void
test_requests(void **state)
{
	(void)state;
	check_asked("http://[::1]:80/a?b", GET,
	    "GET /a?b HTTP/1.1\r\nHost: [::1]:80\r\n" REST(""));
	check_asked("http://h", GET,
	    "GET / HTTP/1.1\r\nHost: h\r\n" REST(""));
	check_asked("http://h?x", TO_PROXY,
	    "GET http://h/?x HTTP/1.1\r\nHost: h\r\n" REST(PROXIED));
	check_asked("ws://h/a", UPGRADE, "GET /a HTTP/1.1\r\nHost: h\r\n"
	    "User-Agent: A/1\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Key: KEY\r\nSec-WebSocket-Protocol: P\r\n"
	    "Sec-WebSocket-Version: 13\r\nUpgrade: websocket\r\n\r\n");
}

/* RFC 7617, section 2. */
static void
test_names(void **state)
{
	(void)state;
	check_asked("http://Aladdin:open%20sesame@h/", GET,
	    "GET / HTTP/1.1\r\nHost: h\r\n"
	    REST("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
	check_asked("http://n@h/", TO_PROXY,
	    "GET http://h/ HTTP/1.1\r\nHost: h\r\n"
	    REST("Authorization: Basic bjo=\r\n" PROXIED));
}

static void
test_tunnel(void **state)
{
	(void)state;
	check_asked("https://h/a", CONNECT, "CONNECT h:443 HTTP/1.1\r\n"
	    "Host: h:443\r\nUser-Agent: A/1\r\n" PROXIED "\r\n");
	check_asked("https://[::1]:8/a", CONNECT, "CONNECT [::1]:8 HTTP/1.1\r\n"
	    "Host: [::1]:8\r\nUser-Agent: A/1\r\n" PROXIED "\r\n");
}

/* The zone of an address stays here. */
static void
test_zone(void **state)
{
	(void)state;
	check_asked("http://[fe80::1%25lo]:8/", GET,
	    "GET / HTTP/1.1\r\nHost: [fe80::1]:8\r\n" REST(""));
	check_asked("https://[fe80::1%25lo]/", CONNECT,
	    "CONNECT [fe80::1]:443 HTTP/1.1\r\nHost: [fe80::1]:443\r\n"
	    "User-Agent: A/1\r\n" PROXIED "\r\n");
}

static enum http_status
get(const char *text, struct http_response *r)
{
	size_t n, len = strlen(text);
	enum http_status got;

	/* Whatever it is, a part of it is not accepted. */
	for (n = 0; n < len; n++)
		assert_int_not_equal(http_response_get(text, n, r), HTTP_OK);
	got = http_response_get(text, len, r);
	if (got == HTTP_OK)
		assert_int_equal(r->head.len, len);
	return got;
}

static void
test_responses(void **state)
{
	struct http_response r;

	(void)state;
	assert_int_equal(get("HTTP/1.1 302 Found it\r\nLocation:\t/x \r\n"
	    "Content-Length: 10\r\nContent-Length: 10\r\n\r\n", &r), HTTP_OK);
	assert_int_equal(r.status, 302);
	assert_true(http_is(r.reason, "Found it"));
	assert_true(http_is(http_find(&r.head, "location")->value, "/x"));
	assert_int_equal(r.head.length, 10);
	assert_true(http_is_plain(&r));
	assert_int_equal(get("HTTP/1.0 200\n\n", &r), HTTP_OK);
	assert_true(http_is(r.reason, ""));
	assert_int_equal(r.head.length, -1);
	assert_int_equal(get("HTTP/1.1 204 \r\nContent-Encoding: gzip\r\n\r\n",
	    &r), HTTP_OK);
	assert_false(http_is_plain(&r));
}

static void
test_bad_responses(void **state)
{
	static const char *const cases[] = {
		"SSH-2.0-OpenSSH\r\n", "HTTP/2.0 200 OK\r\n",
		"HTTP/1.1 20 OK\r\n", "HTTP/1.1 2000 OK\r\n",
		"HTTP/1.1 099 OK\r\n", "HTTP/1.1  200 OK\r\n", "\r\n",
		"HTTP/1.1 200 OK\r\nno colon\r\n",
		"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n",
		"HTTP/1.1 200 OK\r\nA : b\r\n",
		"HTTP/1.1 200 OK\r\nA: b\rc\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n"
		    "\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n"
		    "\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
	};
	struct http_response r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++)
		if (get(cases[i], &r) != HTTP_BAD)
			fail_msg("accepted: %s", cases[i]);
}

static void
test_head_bound(void **state)
{
	static char text[HTTP_HEAD_MAX + 1] = "HTTP/1.1 200 OK\r\nA: ";
	size_t n = strlen(text);
	struct http_response r;

	(void)state;
	memset(text + n, 'x', sizeof(text) - n);
	assert_int_equal(http_response_get(text, HTTP_HEAD_MAX - 1, &r),
	    HTTP_MORE);
	assert_int_equal(http_response_get(text, HTTP_HEAD_MAX, &r),
	    HTTP_BAD);
	memcpy(text + HTTP_HEAD_MAX - 4, "\r\n\r\n", 4);
	assert_int_equal(http_response_get(text, HTTP_HEAD_MAX, &r), HTTP_OK);
	text[HTTP_HEAD_MAX - 4] = 'x';
	memcpy(text + HTTP_HEAD_MAX - 3, "\r\n\r\n", 4);
	assert_int_equal(http_response_get(text, HTTP_HEAD_MAX + 1, &r),
	    HTTP_BAD);
}

#define SWITCH	"HTTP/1.1 101 Switching Protocols\r\n"

static void
check_switch(const char *text, bool want)
{
	struct http_response r;

	assert_int_equal(get(text, &r), HTTP_OK);
	assert_int_equal(http_is_switch(&r, "ABC="), want);
}

static void
test_switch(void **state)
{
	(void)state;
	check_switch(SWITCH "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: ABC=\r\n\r\n", true);
	check_switch(SWITCH "upgrade: x, WebSocket\r\nConnection: close\r\n"
	    "connection: keep-alive,upgrade\r\n"
	    "sec-websocket-accept: ABC=\r\n\r\n", true);
	check_switch(SWITCH "Upgrade: websocket\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: abc=\r\n\r\n", false);
	check_switch(SWITCH "Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
	    false);
	check_switch(SWITCH "Upgrade: websockets\r\nConnection: Upgrade\r\n"
	    "Sec-WebSocket-Accept: ABC=\r\n\r\n", false);
	check_switch(SWITCH "Upgrade: websocket\r\n"
	    "Sec-WebSocket-Accept: ABC=\r\n\r\n", false);
	check_switch("HTTP/1.1 200 OK\r\nUpgrade: websocket\r\n"
	    "Connection: Upgrade\r\nSec-WebSocket-Accept: ABC=\r\n\r\n",
	    false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_tunnel),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_responses),
		cmocka_unit_test(test_bad_responses),
		cmocka_unit_test(test_head_bound),
		cmocka_unit_test(test_switch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
