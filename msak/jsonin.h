/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_JSONIN_H
#define MSAK_JSONIN_H

#include <stddef.h>

#include <jansson.h>

/*
 * A JSON object from somebody else, to be given back by json_decref: one
 * object and nothing after it, no deeper than JSONIN_DEPTH. The caller has
 * bounded len. NULL, with error filled where it is not NULL.
 */
#define JSONIN_DEPTH	32

json_t	*jsonin_object(const void *text, size_t len, size_t flags,
	    json_error_t *error);
/* How deep brackets nest, outside of strings; balanced or not. */
size_t	jsonin_depth(const char *text, size_t len);
/* A text of the object; absent where it is missing or null, NULL when it is
 * something else. */
const char *jsonin_text(const json_t *object, const char *key,
	    const char *absent);

#endif
