/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <string.h>

#include "common/hmac.h"
#include "common/wire.h"

/*
 * Not EVP_MAC and EVP_KDF: without a global to keep them in they are fetched
 * by name at each call, which takes several times as long as the hashing. A
 * server does this for everything that claims to be authenticated.
 */
#define BLOCK_LEN	64		/* of SHA-256 */
#define INNER		0x36
#define OUTER		0x5c

struct piece {
	const void	*p;
	size_t		 len;
};

static bool
absorb(EVP_MD_CTX *c, const struct piece *pieces, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (EVP_DigestUpdate(c, pieces[i].p, pieces[i].len) != 1)
			return false;
	return true;
}

/* The hash of a key block, each byte XORed with pad, and of pieces. */
static bool
hash_padded(EVP_MD_CTX *c, const uint8_t key[BLOCK_LEN], uint8_t pad,
    const struct piece *pieces, size_t n, uint8_t out[HMAC_LEN])
{
	uint8_t block[BLOCK_LEN];
	size_t i;
	bool good;

	for (i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ pad;
	good = EVP_DigestInit_ex2(c, NULL, NULL) == 1 &&
	    EVP_DigestUpdate(c, block, sizeof(block)) == 1 &&
	    absorb(c, pieces, n) && EVP_DigestFinal_ex(c, out, NULL) == 1;
	OPENSSL_cleanse(block, sizeof(block));
	return good;
}

/* A key of any length as a block. The context is left with its digest set. */
static bool
key_block(EVP_MD_CTX *c, const void *key, size_t len, uint8_t block[BLOCK_LEN])
{
	memset(block, 0, BLOCK_LEN);
	if (EVP_DigestInit_ex2(c, EVP_sha256(), NULL) != 1)
		return false;
	if (len > BLOCK_LEN)
		return EVP_DigestUpdate(c, key, len) == 1 &&
		    EVP_DigestFinal_ex(c, block, NULL) == 1;
	if (len > 0)
		memcpy(block, key, len);
	return true;
}

static int
hmac_pieces(const void *key, size_t keylen, const struct piece *pieces,
    size_t n, uint8_t out[HMAC_LEN])
{
	struct piece inner = { out, HMAC_LEN };
	uint8_t block[BLOCK_LEN];
	EVP_MD_CTX *c;
	bool good;

	if ((c = EVP_MD_CTX_new()) == NULL)
		return -1;
	good = key_block(c, key, keylen, block) &&
	    hash_padded(c, block, INNER, pieces, n, out) &&
	    hash_padded(c, block, OUTER, &inner, 1, out);
	OPENSSL_cleanse(block, sizeof(block));
	EVP_MD_CTX_free(c);
	return good ? 0 : -1;
}

int
hmac_sha256(const void *key, size_t keylen, const void *msg, size_t len,
    uint8_t out[HMAC_LEN])
{
	struct piece piece = { msg, len };

	return hmac_pieces(key, keylen, &piece, 1, out);
}

int
hmac_kbkdf(const void *key, size_t keylen, const char *label,
    const void *context, size_t contextlen, uint32_t bits, uint32_t i,
    uint8_t out[HMAC_LEN])
{
	uint8_t counter[4], length[4];
	struct piece pieces[] = {
		{ counter, sizeof(counter) },
		{ label, strlen(label) + 1 },	/* and the zero byte */
		{ context, contextlen },
		{ length, sizeof(length) }
	};
	struct wire_wr w;

	wire_wr_init(&w, counter, sizeof(counter));
	wire_wr_be32(&w, i);
	wire_wr_init(&w, length, sizeof(length));
	wire_wr_be32(&w, bits);
	return hmac_pieces(key, keylen, pieces,
	    sizeof(pieces) / sizeof(pieces[0]), out);
}

bool
hmac_equal(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}
