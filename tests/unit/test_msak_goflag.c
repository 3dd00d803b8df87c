/* SPDX-License-Identifier: BSD-2-Clause */
/* The grammar of command lines, with a table of every kind of flag. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "msak/goflag.h"
#include "tests/unit/msak_line.h"

struct config {
	bool		 debug, four, on;
	int64_t		 n, small, t;
	uint64_t	 u;
	const char	*s, *made, *env;
	int		 choice;
	char		 all[64];	/* of the accumulating flag */
	char		 today[16];	/* default of made */
};

#define FIELD(f)	offsetof(struct config, f)

static const char *const colours[] = { "red", "green", "blue", NULL };

static bool
take_all(const struct goflag *f, void *config, const char *arg, FILE *why)
{
	char *all = (char *)config + f->offset;

	if (*arg == '!') {
		fprintf(why, "not <%s>", arg);
		return false;
	}
	strlcat(all, arg, sizeof(((struct config *)NULL)->all));
	return true;
}

static const char *
made(const void *config)
{
	return ((const struct config *)config)->today;
}

static const struct goflag table[] = {
	{ GOFLAG_BOOL, "debug", .offset = FIELD(debug), .help = "debug it" },
	{ GOFLAG_BOOL, "4", .offset = FIELD(four), .help = "four" },
	{ GOFLAG_BOOL, "on", NULL, "true", FIELD(on), .help = "is on" },
	{ GOFLAG_INT, "n", .offset = FIELD(n), .help = "a number" },
	{ GOFLAG_INT, "small", NULL, "3", FIELD(small), .lo = 1, .hi = 9,
	    .help = "a digit" },
	{ GOFLAG_DURATION, "t.x", NULL, "1m0s", FIELD(t),
	    .help = "two\nlines" },
	{ GOFLAG_UINT, "u", .offset = FIELD(u), .help = "unsigned" },
	{ GOFLAG_STRING, "s", "name", "a\"b", FIELD(s), .help = "text" },
	{ GOFLAG_STRING, "made", .offset = FIELD(made), .made = made,
	    .help = "made" },
	{ GOFLAG_STRING, "a-env.b", .offset = FIELD(env), .environ = true,
	    .help = "" },
	{ GOFLAG_CHOICE, "colour", NULL, "green", FIELD(choice),
	    .choices = colours, .help = "which" },
	{ GOFLAG_VALUE, "all", .offset = FIELD(all), .take = take_all,
	    .help = "all of them" },
	{ .name = NULL }
};

static const struct goflag_set set = { "prog", "compatible with it", table };

static uint64_t given;

static enum options_status
parse(int argc, char **argv, void *options, int *status)
{
	memset(options, 0, sizeof(struct config));
	strlcpy(((struct config *)options)->today, "monday", 16);
	return goflag_parse(&set, options, argc, argv, &given, status) ==
	    GOFLAG_OK ? OPTIONS_RUN : OPTIONS_EXIT;
}

static int
begin(void **state)
{
	static struct config config;
	struct line *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return -1;
	l->program = "./prog";
	l->parse = parse;
	l->options = &config;
	*state = l;
	return 0;
}

static int
end(void **state)
{
	free(*state);
	return 0;
}

static void
test_defaults(void **state)
{
	struct line *l = *state;
	const struct config *c = l->options;

	line_good(l, "");
	assert_false(c->debug);
	assert_true(c->on);
	assert_int_equal(c->n, 0);
	assert_int_equal(c->small, 3);
	assert_true(c->t == INT64_C(60000000000));
	assert_true(c->u == 0);
	assert_string_equal(c->s, "a\"b");
	assert_string_equal(c->made, "monday");
	assert_string_equal(c->env, "");
	assert_int_equal(c->choice, 1);
	assert_string_equal(c->all, "");
	assert_true(given == 0);
}

static void
test_forms(void **state)
{
	struct line *l = *state;
	const struct config *c = l->options;

	line_good(l, "-n 5 --small=7 --t.x 2s -u=0x10 -s=a=b -made '' "
	    "-colour blue -all 1 -all=2 -4 -on=F --debug=T");
	assert_int_equal(c->n, 5);
	assert_int_equal(c->small, 7);
	assert_true(c->t == INT64_C(2000000000));
	assert_true(c->u == 16);
	assert_string_equal(c->s, "a=b");
	assert_string_equal(c->made, "");
	assert_int_equal(c->choice, 2);
	assert_string_equal(c->all, "12");
	assert_true(c->four);
	assert_false(c->on);
	assert_true(c->debug);
	assert_true(goflag_given(&set, given, "small"));
	assert_false(goflag_given(&set, given, "a-env.b"));
}

static void
test_values_that_look_like_flags(void **state)
{
	struct line *l = *state;
	const struct config *c = l->options;

	line_good(l, "-t.x -1s -n -3 -s -h -made=");
	assert_true(c->t == INT64_C(-1000000000));
	assert_int_equal(c->n, -3);
	assert_string_equal(c->s, "-h");
	assert_string_equal(c->made, "");
	line_good(l, "-s -- -n 4");
	assert_string_equal(c->s, "--");
	assert_int_equal(c->n, 4);
}

static void
test_last_one_wins(void **state)
{
	struct line *l = *state;
	const struct config *c = l->options;

	line_good(l, "-n 1 -n=2 -debug -debug=false");
	assert_int_equal(c->n, 2);
	assert_false(c->debug);
}

static void
test_stops(void **state)
{
	static const char *const words[] = { "-n 1 x -n 2", "-n 1 -- -n 2",
		"-n 1 - -nosuch", "-n 1 '' -n 2",
		"-debug -n 1 -debug false -n 2" };
	struct line *l = *state;
	const struct config *c = l->options;
	size_t i;

	for (i = 0; i < NELEM(words); i++) {
		line_good(l, words[i]);
		assert_int_equal(c->n, 1);
	}
	assert_true(c->debug);
}

static void
test_errors(void **state)
{
	static const struct {
		const char	*words, *message;
	} cases[] = {
		{ "-nosuch", "flag provided but not defined: -nosuch" },
		{ "--nosuch=3", "flag provided but not defined: -nosuch" },
		{ "-debu", "flag provided but not defined: -debu" },
		{ "-Debug", "flag provided but not defined: -Debug" },
		{ "-n", "flag needs an argument: -n" },
		{ "--t.x", "flag needs an argument: -t.x" },
		{ "-=x", "bad flag syntax: -=x" },
		{ "--=x", "bad flag syntax: --=x" },
		{ "---n", "bad flag syntax: ---n" },
		{ "---", "bad flag syntax: ---" },
		{ "-n abc",
		    "invalid value \"abc\" for flag -n: parse error" },
		{ "-n=", "invalid value \"\" for flag -n: parse error" },
		{ "-n 9223372036854775808", "invalid value "
		    "\"9223372036854775808\" for flag -n: value out of "
		    "range" },
		{ "-u -1", "invalid value \"-1\" for flag -u: parse error" },
		{ "-small 10",
		    "invalid value \"10\" for flag -small: value out of "
		    "range" },
		{ "-small 0",
		    "invalid value \"0\" for flag -small: value out of "
		    "range" },
		{ "-t.x 2", "invalid value \"2\" for flag -t.x: parse error" },
		{ "-t.x 9999999h",
		    "invalid value \"9999999h\" for flag -t.x: parse error" },
		{ "-debug=maybe",
		    "invalid boolean value \"maybe\" for -debug: parse "
		    "error" },
		{ "-debug=",
		    "invalid boolean value \"\" for -debug: parse error" },
		{ "-colour pink", "invalid value \"pink\" for flag -colour: "
		    "must be red, green or blue" },
		{ "-all !", "invalid value \"!\" for flag -all: not <!>" },
		/* In the order of the words. */
		{ "-n x -h", "invalid value \"x\" for flag -n: parse error" },
		{ "-n x -nosuch",
		    "invalid value \"x\" for flag -n: parse error" },
	};
	struct line *l = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++)
		line_refused(l, cases[i].words, cases[i].message);
}

static const char usage[] =
"Usage of ./prog:\n"
"  -4\tfour\n"
"  -a-env.b string\n    \t\n"
"  -all value\n    \tall of them\n"
"  -colour red|green|blue\n    \twhich (default green)\n"
"  -debug\n    \tdebug it\n"
"  -help\n    \tPrint this text; with two dashes on standard output\n"
"  -made string\n    \tmade (default \"monday\")\n"
"  -n int\n    \ta number\n"
"  -on\n    \tis on (default true)\n"
"  -s name\n    \ttext (default \"a\\\"b\")\n"
"  -small int\n    \ta digit (default 3)\n"
"  -t.x duration\n    \ttwo\n    \tlines (default 1m0s)\n"
"  -u uint\n    \tunsigned\n"
"  -version\n    \tPrint the version\n";

static void
test_help(void **state)
{
	static const char *const words[] = { "-h", "-help", "--h", "-help=3",
		"-n 3 -made x -h -nosuch" };
	struct line *l = *state;
	size_t i;

	for (i = 0; i < NELEM(words); i++) {
		line_run(l, words[i]);
		assert_int_equal(l->said, OPTIONS_EXIT);
		assert_int_equal(l->status, 0);
		assert_string_equal(l->out, "");
		assert_string_equal(l->err, usage);
	}
	line_run(l, "--help");
	assert_int_equal(l->said, OPTIONS_EXIT);
	assert_int_equal(l->status, 0);
	assert_string_equal(l->err, "");
	assert_string_equal(l->out, usage);
}

static void
test_version(void **state)
{
	struct line *l = *state;

	line_run(l, "--version");
	assert_int_equal(l->status, 0);
	assert_string_equal(l->err, "");
	assert_string_equal(l->out, "prog (plumbline) " PACKAGE_VERSION
	    "\ncompatible with it\n");
}

static void
test_list(void **state)
{
	struct line *l = *state;

	line_run(l, "--list-options");
	assert_int_equal(l->status, 0);
	assert_string_equal(l->err, "");
	assert_string_equal(l->out,
	    "4\t\t\t\n\ta-env.b\tstring\t\n\tall\tvalue\t\n"
	    "\tcolour\tred|green|blue\tgreen\n\tdebug\t\t\n\thelp\t\t\n"
	    "\tmade\tstring\t\nn\t\tint\t\n\ton\t\ttrue\ns\t\tname\ta\"b\n"
	    "\tsmall\tint\t3\n\tt.x\tduration\t1m0s\nu\t\tuint\t\n"
	    "\tversion\t\t\n");
}

static void
hear(void *arg, const char *line)
{
	strlcpy(arg, line, 128);
}

static void
test_environment(void **state)
{
	struct line *l = *state;
	struct config *c = l->options;
	char heard[128] = "";

	assert_int_equal(setenv("A_ENV_B", "from outside", 1), 0);
	/* Only the flag that says so. */
	assert_int_equal(setenv("MADE", "never", 1), 0);
	line_good(l, "-n 1");
	goflag_environ(&set, c, &given, hear, heard);
	assert_string_equal(c->env, "from outside");
	assert_string_equal(c->made, "monday");
	assert_true(goflag_given(&set, given, "a-env.b"));
	assert_string_equal(heard, "");
	line_good(l, "-a-env.b x\ty");
	goflag_environ(&set, c, &given, hear, heard);
	assert_string_equal(c->env, "x\ty");
	assert_string_equal(heard, "WARNING: Not overriding flag -a-env.b="
	    "\"x\\ty\" with evironment variable A_ENV_B=\"from outside\"");
	unsetenv("A_ENV_B");
	line_good(l, "");
	goflag_environ(&set, c, &given, hear, heard);
	assert_string_equal(c->env, "");
	assert_false(goflag_given(&set, given, "a-env.b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_values_that_look_like_flags),
		cmocka_unit_test(test_last_one_wins),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_environment),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
