/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include <openssl/rsa.h>

#include "tests/unit/token_sign.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define INVALID	"invalid JSON web key"
/* The vectors' EdDSA key. */
#define X	"hoc1r-9Pfk3u6F1a8x0nppL1i0MTGJmNKU69JPe20h4"
#define OKP	"\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "\""

static int
add(struct jwk_set *s, const char *text, char error[JWK_ERROR])
{
	error[0] = '\0';
	return jwk_add(s, text, strlen(text), error, JWK_ERROR);
}

static void
refused(const char *text)
{
	struct jwk_set s = { NULL, 0 };
	char error[JWK_ERROR];

	if (add(&s, text, error) != -1 || s.n != 0)
		fail_msg("%s was taken", text);
	assert_string_equal(error, INVALID);
}

static int
add_file(struct jwk_set *s, const char *name, char error[JWK_ERROR])
{
	char path[64], *text;
	int rc;

	snprintf(path, sizeof(path), "msak/tokens/%s.jwk.json", name);
	text = vectors_text(path);
	rc = add(s, text, error);
	free(text);
	return rc;
}

static void
test_vectors(void **state)
{
	static const struct {
		const char	*name, *kid;
		enum jwk_type	 type;
	} want[] = {
		{ "EdDSA.pub", "kEdDSA", JWK_ED25519 },
		{ "ES256.pub", "kES256", JWK_P256 },
		{ "ES384.pub", "kES384", JWK_P384 },
		{ "RS256.pub", "kRS256", JWK_RSA }
	};
	struct jwk_set s = { NULL, 0 };
	char error[JWK_ERROR];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(want); i++) {
		assert_int_equal(add_file(&s, want[i].name, error), 0);
		assert_string_equal(s.keys[i].kid, want[i].kid);
		assert_int_equal(s.keys[i].type, want[i].type);
		assert_ptr_equal(jwk_find(&s, want[i].kid), &s.keys[i]);
	}
	assert_null(jwk_find(&s, "kedDSA"));
	assert_null(jwk_find(&s, ""));
	assert_int_equal(add_file(&s, "rejected-oct", error), -1);
	assert_string_equal(error, INVALID);
	assert_int_equal(add_file(&s, "EdDSA.pub", error), -1);
	assert_string_equal(error, "Duplicate KeyID found: kEdDSA");
	assert_int_equal(s.n, NELEM(want));
	jwk_free(&s);
	assert_int_equal(s.n, 0);
	jwk_free(&s);
}

static void
test_no_key(void **state)
{
	static const char *const bad[] = {
		"", " ", "null", "[]", "\"kty\"", "{", "{}", "{\"kty\":1}",
		"{" OKP "} x", "{" OKP ",\"kid\":1}", "{" OKP ",\"alg\":1}",
		"{" OKP "," OKP "}",
		"{" OKP ",\"alg\":\"ES256\"}", "{" OKP ",\"alg\":\"none\"}",
		"{" OKP ",\"alg\":\"HS256\"}",
		"{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" X "\"}",
		"{\"kty\":\"OKP\",\"x\":\"" X "\"}",
		"{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}",
		"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"hoc1\"}",
		"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "AAAA\"}",
		"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X "=\"}",
		"{\"kty\":\"oct\",\"k\":\"AAAA\"}",
		"{\"kty\":\"okp\",\"crv\":\"Ed25519\",\"x\":\"" X "\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\""
		    X "\"}",
		"{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}"
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++)
		refused(bad[i]);
}

/* Every member that only private keys have, whatever is in it. */
static void
test_private(void **state)
{
	static const char *const secrets[] = { "d", "p", "q", "dp", "dq",
		"qi", "oth", "k" };
	char text[256], error[JWK_ERROR];
	struct jwk_set s = { NULL, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(secrets); i++) {
		snprintf(text, sizeof(text), "{" OKP ",\"%s\":\"AA\"}",
		    secrets[i]);
		refused(text);
		snprintf(text, sizeof(text), "{" OKP ",\"%s\":null}",
		    secrets[i]);
		refused(text);
	}
	assert_int_equal(add(&s, "{" OKP ",\"x5t\":\"AA\"}", error), 0);
	assert_string_equal(s.keys[0].kid, "");
	assert_int_equal(add(&s, "{" OKP ",\"kid\":null}", error), -1);
	assert_string_equal(error, "Duplicate KeyID found: ");
	jwk_free(&s);
}

/* from, which is there, becomes to. */
static void
refused_with(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *changed;

	assert_non_null(at);
	assert_true(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from)) > 0);
	refused(changed);
	free(changed);
}

static void
test_point_off_curve(void **state)
{
	static const char *const algs[] = { "ES256", "ES384", "ES512" };
	EVP_PKEY *key;
	char *text, from[] = "\"y\":\"?", to[] = "\"y\":\"?";
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(algs); i++) {
		key = sign_key(algs[i]);
		text = sign_jwk(key, "k", NULL);
		from[5] = strstr(text, "\"y\":\"")[5];
		to[5] = from[5] == 'A' ? 'B' : 'A';
		refused_with(text, from, to);
		/* A byte more in front changes the number not, but its form. */
		refused_with(text, "\"y\":\"", "\"y\":\"AAAA");
		refused_with(text, "\"crv\":\"P-", "\"crv\":\"P");
		free(text);
		EVP_PKEY_free(key);
	}
}

static void
test_weak_rsa(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(1024);
	char *text;

	(void)state;
	assert_non_null(key);
	text = sign_jwk(key, "k", NULL);
	refused(text);
	free(text);
	EVP_PKEY_free(key);
	key = sign_key("RS256");
	text = sign_jwk(key, "k", NULL);
	refused_with(text, "\"e\":\"AQAB\"", "\"e\":\"AQ\"");
	refused_with(text, "\"e\":\"AQAB\"", "\"e\":\"AA\"");
	refused_with(text, "\"e\":\"AQAB\"", "\"e\":\"BA\"");
	refused_with(text, "\"e\":\"AQAB\"", "\"e\":\"\"");
	refused_with(text, "\"n\":", "\"N\":");
	refused_with(text, "\"n\":\"", "\"n\":\"=");
	free(text);
	EVP_PKEY_free(key);
}

static void
test_bounds(void **state)
{
	static char text[JWK_TEXT_MAX + 2];
	struct jwk_set s = { NULL, 0 };
	char error[JWK_ERROR];

	(void)state;
	memset(text, ' ', sizeof(text) - 1);
	memcpy(text, "{" OKP "}", strlen("{" OKP "}"));
	assert_int_equal(jwk_add(&s, text, JWK_TEXT_MAX, error,
	    sizeof(error)), 0);
	jwk_free(&s);
	refused(text);
	memset(text, '[', sizeof(text) - 2);
	refused(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_no_key),
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_point_off_curve),
		cmocka_unit_test(test_weak_rsa),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
