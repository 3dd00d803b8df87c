/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "common/json.h"
#include "common/writer.h"

_Static_assert(WRITER_DEPTH <= JSON_DEPTH, "what a writer nests, JSON can");

struct json_writer {
	struct writer	w;
	struct json	j;
};

static struct json *
json_of(struct writer *w)
{
	return &((struct json_writer *)w)->j;
}

static void
start(struct writer *w, const char *key)
{
	struct json *j = json_of(w);

	if (w->depth > 0) {
		json_begin_object(j, key);
		return;
	}
	json_begin_object(j, NULL);
	if (key != NULL)
		json_str(j, "event", key);
}

static void
list(struct writer *w, const char *key)
{
	json_begin_array(json_of(w), key);
}

static void
value(struct writer *w, const char *key, const struct writer_value *v)
{
	struct json *j = json_of(w);

	switch (v->type) {
	case WRITER_INT:
		json_int(j, key, v->i);
		break;
	case WRITER_NUM:
		json_fixed(j, key, v->d, v->decimals);
		break;
	case WRITER_STR:
		json_str(j, key, v->s);
		break;
	case WRITER_BOOL:
		json_bool(j, key, v->b);
		break;
	case WRITER_NULL:
		json_nil(j, key);
		break;
	}
}

static void
end(struct writer *w)
{
	struct json *j = json_of(w);

	if (w->list[w->depth])
		json_end_array(j);
	else
		json_end_object(j);
	/* A failure here is kept until the end. */
	if (w->depth == 1 && j->indent == 0)
		json_finish(j);
}

static int
finish(struct writer *w)
{
	int rc = json_finish(json_of(w)), error = errno;

	free(w);
	errno = error;
	return rc;
}

struct writer *
writer_json(FILE *out, int indent)
{
	static const struct writer_ops ops = { start, list, value, end,
		finish };
	struct json_writer *jw = calloc(1, sizeof(*jw));

	if (jw == NULL)
		return NULL;
	jw->w.ops = &ops;
	json_init(&jw->j, out, indent);
	return &jw->w;
}
