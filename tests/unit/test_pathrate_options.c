/* SPDX-License-Identifier: BSD-2-Clause */
/* The command lines of both programs; texts are those of spec section 2. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/capture.h"
#include "tests/unit/unit.h"
#include "tests/unit/words.h"

#include "common/clock.h"
#include "pathrate/options.h"

#define WORDS	24
#define TEXT	8192

static const char snd_help[] = "pathrate_snd options\n"
    "-i        : iterative mode\n" "-q        : quite mode\n"
    "-v        : verbose mode\n" "-o <file> : print log in file\n"
    "-H|-h     : print this help and exit\n";
static const char snd_usage[] =
    "usage: pathrate_snd [-i] [-H|-h] [-q|-v] [-o <filename>] \n";
static const char rcv_help[] = "pathrate_rcv options\n"
    "-s <host> : sender host (required)\n"
    "-Q        : quick termination mode\n" "-q        : quite mode\n"
    "-v        : verbose mode\n" "-o <file> : print log in file\n"
    "-O <file> : append log in file\n"
    "-N <file> : print result in ULM format in file\n"
    "-h|-H     : print this help and exit \n";
static const char rcv_usage[] = "usage: pathrate_rcv [-H|-h] [-Q] [-q|-v] "
    "[-o|-O <filename>] [-N <filename>] -s <sender>\n";

/* One command line and what came of it. */
struct run {
	char	line[256], out[TEXT], err[TEXT];
	char	*argv[WORDS + 1];
	int	argc, status;
};

static void
cut(struct run *r, const char *program, const char *line)
{
	(void)snprintf(r->line, sizeof(r->line), "%s %s", program, line);
	r->argc = words_cut(r->line, r->argv, WORDS);
	r->status = -1;
}

static enum options_verdict
snd(struct run *r, struct snd_options *o, const char *line)
{
	struct capture out, err;
	enum options_verdict v;

	cut(r, "pathrate_snd", line);
	capture(&out, stdout);
	capture(&err, stderr);
	v = snd_options_parse(r->argc, r->argv, o, &r->status);
	captured(&err, r->err, sizeof(r->err));
	captured(&out, r->out, sizeof(r->out));
	return v;
}

/* With what the program says once its files are open. */
static enum options_verdict
rcv(struct run *r, struct rcv_options *o, const char *line)
{
	struct capture out, err;
	enum options_verdict v;

	cut(r, "pathrate_rcv", line);
	capture(&out, stdout);
	capture(&err, stderr);
	v = rcv_options_parse(r->argc, r->argv, o, &r->status);
	if (v == OPTIONS_RUN && rcv_options_wrong(o))
		r->status = 1;
	captured(&err, r->err, sizeof(r->err));
	captured(&out, r->out, sizeof(r->out));
	return v;
}

static void
snd_fails(const char *line, const char *first, const char *rest)
{
	struct snd_options o;
	char text[TEXT];
	struct run r;

	assert_int_equal(snd(&r, &o, line), OPTIONS_EXIT);
	(void)snprintf(text, sizeof(text), "%s%s", first, rest);
	assert_string_equal(r.err, text);
	assert_string_equal(r.out, "");
	assert_int_equal(r.status, 255);
}

static void
test_snd_errors(void **state)
{
	char twice[TEXT];

	(void)state;
	(void)snprintf(twice, sizeof(twice), "%s%s", snd_help, snd_help);
	snd_fails("-h", snd_help, snd_usage);
	snd_fails("-H -i word", snd_help, snd_usage);
	snd_fails("-hH", twice, snd_usage);
	snd_fails("-z", "pathrate_snd: invalid option -- 'z'\n", snd_usage);
	snd_fails("-o", "pathrate_snd: option requires an argument -- 'o'\n",
	    snd_usage);
	snd_fails("-h -z", snd_help, "pathrate_snd: invalid option -- 'z'\n"
	    "usage: pathrate_snd [-i] [-H|-h] [-q|-v] [-o <filename>] \n");
	snd_fails("--port 0",
	    "pathrate_snd: --port is too small: 0\n", "");
	snd_fails("--allow fish",
	    "pathrate_snd: --allow is not a numeric address: fish\n", "");
	snd_fails("-4 -6", "pathrate_snd: --ipv4 and --ipv6 exclude each "
	    "other\n", "");
}

static void
test_snd_levels(void **state)
{
	static const struct {
		const char	*line;
		bool		 normal, verbose;
	} cases[] = {
		{ "", true, false }, { "-v", true, true },
		{ "-q", false, false }, { "-q -v", false, true },
		{ "-v -q", false, false }, { "-vq", false, false },
		{ "--quiet --verbose", false, true },
	};
	struct snd_options o;
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		assert_int_equal(snd(&r, &o, cases[i].line), OPTIONS_RUN);
		assert_int_equal(o.levels.normal, cases[i].normal);
		assert_int_equal(o.levels.verbose, cases[i].verbose);
		snd_options_free(&o);
	}
}

static void
test_snd_all(void **state)
{
	struct snd_options o;
	struct run r;

	(void)state;
	assert_int_equal(snd(&r, &o, "operand"), OPTIONS_RUN);
	assert_false(o.iterative || o.daemon || o.syslog || o.ipv4 || o.ipv6);
	assert_null(o.log);
	assert_int_equal(o.port, 48699);
	assert_int_equal(o.max_payload, 16384);
	assert_int_equal(o.max_train, 1000);
	assert_true(o.max_spacing_ns == 60 * CLOCK_NS_PER_S);
	assert_true(o.idle_ns == 60 * CLOCK_NS_PER_S);
	assert_null(o.allow[0]);
	snd_options_free(&o);
	assert_int_equal(snd(&r, &o, "-i -o one -o two --port 5 --dscp EF "
	    "--allow 10.0.0.0/8 --allow ::1 --max-train 7"), OPTIONS_RUN);
	assert_true(o.iterative);
	assert_string_equal(o.log, "two");
	assert_int_equal(o.port, 5);
	assert_int_equal(o.dscp, 46);
	assert_string_equal(o.allow[0], "10.0.0.0/8");
	assert_string_equal(o.allow[1], "::1");
	assert_null(o.allow[2]);
	assert_int_equal(o.max_train, 7);
	snd_options_free(&o);
	assert_int_equal(snd(&r, &o, "--daemon"), OPTIONS_RUN);
	assert_true(o.daemon && o.iterative);
	snd_options_free(&o);
}

static void
test_long_texts(void **state)
{
	struct snd_options s;
	struct rcv_options o;
	struct run r;

	(void)state;
	assert_int_equal(snd(&r, &s, "--version"), OPTIONS_EXIT);
	assert_int_equal(r.status, 0);
	assert_string_equal(r.out, "pathrate_snd (plumbline) " PACKAGE_VERSION
	    "\ncompatible with pathrate 2.4.1\n");
	assert_int_equal(rcv(&r, &o, "--help"), OPTIONS_EXIT);
	assert_int_equal(r.status, 0);
	assert_non_null(strstr(r.out, "--classic"));
	assert_string_equal(r.err, "");
}

/* Help comes at once; what is wrong waits until the files are open. */
static void
test_rcv_errors(void **state)
{
	char text[TEXT];
	struct rcv_options o;
	struct run r;

	(void)state;
	assert_int_equal(rcv(&r, &o, "-Q -h -z"), OPTIONS_EXIT);
	(void)snprintf(text, sizeof(text), "%s%s", rcv_help, rcv_usage);
	assert_string_equal(r.err, text);
	assert_int_equal(r.status, 255);

	assert_int_equal(rcv(&r, &o, ""), OPTIONS_RUN);
	(void)snprintf(text, sizeof(text),
	    "Need to specify sender's hostname!\n%s", rcv_usage);
	assert_string_equal(r.err, text);
	assert_string_equal(o.log, "pathrate.output");
	assert_int_equal(o.log_how, RCV_LOG_DEFAULT);
	assert_int_equal(r.status, 1);

	assert_int_equal(rcv(&r, &o, "-z -s host -o file"), OPTIONS_RUN);
	(void)snprintf(text, sizeof(text),
	    "pathrate_rcv: invalid option -- 'z'\n%s", rcv_usage);
	assert_string_equal(r.err, text);
	assert_string_equal(o.log, "file");
	assert_string_equal(o.sender, "host");

	assert_int_equal(rcv(&r, &o, "-s h --port x"), OPTIONS_EXIT);
	assert_string_equal(r.err, "pathrate_rcv: --port is invalid: x\n");
	assert_int_equal(r.status, 255);
}

/* The log and the line in ULM format have names of their own (7.2). */
static void
test_rcv_files(void **state)
{
	struct rcv_options o;
	struct run r;

	(void)state;
	assert_int_equal(rcv(&r, &o, "-s h -o A -N B"), OPTIONS_RUN);
	assert_string_equal(r.err, "");
	assert_string_equal(o.log, "A");
	assert_int_equal(o.log_how, RCV_LOG_TRUNCATE);
	assert_string_equal(o.ulm, "B");
	assert_int_equal(rcv(&r, &o, "-s h -o A -O C"), OPTIONS_RUN);
	assert_string_equal(o.log, "C");
	assert_int_equal(o.log_how, RCV_LOG_APPEND);
	assert_int_equal(rcv(&r, &o, "-s h -O C -o A"), OPTIONS_RUN);
	assert_string_equal(o.log, "A");
	assert_int_equal(o.log_how, RCV_LOG_TRUNCATE);
}

static void
test_rcv_classic(void **state)
{
	static const char name[] = "PLUMBLINE_PATHRATE_CLASSIC";
	struct rcv_options o;
	struct run r;

	(void)state;
	unsetenv(name);
	assert_int_equal(rcv(&r, &o, "-s h"), OPTIONS_RUN);
	assert_false(o.classic);
	assert_int_equal(rcv(&r, &o, "-s h --classic"), OPTIONS_RUN);
	assert_true(o.classic);
	setenv(name, "1", 1);
	assert_int_equal(rcv(&r, &o, "-s h"), OPTIONS_RUN);
	assert_true(o.classic);
	setenv(name, "0", 1);
	assert_int_equal(rcv(&r, &o, "-s h"), OPTIONS_RUN);
	assert_false(o.classic);
	unsetenv(name);
}

static void
test_rcv_all(void **state)
{
	struct rcv_options o;
	struct run r;

	(void)state;
	assert_int_equal(rcv(&r, &o, "--replay F --json --csv D --timeout 90s "
	    "--max-bytes 2M --udp-port 7 --port 9 --bind ::1 -6 --histogram"),
	    OPTIONS_RUN);
	assert_string_equal(r.err, "");
	assert_string_equal(o.replay, "F");
	assert_string_equal(o.csv, "D");
	assert_string_equal(o.bind, "::1");
	assert_true(o.json && o.ipv6 && o.histogram && !o.quick);
	assert_true(o.timeout_ns == 90 * CLOCK_NS_PER_S);
	assert_true(o.max_bytes == 2 << 20);
	assert_int_equal(o.udp_port, 7);
	assert_int_equal(o.port, 9);
	assert_int_equal(rcv(&r, &o, "-qvQ -s host"), OPTIONS_RUN);
	assert_true(o.quick && o.levels.verbose && !o.levels.normal);
	assert_string_equal(o.sender, "host");
	assert_int_equal(o.udp_port, 48698);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_snd_errors),
		cmocka_unit_test(test_snd_levels),
		cmocka_unit_test(test_snd_all),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_rcv_errors),
		cmocka_unit_test(test_rcv_files),
		cmocka_unit_test(test_rcv_classic),
		cmocka_unit_test(test_rcv_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
