/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "msak/token.h"
#include "tests/unit/token_sign.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define KID	"k"
/* When the vectors were recorded. */
#define NOW_S	INT64_C(1795313693)
#define GOOD	"\"iss\":\"locate\",\"aud\":\"m1\""
#define CLAIMS	"{" GOOD "}"

struct fixture {
	EVP_PKEY	*key;
	struct jwk_set	 set;
};

static int
setup(void **state)
{
	static struct fixture f;

	f.key = sign_key("EdDSA");
	sign_set(&f.set, f.key, KID, NULL);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	jwk_free(&f->set);
	EVP_PKEY_free(f->key);
	return 0;
}

static enum token_verdict
verify(const struct jwk_set *s, const char *token, struct token_claims *out)
{
	return token_verify(s, token, strlen(token), "m1",
	    NOW_S * CLOCK_NS_PER_S, out);
}

/* The verdict on these claims, well signed. */
static enum token_verdict
on_claims(const struct fixture *f, const char *claims,
    struct token_claims *out)
{
	char *token = sign_claims(f->key, "EdDSA", KID, claims);
	enum token_verdict v = verify(&f->set, token, out);

	free(token);
	return v;
}

static enum token_verdict
on_header(const struct fixture *f, const char *header)
{
	char *token = sign_token(f->key, "EdDSA", header, CLAIMS);
	struct token_claims out;
	enum token_verdict v = verify(&f->set, token, &out);

	free(token);
	return v;
}

static void
check_case(const struct jwk_set *s, const struct jv *c)
{
	const char *expect = jv_str(jv_get(c, "expect"), NULL);
	const char *name = jv_str(jv_get(c, "name"), NULL);
	struct token_claims out;
	enum token_verdict v;

	v = verify(s, jv_str(jv_get(c, "token"), NULL), &out);
	if ((v == TOKEN_GOOD) != (strcmp(expect, "accept") == 0))
		fail_msg("%s: %s", name, token_reason(v));
	if (v == TOKEN_GOOD) {
		assert_string_equal(out.id, jv_str(jv_get(c, "mid"), NULL));
		assert_int_equal(out.monitoring,
		    strcmp(name, "monitoring subject") == 0);
		return;
	}
	assert_string_equal(out.id, "");
	expect = strchr(expect, ':');
	if (expect != NULL && strstr(token_reason(v), expect + 2) == NULL)
		fail_msg("%s: %s", name, token_reason(v));
}

static void
test_vectors(void **state)
{
	struct jv *file = jv_load("msak/tokens/cases.json");
	const struct jv *cases = jv_get(file, "cases");
	struct jwk_set s;
	size_t i;

	(void)state;
	sign_vectors(&s);
	assert_int_equal(jv_len(cases), 17);
	for (i = 0; i < jv_len(cases); i++)
		check_case(&s, jv_at(cases, i));
	jwk_free(&s);
	jv_free(file);
}

/* The 60 s that clocks may differ, to the second and to a ns around it. */
static void
test_dates(void **state)
{
	static const struct {
		const char	*key;
		int64_t		 edge;		/* still good, from now */
		int		 beyond;	/* the way that is bad */
		enum token_verdict bad;
	} dates[] = {
		{ "exp", -60, -1, TOKEN_EXP },
		{ "nbf", 60, 1, TOKEN_NBF },
		{ "iat", 60, 1, TOKEN_IAT }
	};
	struct token_claims out;
	char claims[128], *token;
	size_t i;

	for (i = 0; i < NELEM(dates); i++) {
		snprintf(claims, sizeof(claims), "{" GOOD ",\"%s\":%lld}",
		    dates[i].key, (long long)(NOW_S + dates[i].edge));
		assert_int_equal(on_claims(*state, claims, &out), TOKEN_GOOD);
		token = sign_claims(((struct fixture *)*state)->key, "EdDSA",
		    KID, claims);
		assert_int_equal(token_verify(&((struct fixture *)*state)->set,
		    token, strlen(token), "m1", NOW_S * CLOCK_NS_PER_S -
		    dates[i].beyond, &out), dates[i].bad);
		free(token);
		snprintf(claims, sizeof(claims), "{" GOOD ",\"%s\":%lld}",
		    dates[i].key, (long long)(NOW_S + dates[i].edge +
		    dates[i].beyond));
		assert_int_equal(on_claims(*state, claims, &out),
		    dates[i].bad);
	}
}

static void
test_date_forms(void **state)
{
	static const struct {
		const char	*claim;
		enum token_verdict v;
	} forms[] = {
		{ "\"exp\":1795313693.75", TOKEN_GOOD },
		{ "\"exp\":1.795313633999e9", TOKEN_GOOD },
		{ "\"exp\":1.795313632999e9", TOKEN_EXP },
		{ "\"exp\":1e300", TOKEN_GOOD },
		{ "\"exp\":9223372036854775807", TOKEN_GOOD },
		{ "\"exp\":-9223372036854775808", TOKEN_EXP },
		{ "\"exp\":-1e300", TOKEN_EXP },
		{ "\"nbf\":1e300", TOKEN_NBF },
		{ "\"iat\":-1e300", TOKEN_GOOD },
		{ "\"exp\":0", TOKEN_EXP },
		{ "\"exp\":null", TOKEN_GOOD },
		{ "\"exp\":1e999", TOKEN_CLAIMS },
		{ "\"exp\":92233720368547758070", TOKEN_CLAIMS },
		{ "\"exp\":\"1895313693\"", TOKEN_CLAIMS },
		{ "\"nbf\":true", TOKEN_CLAIMS },
		{ "\"iat\":[1]", TOKEN_CLAIMS },
		{ "\"iat\":NaN", TOKEN_CLAIMS }
	};
	struct token_claims out;
	char claims[128];
	size_t i;

	for (i = 0; i < NELEM(forms); i++) {
		snprintf(claims, sizeof(claims), "{" GOOD ",%s}",
		    forms[i].claim);
		if (on_claims(*state, claims, &out) != forms[i].v)
			fail_msg("%s", claims);
	}
}

static void
test_claims(void **state)
{
	static const struct {
		const char	*claims;
		enum token_verdict v;
	} all[] = {
		{ CLAIMS, TOKEN_GOOD },
		{ "{\"iss\":\"locate\",\"aud\":[\"x\",\"m1\"]}", TOKEN_GOOD },
		{ "{\"iss\":\"locate\",\"aud\":[\"m1\",1]}", TOKEN_AUD },
		{ "{\"iss\":\"locate\",\"aud\":[1,\"m1\"]}", TOKEN_AUD },
		{ "{\"iss\":\"locate\",\"aud\":[[\"m1\"]]}", TOKEN_AUD },
		{ "{\"iss\":\"locate\",\"aud\":[]}", TOKEN_AUD },
		{ "{\"iss\":\"locate\",\"aud\":\"m1 \"}", TOKEN_AUD },
		{ "{\"iss\":\"locate\",\"aud\":\"M1\"}", TOKEN_AUD },
		{ "{\"iss\":\"locate\",\"aud\":{\"m1\":\"m1\"}}", TOKEN_AUD },
		{ "{\"iss\":\"locate\",\"aud\":null}", TOKEN_AUD },
		{ "{\"aud\":\"m1\"}", TOKEN_ISS },
		{ "{\"iss\":\"Locate\",\"aud\":\"m1\"}", TOKEN_ISS },
		{ "{\"iss\":\"locatex\",\"aud\":\"m1\"}", TOKEN_ISS },
		{ "{\"iss\":[\"locate\"],\"aud\":\"m1\"}", TOKEN_CLAIMS },
		{ "{" GOOD ",\"iss\":\"locate\"}", TOKEN_CLAIMS },
		{ "{" GOOD ",\"jti\":1}", TOKEN_CLAIMS },
		{ "{" GOOD ",\"sub\":1}", TOKEN_CLAIMS },
		{ "{" GOOD ",\"jti\":\"a\\u0000b\"}", TOKEN_CLAIMS },
		{ "{" GOOD "} x", TOKEN_CLAIMS },
		{ "[" CLAIMS "]", TOKEN_CLAIMS },
		{ "", TOKEN_CLAIMS },
		{ "null", TOKEN_CLAIMS },
		{ "\"locate\"", TOKEN_CLAIMS }
	};
	struct token_claims out;
	size_t i;

	for (i = 0; i < NELEM(all); i++)
		if (on_claims(*state, all[i].claims, &out) != all[i].v)
			fail_msg("%s", all[i].claims);
}

static void
test_id(void **state)
{
	struct token_claims out;
	char claims[TOKEN_ID_MAX + 64];

	on_claims(*state, "{" GOOD ",\"jti\":\"a/\\u00e9\",\"sub\":\"s\"}",
	    &out);
	assert_string_equal(out.id, "a/\xc3\xa9");
	assert_false(out.monitoring);
	on_claims(*state, "{" GOOD ",\"sub\":\"monitoring\"}", &out);
	assert_string_equal(out.id, "");
	assert_true(out.monitoring);
	on_claims(*state, "{" GOOD ",\"sub\":\"monitoring \"}", &out);
	assert_false(out.monitoring);
	snprintf(claims, sizeof(claims), "{" GOOD ",\"jti\":\"%0*d\"}",
	    TOKEN_ID_MAX - 1, 0);
	assert_int_equal(on_claims(*state, claims, &out), TOKEN_GOOD);
	assert_int_equal(strlen(out.id), TOKEN_ID_MAX - 1);
	snprintf(claims, sizeof(claims), "{" GOOD ",\"jti\":\"%0*d\"}",
	    TOKEN_ID_MAX, 0);
	assert_int_equal(on_claims(*state, claims, &out), TOKEN_CLAIMS);
}

static void
test_header(void **state)
{
	static const struct {
		const char	*header;
		enum token_verdict v;
	} all[] = {
		{ "{\"alg\":\"EdDSA\",\"kid\":\"k\"}", TOKEN_GOOD },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"k\",\"typ\":\"JWT\",\"x\":{}}",
		    TOKEN_GOOD },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"K\"}", TOKEN_KEY_ID },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"\"}", TOKEN_KEY_ID },
		{ "{\"alg\":\"EdDSA\"}", TOKEN_KEY_ID },
		{ "{\"alg\":\"EdDSA\",\"kid\":1}", TOKEN_HEADER },
		{ "{\"alg\":\"EdDSA\",\"kid\":[\"k\"]}", TOKEN_HEADER },
		{ "{\"kid\":\"k\"}", TOKEN_HEADER },
		{ "{\"alg\":null,\"kid\":\"k\"}", TOKEN_HEADER },
		{ "{\"alg\":[\"EdDSA\"],\"kid\":\"k\"}", TOKEN_HEADER },
		{ "{\"alg\":\"none\",\"kid\":\"k\"}", TOKEN_ALG },
		{ "{\"alg\":\"None\",\"kid\":\"k\"}", TOKEN_ALG },
		{ "{\"alg\":\"\",\"kid\":\"k\"}", TOKEN_ALG },
		{ "{\"alg\":\"eddsa\",\"kid\":\"k\"}", TOKEN_ALG },
		{ "{\"alg\":\"ES256\",\"kid\":\"k\"}", TOKEN_ALG },
		{ "{\"alg\":\"HS256\",\"kid\":\"k\"}", TOKEN_ALG },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"k\",\"crit\":[]}", TOKEN_CRIT },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"k\",\"crit\":[\"exp\"]}",
		    TOKEN_CRIT },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"k\",\"crit\":null}",
		    TOKEN_CRIT },
		{ "{\"alg\":\"none\",\"alg\":\"EdDSA\",\"kid\":\"k\"}",
		    TOKEN_HEADER },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"k\"}}", TOKEN_HEADER },
		{ "{\"alg\":\"EdDSA\",\"kid\":\"k\"", TOKEN_HEADER },
		{ "", TOKEN_HEADER }, { "null", TOKEN_HEADER },
		{ "[]", TOKEN_HEADER }, { "\xff", TOKEN_HEADER }
	};
	size_t i;

	for (i = 0; i < NELEM(all); i++)
		if (on_header(*state, all[i].header) != all[i].v)
			fail_msg("%s", all[i].header);
}

/* A key without an id is for tokens without one. */
static void
test_no_kid(void **state)
{
	struct fixture *f = *state;
	struct jwk_set s;
	struct token_claims out;
	char *token = sign_token(f->key, "EdDSA", "{\"alg\":\"EdDSA\"}",
	    CLAIMS);

	sign_set(&s, f->key, "", NULL);
	assert_int_equal(verify(&s, token, &out), TOKEN_GOOD);
	free(token);
	jwk_free(&s);
}

static void
test_form(void **state)
{
	static const struct {
		const char	*token;
		enum token_verdict v;
	} all[] = {
		{ ".", TOKEN_PARTS }, { "e30", TOKEN_PARTS },
		{ "e30.e30", TOKEN_PARTS }, { "e30.e30.e30.e30", TOKEN_PARTS },
		{ "e30.e30.e30.", TOKEN_PARTS }, { "..", TOKEN_HEADER },
		{ "e30..", TOKEN_HEADER }, { "e30=.e30.e30", TOKEN_BASE64 },
		{ "e30.e30.e30 ", TOKEN_BASE64 }, { "a.b.c", TOKEN_BASE64 },
		{ "e30.e31.e30", TOKEN_BASE64 }, { "{}", TOKEN_PARTS }
	};
	struct fixture *f = *state;
	struct token_claims out;
	size_t i;

	for (i = 0; i < NELEM(all); i++)
		if (verify(&f->set, all[i].token, &out) != all[i].v)
			fail_msg("%s", all[i].token);
	assert_int_equal(token_verify(&f->set, "", 0, "m1", 0, &out),
	    TOKEN_PARTS);
	for (i = 0; i < TOKEN_VERDICTS; i++)
		assert_non_null(token_reason((enum token_verdict)i));
}

/* As many bytes as TOKEN_MAX and not one more; and brackets without end. */
static void
test_bounds(void **state)
{
	struct fixture *f = *state;
	struct token_claims out;
	char claims[TOKEN_MAX], *token;
	int n = 0;

	do {
		snprintf(claims, sizeof(claims), "{" GOOD ",\"x\":\"%0*d\"}",
		    ++n + 2700, 0);
		token = sign_claims(f->key, "EdDSA", KID, claims);
		assert_int_equal(verify(&f->set, token, &out),
		    strlen(token) <= TOKEN_MAX ? TOKEN_GOOD : TOKEN_SIZE);
		free(token);
	} while (strlen(claims) < 3200);
	memset(claims, '[', 2900);
	memcpy(claims, "{\"x\":", 5);
	claims[2900] = '\0';
	assert_int_equal(on_claims(f, claims, &out), TOKEN_CLAIMS);
	assert_int_equal(on_claims(f, "{" GOOD ",\"x\":[[[[[[[[[[[[[[[[[[[[[["
	    "[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", &out), TOKEN_GOOD);
	assert_int_equal(on_claims(f, "{" GOOD ",\"x\":[[[[[[[[[[[[[[[[[[[[[["
	    "[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}", &out),
	    TOKEN_CLAIMS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_date_forms),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_id),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_no_kid),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
