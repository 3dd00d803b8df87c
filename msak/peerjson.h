/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_PEERJSON_H
#define MSAK_PEERJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/*
 * JSON from peers, read as tolerantly as Go reads it: each byte in a string
 * that is not UTF-8 and each lone surrogate counts as U+FFFD. Ours alone: so
 * does \u0000, and there are bounds.
 */
#define PEERJSON_MAX	65536	/* bytes of a text */
#define PEERJSON_DEPTH	64	/* objects and arrays in each other */

/*
 * One value, nothing but white space behind it. NULL: not JSON, beyond the
 * bounds, or out of memory. To be freed with json_decref.
 */
json_t	*peerjson_load(const char *text, size_t len);

/*
 * Each member of an object, in the order of the text, to member, which knows
 * keys without regard to case, passes over those it does not know, and says
 * false to refuse the whole. null counts as an empty object. False for what is
 * not an object, or when member said so.
 */
bool	peerjson_object(json_t *v,
	    bool (*member)(const char *key, json_t *v, void *to), void *to);
/* An integer, not a number that happens to be one; null leaves *to alone.
 * False for others and what is outside min..max. */
bool	peerjson_int(const json_t *v, int64_t min, int64_t max, int64_t *to);
/* A string, cut at a whole character to fit len bytes with its NUL; null
 * leaves buf alone. */
bool	peerjson_str(const json_t *v, char *buf, size_t len);
bool	peerjson_bool(const json_t *v, bool *to);

#endif
