/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/ext_proof.c"		/* for the HMAC itself */

#define LONGEST	160

static void
unhex(const char *hex, uint8_t digest[SHA256_DIGEST_LENGTH])
{
	char digits[3] = "";
	size_t i;

	assert_int_equal(strlen(hex), 2 * SHA256_DIGEST_LENGTH);
	for (i = 0; i < SHA256_DIGEST_LENGTH; i++) {
		memcpy(digits, hex + 2 * i, 2);
		digest[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
}

/* RFC 4231, sections 4.2 to 4.8, without the truncated one of 4.6. */
static void
test_rfc_4231(void **state)
{
	static const struct {
		int		 key_byte;	/* of a uniform key, or -1 */
		size_t		 key_len;
		const char	*key, *data;	/* data NULL: uniform */
		int		 data_byte;
		size_t		 data_len;
		const char	*digest;
	} rows[] = {
		{ 0x0b, 20, NULL, "Hi There", 0, 8,
		    "b0344c61d8db38535ca8afceaf0bf12b"
		    "881dc200c9833da726e9376c2e32cff7" },
		{ -1, 4, "Jefe", "what do ya want for nothing?", 0, 28,
		    "5bdcc146bf60754e6a042426089575c7"
		    "5a003f089d2739839dec58b964ec3843" },
		{ 0xaa, 20, NULL, NULL, 0xdd, 50,
		    "773ea91e36800e46854db8ebd09181a7"
		    "2959098b3ef8c122d9635514ced565fe" },
		{ -1, 25, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"
		    "\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
		    NULL, 0xcd, 50,
		    "82558a389a443c0ea4cc819899f2083a"
		    "85f0faa3e578f8077a2e3ff46729665b" },
		{ 0xaa, 131, NULL, "Test Using Larger Than Block-Size Key - "
		    "Hash Key First", 0, 54,
		    "60e431591ee0b67f0d8a26aacbf5b77f"
		    "8e0bc6213728c5140546040f0ee37f54" },
		{ 0xaa, 131, NULL, "This is a test using a larger than "
		    "block-size key and a larger than block-size data. The "
		    "key needs to be hashed before being used by the HMAC "
		    "algorithm.", 0, 152,
		    "9b09ffa71b942fcb27635fbcd5b0e944"
		    "bfdc63644f0713938a7f51535c3a35e2" },
	};
	uint8_t key[LONGEST], data[LONGEST], want[SHA256_DIGEST_LENGTH];
	uint8_t digest[SHA256_DIGEST_LENGTH];
	struct hmac h;
	size_t i, half;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		memset(key, rows[i].key_byte, sizeof(key));
		if (rows[i].key != NULL)
			memcpy(key, rows[i].key, rows[i].key_len);
		memset(data, rows[i].data_byte, sizeof(data));
		if (rows[i].data != NULL)
			memcpy(data, rows[i].data, rows[i].data_len);
		unhex(rows[i].digest, want);
		half = rows[i].data_len / 2;
		hmac_init(&h, key, rows[i].key_len);
		hmac_update(&h, data, half);
		hmac_update(&h, data + half, rows[i].data_len - half);
		hmac_final(&h, digest);
		assert_memory_equal(digest, want, sizeof(want));
	}
}

/* The proof by hand: label with its NUL, challenge, request. */
static void
test_proof_covers_all(void **state)
{
	static const char request[] = "x:13:type=request\n+";
	uint8_t text[20 + EXT_CHALLENGE_LEN + sizeof(request) - 1];
	uint8_t proof[EXT_PROOF_LEN], want[EXT_PROOF_LEN];
	uint8_t challenge[EXT_CHALLENGE_LEN];
	struct hmac h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(challenge); i++)
		challenge[i] = (uint8_t)i;
	memcpy(text, "thrulay extension 1\0", 20);
	memcpy(text + 20, challenge, sizeof(challenge));
	memcpy(text + 20 + sizeof(challenge), request, sizeof(request) - 1);
	hmac_init(&h, "secret", 6);
	hmac_update(&h, text, sizeof(text));
	hmac_final(&h, want);
	ext_proof("secret", challenge, request, sizeof(request) - 1, proof);
	assert_true(ext_proof_equal(proof, want));

	ext_proof("secreT", challenge, request, sizeof(request) - 1, proof);
	assert_false(ext_proof_equal(proof, want));
	ext_proof("secret", challenge, request, sizeof(request) - 2, proof);
	assert_false(ext_proof_equal(proof, want));
	challenge[15] ^= 1;
	ext_proof("secret", challenge, request, sizeof(request) - 1, proof);
	assert_false(ext_proof_equal(proof, want));
}

static void
test_proof_equal_sees_every_bit(void **state)
{
	uint8_t a[EXT_PROOF_LEN] = { 0 }, b[EXT_PROOF_LEN] = { 0 };
	size_t i;

	(void)state;
	assert_true(ext_proof_equal(a, b));
	for (i = 0; i < 8 * EXT_PROOF_LEN; i++) {
		b[i / 8] = (uint8_t)(1u << i % 8);
		assert_false(ext_proof_equal(a, b));
		b[i / 8] = 0;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc_4231),
		cmocka_unit_test(test_proof_covers_all),
		cmocka_unit_test(test_proof_equal_sees_every_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
