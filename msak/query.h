/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_QUERY_H
#define MSAK_QUERY_H

#include <stddef.h>
#include <stdio.h>

/*
 * The parameters of a URL or of a form, by Go's rules (spec 3.1): pairs end
 * at '&'; one with a ';' or with a bad escape is dropped, the others stay; the
 * first pair of a key counts.
 */
#define QUERY_PAIRS_MAX	256

/* Decoded; may hold NULs, and has one behind it. */
struct query_pair {
	const char	*key, *value;
	size_t		 keylen, valuelen;
};

struct query {
	size_t			count;
	struct query_pair	pair[];	/* as they came */
};

/* For free(3). NULL with errno: ENOMEM, or E2BIG for too many pairs. */
struct query *query_parse(const char *s, size_t len);
/* The first one of this key, or NULL. */
const struct query_pair *query_find(const struct query *q, const char *key);
/* Its value; "" when there is none. */
const char *query_value(const struct query *q, const char *key);

/*
 * The pairs of q that set does not replace, and those of set, escaped, keys
 * in byte order. 0, or -1 when out of memory.
 */
int	query_put(FILE *out, const struct query *q,
	    const struct query_pair *set, size_t n);
/* A pair of two strings. */
struct query_pair query_pair(const char *key, const char *value);

#endif
