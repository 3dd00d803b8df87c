/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_LOCATE_H
#define MSAK_LOCATE_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

/*
 * M-Lab's Locate API, version 2 (spec 3.7): which servers are near. Each
 * target of the answer has a complete URL for each service and scheme.
 */
#define LOCATE_THROUGHPUT	"msak/throughput1"
#define LOCATE_LATENCY		"msak/latency1"

#define LOCATE_BODY_MAX		1048576	/* bytes of an answer */
#define LOCATE_URL_MAX		8192	/* of a URL, with its NUL */
/* Room for every message; the service's own words are cut there. */
#define LOCATE_ERROR		512
#define LOCATE_NO_TARGETS	"no targets available"

enum locate_verdict {
	LOCATE_GOOD,
	LOCATE_BAD,		/* not an answer of this API */
	LOCATE_REFUSED,		/* the service says why */
	LOCATE_NOTHING		/* it knows no server at all */
};

/* All zero is one without targets. */
struct locate {
	json_t	*answer;
	json_t	*results;	/* borrowed from answer */
};

/* Where a walk over the targets has got to; all zero is at the first. It ends
 * after so many URLs, lest dead servers take all day. */
#define LOCATE_TRIES	8
struct locate_walk {
	size_t	next;
	size_t	tried;
};

/*
 * What to ask: base (-locate.url) with service joined to its path by a single
 * slash, and its query. 0, or -1 when it does not fit.
 */
int	locate_request(const char *base, const char *service, char *out,
	    size_t len);

/*
 * The answer, of len bytes and with that HTTP status. Unless it is good,
 * error has the message and l no targets.
 */
enum locate_verdict locate_read(struct locate *l, int status,
	    const void *body, size_t len, char *error, size_t errorlen);
void	locate_free(struct locate *l);

/* 0 is good as well, and LOCATE_NO_TARGETS its message. */
size_t	locate_targets(const struct locate *l);
/*
 * Its URL for a scheme, "ws", and path, "/throughput/v1/download"; NULL when
 * it has none that can stand in a request.
 */
const char *locate_url(const struct locate *l, size_t i, const char *scheme,
	    const char *path);
/* The same for the next target of the walk that has one; NULL at the end.
 * *i, where i is not NULL, is that target. */
const char *locate_next(const struct locate *l, struct locate_walk *w,
	    const char *scheme, const char *path, size_t *i);

#endif
