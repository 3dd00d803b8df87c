/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every recorded misuse of the original: the same text on stdout, the same
 * words of getopt on stderr, the same status.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "tests/unit/udpst_line.h"
#include "tests/unit/vectors.h"

#define VECTORS_MIN	60	/* command lines in the file, at least */

/* What is right here, on purpose. */
static const struct {
	const char	*command, *reason;
} deviations[] = {
	{ "-C 1 -d a b", "right so far; names are resolved later (2.5, 75)" },
	{ "--help", "a new option" },
};

static bool
deviates(const char *words)
{
	size_t i;

	for (i = 0; i < NELEM(deviations); i++)
		if (strcmp(deviations[i].command, words) == 0)
			return true;
	return false;
}

/* One recorded run: what it printed, getopt's complaint first. */
static void
check(struct line *l, const char *words, const char *printed, int status)
{
	char got[2 * LINE_TEXT];

	line_run(l, words);
	snprintf(got, sizeof(got), "%s%s", l->err, l->out);
	if (deviates(words)) {
		assert_string_not_equal(got, printed);
		assert_int_equal(l->status, 0);
		return;
	}
	if (strcmp(got, printed) != 0 || l->status != status)
		fail_msg("udpst %s: status %d:\n%s", words, l->status, got);
	assert_int_equal(l->said, OPTIONS_EXIT);
}

/* The file: "$ udpst words", what was printed, "[exit n]". */
static void
test_recorded(void **state)
{
	char *text = vectors_text("udpst/outputs/cli-errors-9.0.0.txt");
	char *rest = text, *words, *end;
	struct line *l = *state;
	size_t n = 0;
	int status;

	while ((words = strstr(rest, "$ udpst ")) != NULL) {
		words += strlen("$ udpst ");
		rest = words + strcspn(words, "\n");
		*rest++ = '\0';
		end = strstr(rest, "[exit ");
		assert_non_null(end);
		assert_int_equal(sscanf(end, "[exit %d]", &status), 1);
		*end = '\0';
		check(l, words, rest, status);
		rest = end + 1;
		n++;
	}
	free(text);
	assert_true(n >= VECTORS_MIN);
}

static void
check_usage(struct line *l, const char *words, const char *complaint,
    const char *file)
{
	char *usage = vectors_text(file);

	line_run(l, words);
	assert_string_equal(l->out, usage);
	assert_string_equal(l->err, complaint);
	assert_int_equal(l->status, 50);
	assert_int_equal(l->said, OPTIONS_EXIT);
	free(usage);
}

static void
test_usage(void **state)
{
	static const char v9[] = "udpst/outputs/usage-9.0.0.txt";
	static const char v8[] = "udpst/outputs/usage-8.2.0.txt";
	struct line *l = *state;

	check_usage(l, "-?", "", v9);
	check_usage(l, "-d -? x", "", v9);
	check_usage(l, "-z", "udpst: invalid option -- 'z'\n", v9);
	check_usage(l, "--compat 8 -?", "", v8);
	check_usage(l, "-? --compat 8", "", v8);
	check_usage(l, "--compat 9 --bogus",
	    "udpst: unrecognized option '--bogus'\n", v9);
}

/* The first pass takes no notice of what only the second one does. */
static void
test_first_pass_first(void **state)
{
	struct line *l = *state;

	line_wrong(l, "-z -t 1 -p 0", "Parameter <0> out-of-range (1-65535)");
	line_wrong(l, "-z -u -d x",
	    "Upstream and Downstream options are mutually exclusive");
	line_wrong(l, "-t 1 -d",
	    "Server hostname or IP address required when client");
	line_wrong(l, "-t 1 -d x:0", "Parameter <0> out-of-range (1-65535)");
	line_wrong(l, "-t 1 -u -d x:0",
	    "Parameter <0> out-of-range (1-65535)");
	line_wrong(l, "-t 1 -z -d x", "Parameter <1> out-of-range (5-3600)");
	line_wrong(l, "x y -t 1 -z",
	    "Server only allows one local bind address or hostname");
}

/* The runs were made next to a key file. */
#define FOLDER		"/tmp/test_udpst_optionsXXXXXX"
#define KEYS		"k.keys"

static char folder[] = FOLDER;

static int
begin(void **state)
{
	FILE *f;

	if (mkdtemp(folder) == NULL || chdir(folder) == -1)
		return -1;
	f = fopen(KEYS, "w");
	if (f == NULL)
		return -1;
	fputs("0,legacykey\n5,fivekey\n255,abc\n", f);
	fclose(f);
	return line_new(state);
}

static int
end(void **state)
{
	if (unlink(KEYS) == -1 || chdir("/") == -1 || rmdir(folder) == -1)
		return -1;
	return line_free(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_first_pass_first),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
