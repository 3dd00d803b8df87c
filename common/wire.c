/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/wire.h"

void
wire_rd_init(struct wire_rd *r, const void *buf, size_t len)
{
	r->p = buf;
	r->left = len;
	r->bad = false;
}

bool
wire_rd_ok(const struct wire_rd *r)
{
	return !r->bad;
}

bool
wire_rd_done(const struct wire_rd *r)
{
	return !r->bad && r->left == 0;
}

/* Nothing can be read any more, so no later field is taken for this one. */
static void
rd_fail(struct wire_rd *r)
{
	r->bad = true;
	r->left = 0;
}

const uint8_t *
wire_rd_bytes(struct wire_rd *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->bad || n > r->left) {
		rd_fail(r);
		return NULL;
	}
	if (n > 0)
		r->p += n;
	r->left -= n;
	return p;
}

void
wire_rd_copy(struct wire_rd *r, void *to, size_t n)
{
	const uint8_t *p = wire_rd_bytes(r, n);

	if (n == 0)
		return;
	if (p == NULL)
		memset(to, 0, n);
	else
		memcpy(to, p, n);
}

void
wire_rd_skip(struct wire_rd *r, size_t n)
{
	wire_rd_bytes(r, n);
}

static uint64_t
rd_be(struct wire_rd *r, size_t n)
{
	const uint8_t *p = wire_rd_bytes(r, n);
	uint64_t v = 0;
	size_t i;

	if (p == NULL)
		return 0;
	for (i = 0; i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static uint64_t
rd_le(struct wire_rd *r, size_t n)
{
	const uint8_t *p = wire_rd_bytes(r, n);
	uint64_t v = 0;

	if (p == NULL)
		return 0;
	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

uint8_t
wire_rd_u8(struct wire_rd *r)
{
	return (uint8_t)rd_be(r, 1);
}

uint16_t
wire_rd_be16(struct wire_rd *r)
{
	return (uint16_t)rd_be(r, 2);
}

uint32_t
wire_rd_be32(struct wire_rd *r)
{
	return (uint32_t)rd_be(r, 4);
}

uint64_t
wire_rd_be64(struct wire_rd *r)
{
	return rd_be(r, 8);
}

uint16_t
wire_rd_le16(struct wire_rd *r)
{
	return (uint16_t)rd_le(r, 2);
}

uint32_t
wire_rd_le32(struct wire_rd *r)
{
	return (uint32_t)rd_le(r, 4);
}

uint64_t
wire_rd_le64(struct wire_rd *r)
{
	return rd_le(r, 8);
}

static bool
at_digit(const struct wire_rd *r)
{
	return r->left > 0 && *r->p >= '0' && *r->p <= '9';
}

uint64_t
wire_rd_dec(struct wire_rd *r, uint64_t max)
{
	uint64_t v = 0, digit;

	if (!at_digit(r)) {
		rd_fail(r);
		return 0;
	}
	while (at_digit(r)) {
		digit = (uint64_t)(*r->p - '0');
		if (digit > max || v > (max - digit) / 10) {
			rd_fail(r);
			return 0;
		}
		v = v * 10 + digit;
		r->p++;
		r->left--;
	}
	return v;
}

bool
wire_rd_take(struct wire_rd *r, char c)
{
	if (r->left == 0 || *r->p != (uint8_t)c)
		return false;
	r->p++;
	r->left--;
	return true;
}

bool
wire_rd_take_str(struct wire_rd *r, const char *s)
{
	size_t n = strlen(s);

	if (r->bad || r->left < n || (n > 0 && memcmp(r->p, s, n) != 0))
		return false;
	wire_rd_skip(r, n);
	return true;
}

void
wire_wr_init(struct wire_wr *w, void *buf, size_t size)
{
	w->start = buf;
	w->len = 0;
	w->size = size;
	w->bad = false;
}

bool
wire_wr_ok(const struct wire_wr *w)
{
	return !w->bad;
}

/* Room for n bytes, or NULL; after the first NULL there is no more room. */
static uint8_t *
wr_room(struct wire_wr *w, size_t n)
{
	uint8_t *p;

	if (w->bad || n > w->size - w->len) {
		w->bad = true;
		return NULL;
	}
	p = w->start + w->len;
	w->len += n;
	return p;
}

void
wire_wr_bytes(struct wire_wr *w, const void *p, size_t n)
{
	uint8_t *to;

	if (n == 0)
		return;
	to = wr_room(w, n);
	if (to != NULL)
		memcpy(to, p, n);
}

void
wire_wr_str(struct wire_wr *w, const char *s)
{
	wire_wr_bytes(w, s, strlen(s));
}

static void
wr_be(struct wire_wr *w, uint64_t v, size_t n)
{
	uint8_t *to = wr_room(w, n);

	if (to == NULL)
		return;
	for (; n-- > 0; v >>= 8)
		to[n] = (uint8_t)v;
}

static void
wr_le(struct wire_wr *w, uint64_t v, size_t n)
{
	uint8_t *to = wr_room(w, n);
	size_t i;

	if (to == NULL)
		return;
	for (i = 0; i < n; i++, v >>= 8)
		to[i] = (uint8_t)v;
}

void
wire_wr_u8(struct wire_wr *w, uint8_t v)
{
	wr_be(w, v, 1);
}

void
wire_wr_be16(struct wire_wr *w, uint16_t v)
{
	wr_be(w, v, 2);
}

void
wire_wr_be32(struct wire_wr *w, uint32_t v)
{
	wr_be(w, v, 4);
}

void
wire_wr_be64(struct wire_wr *w, uint64_t v)
{
	wr_be(w, v, 8);
}

void
wire_wr_le16(struct wire_wr *w, uint16_t v)
{
	wr_le(w, v, 2);
}

void
wire_wr_le32(struct wire_wr *w, uint32_t v)
{
	wr_le(w, v, 4);
}

void
wire_wr_le64(struct wire_wr *w, uint64_t v)
{
	wr_le(w, v, 8);
}

void
wire_wr_dec(struct wire_wr *w, uint64_t v)
{
	char digits[20];		/* UINT64_MAX has 20 */
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	wire_wr_bytes(w, digits + at, sizeof(digits) - at);
}
