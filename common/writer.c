/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>

#include "common/writer.h"

/* Whether something with this key may stand here. */
static bool
allowed(struct writer *w, const char *key, bool group)
{
	bool fits = key != NULL;

	if (w->depth == 0)
		fits = group;
	else if (w->list[w->depth])
		fits = group && key == NULL;
	if (!fits)
		w->bad = true;
	return !w->bad;
}

static void
begin(struct writer *w, const char *key, bool list)
{
	if (w->depth == WRITER_DEPTH)
		w->bad = true;
	if (!allowed(w, key, !list))
		return;
	if (list)
		w->ops->list(w, key);
	else
		w->ops->start(w, key);
	w->list[++w->depth] = list;
}

void
writer_start(struct writer *w, const char *key)
{
	begin(w, key, false);
}

void
writer_list(struct writer *w, const char *key)
{
	begin(w, key, true);
}

void
writer_end(struct writer *w)
{
	if (w->depth == 0)
		w->bad = true;
	if (w->bad)
		return;
	w->ops->end(w);
	w->depth--;
}

static void
value(struct writer *w, const char *key, const struct writer_value *v)
{
	if (allowed(w, key, false))
		w->ops->value(w, key, v);
}

void
writer_int(struct writer *w, const char *key, int64_t v)
{
	value(w, key, &(struct writer_value){ .type = WRITER_INT, .i = v });
}

void
writer_num(struct writer *w, const char *key, double v, int decimals)
{
	value(w, key, &(struct writer_value){ .type = WRITER_NUM, .d = v,
	    .decimals = decimals });
}

void
writer_str(struct writer *w, const char *key, const char *v)
{
	value(w, key, &(struct writer_value){
	    .type = v == NULL ? WRITER_NULL : WRITER_STR, .s = v });
}

void
writer_bool(struct writer *w, const char *key, bool v)
{
	value(w, key, &(struct writer_value){ .type = WRITER_BOOL, .b = v });
}

void
writer_null(struct writer *w, const char *key)
{
	value(w, key, &(struct writer_value){ .type = WRITER_NULL });
}

int
writer_finish(struct writer *w)
{
	bool bad = w->bad || w->depth != 0;

	if (w->ops->finish(w) == -1)
		return -1;
	if (bad)
		errno = EINVAL;
	return bad ? -1 : 0;
}

void
writer_flush(FILE *out, int *error)
{
	if (fflush(out) == EOF && *error == 0)
		*error = errno;
	if (ferror(out) && *error == 0)
		*error = EIO;
}

const char *
writer_letters(const struct writer_value *v, char buf[FIXED_MAX])
{
	switch (v->type) {
	case WRITER_INT:
		snprintf(buf, FIXED_MAX, "%" PRId64, v->i);
		return buf;
	case WRITER_NUM:
		fixed_put(v->d, v->decimals, buf, FIXED_MAX);
		return buf;
	case WRITER_STR:
		return v->s;
	case WRITER_BOOL:
		return v->b ? "true" : "false";
	case WRITER_NULL:
		break;
	}
	return NULL;
}
