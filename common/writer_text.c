/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "common/writer.h"

#define STEP	2		/* spaces a level */

struct text_writer {
	struct writer	 w;
	FILE		*out;
	bool		 unnamed;	/* the top group, so not indented */
	bool		 dash;		/* a member has begun, no line yet */
	bool		 any;		/* there was a top group before */
	int		 error;		/* the first one, an errno */
};

/* Indentation, ending in a dash on the first line of a member. */
static void
margin(struct text_writer *t)
{
	int level = t->w.depth - (t->unnamed ? 1 : 0);

	if (t->dash)
		fprintf(t->out, "%*s- ", (level - 1) * STEP, "");
	else
		fprintf(t->out, "%*s", level * STEP, "");
	t->dash = false;
}

static void
start(struct writer *w, const char *key)
{
	struct text_writer *t = (struct text_writer *)w;

	if (w->depth == 0) {
		t->unnamed = key == NULL;
		if (t->any)
			putc('\n', t->out);
		t->any = true;
	}
	if (key != NULL) {
		margin(t);
		fprintf(t->out, "%s:\n", key);
	} else
		t->dash = w->depth > 0;
}

/* The texts may be a peer's: no control character reaches the terminal. */
static void
put_escaped(FILE *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n')
			fputs("\\n", out);
		else if (*s == '\\')
			fputs("\\\\", out);
		else if ((unsigned char)*s < 0x20 || *s == 0x7f)
			fprintf(out, "\\%03o", (unsigned int)*s);
		else
			putc(*s, out);
	}
}

static void
value(struct writer *w, const char *key, const struct writer_value *v)
{
	struct text_writer *t = (struct text_writer *)w;
	char buf[FIXED_MAX];
	const char *text = writer_letters(v, buf);

	margin(t);
	fprintf(t->out, "%s: ", key);
	put_escaped(t->out, text == NULL ? "-" : text);
	putc('\n', t->out);
}

static void
end(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;

	if (t->dash) {
		margin(t);
		putc('\n', t->out);
	}
	if (w->depth == 1)
		writer_flush(t->out, &t->error);
}

static int
finish(struct writer *w)
{
	struct text_writer *t = (struct text_writer *)w;
	int error;

	writer_flush(t->out, &t->error);
	error = t->error;
	free(t);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

struct writer *
writer_text(FILE *out)
{
	static const struct writer_ops ops = { start, start, value, end,
		finish };
	struct text_writer *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->w.ops = &ops;
	t->out = out;
	return &t->w;
}
