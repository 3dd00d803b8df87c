/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "common/wire.h"
#include "msak/ws.h"

#define FIN		0x80
#define MASK		0x80
#define LEN_16		126		/* the length follows in 16 bits */
#define LEN_64		127

void
ws_mask(void *payload, size_t n, const uint8_t key[WS_KEY_LEN], uint64_t at)
{
	uint8_t *p = payload, turned[8];
	uint64_t k, word;
	size_t i;

	for (i = 0; i < sizeof(turned); i++)
		turned[i] = key[(at + i) % WS_KEY_LEN];
	memcpy(&k, turned, sizeof(k));
	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		word ^= k;
		memcpy(p, &word, sizeof(word));
	}
	for (i = 0; i < n; i++)
		p[i] ^= turned[i];
}

void
ws_fresh_key(uint8_t key[WS_KEY_LEN])
{
	arc4random_buf(key, WS_KEY_LEN);
}

size_t
ws_put_header(uint8_t out[WS_HEADER_MAX], bool fin, enum ws_opcode opcode,
    uint64_t len, const uint8_t *key)
{
	uint8_t mask = key != NULL ? MASK : 0;
	struct wire_wr w;

	wire_wr_init(&w, out, WS_HEADER_MAX);
	wire_wr_u8(&w, (uint8_t)((fin ? FIN : 0) | opcode));
	if (len < LEN_16) {
		wire_wr_u8(&w, (uint8_t)(mask | len));
	} else if (len <= UINT16_MAX) {
		wire_wr_u8(&w, mask | LEN_16);
		wire_wr_be16(&w, (uint16_t)len);
	} else {
		wire_wr_u8(&w, mask | LEN_64);
		wire_wr_be64(&w, len);
	}
	if (key != NULL)
		wire_wr_bytes(&w, key, WS_KEY_LEN);
	return w.len;
}

size_t
ws_put_frame(void *out, size_t size, enum ws_opcode opcode,
    const void *payload, size_t len, const uint8_t *key)
{
	uint8_t head[WS_HEADER_MAX], *to = out;
	size_t n = ws_put_header(head, true, opcode, len, key);

	if (opcode >= WS_CLOSE && len > WS_CONTROL_MAX)
		return 0;
	if (n > size || len > size - n)
		return 0;
	memcpy(to, head, n);
	if (len > 0)
		memcpy(to + n, payload, len);
	if (key != NULL)
		ws_mask(to + n, len, key, 0);
	return n + len;
}

/* How many bytes of a text fit into max without cutting a character. */
static size_t
whole(const char *text, size_t max)
{
	size_t n = strlen(text), at = 0, step;
	bool valid;

	if (n <= max)
		return n;
	while (at < max) {
		step = utf8_next(text + at, n - at, &valid);
		if (step > max - at)
			break;
		at += step;
	}
	return at;
}

size_t
ws_put_close(uint8_t out[WS_CLOSE_MAX], unsigned int code, const char *reason,
    const uint8_t *key)
{
	uint8_t payload[WS_CONTROL_MAX];
	struct wire_wr w;

	wire_wr_init(&w, payload, sizeof(payload));
	if (code != WS_NO_CODE) {
		wire_wr_be16(&w, (uint16_t)code);
		wire_wr_bytes(&w, reason, whole(reason, WS_REASON_MAX));
	}
	return ws_put_frame(out, WS_CLOSE_MAX, WS_CLOSE, payload, w.len, key);
}
