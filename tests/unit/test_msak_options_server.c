/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of msak-server. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/options_server.h"
#include "tests/unit/msak_line.h"

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	options_server_free(options);
	return options_server_parse(argc, argv, options, status);
}

static int
begin(void **state)
{
	static struct server_options options;

	return line_new(state, "./msak-server", parse, &options);
}

static int
end(void **state)
{
	struct line *l = *state;

	options_server_free(l->options);
	return line_free(state);
}

static const char *
made(const void *options, size_t i)
{
	const struct server_options *o = options;

	(void)i;
	return o->prefix_default;
}

static void
test_help(void **state)
{
	static const char *const words[] = { "HOSTNAME_BOOTTIME_unsafe",
		NULL };

	/* Long enough for the word. */
	assert_int_equal(setenv("POD_NAME", "a-host-with-a-long-name", 1), 0);
	line_help(*state, "msak/output/msak-server.help.txt", words, made);
	unsetenv("POD_NAME");
}

static void
test_defaults(void **state)
{
	struct line *l = *state;
	const struct server_options *o = l->options;

	line_good(l, "");
	assert_string_equal(o->ws_addr, ":8080");
	assert_string_equal(o->wss_addr, ":4443");
	assert_string_equal(o->cert, "");
	assert_string_equal(o->key, "");
	assert_string_equal(o->datadir, "./data");
	assert_string_equal(o->latency_addr, ":1053");
	assert_true(o->latency_ttl_ns == 60 * CLOCK_NS_PER_S);
	assert_int_equal(o->nkeys, 0);
	assert_false(o->token_verify);
	assert_string_equal(o->token_machine, "");
	assert_string_equal(o->tx_device, "");
	assert_true(o->tx_max_bps == 0);
	assert_string_equal(o->prometheus, ":9990");
	assert_string_equal(o->uuid_prefix, o->prefix_default);
	assert_string_equal(o->anonymize, "none");
	assert_string_equal(o->page, "");
	assert_int_equal(o->schema, OPTIONS_SCHEMA_NONE);
	assert_int_equal(o->nallow, 0);
	assert_int_equal(o->threads, 0);
	assert_true(o->max_duration_ns == 25 * CLOCK_NS_PER_S);
	assert_true(o->stop_timeout_ns == 5 * CLOCK_NS_PER_S);
	assert_true(o->max_memory_bytes == INT64_C(1) << 30);
	assert_int_equal(o->max_sessions, 10000);
	assert_int_equal(o->max_per_address, 2000);
	assert_int_equal(o->max_latency_sessions, 10000);
	assert_int_equal(o->tls_min, OPTIONS_TLS_1_2);
	assert_string_equal(o->user, "");
	assert_string_equal(o->pidfile, "");
}

static void
test_every_flag(void **state)
{
	struct line *l = *state;
	const struct server_options *o = l->options;

	line_good(l, "-ws_addr 127.0.0.1:80 -wss_addr [::1]:443 -cert c "
	    "-key k -datadir d -latency_addr :0 -latency_ttl 1.5h "
	    "-token.verify -token.machine m -txcontroller.device eth0 "
	    "-txcontroller.max-rate 1_000_000 -prometheusx.listen-address :1 "
	    "-anonymize.ip netblock");
	assert_string_equal(o->ws_addr, "127.0.0.1:80");
	assert_string_equal(o->wss_addr, "[::1]:443");
	assert_string_equal(o->cert, "c");
	assert_string_equal(o->key, "k");
	assert_string_equal(o->datadir, "d");
	assert_string_equal(o->latency_addr, ":0");
	assert_true(o->latency_ttl_ns == 5400 * CLOCK_NS_PER_S);
	assert_true(o->token_verify);
	assert_string_equal(o->token_machine, "m");
	assert_string_equal(o->tx_device, "eth0");
	assert_true(o->tx_max_bps == 1000000);
	assert_string_equal(o->prometheus, ":1");
	assert_string_equal(o->anonymize, "netblock");
}

static void
test_our_flags(void **state)
{
	struct line *l = *state;
	const struct server_options *o = l->options;

	line_good(l, "-4 -page p -schema latency1 -allow 10.0.0.0/8 "
	    "-allow ::1 -threads 3 -max-sessions 1 -max-per-address 2 "
	    "-max-latency-sessions 3 -max-memory 0x100000 -max-duration 1m "
	    "-stop-timeout 0 -debug -syslog -user u -pidfile f "
	    "-tls.min-version 1.0");
	assert_true(o->ipv4 && !o->ipv6 && o->debug && o->syslog);
	assert_string_equal(o->page, "p");
	assert_int_equal(o->schema, OPTIONS_SCHEMA_LATENCY1);
	assert_int_equal(o->nallow, 2);
	assert_true(o->allow[0].is_v4);
	assert_int_equal(o->threads, 3);
	assert_int_equal(o->max_sessions, 1);
	assert_int_equal(o->max_per_address, 2);
	assert_int_equal(o->max_latency_sessions, 3);
	assert_int_equal(o->max_memory_bytes, 1 << 20);
	assert_true(o->max_duration_ns == 60 * CLOCK_NS_PER_S);
	assert_true(o->stop_timeout_ns == 0);
	assert_string_equal(o->user, "u");
	assert_string_equal(o->pidfile, "f");
	assert_int_equal(o->tls_min, OPTIONS_TLS_1_0);
}

static void
write_key(char *path, const char *text)
{
	int fd = mkstemp(path);

	assert_true(fd != -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
test_keys(void **state)
{
	struct line *l = *state;
	const struct server_options *o = l->options;
	char a[] = "/tmp/key.XXXXXX", b[] = "/tmp/key.XXXXXX", words[256];
	char message[256];

	write_key(a, "{\"a\":1}\n");
	write_key(b, "");
	snprintf(words, sizeof(words), "-token.verify-key %s,%s "
	    "-token.verify-key=%s", a, b, a);
	line_good(l, words);
	assert_int_equal(o->nkeys, 3);
	assert_string_equal(o->keys[0].name, a);
	assert_string_equal(o->keys[0].text, "{\"a\":1}\n");
	assert_int_equal(o->keys[0].len, 8);
	assert_string_equal(o->keys[1].name, b);
	assert_int_equal(o->keys[1].len, 0);
	assert_string_equal(o->keys[2].text, "{\"a\":1}\n");
	/* Those read before an error are given up as well. */
	snprintf(words, sizeof(words), "-token.verify-key %s,/nonexist", a);
	snprintf(message, sizeof(message), "invalid value \"%s,/nonexist\" "
	    "for flag -token.verify-key: open /nonexist: no such file or "
	    "directory", a);
	line_refused(l, words, message);
	assert_int_equal(o->nkeys, 0);
	remove(a);
	remove(b);
}

static void
test_errors(void **state)
{
	static const struct {
		const char	*words, *message;
	} cases[] = {
		{ "-token.verify-key /nonexist",
		    "invalid value \"/nonexist\" for flag -token.verify-key: "
		    "open /nonexist: no such file or directory" },
		{ "-token.verify-key /", "invalid value \"/\" for flag "
		    "-token.verify-key: read /: is a directory" },
		{ "-anonymize.ip foo",
		    "invalid value \"foo\" for flag -anonymize.ip: Uknown "
		    "anonymization method: \"foo\"" },
		{ "-latency_ttl 60",
		    "invalid value \"60\" for flag -latency_ttl: parse "
		    "error" },
		{ "-txcontroller.max-rate -1", "invalid value \"-1\" for "
		    "flag -txcontroller.max-rate: parse error" },
		{ "-allow host", "invalid value \"host\" for flag -allow: "
		    "not a numeric address" },
		{ "-max-sessions 0", "invalid value \"0\" for flag "
		    "-max-sessions: value out of range" },
		{ "-schema x", "invalid value \"x\" for flag -schema: must "
		    "be none, throughput1 or latency1" },
	};
	struct line *l = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++)
		line_refused(l, cases[i].words, cases[i].message);
	line_fails(l, "-4 -6", true,
	    "Invalid configuration: -4 and -6 exclude each other.");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_flag),
		cmocka_unit_test(test_our_flags),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
