/* SPDX-License-Identifier: BSD-2-Clause */
/* Our long options, keys, file names, and what --help and --version say. */
#include "config.h"

#include <sys/socket.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "tests/unit/udpst_line.h"

#define WORDS	8192

static void
test_defaults(void **state)
{
	struct line *l = *state;
	const struct options *o = &l->o;

	line_good(l, "");
	assert_int_equal(o->protocol, 0);
	assert_false(o->allow_downgrade || o->probe || o->progress);
	assert_false(o->quiet || o->json_lines || o->checksum);
	assert_true(o->gso && o->gro);
	assert_false(o->rate_limit || o->syslog);
	assert_int_equal(o->auth_window_s, 5);
	assert_int_equal(o->bind_addr.len, 0);
	assert_null(o->bind_dev);
	assert_int_equal(o->threads, 1);
	assert_int_equal(o->max_sessions, 254);
	assert_int_equal(o->max_per_source, 0);
	assert_int_equal(o->port_first, 0);
	assert_int_equal(o->port_last, 0);
	assert_int_equal(o->nallow, 0);
	assert_null(o->user);
	assert_null(o->pidfile);
	assert_null(o->prometheus);
}

static void
test_client(void **state)
{
	struct line *l = *state;
	const struct options *o = &l->o;
	char text[ADDR_STRLEN];

	line_good(l, "-d x --protocol 11 --allow-downgrade --probe "
	    "--progress --quiet --json-lines --checksum --no-gso --no-gro "
	    "--auth-window 86400 --bind 192.0.2.7 --bind-dev eth0 "
	    "--csv file");
	assert_int_equal(o->protocol, 11);
	assert_true(o->allow_downgrade && o->probe && o->progress);
	assert_true(o->quiet && o->json_lines && o->checksum);
	assert_int_equal(o->format, FORMAT_JSON);
	assert_false(o->gso || o->gro);
	assert_int_equal(o->auth_window_s, 86400);
	assert_string_equal(addr_host(&o->bind_addr, text, sizeof(text)),
	    "192.0.2.7");
	assert_int_equal(o->family, AF_INET);
	assert_string_equal(o->bind_dev, "eth0");
	assert_string_equal(o->export_file, "file");
	assert_true(o->export_all);
	line_good(l, "-u x --json --auth-window 0 --bind 2001:db8::7 -6");
	assert_int_equal(o->format, FORMAT_JSON);
	assert_false(o->json_lines);
	assert_int_equal(o->auth_window_s, 0);
	assert_int_equal(o->family, AF_INET6);
}

static void
test_server(void **state)
{
	struct line *l = *state;
	const struct options *o = &l->o;

	line_good(l, "--threads 64 --max-sessions 1 --max-per-source 3 "
	    "--port-range 5000-5010 --allow 192.0.2.0/24 --allow 2001:db8::/32 "
	    "--user nobody --pidfile pid --syslog --prometheus prom --quiet");
	assert_int_equal(o->threads, 64);
	assert_int_equal(o->max_sessions, 1);
	assert_int_equal(o->max_per_source, 3);
	assert_int_equal(o->port_first, 5000);
	assert_int_equal(o->port_last, 5010);
	assert_int_equal(o->nallow, 2);
	assert_true(o->allow[0].is_v4);
	assert_int_equal(o->allow[0].bits, 96 + 24);
	assert_false(o->allow[1].is_v4);
	assert_int_equal(o->allow[1].bits, 32);
	assert_string_equal(o->user, "nobody");
	assert_string_equal(o->pidfile, "pid");
	assert_true(o->syslog);
	assert_string_equal(o->prometheus, "prom");
}

/* -t and -P in other words; the last one counts. */
static void
test_durations(void **state)
{
	static const struct {
		const char	*words;
		unsigned int	 test_s, period_ms;
	} cases[] = {
		{ "--duration 1", 1, 1000 },
		{ "--duration 4000ms --interval 0.5", 4, 500 },
		{ "--duration 1h --interval 10s", 3600, 10000 },
		{ "--duration 2m --interval 100ms", 120, 100 },
		{ "--duration 2m -t 7 --interval 2 -P 500", 7, 500 },
		{ "-t 7 --duration 2m -P 500 --interval 2", 120, 2000 },
		{ "--interval 3 --compat 8", 10, 3000 },
	};
	struct line *l = *state;
	char words[WORDS];
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		snprintf(words, sizeof(words), "-d x %s", cases[i].words);
		line_good(l, words);
		assert_int_equal(l->o.test_s, cases[i].test_s);
		assert_int_equal(l->o.period_ms, cases[i].period_ms);
	}
	line_good(l, "--duration 3");
	assert_int_equal(l->o.test_s, 3);
}

static void
test_dscp(void **state)
{
	static const struct {
		const char	*words;
		unsigned int	 octet;
	} cases[] = {
		{ "-d x --dscp EF", 46 << 2 },
		{ "-d x --dscp 63", 63 << 2 },
		{ "-d x -m 1 --dscp CS1", 8 << 2 | 1 },
		{ "-d x -m 0xff --dscp 0", 3 },
		{ "-d x --dscp EF -m 2", 2 },
		{ "-d x --dscp EF --dscp LE", 1 << 2 },
		{ "--dscp EF", 46 << 2 | 3 },
		{ "-m 0x28 --dscp EF", 46 << 2 },
		{ "--dscp EF -m 0x28", 0x28 },
	};
	struct line *l = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		line_good(l, cases[i].words);
		assert_int_equal(l->o.dscp_ecn, cases[i].octet);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*words, *error;
	} cases[] = {
		{ "-d x --duration 0.5", "--duration is too small: 0.5" },
		{ "-d x --duration 3601", "--duration is too large: 3601" },
		{ "-d x --duration 1.5", "--duration is too precise: 1.5" },
		{ "-d x --duration x", "--duration is invalid: x" },
		{ "-d x --interval 99ms", "--interval is too small: 99ms" },
		{ "-d x --interval 11", "--interval is too large: 11" },
		{ "-d x --interval 100500us",
		    "--interval is too precise: 100500us" },
		{ "--interval 1", "Sub-interval period only set by client" },
		{ "-d x --protocol 9", "--protocol is too small: 9" },
		{ "-d x --protocol 21", "--protocol is too large: 21" },
		{ "--allow-downgrade",
		    "--allow-downgrade only valid when client" },
		{ "--probe", "--probe only valid when client" },
		{ "--progress", "--progress only valid when client" },
		{ "--json", "Ouput format options only available to client" },
		{ "--json-lines",
		    "Ouput format options only available to client" },
		{ "-d x -v --json-lines",
		    "Verbose not available with JSON output format option" },
		{ "-u x --csv f",
		    "Client output file only valid for downstream testing" },
		{ "--auth-window -1", "--auth-window is too small: -1" },
		{ "--auth-window 86401",
		    "--auth-window is too large: 86401" },
		{ "--auth-window 5s", "--auth-window is invalid: 5s" },
		{ "-d x --dscp 64", "--dscp is too large: 64" },
		{ "-d x --dscp XX", "--dscp is invalid: XX" },
		{ "-d x --bind name", "--bind is no address: name" },
		{ "--bind 192.0.2.1", "--bind only valid when client" },
		{ "-d x -6 --bind 192.0.2.1",
		    "--bind does not match address family" },
		{ "--threads 0", "--threads is too small: 0" },
		{ "--threads 65", "--threads is too large: 65" },
		{ "-d x --rate-limit",
		    "--rate-limit only valid when server" },
		{ "-d x --threads 2", "--threads only valid when server" },
		{ "-d x --max-sessions 253",
		    "--max-sessions only valid when server" },
		{ "--max-sessions 0", "--max-sessions is too small: 0" },
		{ "--max-sessions 255", "--max-sessions is too large: 255" },
		{ "--max-per-source -1", "--max-per-source is too small: -1" },
		{ "-d x --max-per-source 1",
		    "--max-per-source only valid when server" },
		{ "--port-range 2-1", "--port-range is invalid: 2-1" },
		{ "-d x --port-range 1-2",
		    "--port-range only valid when server" },
		{ "-d x --allow ::/0", "--allow only valid when server" },
		{ "-d x --user u", "--user only valid when server" },
		{ "-d x --pidfile f", "--pidfile only valid when server" },
		{ "-d x --syslog", "--syslog only valid when server" },
		{ "-d x --prometheus f",
		    "--prometheus only valid when server" },
		{ "-x -l f --syslog",
		    "--syslog and log file are mutually exclusive" },
	};
	struct line *l = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++)
		line_wrong(l, cases[i].words, cases[i].error);
	line_run(l, "--allow 192.0.2.1/33");
	assert_int_equal(l->status, 50);
	assert_int_equal(strncmp(l->out, "ERROR: --allow is ", 18), 0);
}

/* 7.2.15: the name becomes part of a path. */
static void
test_interface_names(void **state)
{
	static const char *const bad[] = { "''", ".", "..", "../eth0", "a/b",
		"/", "abcdefghijklmnop" };
	static const char *const good[] = { "a", "...", "abcdefghijklmno",
		"eth0.1:2" };
	static const char *const letters[] = { "-E", "--bind-dev" };
	struct line *l = *state;
	char words[WORDS];
	size_t i, k;

	for (k = 0; k < NELEM(letters); k++) {
		for (i = 0; i < NELEM(bad); i++) {
			snprintf(words, sizeof(words), "-d x %s %s",
			    letters[k], bad[i]);
			line_wrong(l, words, "Invalid interface name");
		}
		for (i = 0; i < NELEM(good); i++) {
			snprintf(words, sizeof(words), "-d x %s %s",
			    letters[k], good[i]);
			line_good(l, words);
		}
	}
}

/* 7.2.14: names are expanded into buffers of PATH_MAX bytes. */
static void
test_file_names(void **state)
{
	static const char *const options[] = { "-O", "-x -l", "-G",
		"--prometheus", "--pidfile", "--csv" };
	char name[PATH_MAX], words[WORDS], error[WORDS];
	struct line *l = *state;
	size_t i;

	memset(name, 'f', sizeof(name));
	for (i = 0; i < NELEM(options); i++) {
		name[PATH_MAX - 64] = '\0';
		snprintf(words, sizeof(words), "%s %s", options[i], name);
		line_good(l, words);
		name[PATH_MAX - 64] = 'f';
		name[PATH_MAX - 63] = '\0';
		snprintf(words, sizeof(words), "%s %s", options[i], name);
		snprintf(error, sizeof(error),
		    "File name exceeds %d characters", PATH_MAX - 64);
		line_wrong(l, words, error);
		snprintf(words, sizeof(words), "%s ''", options[i]);
		line_wrong(l, words, "File name missing");
	}
	line_wrong(l, "-O +", "File name missing");
}

/* A key does not stay on the command line. */
static void
test_key_is_hidden(void **state)
{
	struct line *l = *state;
	size_t i;

	line_good(l, "-d x -a secret1 -va secret2 -asecret3 -y 7");
	assert_true(l->o.have_key);
	assert_string_equal(l->o.key, "secret3");
	assert_int_equal(l->o.key_id, 7);
	for (i = 0; i + 6 < sizeof(l->words); i++)
		assert_int_not_equal(memcmp(l->words + i, "secret", 6), 0);
	options_free(&l->o);
	assert_false(l->o.have_key);
	for (i = 0; i < sizeof(l->o.key); i++)
		assert_int_equal(l->o.key[i], 0);
	line_good(l, "-a ''");
	assert_false(l->o.have_key);
}

static void
test_key_length(void **state)
{
	char words[WORDS] = "-a ", key[66];
	struct line *l = *state;

	memset(key, 'k', sizeof(key));
	key[64] = '\0';
	strlcat(words, key, sizeof(words));
	line_good(l, words);
	assert_string_equal(l->o.key, key);
	setenv("PLUMBLINE_UDPST_KEY", key, 1);
	line_good(l, "");
	assert_string_equal(l->o.key, key);
	key[64] = 'k';
	key[65] = '\0';
	setenv("PLUMBLINE_UDPST_KEY", key, 1);
	line_wrong(l, "", "Authentication key exceeds 64 characters");
	line_good(l, "-a short");
	unsetenv("PLUMBLINE_UDPST_KEY");
	strlcat(words, "k", sizeof(words));
	line_wrong(l, words, "Authentication key exceeds 64 characters");
	assert_null(strstr(l->words + strlen("udpst") + 1 + strlen("-a") + 1,
	    "kk"));
}

static void
write_keys(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Which key a client takes from the file, the command line, the environment. */
static void
test_key_file(void **state)
{
	char path[] = "/tmp/test_udpst_keysXXXXXX", words[WORDS], e[WORDS];
	struct line *l = *state;

	assert_true(close(mkstemp(path)) == 0);
	write_keys(path, "3,three\n5,five\n");
	snprintf(words, sizeof(words), "-K %s -d x -y 5", path);
	line_good(l, words);
	assert_true(l->o.have_key);
	assert_string_equal(l->o.key, "five");
	assert_int_equal(l->o.keys->n, 2);
	strlcat(words, " -a ''", sizeof(words));
	line_good(l, words);
	assert_string_equal(l->o.key, "five");
	setenv("PLUMBLINE_UDPST_KEY", "other", 1);
	line_good(l, words);
	assert_string_equal(l->o.key, "five");
	snprintf(words, sizeof(words), "-K %s", path);
	line_good(l, words);
	assert_string_equal(l->o.key, "other");
	assert_int_equal(l->o.keys->n, 2);
	line_good(l, "-a mine");
	assert_string_equal(l->o.key, "mine");
	unsetenv("PLUMBLINE_UDPST_KEY");
	line_good(l, words);
	assert_false(l->o.have_key);
	snprintf(words, sizeof(words), "-K %s -u x", path);
	line_refused(l, words, UDPST_KEY_FILE,
	    "ERROR: Authentication key ID (0) not found in key file");
	write_keys(path, "3,three\n");
	line_good(l, words);
	assert_string_equal(l->o.key, "three");
	assert_int_equal(l->o.key_id, 3);
	snprintf(words, sizeof(words), "-K %s -u x -y 4", path);
	line_refused(l, words, UDPST_KEY_FILE,
	    "ERROR: Authentication key ID (4) not found in key file");
	write_keys(path, "");
	snprintf(words, sizeof(words), "-K %s", path);
	snprintf(e, sizeof(e),
	    "ERROR: No authentication keys found in key file");
	line_refused(l, words, UDPST_KEY_FILE, e);
	/* Mistakes on the command line come first. */
	snprintf(words, sizeof(words), "-K %s -D", path);
	line_wrong(l, words, "Debug only available when used with verbose");
	assert_int_equal(unlink(path), 0);
}

static void
test_help_and_version(void **state)
{
	struct line *l = *state;

	line_run(l, "-d -p 1 --version --bogus");
	assert_int_equal(l->said, OPTIONS_EXIT);
	assert_int_equal(l->status, 0);
	assert_string_equal(l->err, "");
	assert_string_equal(l->out, "udpst (plumbline) " PACKAGE_VERSION
	    "\ncompatible with OB-UDPST 8.0 to 9.0, "
	    "protocol versions 10, 11 and 20 (RFC 9946)\n");
	assert_string_equal(options_software_version(), PACKAGE_VERSION);
	line_run(l, "-h 5 --help");
	assert_int_equal(l->status, 0);
	assert_string_equal(l->err, "");
	assert_int_equal(strncmp(l->out, "usage: udpst [options] ", 23), 0);
	assert_non_null(strstr(l->out, "-h ROWS"));
	/* -h is a number. */
	line_good(l, "-d x -h 7");
	assert_int_equal(l->o.high_speed_delta, 7);
	line_wrong(l, "-d x -h --help", "Parameter <0> out-of-range (1-255)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_dscp),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_interface_names),
		cmocka_unit_test(test_file_names),
		cmocka_unit_test(test_key_is_hidden),
		cmocka_unit_test(test_key_length),
		cmocka_unit_test(test_key_file),
		cmocka_unit_test(test_help_and_version),
	};

	return cmocka_run_group_tests(tests, line_new, line_free);
}
