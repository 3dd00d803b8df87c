/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "msak/jsonin.h"
#include "msak/peerjson.h"

/* U+FFFD takes three bytes in place of one. */
#define GROWTH		3
#define ESCAPE_LEN	6	/* \uXXXX */

struct scan {
	const char	*in;
	size_t		 left;
	char		*out;
	size_t		 len;		/* of out */
	bool		 in_string;
};

static void
move(struct scan *s, size_t n)
{
	memcpy(s->out + s->len, s->in, n);
	s->len += n;
	s->in += n;
	s->left -= n;
}

static void
put(struct scan *s, const char *text)
{
	size_t n = strlen(text);

	memcpy(s->out + s->len, text, n);
	s->len += n;
}

/* The code of a \uXXXX that begins n bytes into the rest; -1: none does. */
static int
escape_at(const struct scan *s, size_t n)
{
	static const char digits[] = "00112233445566778899aAbBcCdDeEfF";
	const char *at;
	int code = 0, i;

	if (s->left < n + ESCAPE_LEN || s->in[n] != '\\' ||
	    s->in[n + 1] != 'u')
		return -1;
	for (i = 2; i < ESCAPE_LEN; i++) {
		at = memchr(digits, s->in[n + i], sizeof(digits) - 1);
		if (at == NULL)
			return -1;
		code = code << 4 | (int)(at - digits) / 2;
	}
	return code;
}

/* A backslash and what belongs to it. */
static void
scan_escape(struct scan *s)
{
	int code = escape_at(s, 0), next;

	if (code == -1) {
		move(s, s->left > 1 ? 2 : 1);
		return;
	}
	next = escape_at(s, ESCAPE_LEN);
	if (code >= 0xd800 && code <= 0xdbff && next >= 0xdc00 &&
	    next <= 0xdfff) {
		move(s, (size_t)2 * ESCAPE_LEN);
	} else if (code == 0 || (code >= 0xd800 && code <= 0xdfff)) {
		put(s, "\\ufffd");
		s->in += ESCAPE_LEN;
		s->left -= ESCAPE_LEN;
	} else {
		move(s, ESCAPE_LEN);
	}
}

static void
scan_string(struct scan *s)
{
	bool valid;
	size_t n;

	if (*s->in == '\\') {
		scan_escape(s);
		return;
	}
	s->in_string = *s->in != '"';
	n = utf8_next(s->in, s->left, &valid);
	if (valid) {
		move(s, n);
		return;
	}
	put(s, "\xef\xbf\xbd");
	s->in++;
	s->left--;
}

json_t *
peerjson_load(const char *text, size_t len)
{
	struct scan s = { .in = text, .left = len };
	json_t *v = NULL;

	if (len > PEERJSON_MAX || (s.out = malloc(GROWTH * len + 1)) == NULL)
		return NULL;
	while (s.left > 0)
		if (s.in_string) {
			scan_string(&s);
		} else {
			s.in_string = *s.in == '"';
			move(&s, 1);
		}
	if (jsonin_depth(s.out, s.len) <= PEERJSON_DEPTH)
		v = json_loadb(s.out, s.len, JSON_DECODE_ANY, NULL);
	free(s.out);
	return v;
}

bool
peerjson_object(json_t *v,
    bool (*member)(const char *key, json_t *v, void *to), void *to)
{
	void *at;

	if (json_is_null(v))
		return true;
	if (!json_is_object(v))
		return false;
	for (at = json_object_iter(v); at != NULL;
	    at = json_object_iter_next(v, at))
		if (!member(json_object_iter_key(at),
		    json_object_iter_value(at), to))
			return false;
	return true;
}

bool
peerjson_int(const json_t *v, int64_t min, int64_t max, int64_t *to)
{
	int64_t n;

	if (json_is_null(v))
		return true;
	if (!json_is_integer(v))
		return false;
	n = json_integer_value(v);
	if (n < min || n > max)
		return false;
	*to = n;
	return true;
}

bool
peerjson_str(const json_t *v, char *buf, size_t len)
{
	const char *s;
	size_t n = 0, step, all;
	bool valid;

	if (json_is_null(v))
		return true;
	if (!json_is_string(v))
		return false;
	s = json_string_value(v);
	all = json_string_length(v);
	while (n < all) {
		step = utf8_next(s + n, all - n, &valid);
		if (n + step >= len)
			break;
		n += step;
	}
	memcpy(buf, s, n);
	buf[n] = '\0';
	return true;
}

bool
peerjson_bool(const json_t *v, bool *to)
{
	if (json_is_null(v))
		return true;
	if (!json_is_boolean(v))
		return false;
	*to = json_is_true(v);
	return true;
}
