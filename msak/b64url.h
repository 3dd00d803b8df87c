/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_B64URL_H
#define MSAK_B64URL_H

#include <stddef.h>

/*
 * Base64 as tokens and keys use it (RFC 4648 section 5, RFC 7515 section 2):
 * '-' and '_', no padding. Strict: every text of bytes has one spelling, so
 * white space, '=' and bits left over that are not zero are errors.
 */
/* n characters into out, *len bytes of room for size; 0, or -1 for what is no
 * such text or too long. */
int	b64url_decode(const char *in, size_t n, void *out, size_t size,
	    size_t *len);

#endif
