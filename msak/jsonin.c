/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "msak/jsonin.h"

size_t
jsonin_depth(const char *text, size_t len)
{
	bool quoted = false;
	size_t depth = 0, most = 0, i;

	for (i = 0; i < len; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			most = ++depth > most ? depth : most;
		else if (!quoted && depth > 0 &&
		    (text[i] == '}' || text[i] == ']'))
			depth--;
	}
	return most;
}

json_t *
jsonin_object(const void *text, size_t len, size_t flags, json_error_t *error)
{
	json_t *v;

	/* jansson leaves the code of an error as it was when there is none. */
	if (error != NULL)
		memset(error, 0, sizeof(*error));
	if (jsonin_depth(text, len) > JSONIN_DEPTH) {
		if (error != NULL)
			snprintf(error->text, sizeof(error->text), "too deep");
		return NULL;
	}
	v = json_loadb(text, len, flags, error);
	if (v == NULL || json_is_object(v))
		return v;
	json_decref(v);
	if (error != NULL)
		snprintf(error->text, sizeof(error->text), "not an object");
	return NULL;
}

const char *
jsonin_text(const json_t *object, const char *key, const char *absent)
{
	const json_t *v = json_object_get(object, key);

	return v == NULL || json_is_null(v) ? absent : json_string_value(v);
}
