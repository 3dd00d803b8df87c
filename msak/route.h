/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_ROUTE_H
#define MSAK_ROUTE_H

#include <stddef.h>

#include "msak/http.h"

/* The paths that a server has, exactly as they are (spec 3.2). */
struct route {
	const char	*path;		/* unescaped */
	int		 id;		/* >= 0 */
};

/*
 * The id of a request's path, or -1 with the answer in *a: 301 to where a path
 * that is not in its shortest form leads, 404, or 500 when out of memory.
 */
int	route_find(const struct http_request *r, const struct route *routes,
	    size_t n, struct http_answer *a);

#endif
