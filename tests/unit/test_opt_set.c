/* SPDX-License-Identifier: BSD-2-Clause */
/* What a set may change: who hears of bad values, what is skipped. */
#include "config.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/capture.h"

#include "common/opt.h"

#define TEXT	2048
#define ARGS	32

struct config {
	bool	flag;
	int64_t	number;
	char	taken[TEXT];	/* letters and arguments */
	char	said[TEXT];	/* complaints */
};

static enum opt_call
take(const struct opt *o, void *config, const char *arg, const char **why)
{
	struct config *c = config;
	char text[TEXT];

	snprintf(text, sizeof(text), "%c%s;", o->letter, arg);
	strlcat(c->taken, text, sizeof(c->taken));
	if (strcmp(arg, "say") == 0) {
		*why = "a whole sentence.";
		return OPT_CALL_SAY;
	}
	*why = "unwanted";
	return strcmp(arg, "bad") == 0 ? OPT_CALL_BAD :
	    strcmp(arg, "stop") == 0 ? OPT_CALL_STOP : OPT_CALL_OK;
}

static void
complain(void *config, const char *line)
{
	struct config *c = config;

	strlcat(c->said, line, sizeof(c->said));
	strlcat(c->said, ";", sizeof(c->said));
}

static const struct opt table[] = {
	{ .kind = OPT_FLAG, .letter = 'f', .help = "a flag",
	    .offset = offsetof(struct config, flag) },
	{ .kind = OPT_INT, .letter = 'n', .name = "number", .lo = 1, .hi = 9,
	    .offset = offsetof(struct config, number), .help = "a number" },
	{ .kind = OPT_INT, .letter = 'e', .lo = 1, .hi = 9,
	    .offset = offsetof(struct config, number), .help = "another",
	    .error = "no number" },
	{ .kind = OPT_CALL, .letter = 'a', .arg = "A", .take = take,
	    .help = "first" },
	{ .kind = OPT_CALL, .letter = 'b', .arg = "B", .take = take,
	    .lo = 1, .hi = 9, .deflt = "3", .help = "second" },
	{ .kind = OPT_FLAG }
};

struct run {
	struct config	 config;
	enum opt_result	 result;
	int		 first;
	char		 err[TEXT];
};

static void
run(struct run *r, const struct opt_set *set, const char *text)
{
	char words[TEXT], *argv[ARGS + 1], *rest = words, *word;
	struct capture c;
	int argc = 0;

	memset(r, 0, sizeof(*r));
	snprintf(words, sizeof(words), "prog %s", text);
	while ((word = strsep(&rest, " ")) != NULL && argc < ARGS)
		argv[argc++] = word;
	argv[argc] = NULL;
	capture(&c, stderr);
	r->result = opt_parse(set, &r->config, argc, argv, &r->first);
	captured(&c, r->err, sizeof(r->err));
}

/* One function for several entries; it sees the default as such. */
static void
test_take(void **state)
{
	static const struct opt_set set = { .program = "prog", .synopsis = "",
		.opts = table };
	struct run r;

	(void)state;
	run(&r, &set, "-a x -by -b 3");
	assert_int_equal(r.result, OPT_OK);
	assert_string_equal(r.config.taken, "b3;ax;by;b3;");
	run(&r, &set, "-a x -b stop -a y");
	assert_int_equal(r.result, OPT_STOPPED);
	assert_string_equal(r.config.taken, "b3;ax;bstop;");
	run(&r, &set, "-a bad");
	assert_int_equal(r.result, OPT_BAD_VALUE);
	assert_string_equal(r.err, "prog: -a is unwanted: bad\n");
}

static void
test_complain(void **state)
{
	static const struct opt_set set = { .program = "prog", .synopsis = "",
		.opts = table, .complain = complain };
	static const char *const cases[][2] = {
		{ "-n 10", "-n is too large: 10;" },
		{ "--number x", "--number is invalid: x;" },
		{ "-e 0", "no number;" },
		{ "-b bad", "-b is unwanted: bad;" },
		{ "-b say", "a whole sentence.;" },
		{ "-n 1 -n 0 -n 11", "-n is too small: 0;" },
	};
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		run(&r, &set, cases[i][0]);
		assert_int_equal(r.result, OPT_BAD_VALUE);
		assert_string_equal(r.config.said, cases[i][1]);
		assert_string_equal(r.err, "");
	}
	/* getopt's own words stay where they are. */
	run(&r, &set, "-z");
	assert_int_equal(r.result, OPT_UNKNOWN);
	assert_string_equal(r.config.said, "");
	assert_string_not_equal(r.err, "");
}

static void
test_lenient(void **state)
{
	static const struct opt_set set = { .program = "prog", .synopsis = "",
		.opts = table, .complain = complain, .lenient = true };
	struct run r;

	(void)state;
	run(&r, &set, "-z -n 0 x --bogus -e 0 -b bad -a say -fn 5 y -n");
	assert_int_equal(r.result, OPT_OK);
	assert_true(r.config.flag);
	assert_int_equal(r.config.number, 5);
	assert_string_equal(r.config.taken, "b3;bbad;asay;");
	assert_string_equal(r.config.said, "");
	assert_string_equal(r.err, "");
	/* Without what is wrong with it, the operands are the last two. */
	assert_int_equal(r.first, 14);
	run(&r, &set, "-z --help");
	assert_int_equal(r.result, OPT_HELP);
	run(&r, &set, "-z -a stop -f");
	assert_int_equal(r.result, OPT_STOPPED);
	assert_false(r.config.flag);
}

static void
test_range_in_help(void **state)
{
	static const struct opt_set set = { .program = "prog", .synopsis = "",
		.opts = table };
	char text[TEXT];
	FILE *f = tmpfile();
	size_t n;

	(void)state;
	assert_non_null(f);
	opt_help(&set, f);
	rewind(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	assert_non_null(strstr(text, "first\n"));
	assert_non_null(strstr(text, "second (1..9, default 3)\n"));
}

static void
test_env(void **state)
{
	(void)state;
	assert_int_equal(setenv("PL_TEST_OPT", "value", 1), 0);
	assert_string_equal(opt_env("PL_TEST_OPT"), "value");
	assert_int_equal(unsetenv("PL_TEST_OPT"), 0);
	assert_null(opt_env("PL_TEST_OPT"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_complain),
		cmocka_unit_test(test_lenient),
		cmocka_unit_test(test_range_in_help),
		cmocka_unit_test(test_env),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
