/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of thrulayd. */
#include "config.h"

#include <sys/socket.h>

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/command.h"
#include "thrulay/options.h"

#define USAGE	"thrulay/outputs/thrulayd_usage_stderr.txt"
#define LEGACY	"thrulay/outputs/thrulayd_version_stdout.txt"
#define ALLOWED	1024

static enum options_status
parse(struct command *c)
{
	return server_options_parse(c->argc, c->argv, &c->server, &c->status);
}

static int
begin(void **state)
{
	return command_new(state, "thrulayd", USAGE, parse);
}

static void
test_defaults(void **state)
{
	struct command *c = *state;

	command_good(c, "");
	assert_int_equal(c->server.server.log_type, THRULAY_LOG_SYSLOG);
	assert_int_equal(c->server.server.verbosity, 0);
	assert_null(c->server.server.bind_address);
	assert_null(c->server.server.mcast_group);
	assert_int_equal(c->server.server.report, THRULAY_REPORT_09);
	assert_int_equal(c->server.server.family, AF_UNSPEC);
	assert_int_equal(c->server.server.max_rate, 0);
	assert_null(c->server.server.auth_file);
	assert_false(c->server.server.require_auth);
	assert_true(c->server.server.allow_reverse);
	assert_null(c->server.allow[0]);
	assert_false(c->server.foreground);
	assert_false(c->server.syslog);
	assert_null(c->server.user);
	assert_null(c->server.pidfile);
	server_options_free(&c->server);
	assert_null(c->server.allow);
}

enum field { WINDOW, PORT, FAMILY, FIRST, LAST, REPORT, SESSIONS, PER_ADDRESS,
	DURATION, IDLE, PROPOSAL, PACKETS, RATE, MEMORY };

static double
get(const thrulay_server_opt_t *s, enum field f)
{
	switch (f) {
	case WINDOW:	return s->window;
	case PORT:	return s->port;
	case FAMILY:	return s->family;
	case FIRST:	return s->udp_first;
	case LAST:	return s->udp_last;
	case REPORT:	return s->report;
	case SESSIONS:	return s->max_sessions;
	case PER_ADDRESS: return s->max_per_address;
	case DURATION:	return s->max_duration;
	case IDLE:	return s->idle_timeout;
	case PROPOSAL:	return s->proposal_timeout;
	case PACKETS:	return (double)s->max_packets;
	case RATE:	return (double)s->max_rate;
	case MEMORY:	return (double)s->max_memory;
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
		{ "", WINDOW, 4194304 }, { "-w 1", WINDOW, 1 },
		{ "--window 2147483647", WINDOW, INT32_MAX },
		{ "", PORT, 5003 }, { "-p1", PORT, 1 },
		{ "--port=65535", PORT, 65535 }, { "-p 5 -p 6", PORT, 6 },
		{ "-4", FAMILY, AF_INET }, { "--ipv6", FAMILY, AF_INET6 },
		{ "", FIRST, 5003 }, { "", LAST, 6002 },
		{ "--port-range 1-65535", FIRST, 1 },
		{ "--port-range 1-65535", LAST, 65535 },
		{ "--port-range 7000", FIRST, 7000 },
		{ "--port-range 7000", LAST, 7000 },
		{ "--report hd", REPORT, THRULAY_REPORT_HD },
		{ "--report both", REPORT, THRULAY_REPORT_BOTH },
		{ "--report hd --report 0.9", REPORT, THRULAY_REPORT_09 },
		{ "", SESSIONS, 1000 }, { "--max-sessions 1", SESSIONS, 1 },
		{ "--max-sessions 100000", SESSIONS, 100000 },
		{ "", PER_ADDRESS, 600 },
		{ "--max-per-address 1", PER_ADDRESS, 1 },
		{ "--max-per-address 100000", PER_ADDRESS, 100000 },
		{ "", DURATION, 86400 }, { "--max-duration 1s", DURATION, 1 },
		{ "--max-duration 31622400", DURATION, 31622400 },
		{ "", IDLE, 60 }, { "--idle-timeout 1", IDLE, 1 },
		{ "--idle-timeout 1.5", IDLE, 1.5 },
		{ "", PROPOSAL, 10 }, { "--proposal-timeout 1", PROPOSAL, 1 },
		{ "", PACKETS, 67108864 }, { "--max-packets 1", PACKETS, 1 },
		{ "--max-packets 68719476736", PACKETS, 68719476736. },
		{ "--max-rate 1", RATE, 1 }, { "--max-rate 1.5M", RATE, 1.5e6 },
		{ "", MEMORY, 268435456 },
		{ "--max-memory 1M", MEMORY, 1048576 },
	};
	struct command *c = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		command_good(c, cases[i].words);
		if (get(&c->server.server, cases[i].field) != cases[i].value)
			fail_msg("%s: %.17g", cases[i].words,
			    get(&c->server.server, cases[i].field));
		server_options_free(&c->server);
	}
}

static void
test_refused(void **state)
{
	static const char window[] =
	    "window must be a positive integer (in bytes)";
	static const char port[] = "port must be a positive integer";
	static const struct {
		const char	*words, *message;
	} cases[] = {
		{ "-w 0", window }, { "-w 2147483648", window },
		{ "-w x", window }, { "--window -1", window },
		{ "-p 0", port }, { "-p 65536", port }, { "-p x", port },
		{ "--max-sessions 0",
		    "thrulayd: --max-sessions is too small: 0" },
		{ "--max-sessions 100001",
		    "thrulayd: --max-sessions is too large: 100001" },
		{ "--max-per-address 0",
		    "thrulayd: --max-per-address is too small: 0" },
		{ "--max-per-address 100001",
		    "thrulayd: --max-per-address is too large: 100001" },
		{ "--max-duration 999ms",
		    "thrulayd: --max-duration is too small: 999ms" },
		{ "--max-duration 31622401",
		    "thrulayd: --max-duration is too large: 31622401" },
		{ "--idle-timeout 0",
		    "thrulayd: --idle-timeout is too small: 0" },
		{ "--proposal-timeout .9",
		    "thrulayd: --proposal-timeout is too small: .9" },
		{ "--max-packets 0",
		    "thrulayd: --max-packets is too small: 0" },
		{ "--max-packets 68719476737",
		    "thrulayd: --max-packets is too large: 68719476737" },
		{ "--max-rate 0", "thrulayd: --max-rate is too small: 0" },
		{ "--max-memory 1048575",
		    "thrulayd: --max-memory is too small: 1048575" },
		{ "--report json", "thrulayd: --report is invalid: json" },
		{ "operand", "" }, { "-d -- -4", "" },
	};
	struct command *c = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++)
		command_refused(c, cases[i].words, cases[i].message);
}

static void
test_bad_port_ranges(void **state)
{
	static const char *const ranges[] = {
		"0-5", "9-8", "1-65536", "-5", "5-", "a-b", "1-2-3", "''"
	};
	static const char said[] = "thrulayd: --port-range is ";
	char words[64];
	struct command *c = *state;
	size_t i;

	for (i = 0; i < NELEM(ranges); i++) {
		snprintf(words, sizeof(words), "--port-range %s", ranges[i]);
		command_exit(c, words, 1);
		assert_int_equal(strncmp(c->err, said, sizeof(said) - 1), 0);
	}
}

static void
test_conflicts(void **state)
{
	struct command *c = *state;

	command_exit(c, "-4 -6", 1);
	assert_string_equal(c->err,
	    "thrulayd: --ipv4 and --ipv6 exclude each other\n");
	command_exit(c, "--require-auth", 1);
	assert_string_equal(c->err,
	    "thrulayd: --require-auth needs --auth-file\n");
}

static void
test_strings_and_flags(void **state)
{
	struct command *c = *state;

	command_good(c, "-dvv -j 224.0.0.1 --group 224.0.0.2 --bind ::1 "
	    "--auth-file /keys --require-auth --no-reverse --user me "
	    "--pidfile /pid");
	assert_int_equal(c->server.server.log_type, THRULAY_LOG_STDERR);
	assert_true(c->server.foreground);
	assert_int_equal(c->server.server.verbosity, 2);
	assert_string_equal(c->server.server.mcast_group, "224.0.0.2");
	assert_string_equal(c->server.server.bind_address, "::1");
	assert_string_equal(c->server.server.auth_file, "/keys");
	assert_true(c->server.server.require_auth);
	assert_false(c->server.server.allow_reverse);
	assert_string_equal(c->server.user, "me");
	assert_string_equal(c->server.pidfile, "/pid");
	server_options_free(&c->server);
	command_good(c, "--foreground --syslog");
	assert_int_equal(c->server.server.log_type, THRULAY_LOG_SYSLOG);
	assert_true(c->server.foreground);
	assert_true(c->server.syslog);
	server_options_free(&c->server);
}

/* In the order of the command line. */
static void
test_allow_list(void **state)
{
	static const char *const want[] = {
		"10.0.0.0/8", "::1", "2001:db8::/32", "192.0.2.1"
	};
	struct command *c = *state;
	size_t i;

	command_good(c, "-a 10.0.0.0/8 -a::1 --allow 2001:db8::/32 "
	    "--allow=192.0.2.1");
	for (i = 0; i < NELEM(want); i++)
		assert_string_equal(c->server.allow[i], want[i]);
	assert_null(c->server.allow[i]);
	server_options_free(&c->server);
}

/* Spec 7.2: 0.9 went on without the entry. */
static void
test_bad_allow_ends(void **state)
{
	static const char *const bad[] = {
		"host.example", "10.0.0.0/33", "::/129", "10.0.0.0/", "''",
		"10.0.0.0/-1", "10.0.0/8x"
	};
	static const char said[] =
	    "Error: getaddrinfo(): failed in ACL add operation , ";
	char words[64];
	struct command *c = *state;
	size_t i;

	for (i = 0; i < NELEM(bad); i++) {
		snprintf(words, sizeof(words), "-a 10.0.0.1 -a %s", bad[i]);
		command_exit(c, words, 1);
		assert_int_equal(strncmp(c->err, said, sizeof(said) - 1), 0);
		assert_true(c->err[sizeof(said) - 1] != '\n');
	}
}

static void
test_longest_allow_list(void **state)
{
	char words[COMMAND_WORDS] = "";
	struct command *c = *state;
	int i;

	for (i = 0; i < ALLOWED; i++)
		strlcat(words, " -a 192.0.2.1", sizeof(words));
	command_good(c, words);
	assert_non_null(c->server.allow[ALLOWED - 1]);
	assert_null(c->server.allow[ALLOWED]);
	server_options_free(&c->server);
	strlcat(words, " -a 192.0.2.1", sizeof(words));
	command_refused(c, words, "too many allowed addresses");
}

static void
test_usage_and_version(void **state)
{
	struct command *c = *state;

	command_exit(c, "-h -p bad", 0);
	command_assert_usage(c, "");
	command_exit(c, "-V", 0);
	command_assert_version(c, "server", LEGACY);
	command_exit(c, "--version", 0);
	assert_string_equal(c->out, "thrulayd (plumbline) " PACKAGE_VERSION
	    "\ncompatible with thrulay 0.9, protocol thrulay/2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bad_port_ranges),
		cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_strings_and_flags),
		cmocka_unit_test(test_allow_list),
		cmocka_unit_test(test_bad_allow_ends),
		cmocka_unit_test(test_longest_allow_list),
		cmocka_unit_test(test_usage_and_version),
	};

	return cmocka_run_group_tests(tests, begin, command_free);
}
