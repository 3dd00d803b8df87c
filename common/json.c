/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/fixed.h"
#include "common/json.h"
#include "common/utf8.h"

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

/* As Go writes it: no \b and \f, and nothing that HTML could take for markup;
 * U+2028 and U+2029 end a line in JavaScript. */
static void
put_go(FILE *out, const unsigned char *s, size_t n)
{
	bool short_form = *s == '\n' || *s == '\r' || *s == '\t';

	if (n == 3 && s[0] == 0xe2 && s[1] == 0x80 && (s[2] & 0xfe) == 0xa8)
		fprintf(out, "\\u202%c", s[2] == 0xa8 ? '8' : '9');
	else if (n > 1)
		fwrite(s, 1, n, out);
	else if ((*s < 0x20 && !short_form) || *s == '<' || *s == '>' ||
	    *s == '&')
		fprintf(out, "\\u%04x", (unsigned int)*s);
	else
		put_ascii(out, *s);
}

static void
put_character(const struct json *j, const unsigned char *s, size_t n)
{
	if (j->go)
		put_go(j->out, s, n);
	else if (n == 1)
		put_ascii(j->out, *s);
	else
		fwrite(s, 1, n, j->out);
}

static void
put_string(const struct json *j, const char *v, size_t n)
{
	const unsigned char *s = (const unsigned char *)v;
	size_t used;
	bool valid;

	putc('"', j->out);
	for (; n > 0; s += used, n -= used) {
		used = utf8_next(s, n, &valid);
		if (valid) {
			put_character(j, s, used);
			continue;
		}
		fputs(j->go ? "\\ufffd" : "\xef\xbf\xbd", j->out);
		if (j->go)
			used = 1;
	}
	putc('"', j->out);
}

/* Before an item of the innermost object or array, or before its end. */
static void
new_line(struct json *j, bool object)
{
	int i;

	if (j->indent > 0)
		fprintf(j->out, "\n%*s", j->depth * j->indent, "");
	if (j->indent != JSON_TABS || !object)
		return;
	putc('\n', j->out);
	for (i = 0; i < j->depth; i++)
		putc('\t', j->out);
}

static const char *
colon(const struct json *j)
{
	if (j->indent == JSON_TABS)
		return ":\t";
	return j->indent > 0 ? ": " : ":";
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
		fputs(j->indent == JSON_TABS && key == NULL ? ", " : ",",
		    j->out);
	*comma = true;
	if (j->depth > 0)
		new_line(j, key != NULL);
	if (key != NULL) {
		put_string(j, key, strlen(key));
		fputs(colon(j), j->out);
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
		new_line(j, object);
	putc(object ? '}' : ']', j->out);
}

void
json_begin_object(struct json *j, const char *key)
{
	begin(j, key, true);
}

void
json_end_object(struct json *j)
{
	end(j, true);
}

void
json_begin_array(struct json *j, const char *key)
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
json_nil(struct json *j, const char *key)
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
		json_nil(j, key);
	else
		json_strn(j, key, v, strlen(v));
}

void
json_strn(struct json *j, const char *key, const char *v, size_t n)
{
	if (item(j, key))
		put_string(j, v, n);
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
		json_nil(j, key);
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
