/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/route.h"
#include "msak/upgrade.h"

/*
 * Input: what a client or a server sends. Every request gets an answer that
 * reads as a response; a path that we moved is not moved again; a body in one
 * go and byte by byte is the same; URLs come back from their text.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct route routes[] = {
	{ "/throughput/v1/download", 0 }, { "/a", 1 }
};

#define NROUTES	(sizeof(routes) / sizeof(routes[0]))
#define BODY_MAX 1000

static void
check_answer(const struct http_request *r, const struct http_answer *a)
{
	struct http_response back;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		abort();
	http_put_answer(out, r, a, 0);
	fclose(out);
	/* A redirect may be too long to be read by our own client. */
	if (size < HTTP_HEAD_MAX &&
	    (http_response_get(text, size, &back) != HTTP_OK ||
	    back.status != a->status))
		abort();
	free(text);
}

static void
check_moved(const struct http_answer *a)
{
	static const char location[] = "Location: ";
	const char *to = strstr(a->fields, location);
	char text[4000];
	struct http_request r;
	struct http_answer again;
	int n;

	if (to == NULL)
		abort();
	to += strlen(location);
	n = snprintf(text, sizeof(text), "GET %.*s HTTP/1.0\r\n\r\n",
	    (int)strcspn(to, "\r"), to);
	if (n >= (int)sizeof(text))
		return;
	if (http_request_get(text, (size_t)n, &r) != HTTP_OK)
		abort();
	route_find(&r, routes, NROUTES, &again);
	if (again.status == 301)
		abort();
	http_answer_free(&again);
}

static void
fuzz_request(const char *s, size_t size)
{
	struct upgrade_access access = { false, false, NULL };
	struct http_request r;
	struct http_answer a;
	struct upgrade u;
	struct query *q;
	bool good;

	if (http_request_get(s, size, &r) != HTTP_OK)
		return;
	if (r.head.len > size || r.path.len == 0 || r.path.p[0] != '/')
		abort();
	q = query_parse(r.query.p, r.query.len);
	good = upgrade_check(&r, q, &access, &u, &a);
	if (good != (u.fault == UPGRADE_OK) || (good && u.mid[0] == '\0'))
		abort();
	if (!good)
		check_answer(&r, &a);
	http_answer_free(&a);
	free(q);
	if (route_find(&r, routes, NROUTES, &a) == -1)
		check_answer(&r, &a);
	if (a.status == 301)
		check_moved(&a);
	http_answer_free(&a);
}

static void
fuzz_response(const char *s, size_t size)
{
	struct http_response r;
	struct http_body whole, parts;
	enum http_status one, two;
	size_t i;

	if (http_response_get(s, size, &r) != HTTP_OK)
		return;
	one = http_body_init(&whole, &r.head, r.status, BODY_MAX);
	two = http_body_init(&parts, &r.head, r.status, BODY_MAX);
	if (one == HTTP_MORE)
		one = http_body_put(&whole, s + r.head.len, size - r.head.len);
	for (i = r.head.len; i < size && two == HTTP_MORE; i++)
		two = http_body_put(&parts, s + i, 1);
	if (one != two || whole.len > BODY_MAX || (one != HTTP_BAD &&
	    (whole.len != parts.len ||
	    memcmp(whole.data, parts.data, whole.len) != 0)))
		abort();
	if (http_body_end(&whole) != http_body_end(&parts))
		abort();
	http_body_free(&whole);
	http_body_free(&parts);
}

static void
fuzz_url(const char *s, size_t size)
{
	static struct url base, u, again;
	static char text[2 * URL_MAX];
	char why[URL_WHY_MAX];

	if (size > URL_MAX)
		return;
	memcpy(text, s, size);
	text[size] = '\0';
	url_parse("http://h/a/b?c", &base, why);
	if (url_join(&base, text, &u, why) == -1) {
		if (why[0] == '\0')
			abort();
		return;
	}
	if (u.scheme[0] == '\0' || url_set(&u, NULL, 0) == -1 ||
	    strlen(url_format(&u, text, sizeof(text))) > URL_MAX)
		return;
	if (url_parse(text, &again, why) == -1 ||
	    strcmp(u.host, again.host) != 0 || u.port != again.port ||
	    strcmp(u.query, again.query) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *s = (const char *)data;

	fuzz_request(s, size);
	fuzz_response(s, size);
	fuzz_url(s, size);
	return 0;
}
