/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_JWK_H
#define MSAK_JWK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

/*
 * Public keys for access tokens, from JSON Web Keys (RFC 7517, 7518, 8037),
 * and what they sign. Once loaded a set is only read, by any thread.
 */
#define JWK_TEXT_MAX	65536		/* bytes of a key file */
#define JWK_SIGNATURE_MAX 1024		/* bytes: RSA with 8192 bits */
#define JWK_ERROR	512		/* room for every message below */

enum jwk_type { JWK_ED25519, JWK_P256, JWK_P384, JWK_P521, JWK_RSA };

struct jwk_alg {
	const char	*name;		/* as in the header of a token */
	enum jwk_type	 type;
	const char	*digest;	/* NULL: part of the algorithm */
	size_t		 coordinate;	/* bytes of r and of s; 0: one piece */
	bool		 pss;
};

struct jwk {
	char		*kid;		/* "" when the key has none */
	enum jwk_type	 type;
	const struct jwk_alg *alg;	/* NULL: any one of the type */
	EVP_PKEY	*pkey;
};

/* All zero is an empty one. */
struct jwk_set {
	struct jwk	*keys;
	size_t		 n;
};

/*
 * Add the key of a file's text. Symmetric keys, private ones, RSA with less
 * than 2048 bits or more than 8192, points that are not on their curve and
 * what is no key are refused. 0, or -1 with the message in error: "invalid
 * JSON web key", "Duplicate KeyID found: X".
 */
int	jwk_add(struct jwk_set *s, const void *text, size_t len, char *error,
	    size_t errorlen);
/* Leaves an empty set. */
void	jwk_free(struct jwk_set *s);
/* NULL when no key has exactly this id. */
const struct jwk *jwk_find(const struct jwk_set *s, const char *kid);

/*
 * The algorithm of that name, when it is one for this key: its type decides,
 * and its "alg" where it has one. Else, as for "none", NULL.
 */
const struct jwk_alg *jwk_alg(const struct jwk *k, const char *name);
/* Is sig, as tokens write it, this key's signature of msg? */
bool	jwk_verify(const struct jwk *k, const struct jwk_alg *alg,
	    const void *msg, size_t len, const uint8_t *sig, size_t siglen);

#endif
