/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_TOKEN_SIGN_H
#define PL_TOKEN_SIGN_H

#include <stddef.h>

#include <openssl/evp.h>

#include "msak/jwk.h"

/*
 * The other side of access tokens, for tests: keys, their JSON Web Keys, and
 * what they sign. Whatever fails fails the running test; texts are to be
 * freed.
 */

/* n bytes as base64url. */
char	*sign_base64(const void *p, size_t n);
/* A new key for this algorithm. */
EVP_PKEY *sign_key(const char *alg);
/* Its public half as a JSON object with these members; alg may be NULL. */
char	*sign_jwk(EVP_PKEY *key, const char *kid, const char *alg);
/* header and claims are JSON, or any other text. */
char	*sign_token(EVP_PKEY *key, const char *alg, const char *header,
	    const char *claims);
/* The same with the header {"alg":alg,"kid":kid}. */
char	*sign_claims(EVP_PKEY *key, const char *alg, const char *kid,
	    const char *claims);
/* A set with the public half of key. */
void	sign_set(struct jwk_set *s, EVP_PKEY *key, const char *kid,
	    const char *alg);
/* A set with the recorded public keys, for tests/vectors/msak/tokens. */
void	sign_vectors(struct jwk_set *s);

#endif
