/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

struct input {
	const char	*name;
	const char	*p, *start;	/* NUL-terminated */
};

static void	value(struct input *in, struct jv *v);

static _Noreturn void
bad(const struct input *in, const char *what)
{
	fail_msg("%s, byte %td: %s", in->name, in->p - in->start, what);
	abort();	/* cmocka does not declare that it never returns */
}

/* The file with a NUL after it. */
static char *
slurp(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *buf = NULL;
	size_t len = 0, room = 0, n;

	if (f == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	do {
		room += 65536;
		buf = realloc(buf, room);
		assert_non_null(buf);
		n = fread(buf + len, 1, room - len - 1, f);
		len += n;
	} while (n > 0);
	fclose(f);
	buf[len] = '\0';
	*size = len;
	return buf;
}

static char
next(struct input *in)
{
	in->p += strspn(in->p, " \t\r\n");
	return *in->p;
}

static bool
take(struct input *in, const char *literal)
{
	size_t n = strlen(literal);

	if (strncmp(in->p, literal, n) != 0)
		return false;
	in->p += n;
	return true;
}

static char
escaped(struct input *in)
{
	static const char names[] = "\"\\/bfnrt", chars[] = "\"\\/\b\f\n\r\t";
	char digits[5] = "", *end, c = *in->p++;
	const char *at;
	unsigned long u;

	if (c != 'u') {
		at = c == '\0' ? NULL : strchr(names, c);
		if (at == NULL)
			bad(in, "escape");
		return chars[at - names];
	}
	memcpy(digits, in->p, strnlen(in->p, 4));
	u = strtoul(digits, &end, 16);
	if (end != digits + 4 || u > 0xff)
		bad(in, "not four hex digits up to 00ff");
	in->p += 4;
	return (char)u;
}

static char *
string(struct input *in, size_t *len)
{
	const char *end;
	char *out;
	size_t n = 0;

	if (next(in) != '"')
		bad(in, "string expected");
	for (end = ++in->p; *end != '"' && *end != '\0'; end++)
		if (*end == '\\' && end[1] != '\0')
			end++;
	out = malloc((size_t)(end - in->p) + 1);
	assert_non_null(out);
	while (*in->p != '"') {
		if (*in->p == '\0')
			bad(in, "string without end");
		out[n++] = *in->p++;
		if (out[n - 1] == '\\')
			out[n - 1] = escaped(in);
	}
	in->p++;
	out[n] = '\0';
	*len = n;
	return out;
}

/* Items up to the closing bracket; those of an object have keys. */
static void
items(struct input *in, struct jv *v, char close)
{
	struct jv *item;
	size_t n;

	in->p++;
	while (next(in) != close) {
		if (v->len > 0 && *in->p++ != ',')
			bad(in, "comma expected");
		v->items = realloc(v->items, (v->len + 1) * sizeof(*item));
		assert_non_null(v->items);
		item = memset(&v->items[v->len++], 0, sizeof(*item));
		if (v->kind == JV_OBJECT) {
			item->key = string(in, &n);
			if (next(in) != ':')
				bad(in, "colon expected");
			in->p++;
		}
		value(in, item);
	}
	in->p++;
}

static void
number(struct input *in, struct jv *v)
{
	char *end;

	strtod(in->p, &end);
	v->len = (size_t)(end - in->p);
	if (v->len == 0 || strspn(in->p, "+-.0123456789eE") < v->len)
		bad(in, "value expected");
	v->text = strndup(in->p, v->len);
	assert_non_null(v->text);
	in->p = end;
}

static void
value(struct input *in, struct jv *v)
{
	switch (next(in)) {
	case '{':
		v->kind = JV_OBJECT;
		items(in, v, '}');
		return;
	case '[':
		v->kind = JV_ARRAY;
		items(in, v, ']');
		return;
	case '"':
		v->kind = JV_STRING;
		v->text = string(in, &v->len);
		return;
	default:
		break;
	}
	if (take(in, "null")) {
		v->kind = JV_NULL;
	} else if (take(in, "true") || take(in, "false")) {
		v->kind = JV_BOOL;
		v->len = in->p[-2] == 'u';
	} else {
		v->kind = JV_NUMBER;
		number(in, v);
	}
}

struct jv *
jv_parse(const char *name, const char *text)
{
	struct input in = { name, text, text };
	struct jv *v = calloc(1, sizeof(*v));

	assert_non_null(v);
	value(&in, v);
	if (next(&in) != '\0')
		bad(&in, "end of file expected");
	return v;
}

char *
vectors_bytes(const char *name, size_t *len)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", VECTORS, name);
	return slurp(path, len);
}

char *
vectors_text(const char *name)
{
	size_t len;

	return vectors_bytes(name, &len);
}

struct jv *
jv_load(const char *name)
{
	char *text = vectors_text(name);
	struct jv *v;

	v = jv_parse(name, text);
	free(text);
	return v;
}

static void
release(struct jv *v)
{
	size_t i;

	for (i = 0; v->items != NULL && i < v->len; i++)
		release(&v->items[i]);
	free(v->items);
	free(v->text);
	free(v->key);
}

void
jv_free(struct jv *v)
{
	if (v == NULL)
		return;
	release(v);
	free(v);
}

static const struct jv *
of_kind(const struct jv *v, enum jv_kind kind)
{
	if (v == NULL || v->kind != kind)
		fail_msg("member %s is of kind %d, not %d",
		    v == NULL || v->key == NULL ? "?" : v->key,
		    v == NULL ? -1 : (int)v->kind, (int)kind);
	return v;
}

const struct jv *
jv_find(const struct jv *object, const char *key)
{
	size_t i;

	of_kind(object, JV_OBJECT);
	for (i = 0; i < object->len; i++)
		if (strcmp(object->items[i].key, key) == 0)
			return &object->items[i];
	return NULL;
}

const struct jv *
jv_get(const struct jv *object, const char *key)
{
	const struct jv *v = jv_find(object, key);

	if (v == NULL)
		fail_msg("no member \"%s\"", key);
	return v;
}

size_t
jv_len(const struct jv *v)
{
	if (v->kind != JV_OBJECT)
		of_kind(v, JV_ARRAY);
	return v->len;
}

const struct jv *
jv_at(const struct jv *v, size_t i)
{
	assert_in_range(i + 1, 1, jv_len(v));
	return &v->items[i];
}

bool
jv_is_null(const struct jv *v)
{
	return v->kind == JV_NULL;
}

bool
jv_bool(const struct jv *v)
{
	return of_kind(v, JV_BOOL)->len != 0;
}

double
jv_num(const struct jv *v)
{
	return strtod(of_kind(v, JV_NUMBER)->text, NULL);
}

int64_t
jv_int(const struct jv *v)
{
	char *end;
	long long n;

	errno = 0;
	n = strtoll(of_kind(v, JV_NUMBER)->text, &end, 10);
	if (*end != '\0' || errno != 0)
		fail_msg("%s is no integer", v->text);
	return n;
}

uint64_t
jv_uint(const struct jv *v)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(of_kind(v, JV_NUMBER)->text, &end, 10);
	if (*end != '\0' || errno != 0 || v->text[0] == '-')
		fail_msg("%s is no unsigned integer", v->text);
	return n;
}

const char *
jv_str(const struct jv *v, size_t *len)
{
	of_kind(v, JV_STRING);
	if (len != NULL)
		*len = v->len;
	return v->text;
}

size_t
jv_hex(const struct jv *v, void *buf, size_t size)
{
	uint8_t *out = buf;
	char digits[3] = "", *end;
	size_t i;

	of_kind(v, JV_STRING);
	if (v->len % 2 != 0 || v->len / 2 > size)
		fail_msg("%zu hex digits for %zu bytes", v->len, size);
	for (i = 0; i < v->len / 2; i++) {
		memcpy(digits, v->text + 2 * i, 2);
		out[i] = (uint8_t)strtoul(digits, &end, 16);
		if (end != digits + 2)
			fail_msg("%s is not hex", digits);
	}
	return i;
}
