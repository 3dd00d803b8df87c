/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "msak/http_line.h"

static bool
get_status(struct http_str s, int *status)
{
	size_t i;

	*status = 0;
	for (i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*status = *status * 10 + (s.p[i] - '0');
	}
	return s.len == 3 && *status >= 100;
}

/* The reason, and the blank before it, may be missing. */
static bool
get_line(struct http_response *r, struct http_str line)
{
	struct http_str version, status;
	unsigned int major, minor;

	if (!http_cut(&line, ' ', &version) ||
	    !http_version(version, &major, &minor) || major != 1)
		return false;
	if (!http_cut(&line, ' ', &status)) {
		status = line;
		line.len = 0;
	}
	r->reason = line;
	return status.len == 3 && get_status(status, &r->status);
}

enum http_status
http_response_get(const char *buf, size_t len, struct http_response *r)
{
	struct http_str rest = { buf, len }, line;
	enum http_status got = HTTP_MORE;
	const char *why;
	int status;

	if (rest.len > HTTP_HEAD_MAX)
		rest.len = HTTP_HEAD_MAX;
	if (http_line(&rest, &line)) {
		if (!get_line(r, line))
			return HTTP_BAD;
		got = http_fields_get(&rest, buf, &r->head, &status, &why);
	}
	return got == HTTP_MORE && len >= HTTP_HEAD_MAX ? HTTP_BAD : got;
}

bool
http_is_switch(const struct http_response *r, const char *accept)
{
	const struct http_field *f;

	f = http_find(&r->head, "Sec-WebSocket-Accept");
	return r->status == 101 && f != NULL && http_is(f->value, accept) &&
	    http_has_token(&r->head, "Upgrade", "websocket") &&
	    http_has_token(&r->head, "Connection", "upgrade");
}

bool
http_is_plain(const struct http_response *r)
{
	const struct http_field *f = http_find(&r->head, "Content-Encoding");

	return f == NULL || f->value.len == 0 ||
	    http_is_like(f->value, "identity");
}
