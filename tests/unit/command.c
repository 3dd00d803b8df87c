/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/command.h"
#include "tests/unit/vectors.h"

void
command_begin(struct command *c, const char *program, const char *words)
{
	char *rest = c->words, *word;

	memset(c, 0, sizeof(*c));
	assert_true((size_t)snprintf(c->words, sizeof(c->words), "%s %s",
	    program, words) < sizeof(c->words));
	while ((word = strsep(&rest, " ")) != NULL) {
		if (*word == '\0')
			continue;
		assert_true(c->argc < COMMAND_ARGS);
		if (strcmp(word, "''") == 0)
			*word = '\0';
		c->argv[c->argc++] = word;
	}
	capture(&c->captures[0], stdout);
	capture(&c->captures[1], stderr);
}

void
command_end(struct command *c)
{
	captured(&c->captures[0], c->out, sizeof(c->out));
	captured(&c->captures[1], c->err, sizeof(c->err));
}

void
command_assert_usage(const struct command *c, const char *message,
    const char *file)
{
	char *usage = vectors_text(file), want[COMMAND_TEXT];

	snprintf(want, sizeof(want), "%s%s%s", message,
	    *message == '\0' ? "" : "\n", usage);
	free(usage);
	assert_string_equal(c->err, want);
	assert_string_equal(c->out, "");
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
