/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "msak/jsonin.h"
#include "msak/locate.h"

#define HTTP_OK		200
#define JSON_BLANKS	" \t\r\n"

int
locate_request(const char *base, const char *service, char *out, size_t len)
{
	const char *tail = base + strcspn(base, "?#");
	size_t path = (size_t)(tail - base), tail_len = 0;
	int n;

	while (path > 0 && base[path - 1] == '/')
		path--;
	if (*tail == '?')
		tail_len = strcspn(tail, "#");
	n = snprintf(out, len, "%.*s/%s%.*s", (int)path, base, service,
	    (int)tail_len, tail);
	return n >= 0 && (size_t)n < len ? 0 : -1;
}

/* A byte as the original's messages quote it: as the character U+00xx. */
static void
quote(unsigned char c, char out[8])
{
	if (c == '\'' || c == '\\')
		snprintf(out, 8, "\\%c", c);
	else if (c < 0x20 || c == 0x7f)
		snprintf(out, 8, "\\x%02x", (unsigned int)c);
	else if (c < 0x80)
		snprintf(out, 8, "%c", c);
	else if (c <= 0xa0 || c == 0xad)
		snprintf(out, 8, "\\u%04x", (unsigned int)c);
	else
		snprintf(out, 8, "%c%c", 0xc0 | c >> 6, 0x80 | (c & 0x3f));
}

static bool
is_blank(char c)
{
	return c != '\0' && strchr(JSON_BLANKS, c) != NULL;
}

/* Why a body is no answer. Known words for what happens: nothing at all, and
 * a page of HTML. */
static void
say_bad(const char *body, size_t len, const json_error_t *e, char *error,
    size_t errorlen)
{
	char c[8];

	while (len > 0 && is_blank(*body)) {
		body++;
		len--;
	}
	if (len == 0 || json_error_code(e) == json_error_premature_end_of_input)
		snprintf(error, errorlen, "unexpected end of JSON input");
	else if (strchr("{[\"-0123456789tfn", *body) == NULL ||
	    *body == '\0') {
		quote((unsigned char)*body, c);
		snprintf(error, errorlen, "invalid character '%s' looking for "
		    "beginning of value", c);
	} else
		snprintf(error, errorlen, "invalid JSON: %s", e->text);
}

static enum locate_verdict
judge(struct locate *l, int status, char *error, size_t errorlen)
{
	const json_t *e = json_object_get(l->answer, "error");
	const char *title = jsonin_text(e, "title", "");
	const char *detail = jsonin_text(e, "detail", "");

	if (status != HTTP_OK && json_is_object(e)) {
		snprintf(error, errorlen, "%s: %s", title == NULL ? "" : title,
		    detail == NULL ? "" : detail);
		return LOCATE_REFUSED;
	}
	l->results = json_object_get(l->answer, "results");
	if (json_is_array(l->results))
		return LOCATE_GOOD;
	snprintf(error, errorlen, "no available M-Lab servers");
	return LOCATE_NOTHING;
}

enum locate_verdict
locate_read(struct locate *l, int status, const void *body, size_t len,
    char *error, size_t errorlen)
{
	enum locate_verdict v;
	json_error_t e;

	*l = (struct locate){ NULL, NULL };
	if (len > LOCATE_BODY_MAX) {
		snprintf(error, errorlen, "answer is too long");
		return LOCATE_BAD;
	}
	l->answer = jsonin_object(body, len, 0, &e);
	if (l->answer == NULL) {
		say_bad(body, len, &e, error, errorlen);
		return LOCATE_BAD;
	}
	v = judge(l, status, error, errorlen);
	if (v != LOCATE_GOOD)
		locate_free(l);
	return v;
}

void
locate_free(struct locate *l)
{
	json_decref(l->answer);
	*l = (struct locate){ NULL, NULL };
}

size_t
locate_targets(const struct locate *l)
{
	return json_array_size(l->results);
}

/* Nothing that would end the request line, or a field of it. */
static bool
is_url(const char *s)
{
	size_t n = 0;

	for (; s[n] != '\0'; n++)
		if ((unsigned char)s[n] <= ' ' || s[n] == 0x7f)
			return false;
	return n > 0 && n < LOCATE_URL_MAX;
}

const char *
locate_url(const struct locate *l, size_t i, const char *scheme,
    const char *path)
{
	const json_t *target = json_array_get(l->results, i);
	char key[128];
	const char *url;

	snprintf(key, sizeof(key), "%s://%s", scheme, path);
	url = jsonin_text(json_object_get(target, "urls"), key, NULL);
	return url != NULL && is_url(url) ? url : NULL;
}

const char *
locate_next(const struct locate *l, struct locate_walk *w, const char *scheme,
    const char *path, size_t *i)
{
	const char *url = NULL;
	size_t at = w->next;

	while (url == NULL && at < locate_targets(l) &&
	    w->tried < LOCATE_TRIES)
		url = locate_url(l, at++, scheme, path);
	w->next = at;
	w->tried += url != NULL;
	if (url != NULL && i != NULL)
		*i = at - 1;
	return url;
}
