/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "common/clock.h"
#include "msak/b64url.h"
#include "msak/jsonin.h"
#include "msak/token.h"

#define PARTS		3
#define LEEWAY_NS	(TOKEN_LEEWAY_S * CLOCK_NS_PER_S)
/* Dates beyond are taken for this one, which leaves room for the leeway. */
#define DATE_MAX_S	9e9
#define MONITORING	"monitoring"

enum { HEADER, CLAIMS, SIGNATURE };

struct parts {
	size_t		 signed_len;	/* what is signed, from the start */
	const uint8_t	*p[PARTS];	/* decoded, within bytes */
	size_t		 n[PARTS];
	uint8_t		 bytes[TOKEN_MAX];
};

static enum token_verdict
split(const char *token, size_t len, struct parts *out)
{
	const char *from = token, *end = token + len, *dot;
	size_t used = 0;
	bool good = true;
	int i;

	for (i = 0; i < PARTS; i++) {
		dot = memchr(from, '.', (size_t)(end - from));
		if ((dot == NULL) != (i == PARTS - 1))
			return TOKEN_PARTS;
		if (dot == NULL)
			dot = end;
		else
			out->signed_len = (size_t)(dot - token);
		out->p[i] = out->bytes + used;
		good = b64url_decode(from, (size_t)(dot - from),
		    out->bytes + used, sizeof(out->bytes) - used,
		    &out->n[i]) == 0 && good;
		if (good)
			used += out->n[i];
		from = dot + 1;
	}
	return good ? TOKEN_GOOD : TOKEN_BASE64;
}

static enum token_verdict
check_header(const json_t *h, const struct jwk_set *keys,
    const struct jwk **key, const struct jwk_alg **alg)
{
	const char *kid = jsonin_text(h, "kid", "");
	const char *name = jsonin_text(h, "alg", NULL);

	if (kid == NULL || name == NULL)
		return TOKEN_HEADER;
	if (json_object_get(h, "crit") != NULL)
		return TOKEN_CRIT;
	if ((*key = jwk_find(keys, kid)) == NULL)
		return TOKEN_KEY_ID;
	*alg = jwk_alg(*key, name);
	return *alg == NULL ? TOKEN_ALG : TOKEN_GOOD;
}

static enum token_verdict
check_signature(const char *token, const struct parts *p,
    const struct jwk_set *keys)
{
	const struct jwk *key;
	const struct jwk_alg *alg;
	enum token_verdict v = TOKEN_HEADER;
	json_t *h;

	h = jsonin_object(p->p[HEADER], p->n[HEADER], JSON_REJECT_DUPLICATES,
	    NULL);
	if (h != NULL)
		v = check_header(h, keys, &key, &alg);
	json_decref(h);
	if (v == TOKEN_GOOD && !jwk_verify(key, alg, token, p->signed_len,
	    p->p[SIGNATURE], p->n[SIGNATURE]))
		v = TOKEN_SIGNATURE;
	return v;
}

/* A text or a list of texts; only of these may audience be one. */
static bool
has_audience(const json_t *aud, const char *audience)
{
	const json_t *one;
	bool found = false;
	size_t i;

	if (json_is_string(aud))
		return strcmp(json_string_value(aud), audience) == 0;
	json_array_foreach(aud, i, one) {
		if (!json_is_string(one))
			return false;
		if (strcmp(json_string_value(one), audience) == 0)
			found = true;
	}
	return found;
}

/* A date in whole seconds, cut, in *ns; left alone where there is none. */
static bool
date(const json_t *claims, const char *key, int64_t *ns)
{
	const json_t *v = json_object_get(claims, key);
	double s;

	if (v == NULL || json_is_null(v))
		return true;
	if (!json_is_number(v))
		return false;
	s = fmax(-DATE_MAX_S, fmin(DATE_MAX_S, json_number_value(v)));
	*ns = (int64_t)s * CLOCK_NS_PER_S;
	return true;
}

static enum token_verdict
check_dates(const json_t *claims, int64_t now_ns)
{
	int64_t nbf = INT64_MIN, exp = INT64_MAX, iat = INT64_MIN;

	if (!date(claims, "nbf", &nbf) || !date(claims, "exp", &exp) ||
	    !date(claims, "iat", &iat))
		return TOKEN_CLAIMS;
	if (now_ns + LEEWAY_NS < nbf)
		return TOKEN_NBF;
	if (now_ns - LEEWAY_NS > exp)
		return TOKEN_EXP;
	return now_ns + LEEWAY_NS < iat ? TOKEN_IAT : TOKEN_GOOD;
}

static enum token_verdict
check_claims(const json_t *claims, const char *audience, int64_t now_ns,
    struct token_claims *out)
{
	const char *iss = jsonin_text(claims, "iss", "");
	const char *sub = jsonin_text(claims, "sub", "");
	const char *jti = jsonin_text(claims, "jti", "");
	enum token_verdict v;

	if (iss == NULL || sub == NULL || jti == NULL ||
	    strlen(jti) >= sizeof(out->id))
		return TOKEN_CLAIMS;
	if (strcmp(iss, TOKEN_ISSUER) != 0)
		return TOKEN_ISS;
	if (!has_audience(json_object_get(claims, "aud"), audience))
		return TOKEN_AUD;
	v = check_dates(claims, now_ns);
	if (v != TOKEN_GOOD)
		return v;
	strlcpy(out->id, jti, sizeof(out->id));
	out->monitoring = strcmp(sub, MONITORING) == 0;
	return TOKEN_GOOD;
}

enum token_verdict
token_verify(const struct jwk_set *keys, const char *token, size_t len,
    const char *audience, int64_t now_wall_ns, struct token_claims *out)
{
	enum token_verdict v;
	struct parts p;
	json_t *claims;

	*out = (struct token_claims){ .monitoring = false };
	if (len > TOKEN_MAX)
		return TOKEN_SIZE;
	v = split(token, len, &p);
	if (v == TOKEN_GOOD)
		v = check_signature(token, &p, keys);
	if (v != TOKEN_GOOD)
		return v;
	claims = jsonin_object(p.p[CLAIMS], p.n[CLAIMS],
	    JSON_REJECT_DUPLICATES, NULL);
	if (claims == NULL)
		return TOKEN_CLAIMS;
	v = check_claims(claims, audience, now_wall_ns, out);
	json_decref(claims);
	return v;
}

const char *
token_reason(enum token_verdict v)
{
	static const char *const reasons[TOKEN_VERDICTS] = {
		[TOKEN_GOOD] = TOKEN_ISSUER,
		[TOKEN_SIZE] = "token too long",
		[TOKEN_PARTS] = "square/go-jose: compact JWS format must have "
		    "three parts",
		[TOKEN_BASE64] = "illegal base64 data",
		[TOKEN_HEADER] = "invalid token header",
		[TOKEN_CRIT] = "unsupported crit header",
		[TOKEN_KEY_ID] = "Key ID not found for given token header",
		[TOKEN_ALG] = "algorithm does not fit the key",
		[TOKEN_SIGNATURE] = "invalid signature",
		[TOKEN_CLAIMS] = "invalid token claims",
		[TOKEN_ISS] = "invalid issuer claim (iss)",
		[TOKEN_AUD] = "invalid audience claim (aud)",
		[TOKEN_NBF] = "token not valid yet (nbf)",
		[TOKEN_EXP] = "token is expired (exp)",
		[TOKEN_IAT] = "square/go-jose/jwt: validation field, token "
		    "issued in the future (iat)"
	};

	return reasons[v];
}
