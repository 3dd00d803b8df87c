/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of minimal-download. */
#include "config.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/options_minimal.h"
#include "tests/unit/msak_line.h"

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	return options_minimal_parse(argc, argv, options, status);
}

static int
begin(void **state)
{
	static struct minimal_options options;

	return line_new(state, "./minimal-download", parse, &options);
}

static const char *
made(const void *options, size_t i)
{
	const struct minimal_options *o = options;

	(void)i;
	return o->random_mid;
}

static void
test_help(void **state)
{
	static const char *const words[] = { "RANDOM-UUIDV4", NULL };

	line_help(*state, "msak/output/minimal-download.help.txt", words,
	    made);
}

static void
test_defaults(void **state)
{
	struct line *l = *state;
	const struct minimal_options *o = l->options;

	line_good(l, "");
	assert_string_equal(o->url, "");
	assert_string_equal(o->mid, o->random_mid);
	assert_true(o->duration_ns == 5 * CLOCK_NS_PER_S);
	assert_true(o->max_duration_ns == 15 * CLOCK_NS_PER_S);
	assert_true(o->bytes == 0);
	assert_int_equal(o->streams, 1);
	assert_string_equal(o->cc, "bbr");
	assert_string_equal(o->locate_scheme, "wss");
	assert_string_equal(o->locate_url,
	    "https://locate.measurementlab.net/v2/nearest/");
	assert_false(o->no_verify);
	assert_int_equal(o->output.format, OPTIONS_HUMAN);
	assert_int_equal(o->net.tls_min, OPTIONS_TLS_1_2);
}

static void
test_every_flag(void **state)
{
	struct line *l = *state;
	const struct minimal_options *o = l->options;

	line_good(l, "-server.url ws://h/throughput/v1/download?a=b "
	    "-server.mid m -duration 1s -max-duration=2s -bytes 0x10 "
	    "-streams 4 -cc reno -locate.scheme ws -locate.url any:thing "
	    "-no-verify -format legacy -quiet -4");
	assert_string_equal(o->url, "ws://h/throughput/v1/download?a=b");
	assert_string_equal(o->mid, "m");
	assert_true(o->duration_ns == CLOCK_NS_PER_S);
	assert_true(o->max_duration_ns == 2 * CLOCK_NS_PER_S);
	assert_int_equal(o->bytes, 16);
	assert_int_equal(o->streams, 4);
	assert_string_equal(o->cc, "reno");
	assert_string_equal(o->locate_scheme, "ws");
	assert_string_equal(o->locate_url, "any:thing");
	assert_true(o->no_verify && o->output.quiet && o->net.ipv4);
	assert_int_equal(o->output.format, OPTIONS_LEGACY);
}

static void
test_errors(void **state)
{
	struct line *l = *state;

	line_refused(l, "-debug", "flag provided but not defined: -debug");
	line_refused(l, "-bytes 1k",
	    "invalid value \"1k\" for flag -bytes: parse error");
	line_fails(l, "-streams 0", false, "Invalid configuration: the number "
	    "of streams must be between 1 and 4.");
	line_fails(l, "-streams 5", false, "Invalid configuration: the number "
	    "of streams must be between 1 and 4.");
	line_fails(l, "-server.url 127.0.0.1:8180", false,
	    "parse \"127.0.0.1:8180\": first path segment in URL cannot "
	    "contain colon");
	line_fails(l, "-ipv4 -ipv6", false,
	    "Invalid configuration: -4 and -6 exclude each other.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_flag),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, begin, line_free);
}
