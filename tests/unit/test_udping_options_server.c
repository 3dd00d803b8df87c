/* SPDX-License-Identifier: BSD-2-Clause */
/* Command lines of udping_server; the recorded ones are run by the
 * end-to-end test. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/capture.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "tests/unit/words.h"
#include "udping/options_server.h"

#define ARGS	32

struct line {
	struct server_options	o;
	bool			good;
	int			status;
	char			words[256], *argv[ARGS + 1], err[4096];
};

/* The words behind those that are required. */
static void
parse(struct line *l, const char *words)
{
	struct capture c;
	int argc;

	(void)snprintf(l->words, sizeof(l->words), "udping_server -l "
	    "192.0.2.1 -p 6000 -k 2 %s", words);
	argc = words_cut(l->words, l->argv, ARGS);
	capture(&c, stderr);
	l->good = server_options_parse(argc, l->argv, &l->o, &l->status);
	captured(&c, l->err, sizeof(l->err));
}

static void
accepted(void **state)
{
	struct line l;

	(void)state;
	parse(&l, "");
	assert_true(l.good);
	assert_int_equal(l.o.port, 6000);
	assert_int_equal(l.o.keepalive_s, 2);
	assert_int_equal(l.o.max_sessions, 65536);
	assert_int_equal(l.o.level, REPORT_HOST_PORT);
	assert_null(l.o.receiver);
	assert_int_equal(l.o.nallow, 0);
	server_options_free(&l.o);

	parse(&l, "-k +60x junk --statsd-level both --next-hops=3 -n "
	    "--allow 10.0.0.0/8 --allow ::1");
	assert_true(l.good);
	assert_int_equal(l.o.keepalive_s, 60);
	assert_int_equal(l.o.level, REPORT_BOTH);
	assert_int_equal(l.o.hops, 3);
	assert_int_equal(l.o.nallow, 2);
	assert_true(l.o.numeric);
	server_options_free(&l.o);
}

static void
refused(void **state)
{
	static const struct {
		const char	*words, *said;
	} cases[] = {
		{ "-p 65536", "Port number is out of range 1024-65532\n" },
		{ "-p 99999999999",
		    "Port number is out of range 1024-65532\n" },
		{ "-k 0.5", "Keepalive interval is out of range 1-60s\n" },
		{ "-k -1", "Keepalive interval is out of range 1-60s\n" }
	};
	char *usage = vectors_text("udping/usage_server.txt");
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		parse(&l, cases[i].words);
		assert_false(l.good);
		assert_int_equal(l.status, SERVER_STATUS_BAD);
		assert_memory_equal(l.err, usage, strlen(usage));
		assert_string_equal(l.err + strlen(usage), cases[i].said);
	}
	free(usage);
}

static void
prometheus(void **state)
{
	char text[ADDR_STRLEN];
	struct line l;

	(void)state;
	parse(&l, "--prometheus udping.prom");
	assert_true(l.good);
	assert_string_equal(l.o.prometheus, "udping.prom");
	assert_int_equal(l.o.scrape.len, 0);
	server_options_free(&l.o);

	parse(&l, "--prometheus x --prometheus [::1]:9100");
	assert_true(l.good);
	assert_null(l.o.prometheus);
	assert_string_equal(addr_format(&l.o.scrape, text, sizeof(text)),
	    "[::1]:9100");
	server_options_free(&l.o);

	parse(&l, "--prometheus 127.0.0.1:1 --prometheus ./a:1");
	assert_true(l.good);
	assert_string_equal(l.o.prometheus, "./a:1");
	assert_int_equal(l.o.scrape.len, 0);
	server_options_free(&l.o);
}

static void
prometheus_refused(void **state)
{
	static const char *const cases[] = {
		"--prometheus localhost:9100", "--prometheus 127.0.0.1:0",
		"--prometheus 127.0.0.1:65536", "--prometheus 127.0.0.1:x",
		"--prometheus ::1", "--prometheus :9100",
		"--prometheus 127.0.0.1:"
	};
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		parse(&l, cases[i]);
		assert_false(l.good);
		assert_int_equal(l.status, SERVER_STATUS_BAD);
		assert_non_null(strstr(l.err,
		    "neither ADDR:PORT nor a path"));
	}
}

static void
target(const char *text, const char *host, uint16_t port)
{
	char got[50];
	uint16_t p;

	assert_int_equal(server_target(text, got, sizeof(got), &p), 0);
	assert_string_equal(got, host);
	assert_int_equal(p, port);
}

static void
targets(void **state)
{
	char small[4];
	uint16_t port;

	(void)state;
	target("a.example", "a.example", 8125);
	target("10.77.0.2:9", "10.77.0.2", 9);
	target("h:", "h", 0);
	target("h:x", "h", 0);
	target("h:70000", "h", 4464);
	target(":9125", "", 9125);
	target("", "", 8125);
	target("[::1]:9", "::1", 9);
	target("[::1]", "::1", 8125);
	target("[h:9", "[h", 9);
	assert_int_equal(server_target("long", small, sizeof(small), &port),
	    -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted),
		cmocka_unit_test(refused),
		cmocka_unit_test(prometheus),
		cmocka_unit_test(prometheus_refused),
		cmocka_unit_test(targets)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
