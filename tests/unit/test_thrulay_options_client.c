/* SPDX-License-Identifier: BSD-2-Clause */
/* What the options of thrulay take, and what they say to the rest. */
#include "config.h"

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/command.h"
#include "thrulay/options.h"

#define USAGE	"thrulay/outputs/thrulay_usage_stderr.txt"
#define LEGACY	"thrulay/outputs/thrulay_version_stdout.txt"

static enum options_status
parse(struct command *c)
{
	return client_options_parse(c->argc, c->argv, &c->client, &c->status);
}

static int
begin(void **state)
{
	return command_new(state, "thrulay", USAGE, parse);
}

static void
test_defaults(void **state)
{
	struct command *c = *state;

	command_good(c, "host");
	assert_int_equal(c->client.test.num_streams, 1);
	assert_true(c->client.test.test_duration == 60);
	assert_true(c->client.test.reporting_interval == 1);
	assert_int_equal(c->client.test.window, 4194304);
	assert_int_equal(c->client.test.block_size, 0);
	assert_int_equal(c->client.test.port, 5003);
	assert_int_equal(c->client.test.rate, 0);
	assert_int_equal(c->client.test.dscp, 0);
	assert_false(c->client.test.busywait);
	assert_int_equal(c->client.test.ttl, 1);
	assert_null(c->client.test.mcast_group);
	assert_int_equal(c->client.test.family, AF_UNSPEC);
	assert_null(c->client.test.bind_address);
	assert_null(c->client.test.bind_device);
	assert_null(c->client.test.congestion);
	assert_int_equal(c->client.test.notsent_lowat, 0);
	assert_true(c->client.test.forward);
	assert_false(c->client.test.reverse);
	assert_int_equal(c->client.test.spacing, THRULAY_POISSON);
	assert_int_equal(c->client.test.seed, 0);
	assert_null(c->client.test.auth_name);
	assert_true(c->client.test.timeout == 30);
	assert_int_equal(c->client.output, OPTIONS_TEXT);
	assert_int_equal(c->client.style, THRULAY_STYLE_09);
	assert_int_equal(c->client.verbosity, 0);
	assert_false(c->client.quiet);
	client_options_free(&c->client);
}

enum field { STREAMS, WINDOW, BLOCK, PORT, DSCP, TTL, LOWAT, FAMILY, SPACING,
	DURATION, INTERVAL, TIMEOUT, RATE, SEED };

static double
get(const thrulay_opt_t *t, enum field f)
{
	switch (f) {
	case STREAMS:	return t->num_streams;
	case WINDOW:	return t->window;
	case BLOCK:	return t->block_size;
	case PORT:	return t->port;
	case DSCP:	return t->dscp;
	case TTL:	return t->ttl;
	case LOWAT:	return t->notsent_lowat;
	case FAMILY:	return t->family;
	case SPACING:	return t->spacing;
	case DURATION:	return t->test_duration;
	case INTERVAL:	return t->reporting_interval;
	case TIMEOUT:	return t->timeout;
	case RATE:	return (double)t->rate;
	case SEED:	return (double)t->seed;
	}
	return -1;
}

static void
test_values(void **state)
{
	static const struct {
		const char	*words;
		enum field	 field;
		double		 value;
	} cases[] = {
		{ "-m1", STREAMS, 1 }, { "-m 255", STREAMS, 255 },
		{ "--streams=2", STREAMS, 2 }, { "-m 7 -m 3", STREAMS, 3 },
		{ "-m 3 -u 1M", STREAMS, 1 },
		{ "--udp-streams 255 -u 1M", STREAMS, 255 },
		{ "--udp-streams 1 -u 1M", STREAMS, 1 },
		{ "--udp-streams 4", STREAMS, 1 },
		{ "-t 1", DURATION, 1 }, { "-t31622400", DURATION, 31622400 },
		{ "--duration 1ms", DURATION, 0.001 },
		{ "--duration=2.5", DURATION, 2.5 },
		{ "--duration 31622400", DURATION, 31622400 },
		{ "-t 5 --duration 2m", DURATION, 120 },
		{ "--duration 2m -t 5", DURATION, 5 },
		{ "-i 0", INTERVAL, 0 }, { "-i 31622400", INTERVAL, 31622400 },
		{ "--interval 0", INTERVAL, 0 },
		{ "--interval 1ms", INTERVAL, 0.001 },
		{ "--interval .5 -i 2", INTERVAL, 2 },
		{ "-i 2 --interval .5", INTERVAL, 0.5 },
		{ "-w 1", WINDOW, 1 }, { "-w 2147483647", WINDOW, INT32_MAX },
		{ "-w 64k", WINDOW, 65536 }, { "--window 1M", WINDOW, 1048576 },
		{ "-l 1", BLOCK, 1 }, { "-l 2147483647", BLOCK, INT32_MAX },
		{ "--length 8k", BLOCK, 8192 }, { "-l 9 -l 8", BLOCK, 8 },
		{ "--style hd", BLOCK, 8192 },
		{ "--style hd -l 100", BLOCK, 100 },
		{ "--style hd -u 1M", BLOCK, 0 },
		{ "-p 1", PORT, 1 }, { "--port 65535", PORT, 65535 },
		{ "-u 1", RATE, 1 }, { "-u 10k", RATE, 1e4 },
		{ "-u 10K", RATE, 1e4 }, { "-u 3m", RATE, 3e6 },
		{ "--udp 3M", RATE, 3e6 }, { "-u 2g", RATE, 2e9 },
		{ "-u 2G", RATE, 2e9 }, { "-u 1t", RATE, 1e12 },
		{ "-u 1T", RATE, 1e12 },
		{ "-u 9223372036854775807", RATE, (double)INT64_MAX },
		{ "-T 0", TTL, 0 }, { "--ttl 2147483647", TTL, INT32_MAX },
		{ "-D 0", DSCP, 0 }, { "-D 63", DSCP, 63 },
		{ "-D 0x2e", DSCP, 46 }, { "-D 056", DSCP, 46 },
		{ "-D 0 -D 0", DSCP, 0 }, { "-D 0 -D 5", DSCP, 5 },
		{ "--dscp EF", DSCP, 46 }, { "--dscp af41", DSCP, 34 },
		{ "--dscp 5 --dscp 63", DSCP, 63 },
		{ "--notsent-lowat 1", LOWAT, 1 },
		{ "--notsent-lowat 2147483647", LOWAT, INT32_MAX },
		{ "-4", FAMILY, AF_INET }, { "--ipv4", FAMILY, AF_INET },
		{ "-6", FAMILY, AF_INET6 }, { "--ipv6", FAMILY, AF_INET6 },
		{ "--spacing constant", SPACING, THRULAY_CONSTANT },
		{ "--spacing constant --spacing poisson", SPACING,
		    THRULAY_POISSON },
		{ "--seed 0", SEED, 0 }, { "--seed 77", SEED, 77 },
		{ "--seed 9223372036854775807", SEED, (double)INT64_MAX },
		{ "--timeout 1ms", TIMEOUT, 0.001 },
		{ "--timeout 31622400", TIMEOUT, 31622400 },
	};
	char words[128];
	struct command *c = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		/* Options may stand before the host and behind it. */
		snprintf(words, sizeof(words), i % 2 == 0 ? "%s host" :
		    "host %s", cases[i].words);
		command_good(c, words);
		assert_string_equal(c->client.test.server_name, "host");
		if (get(&c->client.test, cases[i].field) != cases[i].value)
			fail_msg("%s: %.17g", words,
			    get(&c->client.test, cases[i].field));
		client_options_free(&c->client);
	}
}

/* Sentences of thrulay 0.9; each value is just outside or no number. */
static void
test_refused_by_old_sentences(void **state)
{
	static const struct {
		const char	*message;
		const char	*words[12];
	} cases[] = {
		{ "number of test streams must be a positive integer < 256",
		    { "-m 0", "-m 256", "-m -1", "-m x", "-m ''", "-m 1x",
		    "--streams 0" } },
		{ "test duration must be a positive integer (in seconds)",
		    { "-t 0", "-t -1", "-t 31622401", "-t x", "-t 1.5",
		    "-t 1s", "-t ''" } },
		{ "reporting interval must be 0 or a positive integer (in "
		    "seconds)", { "-i -1", "-i 31622401", "-i x", "-i 0.5",
		    "-i ''" } },
		{ "window must be a positive integer (in bytes)",
		    { "-w 0", "-w 2147483648", "-w -1", "-w x", "-w 2G",
		    "-w 1kB", "--window 0" } },
		{ "block size must be a positive integer (in bytes)",
		    { "-l 0", "-l 2147483648", "-l -1", "-l x",
		    "--length 0" } },
		{ "port must be a positive integer",
		    { "-p 0", "-p 65536", "-p -1", "-p x", "--port 0" } },
		{ "rate must be positive",
		    { "-u 0", "-u -1", "-u ''", "-u 1.5M", "-u 10Mb", "-u M",
		    "-u 9223372036854775808", "-u 10000000T", "--udp 0" } },
		{ "TTL cannot be negative",
		    { "-T -1", "-T 2147483648", "-T x", "--ttl -1" } },
		{ "invalid value for option '-D'. DSCP value expected.",
		    { "-D 64", "-D -1", "-D x", "-D 5x", "-D ''", "-D EF" } },
		{ "can only set '-D' once.",
		    { "-D 1 -D 1", "-D 1 -D 0", "-D 1 -D x" } },
	};
	char words[128];
	struct command *c = *state;
	size_t i, k;

	for (i = 0; i < NELEM(cases); i++)
		for (k = 0; cases[i].words[k] != NULL; k++) {
			snprintf(words, sizeof(words), "%s host",
			    cases[i].words[k]);
			command_refused(c, words, cases[i].message);
		}
}

static void
test_refused_by_name(void **state)
{
	static const struct {
		const char	*words, *message;
	} cases[] = {
		{ "--duration 999us", "--duration is too small: 999us" },
		{ "--duration 31622401", "--duration is too large: 31622401" },
		{ "--duration x", "--duration is invalid: x" },
		{ "--interval 999us", "--interval is below 1 ms: 999us" },
		{ "--interval 31622401", "--interval is too large: 31622401" },
		{ "--interval -1", "--interval is invalid: -1" },
		{ "--udp-streams 0", "--udp-streams is too small: 0" },
		{ "--udp-streams 256", "--udp-streams is too large: 256" },
		{ "--seed -1", "--seed is too small: -1" },
		{ "--seed x", "--seed is invalid: x" },
		{ "--notsent-lowat 0", "--notsent-lowat is too small: 0" },
		{ "--notsent-lowat 2G", "--notsent-lowat is too large: 2G" },
		{ "--timeout 999us", "--timeout is too small: 999us" },
		{ "--timeout 31622401", "--timeout is too large: 31622401" },
		{ "--spacing even", "--spacing is invalid: even" },
		{ "--style 0.8", "--style is invalid: 0.8" },
		{ "--dscp 64", "--dscp is too large: 64" },
		{ "--dscp XX", "--dscp is invalid: XX" },
	};
	char words[128], message[128];
	struct command *c = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		snprintf(words, sizeof(words), "host %s", cases[i].words);
		snprintf(message, sizeof(message), "thrulay: %s",
		    cases[i].message);
		command_refused(c, words, message);
	}
}

static void
test_hosts(void **state)
{
	struct command *c = *state;

	command_refused(c, "", "");
	command_refused(c, "-t 5", "");
	command_refused(c, "host other", "");
	command_refused(c, "host -t 5 other", "");
	command_run(c, "-t 5 -- -host");
	assert_int_equal(c->said, OPTIONS_RUN);
	assert_string_equal(c->client.test.server_name, "-host");
	client_options_free(&c->client);
}

/* getopt's words, then the usage text. */
static void
test_unknown_options(void **state)
{
	static const char *const words[] = {
		"-Q host", "--bogus host", "host -t", "host --seed",
		"--json=1 host", "--udp-s=1 --s 3 host"
	};
	char *usage;
	struct command *c = *state;
	size_t i;

	for (i = 0; i < NELEM(words); i++) {
		command_exit(c, words[i], 1);
		assert_int_equal(strncmp(c->err, "thrulay: ", 9), 0);
		usage = strchr(c->err, '\n') + 1;
		memmove(c->err, usage, strlen(usage) + 1);
		command_assert_usage(c, "");
	}
	command_good(c, "--udp-s 3 -u 1M host");
	assert_int_equal(c->client.test.num_streams, 3);
	client_options_free(&c->client);
}

/* -h and -V act where they stand. */
static void
test_usage_and_version(void **state)
{
	struct command *c = *state;

	command_exit(c, "-h -t bad", 0);
	command_assert_usage(c, "");
	command_refused(c, "-t bad -h",
	    "test duration must be a positive integer (in seconds)");
	command_exit(c, "-V -h", 0);
	command_assert_version(c, "client", LEGACY);
	command_exit(c, "--version", 0);
	assert_string_equal(c->out, "thrulay (plumbline) " PACKAGE_VERSION
	    "\ncompatible with thrulay 0.9, protocol thrulay/2\n");
	command_exit(c, "--help -t bad", 0);
	assert_string_equal(c->err, "");
	assert_int_equal(strncmp(c->out, "usage: thrulay [options] host\n",
	    30), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused_by_old_sentences),
		cmocka_unit_test(test_refused_by_name),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_unknown_options),
		cmocka_unit_test(test_usage_and_version),
	};

	return cmocka_run_group_tests(tests, begin, command_free);
}
