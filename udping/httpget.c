/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "udping/httpget.h"

/* The head ends with an empty line; LF alone will do (RFC 9112 2.2). */
static bool
is_whole(const char *in, size_t len)
{
	const char *end = in + len, *p = in;

	while ((p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p++;
		if (p < end && *p == '\r')
			p++;
		if (p < end && *p == '\n')
			return true;
	}
	return false;
}

/* The next word of the request line; empty where it has none. */
static const char *
word(const char **at, const char *end, size_t *len)
{
	const char *first = *at, *space = memchr(first, ' ',
	    (size_t)(end - first));

	if (space == NULL)
		space = end;
	*len = (size_t)(space - first);
	*at = space == end ? end : space + 1;
	return first;
}

static bool
is(const char *p, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(p, text, len) == 0;
}

static bool
is_path(const char *p, size_t len, const char *path)
{
	const char *query = memchr(p, '?', len);

	return is(p, query == NULL ? len : (size_t)(query - p), path);
}

/* "GET /path HTTP/1.1" */
static int
judge(const char *line, const char *end, const char *path)
{
	const char *at = line, *method, *target, *version;
	size_t method_len, target_len, version_len;

	method = word(&at, end, &method_len);
	target = word(&at, end, &target_len);
	version = word(&at, end, &version_len);
	if (at != end || method_len == 0 || target_len == 0 ||
	    version_len != strlen("HTTP/1.1") ||
	    memcmp(version, "HTTP/", 5) != 0)
		return 400;
	if (!is(version, version_len, "HTTP/1.1") &&
	    !is(version, version_len, "HTTP/1.0"))
		return 505;
	if (!is(method, method_len, "GET"))
		return 405;
	return is_path(target, target_len, path) ? 200 : 404;
}

int
httpget_status(const char *in, size_t len, const char *path)
{
	const char *end = memchr(in, '\n', len);

	if (memchr(in, '\0', len) != NULL)
		return 400;
	if (!is_whole(in, len))
		return len < HTTPGET_MAX ? 0 : 431;
	if (end > in && end[-1] == '\r')
		end--;
	return judge(in, end, path);
}

const char *
httpget_reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 431:
		return "Request Header Fields Too Large";
	case 500:
		return "Internal Server Error";
	case 505:
		return "HTTP Version Not Supported";
	default:
		return "Bad Request";
	}
}
