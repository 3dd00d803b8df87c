/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <string.h>

#include "msak/jwk.h"

/* DER adds a tag and a length, at most 3 bytes, to the whole and to each
 * number, and a zero byte to a number whose top bit is set. */
#define DER_MAX		(2 * 66 + 3 * 3 + 2)

static const struct jwk_alg algs[] = {
	{ "EdDSA", JWK_ED25519, NULL, 0, false },
	{ "ES256", JWK_P256, "SHA256", 32, false },
	{ "ES384", JWK_P384, "SHA384", 48, false },
	{ "ES512", JWK_P521, "SHA512", 66, false },
	{ "RS256", JWK_RSA, "SHA256", 0, false },
	{ "RS384", JWK_RSA, "SHA384", 0, false },
	{ "RS512", JWK_RSA, "SHA512", 0, false },
	{ "PS256", JWK_RSA, "SHA256", 0, true },
	{ "PS384", JWK_RSA, "SHA384", 0, true },
	{ "PS512", JWK_RSA, "SHA512", 0, true }
};

const struct jwk_alg *
jwk_alg(const struct jwk *k, const char *name)
{
	size_t i;

	if (k->alg != NULL)
		return strcmp(k->alg->name, name) == 0 ? k->alg : NULL;
	for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (algs[i].type == k->type && strcmp(algs[i].name, name) == 0)
			return &algs[i];
	return NULL;
}

/* r and s, one after the other, as OpenSSL wants them. Bytes of DER, or 0. */
static size_t
ecdsa_der(const uint8_t *sig, size_t coordinate, uint8_t der[DER_MAX])
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(sig, (int)coordinate, NULL);
	BIGNUM *s = BN_bin2bn(sig + coordinate, (int)coordinate, NULL);
	uint8_t *end = der;
	int n = 0;

	if (pair != NULL && r != NULL && s != NULL &&
	    ECDSA_SIG_set0(pair, r, s) == 1) {
		n = i2d_ECDSA_SIG(pair, &end);
	} else {
		BN_free(r);
		BN_free(s);
	}
	ECDSA_SIG_free(pair);
	return n > 0 ? (size_t)n : 0;
}

static bool
begin(EVP_MD_CTX *c, const struct jwk *k, const struct jwk_alg *alg)
{
	EVP_PKEY_CTX *pc;

	if (c == NULL || EVP_DigestVerifyInit_ex(c, &pc, alg->digest, NULL,
	    NULL, k->pkey, NULL) != 1)
		return false;
	return !alg->pss ||
	    (EVP_PKEY_CTX_set_rsa_padding(pc, RSA_PKCS1_PSS_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(pc, RSA_PSS_SALTLEN_DIGEST) == 1);
}

bool
jwk_verify(const struct jwk *k, const struct jwk_alg *alg, const void *msg,
    size_t len, const uint8_t *sig, size_t siglen)
{
	uint8_t der[DER_MAX];
	EVP_MD_CTX *c;
	bool good;

	if (alg->coordinate > 0) {
		if (siglen != 2 * alg->coordinate)
			return false;
		siglen = ecdsa_der(sig, alg->coordinate, der);
		sig = der;
	}
	c = EVP_MD_CTX_new();
	good = siglen > 0 && begin(c, k, alg) &&
	    EVP_DigestVerify(c, sig, siglen, msg, len) == 1;
	EVP_MD_CTX_free(c);
	/* Left behind, they would be taken for errors of TLS. */
	ERR_clear_error();
	return good;
}
