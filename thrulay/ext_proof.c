/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sha2.h>
#include <string.h>

#include "thrulay/ext.h"
#include "thrulay/wire.h"

_Static_assert(EXT_PROOF_LEN == SHA256_DIGEST_LENGTH, "a proof is a digest");

/* HMAC (RFC 2104) with SHA-256. */
struct hmac {
	SHA2_CTX	inner, outer;
};

static void
hmac_init(struct hmac *h, const void *key, size_t len)
{
	uint8_t block[SHA256_BLOCK_LENGTH] = { 0 };
	size_t i;

	SHA256Init(&h->inner);
	SHA256Init(&h->outer);
	if (len > sizeof(block)) {
		SHA256Update(&h->inner, key, len);
		SHA256Final(block, &h->inner);
		SHA256Init(&h->inner);
	} else {
		memcpy(block, key, len);
	}
	for (i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36;
	SHA256Update(&h->inner, block, sizeof(block));
	for (i = 0; i < sizeof(block); i++)
		block[i] ^= 0x36 ^ 0x5c;
	SHA256Update(&h->outer, block, sizeof(block));
	explicit_bzero(block, sizeof(block));
}

static void
hmac_update(struct hmac *h, const void *data, size_t len)
{
	SHA256Update(&h->inner, data, len);
}

static void
hmac_final(struct hmac *h, uint8_t digest[SHA256_DIGEST_LENGTH])
{
	SHA256Final(digest, &h->inner);
	SHA256Update(&h->outer, digest, SHA256_DIGEST_LENGTH);
	SHA256Final(digest, &h->outer);
	explicit_bzero(h, sizeof(*h));
}

void
ext_proof(const char *key, const uint8_t challenge[EXT_CHALLENGE_LEN],
    const void *request, size_t len, uint8_t proof[EXT_PROOF_LEN])
{
	static const char label[] = "thrulay extension 1";
	struct hmac h;

	hmac_init(&h, key, strlen(key));
	hmac_update(&h, label, sizeof(label));	/* with its NUL */
	hmac_update(&h, challenge, EXT_CHALLENGE_LEN);
	hmac_update(&h, request, len);
	hmac_final(&h, proof);
}

bool
ext_proof_equal(const uint8_t *a, const uint8_t *b)
{
	return wire_equal(a, b, EXT_PROOF_LEN);
}
