/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/capture.h"

#include "common/clock.h"
#include "common/opt.h"

#define TEXT	4096
#define ARGS	32	/* of a command line */
#define FEW	8	/* of a random one */

/* A field of every kind. */
struct config {
	bool		 quiet;
	int		 verbose;
	int64_t		 streams;
	int64_t		 window;
	int64_t		 rate;
	int64_t		 old_rate;
	int64_t		 duration;
	int64_t		 free;
	const char	*group;
	int		 style;
	int		 dscp;
	char		 calls[TEXT];	/* what the OPT_CALL functions saw */
};

static enum opt_call
note_call(void *config, const char *arg, const char **why)
{
	struct config *c = config;

	(void)why;
	strlcat(c->calls, arg == NULL ? "flag" : arg, sizeof(c->calls));
	strlcat(c->calls, ";", sizeof(c->calls));
	return OPT_CALL_OK;
}

static enum opt_call
stop_call(void *config, const char *arg, const char **why)
{
	note_call(config, arg, why);
	return OPT_CALL_STOP;
}

static enum opt_call
only_once_call(void *config, const char *arg, const char **why)
{
	struct config *c = config;

	if (strcmp(arg, "odd") == 0) {
		*why = "strange";
		return OPT_CALL_BAD;
	}
	if (c->calls[0] != '\0') {
		*why = "can only set '-o' once.";
		return OPT_CALL_SAY;
	}
	return note_call(config, arg, why);
}

static const char *const styles[] = { "0.9", "hd", NULL };

#define AT(field)	.offset = offsetof(struct config, field)

static const struct opt table[] = {
	{ .kind = OPT_HEADING, .help = "First:" },
	{ .kind = OPT_FLAG, .letter = 'q', .name = "quiet", AT(quiet) },
	{ .kind = OPT_COUNT, .letter = 'v', AT(verbose) },
	{ .kind = OPT_INT, .letter = 'm', .deflt = "1", AT(streams), .lo = 1,
	    .hi = 255,
	    .error = "number of streams must be a positive integer" },
	{ .kind = OPT_SIZE, .letter = 'w', .name = "window", .deflt = "4M",
	    AT(window), .lo = 1, .hi = 1 << 30 },
	{ .kind = OPT_RATE, .name = "rate", AT(rate), .lo = 1000,
	    .hi = INT64_MAX },
	{ .kind = OPT_RATE_WHOLE, .letter = 'u', AT(old_rate) },
	{ .kind = OPT_DURATION, .letter = 't', .name = "duration",
	    .deflt = "1m", AT(duration) },
	{ .kind = OPT_INT, .name = "free", AT(free) },
	{ .kind = OPT_STRING, .letter = 'g', .name = "group", AT(group) },
	{ .kind = OPT_CHOICE, .name = "style", .deflt = "hd",
	    .choices = styles, AT(style) },
	{ .kind = OPT_DSCP, .letter = 'D', .name = "dscp", AT(dscp) },
	{ .kind = OPT_CALL, .letter = 'c', .arg = "X", .call = note_call },
	{ .kind = OPT_CALL, .letter = 'f', .call = note_call },
	{ .kind = OPT_CALL, .letter = 'h', .call = stop_call },
	{ .kind = OPT_CALL, .letter = 'o', .arg = "X", .call = only_once_call },
	{ .kind = OPT_FLAG, .name = "hexagonal", AT(quiet) },
	{ .kind = OPT_FLAG }
};

static const struct opt_set set = { .program = "prog",
	.synopsis = "host", .opts = table };

/* One command line and what became of it. */
struct run {
	struct config	 config;
	enum opt_result	 result;
	char		*argv[ARGS + 1];
	int		 argc, first;
	char		 words[TEXT], err[TEXT];
};

/* words: the arguments, split at blanks. */
static void
run(struct run *r, const char *words)
{
	static char prog[] = "prog";
	char *rest = r->words, *word;
	struct capture c;

	memset(r, 0, sizeof(*r));
	r->config.dscp = -1;
	r->argv[r->argc++] = prog;
	strlcpy(r->words, words, sizeof(r->words));
	while ((word = strsep(&rest, " ")) != NULL)
		if (*word != '\0' && r->argc < ARGS)
			r->argv[r->argc++] = word;
	capture(&c, stderr);
	r->result = opt_parse(&set, &r->config, r->argc, r->argv, &r->first);
	captured(&c, r->err, sizeof(r->err));
}

static void
test_defaults(void **state)
{
	struct run r;

	(void)state;
	run(&r, "");
	assert_int_equal(r.result, OPT_OK);
	assert_int_equal(r.first, 1);
	assert_false(r.config.quiet);
	assert_int_equal(r.config.streams, 1);
	assert_int_equal(r.config.window, 4 << 20);
	assert_int_equal(r.config.duration, 60 * CLOCK_NS_PER_S);
	assert_int_equal(r.config.style, 1);
	/* No default: the caller's value stays. */
	assert_int_equal(r.config.dscp, -1);
	assert_null(r.config.group);
}

static void
test_every_kind(void **state)
{
	struct run r;

	(void)state;
	run(&r, "-qvv -m255 -w 64k --rate=1.5M -u 10M -t 500ms --free 7 "
	    "-g 224.0.0.1 --style 0.9 -D af41 -c one -f -c two host");
	assert_string_equal(r.err, "");
	assert_int_equal(r.result, OPT_OK);
	assert_true(r.config.quiet);
	assert_int_equal(r.config.verbose, 2);
	assert_int_equal(r.config.streams, 255);
	assert_int_equal(r.config.window, 65536);
	assert_int_equal(r.config.rate, 1500000);
	assert_int_equal(r.config.old_rate, 10000000);
	assert_int_equal(r.config.duration, 500 * CLOCK_NS_PER_MS);
	assert_int_equal(r.config.free, 7);
	assert_string_equal(r.config.group, "224.0.0.1");
	assert_int_equal(r.config.style, 0);
	assert_int_equal(r.config.dscp, 34);
	assert_string_equal(r.config.calls, "one;flag;two;");
	assert_int_equal(r.first, r.argc - 1);
	assert_string_equal(r.argv[r.first], "host");
}

static void
test_operands_are_permuted(void **state)
{
	struct run r;

	(void)state;
	run(&r, "a -q b --duration 2 c -- -v d");
	assert_int_equal(r.result, OPT_OK);
	assert_true(r.config.quiet);
	assert_int_equal(r.config.duration, 2 * CLOCK_NS_PER_S);
	assert_int_equal(r.config.verbose, 0);
	assert_int_equal(r.argc - r.first, 5);
	assert_string_equal(r.argv[r.first], "a");
	assert_string_equal(r.argv[r.first + 2], "c");
	assert_string_equal(r.argv[r.first + 3], "-v");
	assert_string_equal(r.argv[r.first + 4], "d");
}

static void
test_results(void **state)
{
	static const struct {
		const char	*words;
		enum opt_result	 result;
	} rows[] = {
		{ "--help", OPT_HELP },
		{ "--version", OPT_VERSION },
		{ "--list-options", OPT_LIST },
		{ "-q --help --nonsense", OPT_HELP },
		{ "-h --nonsense", OPT_STOPPED },
		{ "-hV", OPT_STOPPED },
		{ "--hexagonal", OPT_OK },
		{ "--dur 5", OPT_OK },		/* unique */
		{ "--he", OPT_UNKNOWN },	/* help, hexagonal */
		{ "--nonsense", OPT_UNKNOWN },
		{ "--quiet=yes", OPT_UNKNOWN },
		{ "--duration", OPT_UNKNOWN },
		{ "-x", OPT_UNKNOWN },
		{ "-t", OPT_UNKNOWN },
		{ "-t abc -x", OPT_BAD_VALUE },
		{ "-x -t abc", OPT_UNKNOWN },
	};
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		run(&r, rows[i].words);
		assert_int_equal(r.result, rows[i].result);
		/* A message if and only if something was wrong. */
		assert_int_equal(r.err[0] != '\0',
		    r.result == OPT_UNKNOWN || r.result == OPT_BAD_VALUE);
	}
}

static void
test_messages_about_values(void **state)
{
	static const struct {
		const char	*words, *err;
	} rows[] = {
		{ "-m 0", "number of streams must be a positive integer\n" },
		{ "-m 1x", "number of streams must be a positive integer\n" },
		{ "-w 0", "prog: -w is too small: 0\n" },
		{ "-w 2G", "prog: -w is too large: 2G\n" },
		{ "--window x", "prog: --window is invalid: x\n" },
		{ "--rate 999", "prog: --rate is too small: 999\n" },
		{ "-u 1.5M", "prog: -u is invalid: 1.5M\n" },
		{ "--free -1", "prog: --free is too small: -1\n" },
		{ "--free 9223372036854775808",
		    "prog: --free is too large: 9223372036854775808\n" },
		{ "--dur 1.0000000001",
		    "prog: --duration is too precise: 1.0000000001\n" },
		{ "--style HD", "prog: --style is invalid: HD\n" },
		{ "-D 64", "prog: -D is too large: 64\n" },
		{ "-o odd", "prog: -o is strange: odd\n" },
		{ "-o 1 -o 2", "can only set '-o' once.\n" },
	};
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		run(&r, rows[i].words);
		assert_int_equal(r.result, OPT_BAD_VALUE);
		assert_string_equal(r.err, rows[i].err);
	}
}

static void
test_bad_default_is_said(void **state)
{
	static const struct opt bad[] = {
		{ .kind = OPT_INT, .letter = 'n', .deflt = "9", .arg = "N",
		    .offset = 0, .lo = 1, .hi = 8, .help = "n" },
		{ .kind = OPT_FLAG }
	};
	struct opt_set bad_set = { .program = "prog",
		.synopsis = "", .opts = bad };
	char prog[] = "prog", *argv[] = { prog, NULL }, err[TEXT];
	struct capture c;
	int64_t n = 5;
	int first;

	(void)state;
	capture(&c, stderr);
	assert_int_equal(opt_parse(&bad_set, &n, 1, argv, &first),
	    OPT_BAD_VALUE);
	captured(&c, err, sizeof(err));
	assert_string_equal(err, "prog: -n is too large: 9\n");
	assert_int_equal(n, 5);
}

/* What getopt(3) alone makes of the letters of note_table. */
static enum opt_result
by_getopt(int argc, char **argv, struct config *config, int *first)
{
	enum opt_result r = OPT_OK;
	const char *why;
	int c;

	optind = 0;
	while (r == OPT_OK && (c = getopt(argc, argv, "abn:s:")) != -1) {
		if (c == '?')
			r = OPT_UNKNOWN;
		else
			note_call(config, c == 'a' || c == 'b' ? NULL : optarg,
			    &why);
	}
	*first = optind;
	return r;
}

static const struct opt note_table[] = {
	{ .kind = OPT_CALL, .letter = 'a', .call = note_call, .help = "a" },
	{ .kind = OPT_CALL, .letter = 'b', .call = note_call, .help = "b" },
	{ .kind = OPT_CALL, .letter = 'n', .arg = "N", .call = note_call,
	    .help = "n" },
	{ .kind = OPT_CALL, .letter = 's', .arg = "S", .call = note_call,
	    .help = "s" },
	{ .kind = OPT_FLAG }
};

/*
 * Short options are getopt(3)'s to the letter: what is found, in which order
 * argv is left, and what stands on stderr.
 */
static void
test_letters_are_getopts(void **state)
{
	static char pool[][8] = { "-a", "-b", "-ab", "-n", "-n5", "-an", "-s=",
		"--", "-", "x", "y", "-z", "-az", "" };
	struct opt_set notes = { .program = "prog",
		.synopsis = "", .opts = note_table };
	char *ours[FEW + 1] = { pool[0] }, *theirs[FEW + 1];
	char err_ours[TEXT], err_theirs[TEXT];
	int turn, argc, i, first_ours, first_theirs;
	struct config got, want;
	enum opt_result result;
	struct capture c;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 2000; turn++) {
		argc = 1 + (int)(random() % FEW);
		for (i = 1; i < argc; i++)
			ours[i] = pool[(size_t)random() % NELEM(pool)];
		ours[argc] = NULL;
		memcpy(theirs, ours, sizeof(theirs));
		memset(&got, 0, sizeof(got));
		memset(&want, 0, sizeof(want));
		capture(&c, stderr);
		result = by_getopt(argc, theirs, &want, &first_theirs);
		captured(&c, err_theirs, sizeof(err_theirs));
		capture(&c, stderr);
		assert_int_equal(opt_parse(&notes, &got, argc, ours,
		    &first_ours), result);
		captured(&c, err_ours, sizeof(err_ours));
		assert_string_equal(got.calls, want.calls);
		assert_string_equal(err_ours, err_theirs);
		assert_int_equal(first_ours, first_theirs);
		assert_memory_equal(ours, theirs,
		    (size_t)(argc + 1) * sizeof(ours[0]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_operands_are_permuted),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_messages_about_values),
		cmocka_unit_test(test_bad_default_is_said),
		cmocka_unit_test(test_letters_are_getopts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
