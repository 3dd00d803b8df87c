/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_URL_H
#define MSAK_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "msak/query.h"

/* URLs as far as a client needs them, told apart and refused as Go does. */
#define URL_MAX		8192		/* bytes of text */
#define URL_SCHEME_MAX	15
#define URL_USER_MAX	511
#define URL_HOST_MAX	255
#define URL_WHY_MAX	1024

struct url {
	char		scheme[URL_SCHEME_MAX + 1]; /* lower case; "": none */
	char		user[URL_USER_MAX + 1]; /* "name:password", escaped */
	char		authority[URL_HOST_MAX + 9]; /* for Host; "": none */
	char		host[URL_HOST_MAX + 1]; /* without brackets */
	uint16_t	port;		/* 0: none given */
	char		path[URL_MAX + 1];
	char		query[URL_MAX + 1]; /* without the '?' */
};

/* 0, or -1 with a sentence, as Go words it: `parse "TEXT": reason`. */
int	url_parse(const char *text, struct url *u, char why[URL_WHY_MAX]);
/* The same, with base for what a reference leaves out (RFC 3986 5.2): a
 * redirect. */
int	url_join(const struct url *base, const char *reference,
	    struct url *u, char why[URL_WHY_MAX]);
/* Sets these parameters of the query, see query_put. -1 with errno. */
int	url_set(struct url *u, const struct query_pair *set, size_t n);

/* The one given or that of the scheme: 443 under TLS, else 80. */
uint16_t url_port(const struct url *u);
/* Path and query as they stand in a request. */
void	url_put_target(FILE *out, const struct url *u);
/* All of it but for the password; text cut to len. */
const char *url_format(const struct url *u, char *text, size_t len);

/*
 * The shortest form of a path of n bytes, unescaped, as Go's server cleans it:
 * no empty, "." and ".." parts, a '/' in front, and at the end if it was
 * there. to has room for n + 1 bytes, and may be path itself if that begins
 * with a '/'. Returns the length.
 */
size_t	url_clean(const char *path, size_t n, char *to);

#endif
