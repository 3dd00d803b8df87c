/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "msak/client_proxy.h"

static void
set(const char *name, const char *value)
{
	if (value == NULL)
		assert_int_equal(unsetenv(name), 0);
	else
		assert_int_equal(setenv(name, value, 1), 0);
}

/* The proxy for that URL is want, "user@host:port", "" for none, or else what
 * is said. */
static void
check(const char *text, const char *want)
{
	char why[URL_WHY_MAX], out[2 * URL_WHY_MAX] = "";
	static struct url u, proxy;

	assert_int_equal(url_parse(text, &u, why), 0);
	switch (client_proxy(&u, &proxy, why)) {
	case CLIENT_PROXY_USE:
		snprintf(out, sizeof(out), "%s%s%s:%u", proxy.user,
		    *proxy.user == '\0' ? "" : "@", proxy.host,
		    url_port(&proxy));
		break;
	case CLIENT_PROXY_BAD:
		strlcpy(out, why, sizeof(out));
		break;
	case CLIENT_PROXY_NONE:
		break;
	}
	assert_string_equal(out, want);
}

static int
forget(void **state)
{
	static const char *const names[] = { "HTTP_PROXY", "http_proxy",
		"HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy",
		"REQUEST_METHOD" };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++)
		set(names[i], NULL);
	return 0;
}

static void
test_none(void **state)
{
	(void)state;
	check("http://a.org/", "");
	set("HTTP_PROXY", "");
	check("http://a.org/", "");
}

static void
test_by_scheme(void **state)
{
	(void)state;
	set("http_proxy", "http://lower:1");
	set("HTTPS_PROXY", "upper:2");
	check("http://a.org/", "lower:1");
	check("https://a.org/", "upper:2");
	set("HTTP_PROXY", "http://upper/");
	check("http://a.org/", "upper:80");
}

static void
test_names(void **state)
{
	(void)state;
	set("HTTP_PROXY", "http://u:p%40@p:3128");
	check("http://a.org/", "u:p%40@p:3128");
	set("HTTP_PROXY", "u:p@p:3128");
	check("http://a.org/", "u:p@p:3128");
	set("HTTP_PROXY", "[::1]:3128");
	check("http://a.org/", "::1:3128");
}

static void
test_what_is_here_needs_none(void **state)
{
	(void)state;
	set("HTTP_PROXY", "p:1");
	check("http://localhost/", "");
	check("http://127.9.9.9/", "");
	check("http://[::1]:80/", "");
	check("http://128.0.0.1/", "p:1");
}

/* Each list, a URL, and whether it is exempt. */
static void
test_exempt(void **state)
{
	static const struct {
		const char	*list, *url;
		bool		 exempt;
	} cases[] = {
		{ "b.org", "http://b.org/", true },
		{ "b.org", "http://x.B.org/", true },
		{ "b.org", "http://xb.org/", false },
		{ "B.org:80", "http://b.org/", true },
		{ "b.org:80", "https://b.org/", false },
		{ "b.org:443", "https://x.b.org/", true },
		{ ".c.org", "http://d.c.org/", true },
		{ ".c.org", "http://c.org/", false },
		{ "*.c.org", "http://d.c.org/", true },
		{ "*.c.org", "http://c.org/", false },
		{ " x , b.org\t", "http://b.org/", true },
		{ "x b.org", "http://b.org/", false },
		{ ",, ,b.org", "http://b.org/", true },
		{ ".", "http://b.org/", false },
		{ ":80", "http://b.org/", false },
		{ "10.0.0.0/8", "http://10.1.2.3/", true },
		{ "10.0.0.0/8", "http://11.1.2.3/", false },
		{ "10.0.0.0/8", "http://b.org/", false },
		{ "2001:db8::/32", "http://[2001:db8::1]/", true },
		{ "10.1.2.3", "http://10.1.2.3/", true },
		{ "10.1.2.3:81", "http://10.1.2.3/", false },
		{ "10.1.2.3:81", "http://10.1.2.3:81/", true },
		{ "2001:db8::1", "http://[2001:db8::1]/", true },
		{ "[2001:db8::1]:80", "http://[2001:db8::1]/", true },
		{ "[2001:db8::1]:81", "http://[2001:db8::1]/", false },
		{ "*", "http://b.org/", true },
		{ "x,*", "http://10.1.2.3/", true },
	};
	size_t i;

	(void)state;
	set("HTTP_PROXY", "p:1");
	set("HTTPS_PROXY", "p:1");
	for (i = 0; i < NELEM(cases); i++) {
		set("NO_PROXY", cases[i].list);
		check(cases[i].url, cases[i].exempt ? "" : "p:1");
	}
}

static void
test_what_is_not_spoken_to(void **state)
{
	(void)state;
	set("http_proxy", "socks5://u:secret@p:1");
	check("http://a.org/", "http_proxy: a proxy of scheme \"socks5\" is "
	    "not supported, only http");
	set("HTTPS_PROXY", "https://p:1");
	check("https://a.org/", "HTTPS_PROXY: a proxy of scheme \"https\" is "
	    "not supported, only http");
	set("HTTP_PROXY", "http://");
	check("http://a.org/", "HTTP_PROXY: invalid proxy address");
	set("HTTP_PROXY", "http://u:secret@p:x");
	check("http://a.org/", "HTTP_PROXY: invalid proxy address");
	/* What needs none does not care. */
	check("http://localhost/", "");
}

static void
test_cgi(void **state)
{
	(void)state;
	set("HTTP_PROXY", "p:1");
	set("HTTPS_PROXY", "p:2");
	set("REQUEST_METHOD", "GET");
	check("http://a.org/", "HTTP_PROXY: not used in a CGI program");
	check("https://a.org/", "p:2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_none, forget),
		cmocka_unit_test_setup(test_by_scheme, forget),
		cmocka_unit_test_setup(test_names, forget),
		cmocka_unit_test_setup(test_what_is_here_needs_none, forget),
		cmocka_unit_test_setup(test_exempt, forget),
		cmocka_unit_test_setup(test_what_is_not_spoken_to, forget),
		cmocka_unit_test_setup(test_cgi, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
