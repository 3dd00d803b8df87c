/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "msak/access.h"
#include "tests/unit/token_sign.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define GOOD	"\"iss\":\"locate\",\"aud\":[\"m1\"]"
#define NOW_NS	(INT64_C(1795313693) * CLOCK_NS_PER_S)
#define WARNING	"WARNING: token controller is disabled: "

struct fixture {
	EVP_PKEY	*key;
	struct jwk_set	 set;
	char		*good, *bad;	/* tokens */
};

static int
setup(void **state)
{
	static struct fixture f;

	f.key = sign_key("ES256");
	sign_set(&f.set, f.key, "k", NULL);
	f.good = sign_claims(f.key, "ES256", "k", "{" GOOD
	    ",\"jti\":\"from-token\",\"sub\":\"monitoring\"}");
	f.bad = sign_claims(f.key, "ES256", "k", "{" GOOD ",\"exp\":1}");
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	free(f->good);
	free(f->bad);
	jwk_free(&f->set);
	EVP_PKEY_free(f->key);
	return 0;
}

static struct access
begin(const struct fixture *f, const char *machine, bool required)
{
	char message[ACCESS_MESSAGE];
	struct access a;

	access_init(&a, &f->set, NULL, machine, required, message,
	    sizeof(message));
	return a;
}

static struct access_answer
check(const struct access *a, enum access_path path, const char *token)
{
	struct access_answer ans;

	access_check(a, path, token, token == NULL ? 0 : strlen(token),
	    NOW_NS, &ans);
	assert_int_equal(ans.status, access_accepted(ans.reason) ? 0 : 401);
	assert_int_equal(ans.path, path);
	return ans;
}

/* Every way to start: what is said, and whether it goes on. */
static void
test_start(void **state)
{
	static const struct {
		const char	*error, *machine;
		bool		 required, enabled;
		int		 rc;
		const char	*message;
	} ways[] = {
		{ NULL, "m1", false, true, 0, "" },
		{ NULL, "m1", true, true, 0, "" },
		{ NULL, "", false, false, 0, WARNING
		    "square/go-jose/jwt: validation failed, "
		    "invalid audience claim (aud)" },
		{ NULL, "", true, false, -1, "Failed to load verifier (error:"
		    " -token.verify needs a -token.machine)" },
		{ "invalid JSON web key", "m1", false, false, 0, WARNING
		    "verifier is invalid" },
		{ "invalid JSON web key", "", false, false, 0, WARNING
		    "verifier is invalid" },
		{ "invalid JSON web key", "m1", true, false, -1,
		    "Failed to load verifier (error: invalid JSON web key)" },
		{ "Duplicate KeyID found: kEdDSA", "", true, false, -1,
		    "Failed to load verifier (error: "
		    "Duplicate KeyID found: kEdDSA)" }
	};
	struct fixture *f = *state;
	char message[ACCESS_MESSAGE];
	struct access a;
	size_t i;

	for (i = 0; i < NELEM(ways); i++) {
		assert_int_equal(access_init(&a, &f->set, ways[i].error,
		    ways[i].machine, ways[i].required, message,
		    sizeof(message)), ways[i].rc);
		assert_string_equal(message, ways[i].message);
		assert_int_equal(a.enabled, ways[i].enabled);
	}
}

static void
test_paths(void **state)
{
	static const char *const known[] = { "/latency/v1/authorize",
		"/latency/v1/result", "/throughput/v1/download",
		"/throughput/v1/upload" };
	static const char *const other[] = { "", "/", "unknown",
		"/throughput/v1/download/", "/throughput/v1/Download",
		"/throughput/v1", "/latency/v1/authorize2" };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(known); i++) {
		assert_int_equal(access_path(known[i]), i);
		assert_string_equal(access_path_name((enum access_path)i),
		    known[i]);
	}
	for (i = 0; i < NELEM(other); i++)
		assert_int_equal(access_path(other[i]), ACCESS_OTHER);
	assert_string_equal(access_path_name(ACCESS_OTHER), "unknown");
}

static void
test_required(void **state)
{
	struct fixture *f = *state;
	struct access a = begin(f, "m1", true);
	struct access_answer ans;
	int p;

	for (p = 0; p < ACCESS_OTHER; p++) {
		ans = check(&a, (enum access_path)p, NULL);
		assert_string_equal(access_reason(ans.reason), "missing");
		assert_int_equal(ans.status, 401);
		ans = check(&a, (enum access_path)p, f->bad);
		assert_string_equal(access_reason(ans.reason),
		    "token is expired (exp)");
		assert_int_equal(ans.status, 401);
		assert_false(ans.verified);
		ans = check(&a, (enum access_path)p, f->good);
		assert_string_equal(access_reason(ans.reason), "locate");
		assert_int_equal(ans.status, 0);
		assert_true(ans.counted);
		assert_true(ans.claims.monitoring);
		assert_true(ans.verified);
		assert_string_equal(ans.claims.id, "from-token");
	}
	ans = check(&a, ACCESS_OTHER, f->bad);
	assert_int_equal(ans.status, 0);
	assert_string_equal(access_reason(ans.reason), "unenforced-path");
	assert_false(ans.claims.monitoring);
}

static void
test_not_required(void **state)
{
	struct fixture *f = *state;
	struct access a = begin(f, "m1", false);
	struct access_answer ans;

	ans = check(&a, ACCESS_UPLOAD, NULL);
	assert_int_equal(ans.status, 0);
	assert_string_equal(access_reason(ans.reason), "empty");
	assert_false(ans.claims.monitoring);
	assert_false(ans.verified);
	ans = check(&a, ACCESS_UPLOAD, "");
	assert_int_equal(ans.status, 0);
	ans = check(&a, ACCESS_UPLOAD, f->bad);
	assert_int_equal(ans.status, 401);
	ans = check(&a, ACCESS_UPLOAD, "x");
	assert_int_equal(ans.status, 401);
	ans = check(&a, ACCESS_UPLOAD, f->good);
	assert_int_equal(ans.status, 0);
	assert_true(ans.verified);
	assert_string_equal(ans.claims.id, "from-token");
}

/* Then a token means nothing: neither an id nor an exemption. */
static void
test_disabled(void **state)
{
	struct fixture *f = *state;
	struct access a = begin(f, "", false);
	const char *const tokens[] = { NULL, "x", f->bad, f->good };
	struct access_answer ans;
	size_t i;

	for (i = 0; i < NELEM(tokens); i++) {
		ans = check(&a, ACCESS_DOWNLOAD, tokens[i]);
		assert_int_equal(ans.status, 0);
		assert_false(ans.counted);
		assert_false(ans.claims.monitoring);
		assert_false(ans.verified);
	}
}

/* Keys there are none: every token is refused, and so is none. */
static void
test_no_keys(void **state)
{
	struct fixture *f = *state;
	struct jwk_set none = { NULL, 0 };
	char message[ACCESS_MESSAGE];
	struct access a;

	assert_int_equal(access_init(&a, &none, NULL, "m1", true, message,
	    sizeof(message)), 0);
	assert_string_equal(message, "WARNING: there is no key for access "
	    "tokens, so every test is refused");
	assert_int_equal(check(&a, ACCESS_RESULT, NULL).status, 401);
	assert_int_equal(check(&a, ACCESS_RESULT, f->good).status, 401);
}

/* A token without jti still decides: the id is empty. */
static void
test_empty_id(void **state)
{
	struct fixture *f = *state;
	struct access a = begin(f, "m1", true);
	struct access_answer ans;
	char *token = sign_claims(f->key, "ES256", "k", "{" GOOD "}");

	ans = check(&a, ACCESS_AUTHORIZE, token);
	assert_int_equal(ans.status, 0);
	assert_true(ans.verified);
	assert_string_equal(ans.claims.id, "");
	free(token);
}

static void
test_reasons(void **state)
{
	int i, j;

	(void)state;
	for (i = 0; i < ACCESS_REASONS; i++)
		for (j = 0; j < i; j++)
			if (j != ACCESS_BAD && i != ACCESS_BAD)
				assert_string_not_equal(
				    access_reason((enum access_reason)i),
				    access_reason((enum access_reason)j));
}

/* The recorded requests' status, by the recorded tokens. */
static void
test_vectors(void **state)
{
	struct jv *file = jv_load("msak/tokens/cases.json");
	const struct jv *cases = jv_get(file, "cases"), *c;
	struct fixture f;
	struct access a;
	size_t i;

	(void)state;
	sign_vectors(&f.set);
	a = begin(&f, "m1", true);
	for (i = 0; i < jv_len(cases); i++) {
		c = jv_at(cases, i);
		assert_int_equal(check(&a, ACCESS_AUTHORIZE,
		    jv_str(jv_get(c, "token"), NULL)).status,
		    jv_int(jv_get(c, "http_status")) == 200 ? 0 : 401);
	}
	jwk_free(&f.set);
	jv_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_required),
		cmocka_unit_test(test_not_required),
		cmocka_unit_test(test_disabled),
		cmocka_unit_test(test_no_keys),
		cmocka_unit_test(test_empty_id),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
