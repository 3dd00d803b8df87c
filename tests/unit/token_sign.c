/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "tests/unit/token_sign.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define SIGNATURE_MAX	1024
/* asprintf(3), which is not to fail. */
#define FORMAT(...)	assert_true(asprintf(__VA_ARGS__) > 0)

/* Bytes of a coordinate; 0 when it is no algorithm of a curve. */
static int
coordinate(const char *alg)
{
	if (alg[0] != 'E' || alg[1] != 'S')
		return 0;
	return alg[2] == '2' ? 32 : alg[2] == '3' ? 48 : 66;
}

char *
sign_base64(const void *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const uint8_t *in = p;
	char *out = calloc(n / 3 + 1, 5);
	uint32_t bits = 0;
	unsigned int have = 0;
	size_t i, len = 0;

	assert_non_null(out);
	for (i = 0; i < n; i++) {
		bits = (bits << 8 | in[i]) & 0xffff;
		for (have += 8; have >= 6; have -= 6)
			out[len++] = digits[bits >> (have - 6) & 63];
	}
	if (have > 0)
		out[len++] = digits[bits << (6 - have) & 63];
	return out;
}

EVP_PKEY *
sign_key(const char *alg)
{
	EVP_PKEY *key;
	int n = coordinate(alg);

	if (n > 0)
		key = EVP_EC_gen(n == 32 ? "P-256" : n == 48 ? "P-384" :
		    "P-521");
	else if (strcmp(alg, "EdDSA") == 0)
		key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	else
		key = EVP_RSA_gen(2048);
	assert_non_null(key);
	return key;
}

/* A number of the key, as n bytes, or as many as it has when n is 0. */
static char *
param(EVP_PKEY *key, const char *name, int n)
{
	uint8_t buf[SIGNATURE_MAX];
	BIGNUM *v = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(key, name, &v), 1);
	if (n == 0)
		n = BN_num_bytes(v);
	assert_int_equal(BN_bn2binpad(v, buf, n), n);
	BN_free(v);
	return sign_base64(buf, (size_t)n);
}

static char *
members(EVP_PKEY *key)
{
	uint8_t raw[32];
	size_t len = sizeof(raw);
	char group[32], *x, *y = NULL, *out;
	int n;

	if (EVP_PKEY_is_a(key, "RSA")) {
		x = param(key, OSSL_PKEY_PARAM_RSA_N, 0);
		y = param(key, OSSL_PKEY_PARAM_RSA_E, 0);
		FORMAT(&out, "\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"",
		    x, y);
	} else if (EVP_PKEY_is_a(key, "EC")) {
		assert_int_equal(EVP_PKEY_get_group_name(key, group,
		    sizeof(group), NULL), 1);
		n = (EVP_PKEY_get_bits(key) + 7) / 8;
		x = param(key, OSSL_PKEY_PARAM_EC_PUB_X, n);
		y = param(key, OSSL_PKEY_PARAM_EC_PUB_Y, n);
		FORMAT(&out, "\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\","
		    "\"y\":\"%s\"", n == 32 ? "P-256" : n == 48 ? "P-384" :
		    "P-521", x, y);
	} else {
		assert_int_equal(EVP_PKEY_get_raw_public_key(key, raw, &len),
		    1);
		x = sign_base64(raw, len);
		FORMAT(&out, "\"kty\":\"OKP\",\"crv\":\"Ed25519\","
		    "\"x\":\"%s\"", x);
	}
	free(x);
	free(y);
	return out;
}

char *
sign_jwk(EVP_PKEY *key, const char *kid, const char *alg)
{
	char *m = members(key), *out;

	if (alg == NULL)
		FORMAT(&out, "{\"use\":\"sig\",\"kid\":\"%s\",%s}", kid, m);
	else
		FORMAT(&out, "{\"alg\":\"%s\",\"kid\":\"%s\",%s}", alg, kid,
		    m);
	free(m);
	return out;
}

static size_t
raw_signature(uint8_t *sig, size_t len, int n)
{
	const uint8_t *p = sig;
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &p, (long)len);

	assert_non_null(pair);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), sig, n);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), sig + n, n);
	ECDSA_SIG_free(pair);
	return (size_t)n * 2;
}

static size_t
sign(EVP_PKEY *key, const char *alg, const char *text, uint8_t *sig)
{
	const char *digest = alg[2] == '2' ? "SHA256" : alg[2] == '3' ?
	    "SHA384" : "SHA512";
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pc;
	size_t len = SIGNATURE_MAX;

	if (strcmp(alg, "EdDSA") == 0)
		digest = NULL;
	assert_int_equal(EVP_DigestSignInit_ex(c, &pc, digest, NULL, NULL,
	    key, NULL), 1);
	if (alg[0] == 'P') {
		EVP_PKEY_CTX_set_rsa_padding(pc, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(pc, RSA_PSS_SALTLEN_DIGEST);
	}
	assert_int_equal(EVP_DigestSign(c, sig, &len, (const uint8_t *)text,
	    strlen(text)), 1);
	EVP_MD_CTX_free(c);
	if (coordinate(alg) > 0)
		len = raw_signature(sig, len, coordinate(alg));
	return len;
}

char *
sign_token(EVP_PKEY *key, const char *alg, const char *header,
    const char *claims)
{
	char *h = sign_base64(header, strlen(header));
	char *c = sign_base64(claims, strlen(claims)), *text, *s, *out;
	uint8_t sig[SIGNATURE_MAX];

	FORMAT(&text, "%s.%s", h, c);
	s = sign_base64(sig, sign(key, alg, text, sig));
	FORMAT(&out, "%s.%s", text, s);
	free(h);
	free(c);
	free(s);
	free(text);
	return out;
}

char *
sign_claims(EVP_PKEY *key, const char *alg, const char *kid,
    const char *claims)
{
	char *h, *out;

	FORMAT(&h, "{\"alg\":\"%s\",\"kid\":\"%s\"}", alg, kid);
	out = sign_token(key, alg, h, claims);
	free(h);
	return out;
}

void
sign_set(struct jwk_set *s, EVP_PKEY *key, const char *kid, const char *alg)
{
	char error[JWK_ERROR], *text = sign_jwk(key, kid, alg);

	*s = (struct jwk_set){ NULL, 0 };
	if (jwk_add(s, text, strlen(text), error, sizeof(error)) != 0)
		fail_msg("%s: %s", text, error);
	free(text);
}

void
sign_vectors(struct jwk_set *s)
{
	static const char *const names[] = { "EdDSA", "ES256", "ES384",
		"RS256" };
	char error[JWK_ERROR], path[64], *text;
	size_t i;

	*s = (struct jwk_set){ NULL, 0 };
	for (i = 0; i < NELEM(names); i++) {
		snprintf(path, sizeof(path), "msak/tokens/%s.pub.jwk.json",
		    names[i]);
		text = vectors_text(path);
		if (jwk_add(s, text, strlen(text), error, sizeof(error)) != 0)
			fail_msg("%s: %s", path, error);
		free(text);
	}
}
