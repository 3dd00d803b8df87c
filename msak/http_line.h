/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_HTTP_LINE_H
#define MSAK_HTTP_LINE_H

#include "msak/http.h"

/* What the parsers of requests and responses have in common. */

/* What stands before c, which is taken too. False: there is no c. */
bool	http_cut(struct http_str *rest, char c, struct http_str *before);
/* A line without its end. */
bool	http_line(struct http_str *rest, struct http_str *line);
/* At least one character, all of them of a token (RFC 9110 5.6.2). */
bool	http_is_word(struct http_str s);
/* "HTTP/" digit "." digit. */
bool	http_version(struct http_str s, unsigned int *major,
	    unsigned int *minor);
/*
 * The fields and the blank line; start is where the head began. HTTP_BAD:
 * *status is what a server answers (501: no such transfer coding), *why may
 * get a reason.
 */
enum http_status http_fields_get(struct http_str *rest, const char *start,
	    struct http_head *h, int *status, const char **why);

#endif
