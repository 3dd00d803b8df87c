/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/hmac.h"
#include "common/wire.h"
#include "udpst/auth.h"
#include "udpst/wire.h"

#define NS_PER_S	INT64_C(1000000000)
#define KDF_LABEL	"UDPSTP"
#define KDF_BITS	512	/* the client's key, then the server's */

void
auth_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

int
auth_derive(const char *key, uint32_t setup_time, unsigned int version,
    enum auth_side side, struct auth_secret *out)
{
	size_t len = strnlen(key, AUTH_KEY_MAX + 1);
	uint8_t digits[10];		/* UINT32_MAX has 10 */
	struct wire_wr w;

	if (len > sizeof(out->bytes))
		return -1;
	if (version < WIRE_V_CURRENT) {
		memcpy(out->bytes, key, len);
		out->len = len;
		return 0;
	}
	wire_wr_init(&w, digits, sizeof(digits));
	wire_wr_dec(&w, setup_time);
	out->len = HMAC_LEN;
	return hmac_kbkdf(key, len, KDF_LABEL, digits, w.len, KDF_BITS,
	    side == AUTH_CLIENT ? 1 : 2, out->bytes);
}

/* The digest of a PDU whose own digest is at offset at. */
static int
digest(const struct auth_secret *s, const uint8_t *pdu, size_t len, size_t at,
    uint8_t out[HMAC_LEN])
{
	size_t checksum = wire_checksum_offset(pdu, len);
	uint8_t copy[WIRE_CONTROL_MAX];

	memcpy(copy, pdu, len);
	memset(copy + at, 0, HMAC_LEN);
	if (checksum > 0)
		memset(copy + checksum, 0, 2);
	return hmac_sha256(s->bytes, s->len, copy, len, out);
}

int
auth_sign(const struct auth_secret *s, uint8_t *pdu, size_t len)
{
	size_t at = wire_digest_offset(pdu, len);

	return at == 0 ? -1 : digest(s, pdu, len, at, pdu + at);
}

bool
auth_verify(const struct auth_secret *s, const uint8_t *pdu, size_t len)
{
	size_t at = wire_digest_offset(pdu, len);
	uint8_t right[HMAC_LEN];

	return at > 0 && digest(s, pdu, len, at, right) == 0 &&
	    hmac_equal(right, pdu + at, sizeof(right));
}

bool
auth_in_window(int64_t now_wall_ns, uint32_t then, uint32_t window_s)
{
	uint32_t later = (uint32_t)(now_wall_ns / NS_PER_S) - then;

	return later <= window_s || -later <= window_s;
}
