/* SPDX-License-Identifier: BSD-2-Clause */
/* The original's options: defaults, modes, operands, cross checks, keys. */
#include "config.h"

#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/udpst_line.h"

#define WORDS	8192

static void
assert_common_defaults(const struct options *o)
{
	assert_int_equal(o->family, AF_UNSPEC);
	assert_false(o->daemon || o->once || o->socket_errors);
	assert_false(o->verbose || o->debug || o->summary_only);
	assert_int_equal(o->format, FORMAT_TEXT);
	assert_true(o->jumbo);
	assert_false(o->traditional || o->random_payload || o->show_rates);
	assert_null(o->export_file);
	assert_false(o->export_all);
	assert_int_equal(o->bandwidth, 0);
	assert_false(o->have_key);
	assert_null(o->keys);
	assert_null(o->stats_file);
	assert_null(o->log_file);
	assert_int_equal(o->log_kbytes, 1000);
	assert_false(o->keep_sequence);
	assert_false(o->index_is_start);
	assert_int_equal(o->port, OPTIONS_PORT);
	assert_false(o->port_given);
	assert_int_equal(o->buffer, 1024000);
	assert_false(o->compat_8);
}

static void
test_client_defaults(void **state)
{
	struct line *l = *state;
	const struct options *o = &l->o;

	line_good(l, "-d host");
	assert_common_defaults(o);
	assert_int_equal(o->mode, MODE_DOWNSTREAM);
	assert_int_equal(o->nservers, 1);
	assert_string_equal(o->servers[0].host, "host");
	assert_int_equal(o->servers[0].port, OPTIONS_PORT);
	assert_false(o->servers[0].port_given);
	assert_int_equal(o->conns_min, 1);
	assert_int_equal(o->conns_max, 1);
	assert_false(o->loss_ratio || o->suppress || o->use_owd);
	assert_false(o->count_ooo || o->interface_max);
	assert_int_equal(o->bimodal, 0);
	assert_int_equal(o->key_id, 0);
	assert_int_equal(o->dscp_ecn, 0);
	assert_int_equal(o->index, -1);
	assert_int_equal(o->test_s, 10);
	assert_int_equal(o->period_ms, 1000);
	assert_int_equal(o->algorithm, 0);
	assert_int_equal(o->low_ms, 30);
	assert_int_equal(o->upper_ms, 90);
	assert_int_equal(o->trial_ms, 50);
	assert_int_equal(o->slow_thresh, 3);
	assert_int_equal(o->high_speed_delta, 10);
	assert_int_equal(o->seq_thresh, 10);
	assert_null(o->interface);
	assert_int_equal(o->ce_thresh, 0);
	line_good(l, "host -u");
	assert_int_equal(o->mode, MODE_UPSTREAM);
}

static void
test_server_defaults(void **state)
{
	struct line *l = *state;
	const struct options *o = &l->o;

	line_good(l, "");
	assert_common_defaults(o);
	assert_int_equal(o->mode, MODE_SERVER);
	assert_int_equal(o->nservers, 0);
	assert_int_equal(o->test_s, 3600);
	assert_int_equal(o->dscp_ecn, 255);
	assert_int_equal(o->index, 1152);
	line_good(l, "-t 20 -m 0 -I @500");
	assert_int_equal(o->test_s, 20);
	assert_int_equal(o->dscp_ecn, 0);
	assert_int_equal(o->index, 500);
}

static void
test_both_modes(void **state)
{
	struct line *l = *state;
	const struct options *o = &l->o;

	line_good(l, "-devDjTXSrnoRs -E eth0 -M host");
	assert_true(o->socket_errors && o->verbose && o->debug);
	assert_true(o->traditional && o->random_payload && o->show_rates);
	assert_true(o->loss_ratio && o->keep_sequence && o->use_owd);
	assert_true(o->count_ooo && o->summary_only && o->interface_max);
	assert_false(o->jumbo);
	assert_string_equal(o->interface, "eth0");
	line_good(l, "-x1evDjTXSrns -l log -k 10 -G stats-%H -O trace");
	assert_true(o->daemon && o->once);
	assert_string_equal(o->log_file, "log");
	assert_int_equal(o->log_kbytes, 10);
	assert_string_equal(o->stats_file, "stats-%H");
	assert_string_equal(o->export_file, "trace");
	assert_false(o->export_all);
	line_good(l, "-d -O +trace -A c host");
	assert_string_equal(o->export_file, "trace");
	assert_true(o->export_all);
	assert_int_equal(o->algorithm, 1);
	line_good(l, "-d -A C -A b host");
	assert_int_equal(o->algorithm, 0);
}

static void
test_formats(void **state)
{
	struct line *l = *state;

	line_good(l, "-d host -f JSON");
	assert_int_equal(l->o.format, FORMAT_JSON);
	line_good(l, "-d host -f jsonB");
	assert_int_equal(l->o.format, FORMAT_JSON_BRIEF);
	line_good(l, "-d host -f jsonf");
	assert_int_equal(l->o.format, FORMAT_JSON_TABS);
	line_wrong(l, "-d host -f jso", "'jso' is not a valid output format");
}

static void
test_family(void **state)
{
	struct line *l = *state;

	line_good(l, "-4");
	assert_int_equal(l->o.family, AF_INET);
	line_good(l, "-4 -6");
	assert_int_equal(l->o.family, AF_INET6);
	line_good(l, "--ipv6 --ipv4");
	assert_int_equal(l->o.family, AF_INET);
}

/* Letters of the other mode, where the recorded runs have none. */
static void
test_roles(void **state)
{
	struct line *l = *state;

	line_wrong(l, "-U 50",
	    "Upper delay variation threshold only set by client");
	line_wrong(l, "-F 50",
	    "Status feedback/trial interval only set by client");
	line_wrong(l, "-h 5", "High-speed delta only set by client");
	line_wrong(l, "-q 5", "Sequence error threshold only set by client");
	/* The mode counts before the value. */
	line_wrong(l, "-L 0",
	    "Low delay variation threshold only set by client");
	line_wrong(l, "-k 0 -d x",
	    "Log file maximum size only valid when server");
	line_wrong(l, "-C 3-2", "Multi-connection count only set by client");
	line_wrong(l, "-d x -x -L 0",
	    "Execution as daemon only valid when server");
	line_good(l, "-r -s");
	line_wrong(l, "--compat 8 -i 3600",
	    "Bimodal count must be less than total sub-intervals");
	line_good(l, "--compat 8 -i 3599");
}

/* The first thing wrong on the line is told, not the first in a table. */
static void
test_order_of_line(void **state)
{
	struct line *l = *state;

	line_wrong(l, "-d x -t 1 -L 0", "Parameter <1> out-of-range (5-3600)");
	line_wrong(l, "-d x -L 0 -t 1", "Parameter <0> out-of-range (1-10000)");
	line_wrong(l, "-d x -A q -1",
	    "'q' is not a valid rate adjustment algorithm");
	line_wrong(l, "-d x -1 -A q",
	    "One test execution only valid when server");
}

/*
 * Each cross check while all later ones fail as well: that is their order. A
 * value that would silence another check stands where it does not.
 */
static void
test_cross_checks(void **state)
{
	static const char late[] =
	    "-d x -M -C 3-2 -a k -K none -Z 1";
	static const struct {
		const char	*words, *error;
	} cases[] = {
		{ "-D -f json -t 5 -P 10000 -F 60 -L 100 -i 1",
		    "Debug only available when used with verbose" },
		{ "-v -f json -t 5 -P 10000 -F 60 -L 100 -i 1",
		    "Verbose not available with JSON output format option" },
		{ "-t 5 -P 10000 -F 60 -L 100 -i 1",
		    "Sub-interval period is greater than test interval time" },
		{ "-P 100 -F 60 -L 100 -i 100",
		    "Sub-interval period must be at least 2x status "
		    "feedback/trial interval" },
		{ "-F 60 -L 100 -i 10",
		    "Sub-interval period must be a multiple of status "
		    "feedback/trial interval" },
		{ "-L 100 -i 10",
		    "Low delay variation threshold > upper delay variation "
		    "threshold" },
		{ "-i 10",
		    "Bimodal count must be less than total sub-intervals" },
		{ "", "Maximum from local interface requires local interface "
		    "option" },
		{ "-E eth0",
		    "Minimum connection count > maximum connection count" },
		{ "-E eth0 -C 2-3",
		    "Authentication key and key file are mutually "
		    "exclusive" },
	};
	struct line *l = *state;
	char words[WORDS];
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		snprintf(words, sizeof(words), "%s %s", late, cases[i].words);
		line_wrong(l, words, cases[i].error);
	}
	line_wrong(l, "-d x -y 1 -Z 1", "Authentication key ID requires "
	    "authentication key or key file");
	line_wrong(l, "-d x -y 1 -a k -Z 1", "Packet marking octet must set "
	    "ECN bits to ECT(0)/Classic [10] or ECT(1)/L4S [01]");
	line_wrong(l, "-l f -D",
	    "Log file only supported when executing as daemon");
}

/* What 8.2 did not check. */
static void
test_cross_checks_8(void **state)
{
	struct line *l = *state;

	line_good(l, "-d x --compat 8 -F 60");
	line_good(l, "-d x --compat 8 -P 1 -F 250");
	line_wrong(l, "-d x --compat 8 -t 5 -P 6",
	    "Sub-interval period is greater than test interval time");
}

static void
test_dialect_8(void **state)
{
	struct line *l = *state;

	line_good(l, "--compat 8");
	assert_true(l->o.compat_8);
	assert_int_equal(l->o.port, OPTIONS_PORT_8);
	line_good(l, "-d -P 2 -O +f host host:7 -p 9 --compat 8");
	assert_int_equal(l->o.port, 9);
	assert_int_equal(l->o.servers[0].port, 9);
	assert_int_equal(l->o.servers[1].port, 7);
	assert_int_equal(l->o.period_ms, 2000);
	assert_string_equal(l->o.export_file, "+f");
	assert_true(l->o.export_all);
	assert_int_equal(setenv("PLUMBLINE_UDPST_COMPAT", "8", 1), 0);
	line_good(l, "");
	assert_int_equal(l->o.port, OPTIONS_PORT_8);
	line_good(l, "--compat 9");
	assert_int_equal(l->o.port, OPTIONS_PORT);
	setenv("PLUMBLINE_UDPST_COMPAT", "", 1);
	line_good(l, "");
	assert_false(l->o.compat_8);
	setenv("PLUMBLINE_UDPST_COMPAT", "8.2", 1);
	line_wrong(l, "", "PLUMBLINE_UDPST_COMPAT is neither 8 nor 9");
	unsetenv("PLUMBLINE_UDPST_COMPAT");
	line_wrong(l, "--compat 7", "--compat is neither 8 nor 9: 7");
}

static void
test_operands(void **state)
{
	static const struct {
		const char	*text, *host;
		uint16_t	 port;		/* 0: not given */
	} cases[] = {
		{ "name", "name", 0 }, { "name:7", "name", 7 },
		{ "192.0.2.1", "192.0.2.1", 0 },
		{ "192.0.2.1:65535", "192.0.2.1", 65535 },
		{ "2001:db8::1", "2001:db8::1", 0 },
		{ "::1", "::1", 0 }, { "fe80::1%eth0", "fe80::1%eth0", 0 },
		{ "[2001:db8::1]:80", "2001:db8::1", 80 },
		{ "[fe80::1%eth0]:80x", "fe80::1%eth0", 80 },
		{ "name:80x", "name", 80 },
	};
	struct line *l = *state;
	const struct options_server *s = l->o.servers;
	char words[WORDS];
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		snprintf(words, sizeof(words), "-d -p 9 %s", cases[i].text);
		line_good(l, words);
		assert_string_equal(s->host, cases[i].host);
		assert_int_equal(s->port_given, cases[i].port != 0);
		assert_int_equal(s->port, cases[i].port == 0 ? 9 :
		    cases[i].port);
	}
	line_good(l, "192.0.2.1:7 -p 9");
	assert_int_equal(l->o.port, 7);
	assert_true(l->o.port_given);
	line_good(l, ":7");
	assert_string_equal(s->host, "");
	assert_int_equal(l->o.port, 7);
}

static void
test_bad_operands(void **state)
{
	static const char *const ports[][2] = {
		{ "x:0", "0" }, { "x:", "0" }, { "x:65536", "65536" },
		{ "x:-1", "-1" }, { "x:http", "0" }, { "[::1]:", "0" },
		{ "[::1]:65536", "65536" }, { "x:4294967297", "2147483647" },
	};
	struct line *l = *state;
	char words[WORDS], error[WORDS], host[OPTIONS_HOST_LEN + 1];
	size_t i;

	for (i = 0; i < NELEM(ports); i++) {
		snprintf(words, sizeof(words), "-d %s", ports[i][0]);
		snprintf(error, sizeof(error),
		    "Parameter <%s> out-of-range (1-65535)", ports[i][1]);
		line_wrong(l, words, error);
	}
	line_wrong(l, "-d [::1]",
	    "Invalid format for IPv6 address with port number");
	line_wrong(l, "-d :7",
	    "Server hostname or IP address required when client");
	line_wrong(l, "-d x ''",
	    "Server hostname or IP address required when client");
	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	line_wrong(l, host,
	    "Server hostname or IP address exceeds 255 characters");
	host[sizeof(host) - 2] = '\0';
	line_good(l, host);
	assert_string_equal(l->o.servers[0].host, host);
}

static void
test_server_count(void **state)
{
	struct line *l = *state;
	char words[WORDS] = "-d";
	int i;

	for (i = 0; i < OPTIONS_SERVERS_MAX; i++)
		strlcat(words, " x", sizeof(words));
	line_good(l, words);
	assert_int_equal(l->o.nservers, 24);
	assert_int_equal(l->o.conns_min, 24);
	assert_int_equal(l->o.conns_max, 24);
	strlcat(words, " x:0", sizeof(words));
	line_wrong(l, words, "Server count exceeds maximum (24)");
}

static void
test_connections(void **state)
{
	static const struct {
		const char	*words;
		unsigned int	 min, max;
	} cases[] = {
		{ "x", 1, 1 }, { "x y z", 3, 3 }, { "-C 2 x", 2, 2 },
		{ "-C 24-24 x", 24, 24 }, { "-C 1-24 x", 1, 24 },
		{ "-C 1 x y", 1, 2 }, { "-C 3 x y", 3, 3 },
		{ "-C 1-2 x y", 1, 2 }, { "-C 1-3 -C 2 x y", 2, 2 },
	};
	struct line *l = *state;
	char words[WORDS];
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		snprintf(words, sizeof(words), "-u %s", cases[i].words);
		line_good(l, words);
		assert_int_equal(l->o.conns_min, cases[i].min);
		assert_int_equal(l->o.conns_max, cases[i].max);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_defaults),
		cmocka_unit_test(test_server_defaults),
		cmocka_unit_test(test_both_modes),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_family),
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_order_of_line),
		cmocka_unit_test(test_cross_checks),
		cmocka_unit_test(test_cross_checks_8),
		cmocka_unit_test(test_dialect_8),
		cmocka_unit_test(test_operands),
		cmocka_unit_test(test_bad_operands),
		cmocka_unit_test(test_server_count),
		cmocka_unit_test(test_connections),
	};

	return cmocka_run_group_tests(tests, line_new, line_free);
}
