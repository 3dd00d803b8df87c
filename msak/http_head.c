/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "msak/http_line.h"

#define LENGTH_MAX	(INT64_MAX / 10 - 9)

bool
http_is(struct http_str s, const char *text)
{
	return strlen(text) == s.len && memcmp(s.p, text, s.len) == 0;
}

/* No NUL is in what a parser accepted, so strncasecmp(3) sees all of it. */
bool
http_is_like(struct http_str s, const char *text)
{
	return strlen(text) == s.len && strncasecmp(s.p, text, s.len) == 0;
}

const struct http_field *
http_find(const struct http_head *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->count; i++)
		if (http_is_like(h->field[i].name, name))
			return &h->field[i];
	return NULL;
}

size_t
http_count(const struct http_head *h, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < h->count; i++)
		n += http_is_like(h->field[i].name, name);
	return n;
}

static struct http_str
trim(struct http_str s)
{
	while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && (s.p[s.len - 1] == ' ' || s.p[s.len - 1] == '\t'))
		s.len--;
	return s;
}

bool
http_cut(struct http_str *rest, char c, struct http_str *before)
{
	const char *at = memchr(rest->p, c, rest->len);

	if (at == NULL)
		return false;
	before->p = rest->p;
	before->len = (size_t)(at - rest->p);
	rest->p += before->len + 1;
	rest->len -= before->len + 1;
	return true;
}

static bool
list_has(struct http_str list, const char *token)
{
	struct http_str item;

	while (http_cut(&list, ',', &item))
		if (http_is_like(trim(item), token))
			return true;
	return http_is_like(trim(list), token);
}

bool
http_has_token(const struct http_head *h, const char *name, const char *token)
{
	size_t i;

	for (i = 0; i < h->count; i++)
		if (http_is_like(h->field[i].name, name) &&
		    list_has(h->field[i].value, token))
			return true;
	return false;
}

bool
http_line(struct http_str *rest, struct http_str *line)
{
	if (!http_cut(rest, '\n', line))
		return false;
	if (line->len > 0 && line->p[line->len - 1] == '\r')
		line->len--;
	return true;
}

bool
http_is_word(struct http_str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("\"(),/:;<=>?@[\\]{}", s.p[i]) != NULL)
			return false;
	return s.len > 0;
}

bool
http_version(struct http_str s, unsigned int *major, unsigned int *minor)
{
	if (s.len != 8 || memcmp(s.p, "HTTP/", 5) != 0 || s.p[6] != '.')
		return false;
	*major = (unsigned int)(unsigned char)s.p[5] - '0';
	*minor = (unsigned int)(unsigned char)s.p[7] - '0';
	return *major <= 9 && *minor <= 9;
}

static bool
is_value(struct http_str s)
{
	unsigned char c;
	size_t i;

	for (i = 0; i < s.len; i++) {
		c = (unsigned char)s.p[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* One line. A folded one (RFC 9112 5.2) has a blank in its name. */
static bool
add_field(struct http_head *h, struct http_str line, const char **why)
{
	struct http_field *f = &h->field[h->count];

	if (!http_cut(&line, ':', &f->name))
		return false;
	f->value = trim(line);
	if (!http_is_word(f->name))
		*why = "invalid header name";
	else if (!is_value(f->value))
		*why = "invalid header value";
	h->count++;
	return *why == NULL;
}

/* Several of the same value are one (RFC 9112 6.3). */
static bool
add_length(struct http_head *h, struct http_str value)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < value.len; i++) {
		if (value.p[i] < '0' || value.p[i] > '9' || n > LENGTH_MAX)
			return false;
		n = n * 10 + (value.p[i] - '0');
	}
	if (i == 0 || (h->length != -1 && h->length != n))
		return false;
	h->length = n;
	return true;
}

/* How the body is delimited: 0, or the status of the error. */
static int
frame_body(struct http_head *h)
{
	size_t i;

	h->length = -1;
	h->chunked = http_count(h, "Transfer-Encoding") > 0;
	for (i = 0; i < h->count; i++) {
		if (http_is_like(h->field[i].name, "Content-Length") &&
		    !add_length(h, h->field[i].value))
			return 400;
		if (http_is_like(h->field[i].name, "Transfer-Encoding") &&
		    !http_is_like(h->field[i].value, "chunked"))
			return 501;
	}
	return 0;
}

enum http_status
http_fields_get(struct http_str *rest, const char *start, struct http_head *h,
    int *status, const char **why)
{
	struct http_str line;

	*why = NULL;
	for (h->count = 0; http_line(rest, &line); ) {
		if (line.len == 0) {
			h->len = (size_t)(rest->p - start);
			*status = frame_body(h);
			return *status == 0 ? HTTP_OK : HTTP_BAD;
		}
		*status = h->count < HTTP_FIELDS_MAX ? 400 : 431;
		if (*status == 431 || !add_field(h, line, why))
			return HTTP_BAD;
	}
	return HTTP_MORE;
}
