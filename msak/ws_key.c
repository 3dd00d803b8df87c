/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "msak/ws.h"

#define NONCE_LEN	16
#define SHA1_LEN	20
/* What the accepting side appends (RFC 6455 section 1.3). */
#define GUID		"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

void
ws_nonce(char out[WS_NONCE_STRLEN])
{
	uint8_t bytes[NONCE_LEN];

	arc4random_buf(bytes, sizeof(bytes));
	EVP_EncodeBlock((unsigned char *)out, bytes, sizeof(bytes));
}

static bool
hash(EVP_MD_CTX *c, const char *nonce, size_t len, uint8_t out[SHA1_LEN])
{
	return EVP_DigestInit_ex2(c, EVP_sha1(), NULL) == 1 &&
	    EVP_DigestUpdate(c, nonce, len) == 1 &&
	    EVP_DigestUpdate(c, GUID, strlen(GUID)) == 1 &&
	    EVP_DigestFinal_ex(c, out, NULL) == 1;
}

int
ws_accept(const char *nonce, size_t len, char out[WS_ACCEPT_STRLEN])
{
	uint8_t digest[SHA1_LEN];
	EVP_MD_CTX *c;
	bool good;

	if ((c = EVP_MD_CTX_new()) == NULL)
		return -1;
	good = hash(c, nonce, len, digest);
	EVP_MD_CTX_free(c);
	if (!good)
		return -1;
	EVP_EncodeBlock((unsigned char *)out, digest, sizeof(digest));
	return 0;
}
