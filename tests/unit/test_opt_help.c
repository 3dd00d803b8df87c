/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/opt.h"

#define TEXT	4096

static enum opt_call
no_call(void *config, const char *arg, const char **why)
{
	(void)config;
	(void)arg;
	(void)why;
	return OPT_CALL_OK;
}

static const char *const styles[] = { "0.9", "hd", NULL };

static const struct opt table[] = {
	{ .kind = OPT_HEADING, .help = "First:" },
	{ .kind = OPT_FLAG, .letter = 'q', .name = "quiet",
	    .help = "results only" },
	{ .kind = OPT_COUNT, .letter = 'v', .help = "more columns" },
	{ .kind = OPT_INT, .letter = 'm', .arg = "N", .deflt = "1", .lo = 1,
	    .hi = 255, .help = "number of streams" },
	{ .kind = OPT_SIZE, .letter = 'w', .name = "window", .arg = "BYTES",
	    .deflt = "4M", .lo = 1, .hi = 1 << 30, .help = "socket buffers" },
	{ .kind = OPT_RATE, .name = "rate", .arg = "RATE", .lo = 1000,
	    .hi = INT64_MAX, .help = "bits a second" },
	{ .kind = OPT_INT, .name = "offset", .arg = "N", .lo = INT64_MIN,
	    .hi = -5, .help = "below zero" },
	{ .kind = OPT_HEADING, .help = "Second:" },
	{ .kind = OPT_DURATION, .letter = 't', .name = "duration", .arg = "T",
	    .deflt = "1m", .lo = 1500000, .hi = INT64_C(3600000000000),
	    .help = "how long\nthe second line of this help is so long that it "
	    "has to be broken somewhere before the margin" },
	{ .kind = OPT_INT, .name = "free", .arg = "N", .help = "from 0 up" },
	{ .kind = OPT_CHOICE, .name = "style", .deflt = "hd",
	    .choices = styles, .help = "layout" },
	{ .kind = OPT_CALL, .letter = 'c', .name = "call-with-a-long-name",
	    .arg = "ANYTHING", .call = no_call, .help = "a function" },
	{ .kind = OPT_FLAG, .name = "hidden" },
	{ .kind = OPT_FLAG }
};

static const struct opt_set set = {
	.program = "prog", .synopsis = "[options] host", .opts = table,
	.trailer = "The end."
};

/* What print writes. */
static void
printed(void (*print)(const struct opt_set *, FILE *), char *text)
{
	FILE *f = tmpfile();
	size_t n;

	assert_non_null(f);
	print(&set, f);
	rewind(f);
	n = fread(text, 1, TEXT - 1, f);
	text[n] = '\0';
	fclose(f);
}

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void
test_help_layout(void **state)
{
	char text[TEXT], *rest = text, *line, *at;
	size_t column;

	(void)state;
	printed(opt_help, text);
	assert_true(starts(text, "usage: prog [options] host\n\nFirst:\n"));
	assert_non_null(strstr(text, "\n\nSecond:\n"));
	assert_non_null(strstr(text, "\n\nThe end.\n"));
	assert_null(strstr(text, "hidden"));
	assert_null(strstr(text, "list-options"));
	/* Letter only, long only, both; all texts in one column. */
	at = strstr(text, "  -v ");
	assert_non_null(at);
	column = (size_t)(strstr(at, "more columns") - at);
	at = strstr(text, "      --rate RATE ");
	assert_non_null(at);
	assert_int_equal(strstr(at, "bits a second") - at, column);
	at = strstr(text, "  -q, --quiet ");
	assert_non_null(at);
	assert_int_equal(strstr(at, "results only") - at, column);
	/* Too wide for its column: the text stands on the next line. */
	assert_non_null(strstr(text, "--call-with-a-long-name ANYTHING\n"));
	while ((line = strsep(&rest, "\n")) != NULL) {
		assert_true(strlen(line) <= 80);
		assert_true(*line == '\0' || line[strlen(line) - 1] != ' ');
	}
}

static void
test_help_shows_defaults_and_ranges(void **state)
{
	static const char *const notes[] = {
		"number of streams (1..255, default 1)\n",
		"socket buffers (1..1G, default 4M)\n",
		"bits a second (at least 1k)\n",
		"below zero (at most -5)\n",
		"from 0 up\n",
		"(1500us..1h, default 1m)\n",
		"--style 0.9|hd",
		"layout (default hd)\n",
	};
	char text[TEXT];
	size_t i;

	(void)state;
	printed(opt_help, text);
	for (i = 0; i < NELEM(notes); i++)
		assert_non_null(strstr(text, notes[i]));
}

static void
test_list(void **state)
{
	char text[TEXT];

	(void)state;
	printed(opt_list, text);
	assert_true(starts(text, "q\tquiet\t\t\nv\t\t\t\nm\t\tN\t1\n"));
	assert_non_null(strstr(text, "\n\tstyle\t0.9|hd\thd\n"));
	assert_non_null(strstr(text, "\n\thelp\t\t\n\tversion\t\t\n"));
	assert_null(strstr(text, "hidden"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help_layout),
		cmocka_unit_test(test_help_shows_defaults_and_ranges),
		cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
