/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of thrulay that work together: kinds of test, output, keys. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "tests/unit/command.h"
#include "thrulay/options.h"

static enum options_status
parse_client(struct command *c)
{
	return client_options_parse(c->argc, c->argv, &c->client, &c->status);
}

static enum options_status
parse(struct client_options *o, struct command *c, const char *words)
{
	memset(c, 0, sizeof(*c));
	c->program = "thrulay";
	c->parse = parse_client;
	command_run(c, words);
	*o = c->client;
	assert_string_equal(c->out, "");
	if (c->said == OPTIONS_EXIT)
		assert_int_equal(c->status, 1);
	else
		assert_string_equal(c->err, "");
	return c->said;
}

static void
parse_good(struct client_options *o, const char *words)
{
	struct command c;

	assert_int_equal(parse(o, &c, words), OPTIONS_RUN);
	client_options_free(o);
}

static void
assert_error(const char *words, const char *message)
{
	struct client_options o;
	struct command c;

	assert_int_equal(parse(&o, &c, words), OPTIONS_EXIT);
	assert_string_equal(c.err, message);
}

static void
test_directions(void **state)
{
	struct client_options o;

	(void)state;
	parse_good(&o, "--reverse host");
	assert_false(o.test.forward);
	assert_true(o.test.reverse);
	parse_good(&o, "--bidir host");
	assert_true(o.test.forward);
	assert_true(o.test.reverse);
}

static void
test_strings_and_flags(void **state)
{
	static const char words[] = "-b --bind 192.0.2.1 --bind-dev eth0 "
	    "--cc cubic -g 224.0.0.1 -g 224.0.0.2 --quiet -vv -v host";
	struct client_options o;
	struct command c;

	(void)state;
	assert_int_equal(parse(&o, &c, words), OPTIONS_RUN);
	assert_true(o.test.busywait);
	assert_string_equal(o.test.bind_address, "192.0.2.1");
	assert_string_equal(o.test.bind_device, "eth0");
	assert_string_equal(o.test.congestion, "cubic");
	assert_string_equal(o.test.mcast_group, "224.0.0.2");
	assert_true(o.quiet);
	assert_int_equal(o.verbosity, 3);
	client_options_free(&o);
	parse_good(&o, "--busy-wait host");
	assert_true(o.test.busywait);
	assert_int_equal(parse(&o, &c, "--group 224.0.0.1 host"), OPTIONS_RUN);
	assert_string_equal(o.test.mcast_group, "224.0.0.1");
	client_options_free(&o);
}

/* What the output shows has to be asked for. */
static void
test_output_decides_what_is_measured(void **state)
{
	static const struct {
		const char		*words;
		enum options_output	 output;
		bool			 record, idle, feedback;
	} cases[] = {
		{ "host", OPTIONS_TEXT, false, false, false },
		{ "-v host", OPTIONS_TEXT, false, false, false },
		{ "-v -v host", OPTIONS_TEXT, false, true, false },
		{ "-i 1 host", OPTIONS_TEXT, false, false, false },
		{ "--interval 1 host", OPTIONS_TEXT, false, false, true },
		{ "--interval 0 host", OPTIONS_TEXT, false, false, false },
		{ "--interval 1 -i 0 host", OPTIONS_TEXT, false, false,
		    false },
		{ "--json host", OPTIONS_JSON, true, true, true },
		{ "--json -i 0 host", OPTIONS_JSON, true, true, false },
		{ "--json-lines host", OPTIONS_JSON_LINES, true, true, true },
	};
	struct client_options o;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		parse_good(&o, cases[i].words);
		assert_int_equal(o.output, cases[i].output);
		assert_int_equal(o.test.want_record, cases[i].record);
		assert_int_equal(o.test.measure_idle, cases[i].idle);
		assert_int_equal(o.test.feedback, cases[i].feedback);
	}
}

static void
test_style(void **state)
{
	struct client_options o;

	(void)state;
	parse_good(&o, "--style=hd host");
	assert_int_equal(o.style, THRULAY_STYLE_HD);
	assert_int_equal(o.test.report_style, THRULAY_STYLE_HD);
	parse_good(&o, "--style=hd --style=0.9 host");
	assert_int_equal(o.style, THRULAY_STYLE_09);
	assert_int_equal(o.test.report_style, THRULAY_STYLE_09);
}

static void
test_conflicts(void **state)
{
	(void)state;
	assert_error("-4 -6 host",
	    "thrulay: --ipv4 and --ipv6 exclude each other\n");
	assert_error("--json --json-lines host",
	    "thrulay: --json and --json-lines exclude each other\n");
	assert_error("--reverse --bidir host",
	    "thrulay: --reverse and --bidir exclude each other\n");
	assert_error("--auth-name me host",
	    "thrulay: --auth-name needs --auth-file\n");
	assert_error("-g 224.0.0.1 --reverse host",
	    "thrulay: --group goes with neither --reverse nor --bidir\n");
	assert_error("--bidir --group 224.0.0.1 host",
	    "thrulay: --group goes with neither --reverse nor --bidir\n");
}

/* The command line of a key file and options that follow it. */
static void
with_file(char words[256], const char *path, const char *more)
{
	snprintf(words, 256, "--auth-file %s %s host", path, more);
}

static void
test_keys(void **state)
{
	static const char text[] = "alice one\nbob two\n";
	char path[] = "/tmp/test_options.XXXXXX", words[256], message[256];
	struct client_options o;
	struct command c;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd != -1);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	with_file(words, path, "");
	assert_int_equal(parse(&o, &c, words), OPTIONS_RUN);
	assert_string_equal(o.test.auth_name, "alice");
	assert_string_equal(o.test.auth_key, "one");
	client_options_free(&o);
	with_file(words, path, "--auth-name bob");
	assert_int_equal(parse(&o, &c, words), OPTIONS_RUN);
	assert_string_equal(o.test.auth_name, "bob");
	assert_string_equal(o.test.auth_key, "two");
	client_options_free(&o);
	with_file(words, path, "--auth-name eve");
	snprintf(message, sizeof(message),
	    "thrulay: %s: no key of that name: eve\n", path);
	assert_error(words, message);
	unlink(path);
	with_file(words, path, "");
	snprintf(message, sizeof(message),
	    "thrulay: %s: No such file or directory\n", path);
	assert_error(words, message);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_strings_and_flags),
		cmocka_unit_test(test_output_decides_what_is_measured),
		cmocka_unit_test(test_style),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
