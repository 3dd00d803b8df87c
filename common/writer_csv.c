/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/writer.h"

struct line {
	char	*text;
	size_t	 len, room;
};

struct level {
	size_t	 path;			/* length of the path around it */
	unsigned int members;		/* of a list, so far */
};

struct csv_writer {
	struct writer	 w;
	FILE		*out;
	struct line	 keys, cells;	/* of this row */
	struct line	 header;	/* as last written */
	char		 path[256];	/* to the open group, with a '.' */
	size_t		 len;
	struct level	 level[WRITER_DEPTH + 1];
	int		 error;		/* the first one, an errno */
};

static void
csv_fail(struct csv_writer *c, int error)
{
	if (c->error == 0)
		c->error = error;
}

static void
append(struct csv_writer *c, struct line *to, const char *text, size_t n)
{
	size_t room = (to->len + n) * 2;
	char *p;

	if (n == 0)
		return;
	if (n > to->room - to->len) {
		p = realloc(to->text, room);
		if (p == NULL) {
			csv_fail(c, ENOMEM);
			return;
		}
		to->text = p;
		to->room = room;
	}
	memcpy(to->text + to->len, text, n);
	to->len += n;
}

/* In quotes where RFC 4180 wants them, and where nothing would be seen. */
static void
append_cell(struct csv_writer *c, struct line *to, const char *text)
{
	size_t n;

	if (*text != '\0' && strpbrk(text, ",\"\r\n") == NULL) {
		append(c, to, text, strlen(text));
		return;
	}
	append(c, to, "\"", 1);
	while (*text != '\0') {
		n = strcspn(text, "\"");
		append(c, to, text, n);
		text += n;
		if (*text == '"') {
			append(c, to, "\"\"", 2);
			text++;
		}
	}
	append(c, to, "\"", 1);
}

/* Make key the last part of the path. */
static void
set_key(struct csv_writer *c, const char *key)
{
	size_t room = sizeof(c->path) - c->len;
	int n = snprintf(c->path + c->len, room, "%s", key);

	if (n < 0 || (size_t)n >= room)
		csv_fail(c, ENAMETOOLONG);
}

/* One column: its key is the path. text NULL leaves the cell empty. */
static void
put_column(struct csv_writer *c, const char *text)
{
	append_cell(c, &c->keys, c->path);
	append(c, &c->keys, ",", 1);
	if (text != NULL)
		append_cell(c, &c->cells, text);
	append(c, &c->cells, ",", 1);
}

static void
value(struct writer *w, const char *key, const struct writer_value *v)
{
	struct csv_writer *c = (struct csv_writer *)w;
	const char *text = NULL;
	char buf[FIXED_MAX];

	if (v->type != WRITER_NUM || isfinite(v->d))
		text = writer_letters(v, buf);
	set_key(c, key);
	put_column(c, text);
}

static void
start_row(struct csv_writer *c, const char *name)
{
	c->keys.len = c->cells.len = c->len = 0;
	if (name == NULL)
		return;
	set_key(c, "event");
	put_column(c, name);
}

/* Into a group or list: its key, or its number in the list, joins the path. */
static void
start(struct writer *w, const char *key)
{
	struct csv_writer *c = (struct csv_writer *)w;
	struct level *in = &c->level[w->depth + 1];
	char number[16];

	if (w->depth == 0)
		start_row(c, key);
	in->path = c->len;
	in->members = 0;
	if (w->depth == 0)
		return;
	if (key == NULL) {
		snprintf(number, sizeof(number), "%u",
		    c->level[w->depth].members++);
		key = number;
	}
	set_key(c, key);
	c->len += strlen(c->path + c->len);
	set_key(c, ".");
	c->len += strlen(c->path + c->len);
}

/* The comma behind the last cell becomes the end of the line. */
static void
write_line(struct csv_writer *c, struct line *l)
{
	l->text[l->len - 1] = '\n';
	fwrite(l->text, 1, l->len, c->out);
	l->text[l->len - 1] = ',';
}

static void
end_row(struct csv_writer *c)
{
	struct line swap = c->header;

	if (c->error != 0 || c->keys.len == 0)
		return;
	if (c->keys.len != c->header.len ||
	    memcmp(c->keys.text, c->header.text, c->keys.len) != 0) {
		write_line(c, &c->keys);
		c->header = c->keys;
		c->keys = swap;
	}
	write_line(c, &c->cells);
}

static void
end(struct writer *w)
{
	struct csv_writer *c = (struct csv_writer *)w;

	c->len = c->level[w->depth].path;
	if (w->depth == 1)
		end_row(c);
}

static int
finish(struct writer *w)
{
	struct csv_writer *c = (struct csv_writer *)w;
	int error;

	writer_flush(c->out, &c->error);
	error = c->error;
	free(c->keys.text);
	free(c->cells.text);
	free(c->header.text);
	free(c);
	if (error == 0)
		return 0;
	errno = error;
	return -1;
}

struct writer *
writer_csv(FILE *out)
{
	static const struct writer_ops ops = { start, start, value, end,
		finish };
	struct csv_writer *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->w.ops = &ops;
	c->out = out;
	return &c->w;
}
