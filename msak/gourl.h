/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_GOURL_H
#define MSAK_GOURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A piece of a URL; points into its text, or is "". */
struct gourl_part {
	const char	*at;
	size_t		 len;
};

/* scheme://user@host/path?query; what is missing has the length 0. */
struct gourl {
	struct gourl_part scheme;	/* as written, in any case */
	struct gourl_part user;		/* and password, still escaped */
	struct gourl_part host;		/* with port */
	struct gourl_part name;		/* without; in its brackets */
	struct gourl_part port;		/* digits, any number */
	struct gourl_part path;		/* still escaped */
	struct gourl_part query;	/* without '?' */
};

/*
 * Take a URL apart by the rules of Go's net/url. False: why got its sentence
 * about what is wrong, `parse "text": reason`.
 */
bool	gourl_parse(const char *text, struct gourl *u, FILE *why);

#endif
