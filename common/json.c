/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/json.h"

void
json_init(struct json *j, FILE *out, int indent)
{
	memset(j, 0, sizeof(*j));
	j->out = out;
	j->indent = indent;
}

static void
put_ascii(FILE *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = c == '\0' ? NULL : strchr(from, c);

	if (at != NULL)
		fprintf(out, "\\%c", to[at - from]);
	else if (c < 0x20)
		fprintf(out, "\\u%04x", (unsigned int)c);
	else
		putc(c, out);
}

/* How many bytes follow this first one; 0 for ASCII, -1 for none such. */
static int
utf8_rest(unsigned char c)
{
	if (c < 0x80)
		return 0;
	if (c >= 0xc2 && c <= 0xdf)
		return 1;
	if (c >= 0xe0 && c <= 0xef)
		return 2;
	return c >= 0xf0 && c <= 0xf4 ? 3 : -1;
}

/*
 * Length of the character at s, or of the longest start of one when the rest
 * is missing or wrong. The second byte decides on overlong forms, surrogates
 * and what is beyond U+10FFFF.
 */
static size_t
utf8_next(const unsigned char *s, size_t n, bool *valid)
{
	int rest = utf8_rest(s[0]), i;
	unsigned char low = 0x80, high = 0xbf;

	if (s[0] == 0xe0 || s[0] == 0xf0)
		low = s[0] == 0xe0 ? 0xa0 : 0x90;
	if (s[0] == 0xed || s[0] == 0xf4)
		high = s[0] == 0xed ? 0x9f : 0x8f;
	for (i = 1; i <= rest && (size_t)i < n; i++) {
		if (s[i] < low || s[i] > high)
			break;
		low = 0x80;
		high = 0xbf;
	}
	*valid = rest >= 0 && i > rest;
	return (size_t)i;
}

static void
put_string(FILE *out, const char *v, size_t n)
{
	const unsigned char *s = (const unsigned char *)v;
	size_t used;
	bool valid;

	putc('"', out);
	for (; n > 0; s += used, n -= used) {
		used = utf8_next(s, n, &valid);
		if (!valid)
			fputs("\xef\xbf\xbd", out);
		else if (used == 1)
			put_ascii(out, *s);
		else
			fwrite(s, 1, used, out);
	}
	putc('"', out);
}

static void
new_line(struct json *j)
{
	if (j->indent > 0)
		fprintf(j->out, "\n%*s", j->depth * j->indent, "");
}

/* What stands before a value. False when no value may stand here. */
static bool
item(struct json *j, const char *key)
{
	bool *comma = &j->comma[j->depth];

	if ((key != NULL) != j->object[j->depth] || (j->depth == 0 && *comma))
		j->bad = true;
	if (j->bad)
		return false;
	if (*comma)
		putc(',', j->out);
	*comma = true;
	if (j->depth > 0)
		new_line(j);
	if (key != NULL) {
		put_string(j->out, key, strlen(key));
		fputs(j->indent > 0 ? ": " : ":", j->out);
	}
	return true;
}

static void
begin(struct json *j, const char *key, bool object)
{
	if (j->depth == JSON_DEPTH)
		j->bad = true;
	if (!item(j, key))
		return;
	putc(object ? '{' : '[', j->out);
	j->depth++;
	j->comma[j->depth] = false;
	j->object[j->depth] = object;
}

static void
end(struct json *j, bool object)
{
	bool filled = j->comma[j->depth];

	if (j->depth == 0 || j->object[j->depth] != object)
		j->bad = true;
	if (j->bad)
		return;
	j->depth--;
	if (filled)
		new_line(j);
	putc(object ? '}' : ']', j->out);
}

void
json_object(struct json *j, const char *key)
{
	begin(j, key, true);
}

void
json_end_object(struct json *j)
{
	end(j, true);
}

void
json_array(struct json *j, const char *key)
{
	begin(j, key, false);
}

void
json_end_array(struct json *j)
{
	end(j, false);
}

void
json_raw(struct json *j, const char *key, const char *text)
{
	if (item(j, key))
		fputs(text, j->out);
}

void
json_null(struct json *j, const char *key)
{
	json_raw(j, key, "null");
}

void
json_bool(struct json *j, const char *key, bool v)
{
	json_raw(j, key, v ? "true" : "false");
}

void
json_str(struct json *j, const char *key, const char *v)
{
	if (v == NULL)
		json_null(j, key);
	else
		json_strn(j, key, v, strlen(v));
}

void
json_strn(struct json *j, const char *key, const char *v, size_t n)
{
	if (item(j, key))
		put_string(j->out, v, n);
}

void
json_int(struct json *j, const char *key, int64_t v)
{
	if (item(j, key))
		fprintf(j->out, "%" PRId64, v);
}

void
json_uint(struct json *j, const char *key, uint64_t v)
{
	if (item(j, key))
		fprintf(j->out, "%" PRIu64, v);
}

void
json_fixed(struct json *j, const char *key, double v, int decimals)
{
	char text[FIXED_MAX];

	if (isfinite(v))
		fixed_put(v, decimals, text, sizeof(text));
	json_raw(j, key, isfinite(v) ? text : "null");
}

/* A number of printf, with '.' for whatever the locale has put there. */
static void
put_number(FILE *out, const char *text)
{
	size_t whole = strspn(text, "-0123456789");
	size_t point = strcspn(text + whole, "0123456789e");

	fprintf(out, "%.*s%s%s", (int)whole, text, point > 0 ? "." : "",
	    text + whole + point);
}

void
json_num(struct json *j, const char *key, double v)
{
	char text[40];
	int digits = 15;

	if (!isfinite(v)) {
		json_null(j, key);
		return;
	}
	do
		snprintf(text, sizeof(text), "%.*g", digits, v);
	while (strtod(text, NULL) != v && ++digits <= 17);
	if (item(j, key))
		put_number(j->out, text);
}

int
json_finish(struct json *j)
{
	if (j->depth != 0)
		j->bad = true;
	if (j->comma[0])
		putc('\n', j->out);
	j->comma[0] = false;
	if (fflush(j->out) == EOF && j->error == 0)
		j->error = errno;
	if (ferror(j->out) && j->error == 0)
		j->error = EIO;
	if (j->bad && j->error == 0)
		j->error = EINVAL;
	if (j->error == 0)
		return 0;
	errno = j->error;
	return -1;
}
