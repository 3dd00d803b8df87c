/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/escape.h"
#include "msak/route.h"

/* The path is n bytes; clean has room for it. */
static int
find(const struct http_request *r, const char *path, size_t n, char *clean,
    const struct route *routes, size_t nroutes, struct http_answer *a)
{
	size_t i, len = url_clean(path, n, clean);

	if (len != n || memcmp(path, clean, n) != 0) {
		if (http_answer_moved(a, r, clean, len) == -1)
			http_answer_set(a, 500);
		return -1;
	}
	for (i = 0; i < nroutes; i++)
		if (strlen(routes[i].path) == n &&
		    memcmp(routes[i].path, path, n) == 0)
			return routes[i].id;
	http_answer_text(a, 404, "404 page not found\n");
	return -1;
}

int
route_find(const struct http_request *r, const struct route *routes, size_t n,
    struct http_answer *a)
{
	char *path = malloc(2 * r->path.len + 1);
	long len;
	int id = -1;

	http_answer_set(a, path == NULL ? 500 : 400);
	if (path == NULL)
		return -1;
	len = escape_decode(r->path.p, r->path.len, false, path);
	if (len != -1)
		id = find(r, path, (size_t)len, path + len, routes, n, a);
	free(path);
	return id;
}
