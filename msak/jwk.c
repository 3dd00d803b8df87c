/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msak/b64url.h"
#include "msak/jsonin.h"
#include "msak/jwk.h"

#define RSA_BITS_MIN	2048		/* RFC 7518 section 3.3 */
#define RSA_BITS_MAX	(8 * JWK_SIGNATURE_MAX)
#define ED25519_LEN	32
#define COORDINATE_MAX	66
#define UNCOMPRESSED	4		/* first byte of a point written so */

struct curve {
	const char	*name;		/* OpenSSL takes the same one */
	enum jwk_type	 type;
	size_t		 coordinate;	/* bytes */
};

static const struct curve curves[] = {
	{ "P-256", JWK_P256, 32 },
	{ "P-384", JWK_P384, 48 },
	{ "P-521", JWK_P521, COORDINATE_MAX }
};

/* What only private keys have (RFC 7518 section 6, RFC 8037 section 2). */
static const char *const secrets[] = { "d", "p", "q", "dp", "dq", "qi", "oth",
	"k" };

static bool
has_secret(const json_t *o)
{
	size_t i;

	for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		if (json_object_get(o, secrets[i]) != NULL)
			return true;
	return false;
}

static bool
is_text(const json_t *o, const char *key, const char *want)
{
	const char *s = jsonin_text(o, key, NULL);

	return s != NULL && strcmp(s, want) == 0;
}

/* The bytes of a member, *len of them; false when it is none such. */
static bool
bytes(const json_t *o, const char *key, uint8_t *out, size_t size, size_t *len)
{
	const char *s = jsonin_text(o, key, NULL);

	return s != NULL && b64url_decode(s, strlen(s), out, size, len) == 0;
}

/* The same, and that many. */
static bool
exactly(const json_t *o, const char *key, uint8_t *out, size_t n)
{
	size_t len;

	return bytes(o, key, out, n, &len) && len == n;
}

static EVP_PKEY *
from_params(const char *type, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (c != NULL && params != NULL && EVP_PKEY_fromdata_init(c) == 1)
		EVP_PKEY_fromdata(c, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(c);
	return key;
}

static EVP_PKEY *
read_okp(const json_t *o, enum jwk_type *type)
{
	uint8_t x[ED25519_LEN];

	*type = JWK_ED25519;
	if (!is_text(o, "crv", "Ed25519") || !exactly(o, "x", x, sizeof(x)))
		return NULL;
	return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x,
	    sizeof(x));
}

static const struct curve *
find_curve(const json_t *o)
{
	size_t i;

	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (is_text(o, "crv", curves[i].name))
			return &curves[i];
	return NULL;
}

static EVP_PKEY *
read_ec(const json_t *o, enum jwk_type *type)
{
	const struct curve *c = find_curve(o);
	uint8_t point[1 + 2 * COORDINATE_MAX] = { UNCOMPRESSED };
	OSSL_PARAM params[3];

	if (c == NULL || !exactly(o, "x", point + 1, c->coordinate) ||
	    !exactly(o, "y", point + 1 + c->coordinate, c->coordinate))
		return NULL;
	*type = c->type;
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	    (char *)(uintptr_t)c->name, 0);
	params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
	    point, 1 + 2 * c->coordinate);
	params[2] = OSSL_PARAM_construct_end();
	return from_params("EC", params);
}

static BIGNUM *
number(const json_t *o, const char *key)
{
	uint8_t buf[JWK_SIGNATURE_MAX];
	size_t len;

	if (!bytes(o, key, buf, sizeof(buf), &len))
		return NULL;
	return BN_bin2bn(buf, (int)len, NULL);
}

static EVP_PKEY *
read_rsa(const json_t *o, enum jwk_type *type)
{
	BIGNUM *n = number(o, "n"), *e = number(o, "e");
	OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	*type = JWK_RSA;
	if (b != NULL && n != NULL && e != NULL &&
	    BN_num_bits(n) >= RSA_BITS_MIN && BN_num_bits(n) <= RSA_BITS_MAX &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_RSA_E, e) == 1) {
		params = OSSL_PARAM_BLD_to_param(b);
		key = from_params("RSA", params);
	}
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(b);
	BN_free(n);
	BN_free(e);
	return key;
}

/* A point on its curve, an exponent that is odd and not 1, and the like. */
static bool
is_sound(EVP_PKEY *key)
{
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	bool good = c != NULL && EVP_PKEY_public_check(c) == 1;

	EVP_PKEY_CTX_free(c);
	return good;
}

static EVP_PKEY *
read_public(const json_t *o, enum jwk_type *type)
{
	EVP_PKEY *key = NULL;

	if (has_secret(o))
		return NULL;
	if (is_text(o, "kty", "OKP"))
		key = read_okp(o, type);
	else if (is_text(o, "kty", "EC"))
		key = read_ec(o, type);
	else if (is_text(o, "kty", "RSA"))
		key = read_rsa(o, type);
	if (key == NULL || is_sound(key))
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

/* An algorithm in the key has to be one for it. */
static bool
read_alg(const json_t *o, struct jwk *k)
{
	const char *name = jsonin_text(o, "alg", "");

	if (name == NULL)
		return false;
	k->alg = name[0] == '\0' ? NULL : jwk_alg(k, name);
	return k->alg != NULL || name[0] == '\0';
}

static void
drop(struct jwk *k)
{
	free(k->kid);
	EVP_PKEY_free(k->pkey);
}

static bool
read_key(const json_t *o, struct jwk *k)
{
	const char *kid = jsonin_text(o, "kid", "");

	*k = (struct jwk){ .kid = NULL };
	k->pkey = read_public(o, &k->type);
	if (k->pkey != NULL && kid != NULL && read_alg(o, k) &&
	    (k->kid = strdup(kid)) != NULL)
		return true;
	drop(k);
	return false;
}

/* Takes k, also when it fails. */
static int
append(struct jwk_set *s, struct jwk *k, char *error, size_t errorlen)
{
	struct jwk *more = NULL;

	if (jwk_find(s, k->kid) != NULL)
		snprintf(error, errorlen, "Duplicate KeyID found: %s", k->kid);
	else if ((more = reallocarray(s->keys, s->n + 1, sizeof(*more))) ==
	    NULL)
		snprintf(error, errorlen, "out of memory");
	if (more == NULL) {
		drop(k);
		return -1;
	}
	s->keys = more;
	s->keys[s->n++] = *k;
	return 0;
}

int
jwk_add(struct jwk_set *s, const void *text, size_t len, char *error,
    size_t errorlen)
{
	json_t *o = NULL;
	struct jwk k;
	int rc = -1;

	if (len <= JWK_TEXT_MAX)
		o = jsonin_object(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (o != NULL && read_key(o, &k))
		rc = append(s, &k, error, errorlen);
	else
		snprintf(error, errorlen, "invalid JSON web key");
	json_decref(o);
	ERR_clear_error();
	return rc;
}

void
jwk_free(struct jwk_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		drop(&s->keys[i]);
	free(s->keys);
	*s = (struct jwk_set){ NULL, 0 };
}

const struct jwk *
jwk_find(const struct jwk_set *s, const char *kid)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->keys[i].kid, kid) == 0)
			return &s->keys[i];
	return NULL;
}
