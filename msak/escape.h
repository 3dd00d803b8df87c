/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_ESCAPE_H
#define MSAK_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Percent escapes of URLs. */

/*
 * out gets at most n bytes and no NUL; it may be s itself. plus: '+' is a
 * blank, as in queries. Returns the length, or -1 at an escape that is none.
 */
long	escape_decode(const char *s, size_t n, bool plus, char *out);
/* Where the first '%' is that begins no escape; n: there is none. */
size_t	escape_bad(const char *s, size_t n);

/*
 * Letters, digits, -_.~ and what is in safe are written as they are, the rest
 * as %XX; plus: blanks as '+'.
 */
void	escape_put(FILE *out, const char *s, size_t n, const char *safe,
	    bool plus);

#endif
