/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_JSON_H
#define PL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * A streaming JSON writer. It puts commas, quotes and, when asked,
 * indentation; the caller keeps begin and end in balance. key is NULL inside
 * arrays and at the top, and only there. Numbers that JSON cannot hold (NaN,
 * infinity) are written as null. Strings are escaped (", \, < U+0020) and
 * invalid UTF-8 is replaced by U+FFFD, one for each longest start of a
 * character as Unicode recommends. Misuse sets bad, and then nothing more is
 * written. No name here is one of jansson's, which msak links too.
 */
#define JSON_DEPTH	16
/*
 * In place of a number of spaces: the layout of cJSON, which parsers of lines
 * know. A tab a level, a tab behind each colon, no new line for the items of
 * an array: "key":<tab>[{ ... }, { ... }].
 */
#define JSON_TABS	(-1)

struct json {
	FILE	*out;
	int	 indent;	/* spaces a level, JSON_TABS; 0: one line */
	/*
	 * Set after json_init: strings as Go's encoding/json writes them. Of
	 * the short escapes only \n, \r and \t; <, >, &, U+2028 and U+2029
	 * as \uXXXX; \ufffd for each byte that is not UTF-8.
	 */
	bool	 go;
	int	 depth;
	bool	 comma[JSON_DEPTH + 1];
	bool	 object[JSON_DEPTH + 1];
	bool	 bad;		/* nested too deep, unbalanced, key misplaced */
	int	 error;		/* errno of the first failed write */
};

void	json_init(struct json *j, FILE *out, int indent);
void	json_begin_object(struct json *j, const char *key);
void	json_end_object(struct json *j);
void	json_begin_array(struct json *j, const char *key);
void	json_end_array(struct json *j);
/* v NULL writes null. */
void	json_str(struct json *j, const char *key, const char *v);
void	json_strn(struct json *j, const char *key, const char *v, size_t n);
void	json_int(struct json *j, const char *key, int64_t v);
void	json_uint(struct json *j, const char *key, uint64_t v);
void	json_bool(struct json *j, const char *key, bool v);
void	json_nil(struct json *j, const char *key);
/* Fixed point with this many decimals (0..9), the caller's choice. */
void	json_fixed(struct json *j, const char *key, double v, int decimals);
/* The first of 15, 16 and 17 digits that reads back as the same double. */
void	json_num(struct json *j, const char *key, double v);
/* Already valid JSON, put as it is. */
void	json_raw(struct json *j, const char *key, const char *text);
/*
 * Newline after the document, flush; then the next document may begin. 0, or
 * -1 with errno when writing failed at any time, or bad is set (EINVAL).
 */
int	json_finish(struct json *j);

#endif
