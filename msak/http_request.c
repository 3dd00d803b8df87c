/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/escape.h"
#include "msak/http_line.h"

/* A method, or the start of one. */
static bool
begins_well(struct http_str s)
{
	struct http_str method = s;

	http_cut(&s, ' ', &method);
	return s.len == 0 || http_is_word(method);
}

/* No control characters, and whole escapes before the query. */
static bool
is_target(struct http_str path, struct http_str query)
{
	size_t i;

	for (i = 0; i < path.len + query.len; i++) {
		char c = i < path.len ? path.p[i] : query.p[i - path.len];

		if ((unsigned char)c < ' ' || c == 0x7f)
			return false;
	}
	return escape_bad(path.p, path.len) == path.len;
}

/* In the absolute form: the path behind scheme and authority. */
static bool
skip_authority(struct http_str *path)
{
	struct http_str scheme, authority, rest = *path;

	if (!http_cut(&rest, ':', &scheme) || !http_is_word(scheme) ||
	    rest.len < 2 || memcmp(rest.p, "//", 2) != 0)
		return false;
	rest.p += 2;
	rest.len -= 2;
	if (!http_cut(&rest, '/', &authority)) {
		path->p = "/";
		path->len = 1;
		return true;
	}
	path->p = rest.p - 1;
	path->len = rest.len + 1;
	return true;
}

static bool
split_target(struct http_request *r, struct http_str target)
{
	r->query.p = target.p + target.len;
	r->query.len = 0;
	if (http_cut(&target, '?', &r->path))
		r->query = target;
	else
		r->path = target;
	if (!is_target(r->path, r->query))
		return false;
	return (r->path.len > 0 && r->path.p[0] == '/') ||
	    skip_authority(&r->path);
}

static enum http_status
refuse(struct http_request *r, int status, const char *why)
{
	r->status = status;
	r->why = why;
	return HTTP_BAD;
}

static enum http_status
get_line(struct http_request *r, struct http_str line)
{
	struct http_str target;
	unsigned int major;

	if (!http_cut(&line, ' ', &r->method) || !http_is_word(r->method) ||
	    !http_cut(&line, ' ', &target) ||
	    !http_version(line, &major, &r->minor))
		return refuse(r, 400, NULL);
	if (major != 1)
		return refuse(r, 505, "unsupported protocol version");
	if (!split_target(r, target))
		return refuse(r, 400, NULL);
	return HTTP_OK;
}

static bool
is_host(struct http_str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' ||
		    strchr("\"#/<>?@\\^`{|}", s.p[i]) != NULL)
			return false;
	return true;
}

static enum http_status
check_host(struct http_request *r)
{
	size_t n = http_count(&r->head, "Host");

	if (n == 0 && r->minor >= 1)
		return refuse(r, 400, "missing required Host header");
	if (n > 1)
		return refuse(r, 400, NULL);
	if (n == 1 && !is_host(http_find(&r->head, "Host")->value))
		return refuse(r, 400, "malformed Host header");
	return HTTP_OK;
}

static enum http_status
get_request(struct http_str rest, struct http_request *r)
{
	const char *start = rest.p;
	struct http_str line;
	enum http_status got;

	if (!http_line(&rest, &line))
		return begins_well(rest) ? HTTP_MORE : refuse(r, 400, NULL);
	if ((got = get_line(r, line)) == HTTP_OK)
		got = http_fields_get(&rest, start, &r->head, &r->status,
		    &r->why);
	return got == HTTP_OK ? check_host(r) : got;
}

enum http_status
http_request_get(const char *buf, size_t len, struct http_request *r)
{
	struct http_str all = { buf, len };
	enum http_status got;

	if (all.len > HTTP_HEAD_MAX)
		all.len = HTTP_HEAD_MAX;
	got = get_request(all, r);
	if (got == HTTP_MORE && len >= HTTP_HEAD_MAX)
		return refuse(r, 431, NULL);
	return got;
}

bool
http_is_form(const struct http_request *r)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const struct http_field *f = http_find(&r->head, "Content-Type");
	struct http_str type, rest;

	if (f == NULL || (!http_is(r->method, "POST") &&
	    !http_is(r->method, "PUT") && !http_is(r->method, "PATCH")))
		return false;
	type = rest = f->value;
	http_cut(&rest, ';', &type);
	while (type.len > 0 && type.p[type.len - 1] == ' ')
		type.len--;
	return http_is_like(type, form);
}

static bool
expects_continue(const struct http_request *r)
{
	return http_has_token(&r->head, "Expect", "100-continue");
}

bool
http_is_waiting(const struct http_request *r)
{
	return r->minor >= 1 && expects_continue(r);
}

bool
http_is_demanding(const struct http_request *r)
{
	const struct http_field *f = http_find(&r->head, "Expect");

	return f != NULL && f->value.len > 0 && !expects_continue(r);
}
