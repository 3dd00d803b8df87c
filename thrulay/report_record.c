/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "thrulay/report_record.h"

void
record_clear(struct record *r)
{
	r->n = 0;
	r->depth = 0;
}

void
record_open(struct record *r, const char *key)
{
	if (r->depth < RECORD_DEPTH)
		strlcpy(r->path[r->depth], key != NULL ? key : "", RECORD_KEY);
	r->depth++;
}

int
record_close(struct record *r)
{
	return --r->depth;
}

/* The outermost group's name and the namelessness of members are no part of a
 * key. */
static void
join_key(const struct record *r, const char *key, char out[RECORD_KEY])
{
	int i;

	out[0] = '\0';
	for (i = 1; i < r->depth && i < RECORD_DEPTH; i++) {
		if (r->path[i][0] == '\0')
			continue;
		strlcat(out, r->path[i], RECORD_KEY);
		strlcat(out, ".", RECORD_KEY);
	}
	strlcat(out, key, RECORD_KEY);
}

void
record_add(struct record *r, const char *key, const struct writer_value *v)
{
	if (r->n == RECORD_MAX)
		return;
	join_key(r, key, r->item[r->n].key);
	r->item[r->n].value = *v;
	r->n++;
}

static const struct writer_value *
find(const struct record *r, const char *key)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->item[i].key, key) == 0)
			return &r->item[i].value;
	return NULL;
}

int64_t
record_int(const struct record *r, const char *key)
{
	const struct writer_value *v = find(r, key);

	return v != NULL && v->type == WRITER_INT ? v->i : 0;
}

double
record_num(const struct record *r, const char *key)
{
	const struct writer_value *v = find(r, key);

	return v != NULL && v->type == WRITER_NUM ? v->d : 0;
}

bool
record_bool(const struct record *r, const char *key)
{
	const struct writer_value *v = find(r, key);

	return v != NULL && v->type == WRITER_BOOL && v->b;
}

const char *
record_str(const struct record *r, const char *key)
{
	const struct writer_value *v = find(r, key);

	return v != NULL && v->type == WRITER_STR && v->s != NULL ? v->s : "";
}

bool
record_known(const struct record *r, const char *key)
{
	const struct writer_value *v = find(r, key);

	return v != NULL && v->type != WRITER_NULL;
}

bool
record_member(const struct record *r, const char *key, size_t i, int64_t *out)
{
	size_t k;

	for (k = 0; k < r->n; k++) {
		if (strcmp(r->item[k].key, key) != 0)
			continue;
		if (i-- == 0) {
			*out = r->item[k].value.i;
			return true;
		}
	}
	return false;
}
