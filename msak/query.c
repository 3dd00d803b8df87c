/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "msak/escape.h"
#include "msak/query.h"

struct query_pair
query_pair(const char *key, const char *value)
{
	struct query_pair p = { key, value, strlen(key), strlen(value) };

	return p;
}

/* Decoded to *out, which moves on behind the NUL. NULL: it does not decode. */
static const char *
decode(const char *s, size_t n, char **out, size_t *len)
{
	long got = escape_decode(s, n, true, *out);
	char *start = *out;

	if (got == -1)
		return NULL;
	*len = (size_t)got;
	start[got] = '\0';
	*out += got + 1;
	return start;
}

/* One pair of n bytes, unless it is one to be dropped. */
static void
add_pair(struct query *q, const char *s, size_t n, char **room)
{
	const char *equals = memchr(s, '=', n);
	size_t keylen = equals == NULL ? n : (size_t)(equals - s);
	struct query_pair *p = &q->pair[q->count];
	char *to = *room;

	if (n == 0 || memchr(s, ';', n) != NULL)
		return;
	if ((p->key = decode(s, keylen, &to, &p->keylen)) == NULL)
		return;
	p->value = "";
	p->valuelen = 0;
	if (equals != NULL && (p->value = decode(equals + 1, n - keylen - 1,
	    &to, &p->valuelen)) == NULL)
		return;
	q->count++;
	*room = to;
}

static size_t
count_pairs(const char *s, size_t len)
{
	size_t i, n = 1;

	for (i = 0; i < len; i++)
		n += s[i] == '&';
	return n;
}

struct query *
query_parse(const char *s, size_t len)
{
	size_t n = count_pairs(s, len), i, part;
	struct query *q;
	char *room;

	if (n > QUERY_PAIRS_MAX) {
		errno = E2BIG;
		return NULL;
	}
	/* The bytes of a pair, '&' or the end counted, hold both NULs. */
	q = malloc(sizeof(*q) + n * sizeof(q->pair[0]) + len + 1);
	if (q == NULL)
		return NULL;
	q->count = 0;
	room = (char *)&q->pair[n];
	for (i = 0; i < len; i += part + 1) {
		for (part = 0; i + part < len && s[i + part] != '&'; part++)
			;
		add_pair(q, s + i, part, &room);
	}
	return q;
}

const struct query_pair *
query_find(const struct query *q, const char *key)
{
	size_t i, n = strlen(key);

	for (i = 0; i < q->count; i++)
		if (q->pair[i].keylen == n &&
		    memcmp(q->pair[i].key, key, n) == 0)
			return &q->pair[i];
	return NULL;
}

const char *
query_value(const struct query *q, const char *key)
{
	const struct query_pair *p = query_find(q, key);

	return p == NULL ? "" : p->value;
}

/*
 * Writing.
 */

static int
compare_keys(const struct query_pair *a, const struct query_pair *b)
{
	size_t n = a->keylen < b->keylen ? a->keylen : b->keylen;
	int order = memcmp(a->key, b->key, n);

	if (order != 0 || a->keylen == b->keylen)
		return order;
	return a->keylen < b->keylen ? -1 : 1;
}

static bool
is_replaced(const struct query_pair *p, const struct query_pair *set, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (compare_keys(p, &set[i]) == 0)
			return true;
	return false;
}

/* Behind those that it does not go before: pairs of a key keep their order. */
static void
insert(const struct query_pair **list, size_t n, const struct query_pair *p)
{
	for (; n > 0 && compare_keys(p, list[n - 1]) < 0; n--)
		list[n] = list[n - 1];
	list[n] = p;
}

static void
put_pairs(FILE *out, const struct query_pair *const *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			putc('&', out);
		escape_put(out, list[i]->key, list[i]->keylen, "", true);
		putc('=', out);
		escape_put(out, list[i]->value, list[i]->valuelen, "", true);
	}
}

int
query_put(FILE *out, const struct query *q, const struct query_pair *set,
    size_t n)
{
	const struct query_pair **list;
	size_t i, len = 0;

	list = calloc(q->count + n + 1, sizeof(*list));
	if (list == NULL)
		return -1;
	for (i = 0; i < q->count; i++)
		if (!is_replaced(&q->pair[i], set, n))
			insert(list, len++, &q->pair[i]);
	for (i = 0; i < n; i++)
		insert(list, len++, &set[i]);
	put_pairs(out, list, len);
	free(list);
	return 0;
}
