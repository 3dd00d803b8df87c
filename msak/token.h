/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_TOKEN_H
#define MSAK_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msak/jwk.h"

/*
 * Access tokens (spec 3.5): a JWT in the compact form of JWS,
 *
 *	base64url(header) '.' base64url(claims) '.' base64url(signature)
 *
 * Whoever signed it is the issuer "locate"; the key that the header names
 * decides how.
 */
#define TOKEN_MAX	4096		/* bytes, a longer one is refused */
#define TOKEN_ID_MAX	512		/* of a measurement id, with its NUL */
#define TOKEN_ISSUER	"locate"
#define TOKEN_LEEWAY_S	60		/* by which clocks may differ */

/* In the order of the checks: what is said is the first that is wrong. */
enum token_verdict {
	TOKEN_GOOD,
	TOKEN_SIZE,
	TOKEN_PARTS,
	TOKEN_BASE64,
	TOKEN_HEADER,		/* no JSON object, or members of wrong types */
	TOKEN_CRIT,		/* extensions that have to be understood */
	TOKEN_KEY_ID,
	TOKEN_ALG,		/* none, or not one for that key */
	TOKEN_SIGNATURE,
	TOKEN_CLAIMS,		/* as TOKEN_HEADER */
	TOKEN_ISS,
	TOKEN_AUD,
	TOKEN_NBF,
	TOKEN_EXP,
	TOKEN_IAT,
	TOKEN_VERDICTS
};

struct token_claims {
	char	id[TOKEN_ID_MAX];	/* jti, "" when there is none */
	bool	monitoring;		/* sub is "monitoring" */
};

/*
 * Is this a token for audience at that wall clock time? out is filled when it
 * is, else zero. Does no more than one signature check, on no more than
 * TOKEN_MAX bytes, and none before everything about the form is right.
 */
enum token_verdict token_verify(const struct jwk_set *keys, const char *token,
	    size_t len, const char *audience, int64_t now_wall_ns,
	    struct token_claims *out);
/* As logs and metrics say it: a fixed text, nothing that the token holds. */
const char *token_reason(enum token_verdict v);

#endif
