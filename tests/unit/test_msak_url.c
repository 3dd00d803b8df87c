/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/url.h"
#include "tests/unit/unit.h"

static struct url u, base;
static char why[URL_WHY_MAX];

static void
test_parse(void **state)
{
	static const struct {
		const char *text, *scheme, *authority, *host, *path, *query;
		unsigned int port;
	} cases[] = {
		{ "ws://127.0.0.1:8180/throughput/v1/download?mid=a#x", "ws",
		    "127.0.0.1:8180", "127.0.0.1", "/throughput/v1/download",
		    "mid=a", 8180 },
		{ "HTTPS://H", "https", "H", "H", "", "", 0 },
		{ "//h:80?q", "", "h:80", "h", "", "q", 80 },
		{ "http://[::1]:8080/", "http", "[::1]:8080", "::1", "/", "",
		    8080 },
		{ "http://[::1]", "http", "[::1]", "::1", "", "", 0 },
		{ "http://h:/a", "http", "h:", "h", "/a", "", 0 },
		{ "http://[fe80::1%25lo]:1/", "http", "[fe80::1%25lo]:1",
		    "fe80::1%lo", "/", "", 1 },
		{ "http://u:p@h:1/", "http", "h:1", "h", "/", "", 1 },
		{ "localhost:80", "localhost", "", "", "80", "", 0 },
		{ "a/b:c", "", "", "", "a/b:c", "", 0 },
		{ "", "", "", "", "", "", 0 },
		{ "?a?b", "", "", "", "", "a?b", 0 },
		{ "/a b\"\303\251?c d", "", "", "", "/a%20b%22%C3%A9", "c%20d",
		    0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		assert_int_equal(url_parse(cases[i].text, &u, why), 0);
		assert_string_equal(u.scheme, cases[i].scheme);
		assert_string_equal(u.authority, cases[i].authority);
		assert_string_equal(u.host, cases[i].host);
		assert_string_equal(u.path, cases[i].path);
		assert_string_equal(u.query, cases[i].query);
		assert_int_equal(u.port, cases[i].port);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "127.0.0.1:8180", "parse \"127.0.0.1:8180\": "
		    "first path segment in URL cannot contain colon" },
		{ "http://h:abc/", "parse \"http://h:abc/\": invalid port "
		    "\":abc\" after host" },
		{ "http://h:65536/",
		    "dial tcp: address 65536: invalid port" },
		{ "http://h:99999999999999999999/", "dial tcp: address "
		    "99999999999999999999: invalid port" },
		{ "http://h\303\251/", "invalid character in host name" },
		{ "http://h%C3%A9/", "invalid character in host name" },
		{ "a-scheme-of-16-b:x", "scheme too long" },
	};
	static char text[URL_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		assert_int_equal(url_parse(cases[i].text, &u, why), -1);
		assert_string_equal(why, cases[i].why);
	}
	memset(text, 'a', sizeof(text) - 1);
	assert_int_equal(url_parse(text, &u, why), -1);
	text[URL_MAX] = '\0';
	assert_int_equal(url_parse(text, &u, why), 0);
	assert_int_equal(strlen(u.path), URL_MAX);
	/* Escaped it does not fit any more. */
	text[0] = '"';
	assert_int_equal(url_parse(text, &u, why), -1);
	assert_string_equal(why, "URL too long");
}

/* RFC 3986 section 5.4, as far as http URLs go. */
static void
test_join(void **state)
{
	static const struct {
		const char *reference, *want;
	} cases[] = {
		{ "g", "http://a:1/b/c/g" },
		{ "./g", "http://a:1/b/c/g" },
		{ "g/", "http://a:1/b/c/g/" },
		{ "/g", "http://a:1/g" },
		{ "//g", "http://g" },
		{ "?y", "http://a:1/b/c/d;p?y" },
		{ "g?y", "http://a:1/b/c/g?y" },
		{ "", "http://a:1/b/c/d;p?q" },
		{ "../g", "http://a:1/b/g" },
		{ "../../../g", "http://a:1/g" },
		{ "https://x/y?z", "https://x/y?z" },
	};
	char text[200];
	size_t i;

	(void)state;
	assert_int_equal(url_parse("http://a:1/b/c/d;p?q", &base, why), 0);
	for (i = 0; i < NELEM(cases); i++) {
		assert_int_equal(url_join(&base, cases[i].reference, &u, why),
		    0);
		assert_string_equal(url_format(&u, text, sizeof(text)),
		    cases[i].want);
	}
	assert_int_equal(url_join(&base, "a%", &u, why), -1);
}

/* A password is never shown. */
static void
test_user(void **state)
{
	static const struct {
		const char *text, *user, *want;
	} cases[] = {
		{ "http://u:p%40@h/", "u:p%40", "http://u:***@h/" },
		{ "http://u@h/", "u", "http://u@h/" },
		{ "http://u:@h/", "u:", "http://u:***@h/" },
		{ "http://h/a@b", "", "http://h/a@b" },
		{ "http:///a", "", "http:///a" },
		{ "mailto:a@b", "", "mailto:a@b" },
	};
	char text[100];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		assert_int_equal(url_parse(cases[i].text, &u, why), 0);
		assert_string_equal(u.user, cases[i].user);
		assert_string_equal(url_format(&u, text, sizeof(text)),
		    cases[i].want);
	}
}

static void
test_long(void **state)
{
	static char text[URL_MAX];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "http://", 7);
	text[7 + URL_HOST_MAX] = '\0';
	assert_int_equal(url_parse(text, &u, why), 0);
	text[7 + URL_HOST_MAX] = 'a';
	assert_int_equal(url_parse(text, &u, why), -1);
	assert_string_equal(why, "host name too long");
	text[7 + URL_USER_MAX] = '@';
	text[7 + URL_USER_MAX + 2] = '\0';
	assert_int_equal(url_parse(text, &u, why), 0);
	assert_int_equal(strlen(u.user), URL_USER_MAX);
	text[7 + URL_USER_MAX] = 'a';
	text[7 + URL_USER_MAX + 1] = '@';
	text[7 + URL_USER_MAX + 2] = 'a';
	assert_int_equal(url_parse(text, &u, why), -1);
	assert_string_equal(why, "user name too long");
	/* A sentence that is too long for its place is cut. */
	memset(text, 'a', sizeof(text) - 1);
	memcpy(text, "http://h:", 9);
	assert_int_equal(url_parse(text, &u, why), -1);
	assert_int_equal(strlen(why), URL_WHY_MAX - 1);
}

static void
test_port(void **state)
{
	static const struct {
		const char *text;
		uint16_t port;
	} cases[] = {
		{ "ws://h", 80 }, { "http://h", 80 }, { "wss://h", 443 },
		{ "https://h", 443 }, { "https://h:1", 1 }, { "//h", 80 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		assert_int_equal(url_parse(cases[i].text, &u, why), 0);
		assert_int_equal(url_port(&u), cases[i].port);
	}
}

static void
test_set(void **state)
{
	struct query_pair set[] = {
		query_pair("streams", "1"), query_pair("cc", "bbr")
	};
	char text[200];

	(void)state;
	assert_int_equal(url_parse("ws://h/x?z=1&cc=a&a=%20&b;c", &u, why), 0);
	assert_int_equal(url_set(&u, set, NELEM(set)), 0);
	assert_string_equal(url_format(&u, text, sizeof(text)),
	    "ws://h/x?a=+&cc=bbr&streams=1&z=1");
}

static void
check_clean(const char *path, const char *want)
{
	char got[100];
	size_t n = url_clean(path, strlen(path), got);

	assert_true(n <= strlen(path) + 1);
	got[n] = '\0';
	assert_string_equal(got, want);
	/* In place, and nothing is left to do. */
	assert_int_equal(url_clean(got, n, got), n);
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void
test_clean(void **state)
{
	(void)state;
	check_clean("", "/");
	check_clean("/", "/");
	check_clean("//", "/");
	check_clean("/a/../b", "/b");
	check_clean("/a//b/", "/a/b/");
	check_clean("/a/.", "/a");
	check_clean("/a/./", "/a/");
	check_clean("/../..", "/");
	check_clean("/../a/...", "/a/...");
	check_clean("/.a", "/.a");
	check_clean("/a/..", "/");
	check_clean("/a/../", "/");
	check_clean("a", "/a");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_join),
		cmocka_unit_test(test_user),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
