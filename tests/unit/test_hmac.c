/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <stdio.h>
#include <string.h>

#include "common/hmac.h"
#include "tests/unit/unit.h"

/* RFC 4231, cases 2 and 6: a key shorter than, and longer than, a block. */
static void
published(void **state)
{
	static const char *big = "Test Using Larger Than Block-Size Key - "
	    "Hash Key First";
	static const uint8_t jefe[] = { 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60,
	    0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a,
	    0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9,
	    0x64, 0xec, 0x38, 0x43 };
	static const uint8_t large[] = { 0x60, 0xe4, 0x31, 0x59, 0x1e, 0xe0,
	    0xb6, 0x7f, 0x0d, 0x8a, 0x26, 0xaa, 0xcb, 0xf5, 0xb7, 0x7f, 0x8e,
	    0x0b, 0xc6, 0x21, 0x37, 0x28, 0xc5, 0x14, 0x05, 0x46, 0x04, 0x0f,
	    0x0e, 0xe3, 0x7f, 0x54 };
	uint8_t key[131], out[HMAC_LEN];

	(void)state;
	assert_int_equal(hmac_sha256("Jefe", 4,
	    "what do ya want for nothing?", 28, out), 0);
	assert_memory_equal(out, jefe, sizeof(out));
	memset(key, 0xaa, sizeof(key));
	assert_int_equal(hmac_sha256(key, sizeof(key), big, strlen(big), out),
	    0);
	assert_memory_equal(out, large, sizeof(out));
}

/* Any key and message: what OpenSSL's own HMAC says. */
static void
like_openssl(void **state)
{
	uint8_t key[200], msg[300], ours[HMAC_LEN], theirs[HMAC_LEN];
	size_t i, n, keylen, len;

	(void)state;
	unit_seed();
	for (n = 0; n < 1000; n++) {
		keylen = 1 + (size_t)random() % sizeof(key);
		len = (size_t)random() % (sizeof(msg) + 1);
		for (i = 0; i < keylen; i++)
			key[i] = (uint8_t)random();
		for (i = 0; i < len; i++)
			msg[i] = (uint8_t)random();
		assert_int_equal(hmac_sha256(key, keylen, msg, len, ours), 0);
		assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL,
		    key, keylen, msg, len, theirs, sizeof(theirs), NULL));
		assert_memory_equal(ours, theirs, sizeof(ours));
	}
}

/* n blocks by OpenSSL's KBKDF. */
static void
openssl_kbkdf(uint8_t *key, size_t keylen, char *label, char *context,
    uint8_t *out, size_t n)
{
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("mac", (char[]){ "HMAC" }, 0),
		OSSL_PARAM_construct_utf8_string("digest",
		    (char[]){ "SHA256" }, 0),
		OSSL_PARAM_construct_octet_string("key", key, keylen),
		OSSL_PARAM_construct_octet_string("salt", label,
		    strlen(label)),
		OSSL_PARAM_construct_octet_string("info", context,
		    strlen(context)),
		OSSL_PARAM_construct_end()
	};
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
	EVP_KDF_CTX *c;

	assert_non_null(kdf);
	c = EVP_KDF_CTX_new(kdf);
	assert_non_null(c);
	assert_int_equal(EVP_KDF_derive(c, out, n * HMAC_LEN, params), 1);
	EVP_KDF_CTX_free(c);
	EVP_KDF_free(kdf);
}

static void
kbkdf_like_openssl(void **state)
{
	uint8_t key[64], theirs[3 * HMAC_LEN], ours[HMAC_LEN];
	char label[] = "UDPSTP", context[11];
	size_t i, n, keylen, blocks;

	(void)state;
	unit_seed();
	for (n = 0; n < 300; n++) {
		keylen = 1 + (size_t)random() % sizeof(key);
		blocks = 1 + (size_t)random() % 3;
		for (i = 0; i < keylen; i++)
			key[i] = (uint8_t)random();
		snprintf(context, sizeof(context), "%ld", random());
		openssl_kbkdf(key, keylen, label, context, theirs, blocks);
		for (i = 0; i < blocks; i++) {
			assert_int_equal(hmac_kbkdf(key, keylen, label,
			    context, strlen(context),
			    (uint32_t)(blocks * HMAC_LEN * 8),
			    (uint32_t)i + 1, ours), 0);
			assert_memory_equal(ours, theirs + i * HMAC_LEN,
			    sizeof(ours));
		}
	}
}

static void
equal(void **state)
{
	uint8_t a[HMAC_LEN] = { 0 }, b[HMAC_LEN] = { 0 };
	size_t i;

	(void)state;
	assert_true(hmac_equal(a, b, sizeof(a)));
	for (i = 0; i < sizeof(a) * 8; i++) {
		b[i / 8] = (uint8_t)(1 << i % 8);
		assert_false(hmac_equal(a, b, sizeof(a)));
		b[i / 8] = 0;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published),
		cmocka_unit_test(like_openssl),
		cmocka_unit_test(kbkdf_like_openssl),
		cmocka_unit_test(equal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
