/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/capture.h"
#include "tests/unit/udpst_line.h"
#include "tests/unit/words.h"

int
line_new(void **state)
{
	unsetenv("PLUMBLINE_UDPST_COMPAT");
	unsetenv("PLUMBLINE_UDPST_KEY");
	*state = calloc(1, sizeof(struct line));
	return *state == NULL ? -1 : 0;
}

int
line_free(void **state)
{
	struct line *l = *state;

	options_free(&l->o);
	free(l);
	return 0;
}

static void
split(struct line *l, const char *words)
{
	assert_true((size_t)snprintf(l->words, sizeof(l->words), "udpst %s",
	    words) < sizeof(l->words));
	l->argc = words_cut(l->words, l->argv, LINE_ARGS);
}

void
line_run(struct line *l, const char *words)
{
	struct capture out, err;

	options_free(&l->o);
	split(l, words);
	l->status = -1;
	capture(&out, stdout);
	capture(&err, stderr);
	l->said = options_parse(l->argc, l->argv, &l->o, &l->status);
	captured(&out, l->out, sizeof(l->out));
	captured(&err, l->err, sizeof(l->err));
}

void
line_good(struct line *l, const char *words)
{
	line_run(l, words);
	assert_string_equal(l->out, "");
	assert_string_equal(l->err, "");
	assert_int_equal(l->said, OPTIONS_RUN);
	assert_int_equal(l->status, 0);
}

void
line_refused(struct line *l, const char *words, int status, const char *error)
{
	char want[LINE_TEXT];

	line_run(l, words);
	snprintf(want, sizeof(want), "%s\n", error);
	assert_string_equal(l->out, want);
	assert_string_equal(l->err, "");
	assert_int_equal(l->said, OPTIONS_EXIT);
	assert_int_equal(l->status, status);
}

void
line_wrong(struct line *l, const char *words, const char *error)
{
	char want[LINE_TEXT];

	snprintf(want, sizeof(want), "ERROR: %s", error);
	line_refused(l, words, UDPST_USAGE, want);
}
