/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/capture.h"
#include "tests/unit/msak_line.h"
#include "tests/unit/vectors.h"

int
line_new(void **state, const char *program,
    enum options_status (*parse)(int argc, char **argv, void *options,
	int *status), void *options)
{
	struct line *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return -1;
	l->program = program;
	l->parse = parse;
	l->options = options;
	*state = l;
	return 0;
}

int
line_free(void **state)
{
	free(*state);
	return 0;
}

static void
split(struct line *l, const char *words)
{
	char *at;

	assert_true(strlcpy(l->words, words, LINE_WORDS) < LINE_WORDS);
	l->argc = 0;
	l->argv[l->argc++] = (char *)(uintptr_t)l->program;
	for (at = l->words; *at != '\0'; ) {
		assert_true(l->argc < LINE_ARGS);
		l->argv[l->argc++] = at;
		if (strncmp(at, "''", 2) == 0)
			*at = '\0', at += 2;
		at += strcspn(at, " ");
		if (*at == ' ')
			*at++ = '\0';
	}
	l->argv[l->argc] = NULL;
}

void
line_run(struct line *l, const char *words)
{
	struct capture out, err;

	split(l, words);
	l->status = -1;
	capture(&out, stdout);
	capture(&err, stderr);
	l->said = l->parse(l->argc, l->argv, l->options, &l->status);
	captured(&err, l->err, sizeof(l->err));
	captured(&out, l->out, sizeof(l->out));
}

void
line_good(struct line *l, const char *words)
{
	line_run(l, words);
	assert_string_equal(l->err, "");
	assert_string_equal(l->out, "");
	assert_int_equal(l->said, OPTIONS_RUN);
}

/* The first line of err is message; what comes then. */
static const char *
after_message(const char *err, const char *message)
{
	size_t n = strlen(message);

	if (strncmp(err, message, n) != 0 || err[n] != '\n')
		assert_string_equal(err, message);
	return err + n + 1;
}

void
line_refused(struct line *l, const char *words, const char *message)
{
	char usage[128];
	const char *rest;

	line_run(l, words);
	assert_int_equal(l->said, OPTIONS_EXIT);
	assert_int_equal(l->status, 2);
	assert_string_equal(l->out, "");
	rest = after_message(l->err, message);
	snprintf(usage, sizeof(usage), "Usage of %s:\n  -", l->program);
	assert_memory_equal(rest, usage, strlen(usage));
}

const char *
line_undated(const char *text)
{
	static const char form[] = "dddd/dd/dd dd:dd:dd ";
	size_t i;

	for (i = 0; form[i] != '\0'; i++)
		if (form[i] == 'd')
			assert_in_range(text[i], '0', '9');
		else
			assert_int_equal(text[i], form[i]);
	return text + i;
}

void
line_fails(struct line *l, const char *words, bool dated, const char *message)
{
	line_run(l, words);
	assert_int_equal(l->said, OPTIONS_EXIT);
	assert_int_equal(l->status, 1);
	assert_string_equal(l->out, "");
	assert_string_equal(after_message(dated ? line_undated(l->err) :
	    l->err, message), "");
}

/* The bytes of the entry at text, which begins with "  -". */
static size_t
entry_length(const char *text)
{
	const char *next = strstr(text, "\n  -");

	return next == NULL ? strlen(text) : (size_t)(next + 1 - text);
}

/* Bytes of the flag's name in the entry at text. */
static size_t
name_length(const char *text)
{
	return strcspn(text + 3, " \t\n");
}

/* Does that text have an entry of the name that the one at text has? */
static bool
has_entry(const char *all, const char *text)
{
	size_t n = name_length(text);
	const char *at;

	for (at = strstr(all, "  -"); *at != '\0'; at += entry_length(at))
		if (name_length(at) == n && memcmp(at, text, 3 + n) == 0)
			return true;
	return false;
}

static int
compare_names(const char *a, const char *b)
{
	char x[64], y[64];

	snprintf(x, sizeof(x), "%.*s", (int)name_length(a), a + 3);
	snprintf(y, sizeof(y), "%.*s", (int)name_length(b), b + 3);
	return strcmp(x, y);
}

/* In place: standing, which is there, becomes word, which is no longer. */
static void
replace(char *text, const char *standing, const char *word)
{
	char *at = strstr(text, standing);

	assert_non_null(at);
	memmove(at + strlen(word), at + strlen(standing),
	    strlen(at + strlen(standing)) + 1);
	memcpy(at, word, strlen(word));
}

void
line_help(struct line *l, const char *vectors, const char *const words[],
    const char *(*made)(const void *options, size_t i))
{
	char *wanted = vectors_text(vectors), text[LINE_TEXT] = "";
	const char *at, *previous = NULL;
	size_t i;

	line_run(l, "-h");
	assert_int_equal(l->said, OPTIONS_EXIT);
	assert_int_equal(l->status, 0);
	assert_string_equal(l->out, "");
	for (i = 0; words[i] != NULL; i++)
		replace(l->err, made(l->options, i), words[i]);
	at = strstr(l->err, "  -");
	assert_non_null(at);
	memcpy(text, l->err, (size_t)(at - l->err));
	for (; *at != '\0'; at += entry_length(at)) {
		if (previous != NULL)
			assert_true(compare_names(previous, at) < 0);
		previous = at;
		if (has_entry(wanted, at))
			strncat(text, at, entry_length(at));
	}
	assert_string_equal(text, wanted);
	free(wanted);
}
