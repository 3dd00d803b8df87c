/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of msak-latency: command line and environment. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "msak/options_latency.h"
#include "tests/unit/msak_line.h"

static const char *const variables[] = { "LOCATE_URL", "MID",
	"PROMETHEUSX_LISTEN_ADDRESS", "SCHEME", "SERVER" };

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	return options_latency_parse(argc, argv, options, status);
}

static int
begin(void **state)
{
	static struct latency_options options;
	size_t i;

	for (i = 0; i < NELEM(variables); i++)
		unsetenv(variables[i]);
	return line_new(state, "./msak-latency", parse, &options);
}

static int
end(void **state)
{
	size_t i;

	for (i = 0; i < NELEM(variables); i++)
		unsetenv(variables[i]);
	return line_free(state);
}

/* They are good; stderr has these lines, each with a date. */
static void
says(struct line *l, const char *words, const char *lines)
{
	char undated[LINE_TEXT] = "";
	const char *at, *text;
	size_t n;

	line_run(l, words);
	assert_int_equal(l->said, OPTIONS_RUN);
	assert_string_equal(l->out, "");
	for (at = l->err; *at != '\0'; at = text + n) {
		text = line_undated(at);
		n = strcspn(text, "\n") + 1;
		strncat(undated, text, n);
	}
	assert_string_equal(undated, lines);
}

static void
test_help(void **state)
{
	static const char *const words[] = { NULL };

	line_help(*state, "msak/output/msak-latency.help.txt", words, NULL);
}

static void
test_dump(void **state)
{
	struct line *l = *state;
	const struct latency_options *o = l->options;

	says(l, "-server http://127.0.0.1:8180 -mid vec-lat",
	    "Argument locate.url=https://locate.measurementlab.net/v2/"
	    "nearest/\n"
	    "Argument mid=vec-lat\n"
	    "Argument prometheusx.listen-address=:9990\n"
	    "Argument scheme=http\n"
	    "Argument server=http://127.0.0.1:8180\n");
	assert_true(o->server_given);
	assert_string_equal(o->mid, "vec-lat");
	assert_int_equal(o->latency_port, 1053);
	line_good(l, "-json");
	line_good(l, "-quiet");
	assert_false(o->server_given);
	assert_string_equal(o->server, "");
}

static void
test_environment(void **state)
{
	struct line *l = *state;
	const struct latency_options *o = l->options;

	setenv("MID", "y", 1);
	setenv("SCHEME", "https", 1);
	setenv("SERVER", "//from.env:8", 1);
	setenv("PROMETHEUSX_LISTEN_ADDRESS", ":1", 1);
	setenv("LOCATE_URL", "http://l/%zz", 1);
	/* No flag of ours is set from outside. */
	setenv("QUIET", "true", 1);
	setenv("BIND", "::1", 1);
	says(l, "-mid x",
	    "WARNING: Not overriding flag -mid=\"x\" with evironment variable "
	    "MID=\"y\"\n"
	    "Argument locate.url=https://locate.measurementlab.net/v2/"
	    "nearest/\n"
	    "Argument mid=x\n"
	    "Argument prometheusx.listen-address=:1\n"
	    "Argument scheme=https\n"
	    "Argument server=//from.env:8\n");
	assert_true(o->server_given);
	assert_string_equal(o->url_scheme, "https");
	assert_string_equal(o->host, "from.env:8");
	assert_string_equal(o->net.bind, "");
	unsetenv("QUIET");
	unsetenv("BIND");
}

static void
test_environment_bad(void **state)
{
	struct line *l = *state;
	const struct latency_options *o = l->options;

	/* It counts as not given. */
	setenv("SERVER", "http://[::1", 1);
	line_good(l, "-quiet");
	assert_false(o->server_given);
	assert_string_equal(o->server, "");
	setenv("SERVER", "", 1);
	line_good(l, "-quiet");
	assert_true(o->server_given);
	assert_string_equal(o->host, "");
}

static void
test_server(void **state)
{
	static const struct {
		const char	*words, *scheme, *host;
	} cases[] = {
		{ "-server http://h:80", "http", "h:80" },
		{ "-server https://h", "https", "h" },
		{ "-server //h:80 -scheme https", "https", "h:80" },
		{ "-server 127.0.0.1:80", "http", "127.0.0.1:80" },
		{ "-server localhost:80 -scheme https", "https",
		    "localhost:80" },
		{ "-server [::1]:80", "http", "[::1]:80" },
		{ "-server localhost", "http", "localhost" },
		{ "-server http://u@h/x?y", "http", "h" },
		{ "-server ''", "http", "" },
		{ "-server mailto:x", "mailto", "" },
		{ "-server /path", "http", "" },
	};
	struct line *l = *state;
	const struct latency_options *o = l->options;
	char words[128];
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		strlcpy(words, cases[i].words, sizeof(words));
		strlcat(words, " -quiet", sizeof(words));
		line_good(l, words);
		assert_true(o->server_given);
		assert_string_equal(o->url_scheme, cases[i].scheme);
		assert_string_equal(o->host, cases[i].host);
	}
}

static void
test_errors(void **state)
{
	struct line *l = *state;

	line_refused(l, "-server :80", "invalid value \":80\" for flag "
	    "-server: parse \":80\": missing protocol scheme");
	line_refused(l, "-server http://h:x", "invalid value \"http://h:x\" "
	    "for flag -server: parse \"http://h:x\": invalid port \":x\" "
	    "after host");
	line_refused(l, "-format legacy", "invalid value \"legacy\" for flag "
	    "-format: must be human or json");
	line_fails(l, "-quiet -4 -6", true,
	    "Invalid configuration: -4 and -6 exclude each other.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_help, begin, end),
		cmocka_unit_test_setup_teardown(test_dump, begin, end),
		cmocka_unit_test_setup_teardown(test_environment, begin, end),
		cmocka_unit_test_setup_teardown(test_environment_bad, begin,
		    end),
		cmocka_unit_test_setup_teardown(test_server, begin, end),
		cmocka_unit_test_setup_teardown(test_errors, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
