/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <openssl/hmac.h>

#include "msak/token.h"
#include "tests/unit/token_sign.h"
#include "tests/unit/unit.h"

#define CLAIMS	"{\"iss\":\"locate\",\"aud\":\"m1\",\"jti\":\"id\"}"

static const char *const algs[] = { "EdDSA", "ES256", "ES384", "ES512",
	"RS256", "RS384", "RS512", "PS256", "PS384", "PS512" };

/* One key for each algorithm; those of RSA share one. */
struct fixture {
	EVP_PKEY	*keys[NELEM(algs)];
};

static int
setup(void **state)
{
	static struct fixture f;
	size_t i;

	for (i = 0; i < NELEM(algs); i++)
		f.keys[i] = i < 5 ? sign_key(algs[i]) : f.keys[4];
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < 5; i++)
		EVP_PKEY_free(f->keys[i]);
	return 0;
}

static enum token_verdict
verify(const struct jwk_set *s, const char *token)
{
	struct token_claims out;

	return token_verify(s, token, strlen(token), "m1", 0, &out);
}

/* Good, and with any one byte changed in any way that is tried, not. */
static void
flip_each(const struct jwk_set *s, char *token, const char *alg)
{
	size_t n = strlen(token), i;
	char was;

	assert_int_equal(verify(s, token), TOKEN_GOOD);
	for (i = 0; i < n; i++) {
		was = token[i];
		token[i] = was == 'A' ? 'B' : 'A';
		if (verify(s, token) == TOKEN_GOOD)
			fail_msg("%s: byte %zu can be %c", alg, i, token[i]);
		token[i] = was ^ (char)(1 << random() % 7);
		if (token[i] != '\0' && verify(s, token) == TOKEN_GOOD)
			fail_msg("%s: byte %zu can be %c", alg, i, token[i]);
		token[i] = was;
	}
	assert_int_equal(verify(s, token), TOKEN_GOOD);
}

static void
test_each(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s;
	char *token;
	size_t i, pinned;

	unit_seed();
	for (i = 0; i < NELEM(algs); i++)
		for (pinned = 0; pinned < 2; pinned++) {
			sign_set(&s, f->keys[i], "k", pinned ? algs[i] : NULL);
			token = sign_claims(f->keys[i], algs[i], "k", CLAIMS);
			flip_each(&s, token, algs[i]);
			free(token);
			jwk_free(&s);
		}
}

/* A token cut short or made longer is none. */
static void
test_lengths(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s;
	char *token, longer[TOKEN_MAX];
	size_t i, n;

	for (i = 0; i < NELEM(algs); i++) {
		sign_set(&s, f->keys[i], "k", NULL);
		token = sign_claims(f->keys[i], algs[i], "k", CLAIMS);
		snprintf(longer, sizeof(longer), "%sAAAA", token);
		assert_int_not_equal(verify(&s, longer), TOKEN_GOOD);
		for (n = strlen(token); n-- > 0; ) {
			token[n] = '\0';
			assert_int_not_equal(verify(&s, token), TOKEN_GOOD);
		}
		free(token);
		jwk_free(&s);
	}
}

/* Signed in one way, labelled in another, with the key that signed. */
static void
test_labels(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s;
	char header[64], *token;
	size_t i, j;

	for (i = 0; i < NELEM(algs); i++) {
		sign_set(&s, f->keys[i], "k", NULL);
		for (j = 0; j < NELEM(algs); j++) {
			snprintf(header, sizeof(header),
			    "{\"alg\":\"%s\",\"kid\":\"k\"}", algs[j]);
			token = sign_token(f->keys[i], algs[i], header,
			    CLAIMS);
			assert_int_equal(verify(&s, token), i == j ?
			    TOKEN_GOOD : f->keys[i] == f->keys[j] ?
			    TOKEN_SIGNATURE : TOKEN_ALG);
			free(token);
		}
		jwk_free(&s);
	}
}

/* A key that names its algorithm takes no other of its type. */
static void
test_pinned(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s;
	char *token;
	size_t i, j;

	for (i = 4; i < NELEM(algs); i++) {
		sign_set(&s, f->keys[i], "k", algs[i]);
		for (j = 4; j < NELEM(algs); j++) {
			token = sign_claims(f->keys[j], algs[j], "k", CLAIMS);
			assert_int_equal(verify(&s, token), i == j ?
			    TOKEN_GOOD : TOKEN_ALG);
			free(token);
		}
		jwk_free(&s);
	}
}

/* Another key of the same kind, under the id of ours. */
static void
test_other_key(void **state)
{
	struct fixture *f = *state;
	EVP_PKEY *other;
	struct jwk_set s;
	char *token;
	size_t i;

	for (i = 0; i < 5; i++) {
		other = sign_key(algs[i]);
		sign_set(&s, f->keys[i], "k", NULL);
		token = sign_claims(other, algs[i], "k", CLAIMS);
		assert_int_equal(verify(&s, token), TOKEN_SIGNATURE);
		free(token);
		jwk_free(&s);
		EVP_PKEY_free(other);
	}
}

/* HMAC with what is public of the key as the secret: the classic. */
static void
hmac_with(const struct jwk_set *s, const void *secret, size_t len)
{
	static const char header[] = "{\"alg\":\"HS256\",\"kid\":\"k\"}";
	char *h = sign_base64(header, strlen(header));
	char *c = sign_base64(CLAIMS, strlen(CLAIMS)), *mac, token[TOKEN_MAX];
	uint8_t digest[32];

	snprintf(token, sizeof(token), "%s.%s", h, c);
	assert_non_null(HMAC(EVP_sha256(), secret, (int)len,
	    (const uint8_t *)token, strlen(token), digest, NULL));
	mac = sign_base64(digest, sizeof(digest));
	snprintf(token, sizeof(token), "%s.%s.%s", h, c, mac);
	assert_int_equal(verify(s, token), TOKEN_ALG);
	free(h);
	free(c);
	free(mac);
}

static void
test_hmac(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s;
	char *text;
	size_t i;

	for (i = 0; i < 5; i++) {
		sign_set(&s, f->keys[i], "k", NULL);
		text = sign_jwk(f->keys[i], "k", NULL);
		hmac_with(&s, text, strlen(text));
		hmac_with(&s, "", 0);
		free(text);
		jwk_free(&s);
	}
}

/* r = s = 0, the group's order and the like, and DER where r||s belongs. */
static void
test_bad_pairs(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s;
	char *token, *sig, bad[TOKEN_MAX];
	uint8_t bytes[132];
	size_t i;
	int fill;

	for (i = 1; i < 4; i++) {
		sign_set(&s, f->keys[i], "k", NULL);
		token = sign_claims(f->keys[i], algs[i], "k", CLAIMS);
		for (fill = 0; fill < 256; fill += 51) {
			memset(bytes, fill, sizeof(bytes));
			sig = sign_base64(bytes, i == 1 ? 64 : i == 2 ? 96 :
			    132);
			snprintf(bad, sizeof(bad), "%.*s.%s",
			    (int)(strrchr(token, '.') - token), token, sig);
			assert_int_equal(verify(&s, bad), TOKEN_SIGNATURE);
			free(sig);
		}
		snprintf(bad, sizeof(bad), "%.*s.",
		    (int)(strrchr(token, '.') - token), token);
		assert_int_equal(verify(&s, bad), TOKEN_SIGNATURE);
		free(token);
		jwk_free(&s);
	}
}

/* Several keys: each is for its own tokens. */
static void
test_rotation(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s = { NULL, 0 };
	char error[JWK_ERROR], *text, *token;
	size_t i, j;

	for (i = 0; i < NELEM(algs); i++) {
		text = sign_jwk(f->keys[i], algs[i], algs[i]);
		assert_int_equal(jwk_add(&s, text, strlen(text), error,
		    sizeof(error)), 0);
		free(text);
	}
	for (i = 0; i < NELEM(algs); i++)
		for (j = 0; j < NELEM(algs); j++) {
			token = sign_claims(f->keys[i], algs[i], algs[j],
			    CLAIMS);
			assert_int_equal(verify(&s, token), i == j ?
			    TOKEN_GOOD : TOKEN_ALG);
			free(token);
		}
	jwk_free(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_pinned),
		cmocka_unit_test(test_other_key),
		cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_bad_pairs),
		cmocka_unit_test(test_rotation),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
