/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_HMAC_H
#define PL_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * HMAC-SHA256 (RFC 2104) and what is made of it, with OpenSSL's SHA-256. In
 * a library of its own, so that a tool that needs none of it does without
 * OpenSSL. 0, or -1 when OpenSSL failed (it is out of memory, or an operator
 * has taken SHA-256 away).
 */
#define HMAC_LEN	32		/* bytes of a digest */

int	hmac_sha256(const void *key, size_t keylen, const void *msg, size_t len,
	    uint8_t out[HMAC_LEN]);

/*
 * Block i, from 1, of the output of the key derivation of NIST SP 800-108 in
 * counter mode: counter of 32 bits first, label, a zero byte, context, and
 * the length of all of the output in bits.
 */
int	hmac_kbkdf(const void *key, size_t keylen, const char *label,
	    const void *context, size_t contextlen, uint32_t bits, uint32_t i,
	    uint8_t out[HMAC_LEN]);

/* In a time that does not depend on where they differ. */
bool	hmac_equal(const void *a, const void *b, size_t n);

#endif
