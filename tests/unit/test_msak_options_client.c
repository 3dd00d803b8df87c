/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of msak-client. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/options_client.h"
#include "tests/unit/msak_line.h"

#define NO_SENSE	"Invalid configuration: please check streams, delay " \
	"and duration and make sure they make sense."
#define NO_STREAMS	"Invalid configuration: the number of streams must " \
	"be between 1 and 4."

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	return options_client_parse(argc, argv, options, status);
}

static int
begin(void **state)
{
	static struct client_options options;

	return line_new(state, "./msak-client", parse, &options);
}

static const char *
made(const void *options, size_t i)
{
	const struct client_options *o = options;

	return i == 0 ? o->random_mid : o->prefix_default;
}

static void
test_help(void **state)
{
	static const char *const words[] = { "RANDOM-UUIDV4",
		"HOSTNAME_BOOTTIME_unsafe", NULL };

	/* Long enough for the word. */
	assert_int_equal(setenv("POD_NAME", "a-host-with-a-long-name", 1), 0);
	line_help(*state, "msak/output/msak-client.help.txt", words, made);
	unsetenv("POD_NAME");
}

static void
test_defaults(void **state)
{
	struct line *l = *state;
	const struct client_options *o = l->options;

	line_good(l, "");
	assert_string_equal(o->server, "");
	assert_string_equal(o->scheme, "wss");
	assert_int_equal(o->streams, 2);
	assert_true(o->duration_ns == 5 * CLOCK_NS_PER_S);
	assert_true(o->delay_ns == 0);
	assert_string_equal(o->cc, "bbr");
	assert_true(o->bytes == 0);
	assert_string_equal(o->mid, o->random_mid);
	assert_true(o->download && o->upload);
	assert_false(o->no_verify || o->debug || o->latency);
	assert_string_equal(o->locate_url,
	    "https://locate.measurementlab.net/v2/nearest/");
	assert_string_equal(o->uuid_prefix, o->prefix_default);
	assert_string_equal(o->anonymize, "none");
	assert_int_equal(o->latency_port, 1053);
	assert_int_equal(o->threads, 0);
	assert_int_equal(o->net.tls_min, OPTIONS_TLS_1_2);
	assert_string_equal(o->net.bind, "");
	assert_string_equal(o->net.interface, "");
	assert_int_equal(o->net.dscp, 0);
	assert_int_equal(o->output.format, OPTIONS_HUMAN);
	assert_false(o->output.json || o->output.quiet);
	assert_int_equal(options_client_runs(o), 1);
}

static void
test_every_flag(void **state)
{
	struct line *l = *state;
	const struct client_options *o = l->options;

	line_good(l, "-server h:80 -scheme ws -streams 3 -duration 2s "
	    "-delay 100ms -cc cubic -bytes 150_000 -mid m -download=false "
	    "-upload=0 -no-verify -debug -locate.url http://l/?key=K");
	assert_string_equal(o->server, "h:80");
	assert_string_equal(o->scheme, "ws");
	assert_int_equal(o->streams, 3);
	assert_true(o->duration_ns == 2 * CLOCK_NS_PER_S);
	assert_true(o->delay_ns == 100 * CLOCK_NS_PER_MS);
	assert_string_equal(o->cc, "cubic");
	assert_int_equal(o->bytes, 150000);
	assert_string_equal(o->mid, "m");
	assert_false(o->download || o->upload);
	assert_true(o->no_verify && o->debug);
	assert_string_equal(o->locate_url, "http://l/?key=K");
}

static void
test_our_flags(void **state)
{
	struct line *l = *state;
	const struct client_options *o = l->options;

	line_good(l, "-anonymize.ip netblock -6 -bind ::1 -interface lo "
	    "-dscp EF -tls.min-version 1.3 -format legacy -json -quiet "
	    "-latency -latency_port 2000 -threads 3");
	assert_string_equal(o->anonymize, "netblock");
	assert_true(o->net.ipv6 && !o->net.ipv4);
	assert_string_equal(o->net.bind, "::1");
	assert_string_equal(o->net.interface, "lo");
	assert_int_equal(o->net.dscp, 46);
	assert_int_equal(o->net.tls_min, OPTIONS_TLS_1_3);
	assert_int_equal(o->output.format, OPTIONS_LEGACY);
	assert_true(o->output.json && o->output.quiet && o->latency);
	assert_int_equal(o->latency_port, 2000);
	assert_int_equal(o->threads, 3);
	line_good(l, "-ipv4 -format=json -bind-dev eth1");
	assert_string_equal(o->net.interface, "eth1");
	assert_true(o->net.ipv4 && !o->net.ipv6);
	assert_int_equal(o->output.format, OPTIONS_JSON);
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*words, *message;
	} cases[] = {
		{ "-nosuch", "flag provided but not defined: -nosuch" },
		{ "-duration", "flag needs an argument: -duration" },
		{ "-=x", "bad flag syntax: -=x" },
		{ "-streams abc",
		    "invalid value \"abc\" for flag -streams: parse error" },
		{ "-debug=maybe",
		    "invalid boolean value \"maybe\" for -debug: parse "
		    "error" },
		{ "-duration 2",
		    "invalid value \"2\" for flag -duration: parse error" },
		{ "-anonymize.ip foo",
		    "invalid value \"foo\" for flag -anonymize.ip: Uknown "
		    "anonymization method: \"foo\"" },
		{ "-locate.url 1.2.3.4:5",
		    "invalid value \"1.2.3.4:5\" for flag -locate.url: parse "
		    "\"1.2.3.4:5\": first path segment in URL cannot contain "
		    "colon" },
		{ "-uuid-prefix-file /nonexist",
		    "invalid value \"/nonexist\" for flag -uuid-prefix-file: "
		    "open /nonexist: no such file or directory" },
		{ "-uuid-prefix-file /",
		    "invalid value \"/\" for flag -uuid-prefix-file: read /: "
		    "is a directory" },
		{ "-dscp 64",
		    "invalid value \"64\" for flag -dscp: too large" },
		{ "-format xml", "invalid value \"xml\" for flag -format: "
		    "must be human, json or legacy" },
		{ "-tls.min-version 2", "invalid value \"2\" for flag "
		    "-tls.min-version: must be 1.0, 1.1, 1.2 or 1.3" },
		{ "-latency_port 0", "invalid value \"0\" for flag "
		    "-latency_port: value out of range" },
	};
	size_t i;

	for (i = 0; i < NELEM(cases); i++)
		line_refused(*state, cases[i].words, cases[i].message);
}

static void
test_configuration(void **state)
{
	static const char *const nonsense[] = { "-duration 0 -streams 1",
		"-duration -1s", "-delay 5s", "-streams 3 -delay 2.5s",
		/* This check comes first. */
		"-streams 5 -delay 2s" };
	static const char *const streams[] = { "-streams 0", "-streams -1",
		"-streams 5" };
	struct line *l = *state;
	size_t i;

	for (i = 0; i < NELEM(nonsense); i++)
		line_fails(l, nonsense[i], true, NO_SENSE);
	for (i = 0; i < NELEM(streams); i++)
		line_fails(l, streams[i], true, NO_STREAMS);
	line_good(l, "-streams 1 -delay 1h");
	line_good(l, "-streams 4 -delay 1666ms");
	/* Schemes are only looked at when a stream connects. */
	line_good(l, "-scheme http");
	line_fails(l, "-4 -6", true,
	    "Invalid configuration: -4 and -6 exclude each other.");
}

static void
test_prefix_file(void **state)
{
	struct line *l = *state;
	const struct client_options *o = l->options;
	char path[] = "/tmp/prefix.XXXXXX", words[64];
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	fputs("host_1_unsafe\n\n", f);
	fclose(f);
	snprintf(words, sizeof(words), "-uuid-prefix-file %s", path);
	line_good(l, words);
	remove(path);
	assert_string_equal(o->uuid_prefix, "host_1_unsafe");
	assert_string_not_equal(o->uuid_prefix, o->prefix_default);
}

static void
test_matrix(void **state)
{
	struct line *l = *state;
	const struct client_options *o = l->options;
	struct client_options one;
	char seen[256] = "", run[64];
	size_t i;

	line_good(l, "-matrix.streams 1,4 -matrix.cc bbr,cubic "
	    "-matrix.duration 1s,2.5s -streams 3");
	assert_int_equal(options_client_runs(o), 8);
	for (i = 0; i < 8; i++) {
		options_client_run(o, i, &one);
		snprintf(run, sizeof(run), "%d %s %d;", (int)one.streams,
		    one.cc, (int)(one.duration_ns / CLOCK_NS_PER_MS));
		strlcat(seen, run, sizeof(seen));
		assert_string_equal(one.mid, o->mid);
	}
	assert_string_equal(seen, "1 bbr 1000;4 bbr 1000;1 cubic 1000;"
	    "4 cubic 1000;1 bbr 2500;4 bbr 2500;1 cubic 2500;4 cubic 2500;");
	line_good(l, "-matrix.cc reno -cc bbr");
	assert_int_equal(options_client_runs(o), 1);
	options_client_run(o, 0, &one);
	assert_string_equal(one.cc, "reno");
	assert_int_equal(one.streams, 2);
}

static void
test_matrix_refused(void **state)
{
	static const struct {
		const char	*words, *message;
	} cases[] = {
		{ "-matrix.streams 1,x", "invalid value \"1,x\" for flag "
		    "-matrix.streams: parse error" },
		{ "-matrix.streams 1,", "invalid value \"1,\" for flag "
		    "-matrix.streams: parse error" },
		{ "-matrix.cc ,a",
		    "invalid value \",a\" for flag -matrix.cc: parse error" },
		{ "-matrix.cc aaaaaaaaaaaaaaaa", "invalid value "
		    "\"aaaaaaaaaaaaaaaa\" for flag -matrix.cc: parse error" },
		{ "-matrix.duration 1s,2", "invalid value \"1s,2\" for flag "
		    "-matrix.duration: parse error" },
		{ "-matrix.cc a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a",
		    "invalid value \"a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a\" for "
		    "flag -matrix.cc: parse error" },
	};
	size_t i;

	for (i = 0; i < NELEM(cases); i++)
		line_refused(*state, cases[i].words, cases[i].message);
	line_fails(*state, "-matrix.streams 2,5", true, NO_STREAMS);
	line_fails(*state, "-matrix.duration 1s,100ms -delay 200ms", true,
	    NO_SENSE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_flag),
		cmocka_unit_test(test_our_flags),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_configuration),
		cmocka_unit_test(test_prefix_file),
		cmocka_unit_test(test_matrix),
		cmocka_unit_test(test_matrix_refused),
	};

	return cmocka_run_group_tests(tests, begin, line_free);
}
