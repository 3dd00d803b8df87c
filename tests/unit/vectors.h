/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_VECTORS_H
#define PL_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads the JSON files of tests/vectors, for tests only: whatever is wrong
 * with a file, a key or a type fails the running test, so that callers need
 * not check. Strings become bytes, one for each character up to U+00FF, as
 * the vectors mean them.
 */
enum jv_kind { JV_NULL, JV_BOOL, JV_NUMBER, JV_STRING, JV_ARRAY, JV_OBJECT };

struct jv {
	enum jv_kind	 kind;
	char		*key;		/* in an object, else NULL */
	char		*text;		/* of strings and numbers, with NUL */
	size_t		 len;		/* bytes of text, or items */
	struct jv	*items;
};

/* A whole file below tests/vectors with a NUL after it, to be freed. */
char	*vectors_text(const char *name);
/* The same, and how many bytes it has. */
char	*vectors_bytes(const char *name, size_t *len);

/* name is below tests/vectors, as "thrulay/messages.json". */
struct jv *jv_load(const char *name);
/* A text; name is for messages. */
struct jv *jv_parse(const char *name, const char *text);
void	jv_free(struct jv *v);

/* Member of an object; NULL when there is none of this name. */
const struct jv *jv_find(const struct jv *object, const char *key);
/* The same, for a member that has to be there. */
const struct jv *jv_get(const struct jv *object, const char *key);
/* Items of an array or object, 0 <= i < jv_len. */
size_t	jv_len(const struct jv *v);
const struct jv *jv_at(const struct jv *v, size_t i);

bool	jv_is_null(const struct jv *v);
bool	jv_bool(const struct jv *v);
double	jv_num(const struct jv *v);
int64_t	jv_int(const struct jv *v);
uint64_t jv_uint(const struct jv *v);
/* NUL-terminated; len may be NULL. */
const char *jv_str(const struct jv *v, size_t *len);
/* Bytes of a string of hex digits; returns how many. */
size_t	jv_hex(const struct jv *v, void *buf, size_t size);

#endif
