/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "msak/token.h"

/*
 * Input: a byte that says what the rest is: a token, the header or the claims
 * of one that we sign, or a key.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_NS	(INT64_C(1795313693) * INT64_C(1000000000))
#define HEADER	"{\"alg\":\"EdDSA\",\"kid\":\"ours\"}"
#define CLAIMS	"{\"iss\":\"locate\",\"aud\":\"m1\"}"

/* Public keys that the tokens of the corpus are signed with. */
static const char *const keys[] = {
	"{\"kty\":\"OKP\",\"kid\":\"kEdDSA\",\"crv\":\"Ed25519\","
	    "\"x\":\"hoc1r-9Pfk3u6F1a8x0nppL1i0MTGJmNKU69JPe20h4\"}",
	"{\"kty\":\"EC\",\"kid\":\"kES256\",\"crv\":\"P-256\","
	    "\"x\":\"O1JFeoqp4lGda4D7dfhypn6XKFUjuB2xNVL6R65vUqc\","
	    "\"y\":\"U6_lJX1cs-mlFCivVlnA_69GRMu6Lgzyo--tr7Qhnr4\"}",
	"{\"kty\":\"EC\",\"kid\":\"kES384\",\"crv\":\"P-384\","
	    "\"x\":\"63Kbw_XeIhlNAS0NOwC04IPVqnQ9mHCHhTiCuz-51CDLEqh52_LUjEgi"
	    "9CMQnqnL\",\"y\":\"7Ua41Y6wXuN4lqCD0rcdLS7q-1VFtqD7evgLXAYa2FHa"
	    "4zy684RbN7Bj83KGxkgC\"}"
};

struct fixture {
	EVP_PKEY	*ours;
	struct jwk_set	 set;
};

/* As base64url, n bytes of room for 4096; returns its end. */
static char *
encode(char *to, const void *p, size_t n)
{
	char *end = to + EVP_EncodeBlock((uint8_t *)to, p, (int)n);

	while (end > to && end[-1] == '=')
		end--;
	*end = '\0';
	for (; *to != '\0'; to++)
		if (*to == '+' || *to == '/')
			*to = *to == '+' ? '-' : '_';
	return end;
}

static void
add(struct jwk_set *s, const char *text)
{
	char error[JWK_ERROR];

	if (jwk_add(s, text, strlen(text), error, sizeof(error)) != 0)
		abort();
}

static const struct fixture *
fixture(void)
{
	static struct fixture f;
	uint8_t raw[32] = "a seed for the private key here";
	char text[256], x[64];
	size_t len = sizeof(raw), i;

	if (f.ours != NULL)
		return &f;
	f.ours = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, raw,
	    sizeof(raw));
	if (f.ours == NULL ||
	    EVP_PKEY_get_raw_public_key(f.ours, raw, &len) != 1)
		abort();
	encode(x, raw, len);
	snprintf(text, sizeof(text), "{\"kty\":\"OKP\",\"kid\":\"ours\","
	    "\"crv\":\"Ed25519\",\"x\":\"%s\"}", x);
	add(&f.set, text);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		add(&f.set, keys[i]);
	return &f;
}

static enum token_verdict
verify(const struct fixture *f, const char *token, size_t len)
{
	static const struct token_claims none;
	struct token_claims out;
	enum token_verdict v;

	v = token_verify(&f->set, token, len, "m1", NOW_NS, &out);
	if (v >= TOKEN_VERDICTS || token_reason(v)[0] == '\0')
		abort();
	if (v == TOKEN_GOOD ? strnlen(out.id, sizeof(out.id)) ==
	    sizeof(out.id) : memcmp(&out, &none, sizeof(out)) != 0)
		abort();
	return v;
}

/* A token with our signature is never refused for its form. */
static enum token_verdict
signed_verdict(const struct fixture *f, const void *header, size_t headerlen,
    const void *claims, size_t claimslen)
{
	char token[4 * TOKEN_MAX], *end;
	uint8_t sig[64];
	size_t n = sizeof(sig);
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	enum token_verdict v;

	end = encode(token, header, headerlen);
	*end++ = '.';
	end = encode(end, claims, claimslen);
	if (EVP_DigestSignInit(c, NULL, NULL, NULL, f->ours) != 1 ||
	    EVP_DigestSign(c, sig, &n, (const uint8_t *)token,
	    (size_t)(end - token)) != 1)
		abort();
	EVP_MD_CTX_free(c);
	*end++ = '.';
	end = encode(end, sig, n);
	v = verify(f, token, (size_t)(end - token));
	if (v == TOKEN_PARTS || v == TOKEN_BASE64 ||
	    (v == TOKEN_SIZE) != (end - token > TOKEN_MAX))
		abort();
	return v;
}

static void
fuzz_key(const void *text, size_t len)
{
	struct jwk_set s = { NULL, 0 };
	char error[JWK_ERROR] = "";

	if (jwk_add(&s, text, len, error, sizeof(error)) != 0) {
		if (s.n != 0 || strcmp(error, "invalid JSON web key") != 0)
			abort();
		return;
	}
	if (s.n != 1 || jwk_find(&s, s.keys[0].kid) != s.keys ||
	    jwk_alg(s.keys, "none") != NULL ||
	    jwk_alg(s.keys, "HS256") != NULL ||
	    jwk_add(&s, text, len, error, sizeof(error)) != -1)
		abort();
	jwk_free(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fixture *f = fixture();
	enum token_verdict v;

	if (size == 0 || size > TOKEN_MAX)
		return 0;
	size--;
	switch (*data++) {
	case 't':
		verify(f, (const char *)data, size);
		break;
	case 'h':
		v = signed_verdict(f, data, size, CLAIMS, strlen(CLAIMS));
		if (v >= TOKEN_CLAIMS)
			abort();
		break;
	case 'c':
		v = signed_verdict(f, HEADER, strlen(HEADER), data, size);
		if (v > TOKEN_SIZE && v < TOKEN_CLAIMS)
			abort();
		break;
	default:
		fuzz_key(data, size);
		break;
	}
	return 0;
}
