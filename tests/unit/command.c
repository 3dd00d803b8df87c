/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/command.h"
#include "tests/unit/vectors.h"
#include "tests/unit/words.h"

int
command_new(void **state, const char *program, const char *usage,
    enum options_status (*parse)(struct command *))
{
	struct command *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return -1;
	c->program = program;
	c->usage = usage;
	c->parse = parse;
	*state = c;
	return 0;
}

int
command_free(void **state)
{
	free(*state);
	return 0;
}

static void
split(struct command *c, const char *words)
{
	assert_true((size_t)snprintf(c->words, sizeof(c->words), "%s %s",
	    c->program, words) < sizeof(c->words));
	c->argc = words_cut(c->words, c->argv, COMMAND_ARGS);
}

void
command_run(struct command *c, const char *words)
{
	struct capture out, err;

	split(c, words);
	c->status = -1;
	capture(&out, stdout);
	capture(&err, stderr);
	c->said = c->parse(c);
	captured(&out, c->out, sizeof(c->out));
	captured(&err, c->err, sizeof(c->err));
}

void
command_good(struct command *c, const char *words)
{
	command_run(c, words);
	assert_string_equal(c->err, "");
	assert_string_equal(c->out, "");
	assert_int_equal(c->said, OPTIONS_RUN);
}

void
command_exit(struct command *c, const char *words, int status)
{
	command_run(c, words);
	assert_int_equal(c->said, OPTIONS_EXIT);
	assert_int_equal(c->status, status);
}

void
command_assert_usage(const struct command *c, const char *message)
{
	char *usage = vectors_text(c->usage), want[COMMAND_TEXT];

	snprintf(want, sizeof(want), "%s%s%s", message,
	    *message == '\0' ? "" : "\n", usage);
	free(usage);
	assert_string_equal(c->err, want);
	assert_string_equal(c->out, "");
}

void
command_refused(struct command *c, const char *words, const char *message)
{
	command_exit(c, words, 1);
	command_assert_usage(c, message);
}

void
command_assert_version(const struct command *c, const char *part,
    const char *file)
{
	char *theirs = vectors_text(file), want[128];
	const char *last = strstr(theirs, "See the source");

	snprintf(want, sizeof(want), "thrulay/2 (%s part) release ", part);
	assert_int_equal(strncmp(theirs, want, strlen(want)), 0);
	strlcat(want, PACKAGE_VERSION "\nCopyright (c) ", sizeof(want));
	assert_int_equal(strncmp(c->out, want, strlen(want)), 0);
	assert_non_null(last);
	assert_true(strlen(c->out) > strlen(last));
	assert_string_equal(c->out + strlen(c->out) - strlen(last), last);
	assert_string_equal(c->err, "");
	free(theirs);
}
