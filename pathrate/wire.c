/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/wire.h"
#include "pathrate/wire.h"

/* The second half of the probe: any value that no echo of W8 has. */
#define WIDTH_MARK	0xdeadbeefU
/* Of a sender that retransmits each of the longest run's trains. */
#define TRAIN_ID_MAX	1000000U

uint32_t
wire_value(enum wire_code code, uint32_t argument)
{
	return argument << 8 | (uint32_t)code;
}

uint8_t
wire_code(uint32_t value)
{
	return value & 0xff;
}

int32_t
wire_argument(uint32_t value)
{
	int32_t a = (int32_t)(value >> 8);

	return a > WIRE_ARGUMENT_MAX ? a - 2 * (WIRE_ARGUMENT_MAX + 1) : a;
}

uint32_t
wire_ext_answer(uint8_t features)
{
	return WIRE_EXT_ANSWER | features;
}

bool
wire_ext_features(uint32_t answer, uint8_t *features)
{
	if ((answer & 0xffffff00U) != WIRE_EXT_ANSWER)
		return false;
	*features = answer & 0xff;
	return true;
}

size_t
wire_word_put(uint32_t value, enum wire_width width,
    uint8_t buf[WIRE_WORD_MAX])
{
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_WORD_MAX);
	wire_wr_be32(&w, value);
	if (width == WIRE_W8)
		wire_wr_be32(&w, 0);
	return w.len;
}

bool
wire_words_take(struct wire_words *w, const uint8_t **p, size_t *n,
    uint32_t *value)
{
	struct wire_rd r;
	size_t more = w->width - w->len;

	if (more > *n)
		more = *n;
	if (more > 0)
		memcpy(w->buf + w->len, *p, more);
	w->len += more;
	*p += more;
	*n -= more;
	if (w->len < w->width)
		return false;
	w->len = 0;
	wire_rd_init(&r, w->buf, w->width);
	*value = wire_rd_be32(&r);
	return true;
}

void
wire_width_probe(uint8_t buf[WIRE_PROBE_LEN])
{
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_PROBE_LEN);
	wire_wr_be32(&w, 0);
	wire_wr_be32(&w, WIDTH_MARK);
}

bool
wire_width_answer(const uint8_t buf[WIRE_PROBE_LEN], enum wire_width *width,
    int *echoes)
{
	struct wire_rd r;
	uint32_t first, second;

	wire_rd_init(&r, buf, WIRE_PROBE_LEN);
	first = wire_rd_be32(&r);
	second = wire_rd_be32(&r);
	if (first != 0 || (second != 0 && second != WIDTH_MARK))
		return false;
	*width = second == 0 ? WIRE_W8 : WIRE_W4;
	*echoes = second == 0 ? 1 : 2;
	return true;
}

void
wire_probe_put(const struct wire_probe *p, void *buf, size_t len)
{
	uint8_t head[WIRE_H4_LEN];
	struct wire_wr w;

	wire_wr_init(&w, head, sizeof(head));
	wire_wr_be32(&w, p->pack_id);
	wire_wr_be32(&w, p->train_id);
	wire_wr_be32(&w, p->round_id);
	wire_wr_be32(&w, 0);
	if (len > 0)
		memcpy(buf, head, len < sizeof(head) ? len : sizeof(head));
}

bool
wire_probe_get(enum wire_layout layout, const void *buf, size_t len,
    struct wire_probe *out)
{
	size_t garbage = layout == WIRE_H8 ? 4 : 0;
	struct wire_rd r;

	wire_rd_init(&r, buf, len);
	out->pack_id = wire_rd_be32(&r);
	wire_rd_skip(&r, garbage);
	out->train_id = wire_rd_be32(&r);
	wire_rd_skip(&r, garbage);
	out->round_id = wire_rd_be32(&r);
	return wire_rd_ok(&r);
}

enum wire_layout
wire_layout_of(const void *buf, size_t len, uint32_t round)
{
	struct wire_probe p;

	if (wire_probe_get(WIRE_H4, buf, len, &p) && p.round_id == round)
		return WIRE_H4;
	if (wire_probe_get(WIRE_H8, buf, len, &p) && p.round_id == round &&
	    p.train_id > 0 && p.train_id <= TRAIN_ID_MAX)
		return WIRE_H8;
	return WIRE_LAYOUT_UNKNOWN;
}

void
wire_nonce_put(uint64_t nonce, void *buf, size_t len)
{
	struct wire_wr w;

	if (len < WIRE_NONCE_OFFSET + WIRE_NONCE_LEN)
		return;
	wire_wr_init(&w, (uint8_t *)buf + WIRE_NONCE_OFFSET, WIRE_NONCE_LEN);
	wire_wr_be64(&w, nonce);
}

bool
wire_nonce_is(uint64_t nonce, const void *buf, size_t len)
{
	struct wire_rd r;

	wire_rd_init(&r, buf, len);
	wire_rd_skip(&r, WIRE_NONCE_OFFSET);
	return wire_rd_be64(&r) == nonce && wire_rd_ok(&r);
}
