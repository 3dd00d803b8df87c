/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "msak/gourl.h"

/* Name, ':' and port are the whole host. */
static void
check_host_parts(const struct gourl *u)
{
	char text[256];

	snprintf(text, sizeof(text), "%.*s%s%.*s", (int)u->name.len,
	    u->name.at, u->host.len > u->name.len ? ":" : "",
	    (int)u->port.len, u->port.at);
	assert_int_equal(strlen(text), u->host.len);
	assert_memory_equal(text, u->host.at, u->host.len);
}

/* Five parts, with '|' between, or the complaint. */
static void
taken_apart(const char *url, char *buf, size_t len)
{
	struct gourl u;
	char *why;
	size_t n;
	FILE *f = open_memstream(&why, &n);
	bool good;

	assert_non_null(f);
	good = gourl_parse(url, &u, f);
	fclose(f);
	if (good) {
		assert_string_equal(why, "");
		snprintf(buf, len, "%.*s|%.*s|%.*s|%.*s|%.*s",
		    (int)u.scheme.len, u.scheme.at, (int)u.user.len,
		    u.user.at, (int)u.host.len, u.host.at, (int)u.path.len,
		    u.path.at, (int)u.query.len, u.query.at);
		check_host_parts(&u);
	} else {
		strlcpy(buf, why, len);
	}
	free(why);
}

static void
test_cases(void **state)
{
	static const struct {
		const char	*url, *parts;
	} cases[] = {
		{ "", "||||" },
		{ "ws://127.0.0.1:8180/throughput/v1/download?mid=a&b=c",
		    "ws||127.0.0.1:8180|/throughput/v1/download|mid=a&b=c" },
		{ "https://[::1]:443/x#y?z", "https||[::1]:443|/x|" },
		{ "//h:80", "||h:80||" },
		{ "//h?", "||h||" },
		{ "http://user:pw@h/%41", "http|user:pw|h|/%41|" },
		{ "localhost:80", "localhost|||80|" },
		{ "/a:b", "|||/a:b|" },
		{ "a/b:c", "|||a/b:c|" },
		{ "///x", "|||///x|" },
		{ "http://h:", "http||h:||" },
		{ "http://[fe80::1%25eth0]/", "http||[fe80::1%25eth0]|/|" },
		{ "127.0.0.1:8180", "parse \"127.0.0.1:8180\": first path "
		    "segment in URL cannot contain colon" },
		{ "[::1]:80", "parse \"[::1]:80\": first path segment in URL "
		    "cannot contain colon" },
		{ ":80", "parse \":80\": missing protocol scheme" },
		{ "http://h:8x/", "parse \"http://h:8x/\": invalid port "
		    "\":8x\" after host" },
		{ "http://[::1", "parse \"http://[::1\": missing ']' in "
		    "host" },
		{ "http://[::1]x", "parse \"http://[::1]x\": invalid port "
		    "\"x\" after host" },
		{ "http://a b/", "parse \"http://a b/\": invalid character "
		    "\" \" in host name" },
		{ "http://a%41/", "parse \"http://a%41/\": invalid URL "
		    "escape \"%41\"" },
		{ "http://h/%zz#f", "parse \"http://h/%zz\": invalid URL "
		    "escape \"%zz\"" },
		{ "http://h/%1", "parse \"http://h/%1\": invalid URL escape "
		    "\"%1\"" },
		{ "http://u<@h/", "parse \"http://u<@h/\": net/url: invalid "
		    "userinfo" },
		{ "http://h/\n", "parse \"http://h/\\n\": net/url: invalid "
		    "control character in URL" },
	};
	char parts[256];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		taken_apart(cases[i].url, parts, sizeof(parts));
		assert_string_equal(parts, cases[i].parts);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
