/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "thrulay/wire.h"

#define NTP_UNIX_S	2208988800	/* 1900 to 1970 */
#define NTP_ERA_S	(INT64_C(1) << 32)
#define NEAR_MAX_S	INT64_C(7000000000) /* half an era below 2^63 ns */
#define NTP_HALF	(UINT64_C(1) << 31)

void
wire_packet_put(const struct wire_packet *p, uint8_t buf[WIRE_PACKET_LEN])
{
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_PACKET_LEN);
	wire_wr_bytes(&w, p->nonce, WIRE_NONCE_LEN);
	wire_wr_be64(&w, p->sequence);
	wire_wr_be32(&w, p->ntp_seconds);
	wire_wr_be32(&w, p->ntp_fraction);
}

void
wire_packet_stamp(uint8_t buf[WIRE_PACKET_LEN], uint64_t sequence,
    int64_t wall_ns)
{
	struct wire_wr w;
	uint32_t s, f;

	wire_ntp_from_unix(wall_ns, &s, &f);
	wire_wr_init(&w, buf + WIRE_NONCE_LEN,
	    WIRE_PACKET_LEN - WIRE_NONCE_LEN);
	wire_wr_be64(&w, sequence);
	wire_wr_be32(&w, s);
	wire_wr_be32(&w, f);
}

bool
wire_packet_get(const void *buf, size_t len, struct wire_packet *out)
{
	struct wire_rd r;

	wire_rd_init(&r, buf, len);
	wire_rd_copy(&r, out->nonce, WIRE_NONCE_LEN);
	out->sequence = wire_rd_be64(&r);
	out->ntp_seconds = wire_rd_be32(&r);
	out->ntp_fraction = wire_rd_be32(&r);
	return wire_rd_ok(&r);
}

bool
wire_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
	unsigned int diff = 0;

	while (n-- > 0)
		diff |= (unsigned int)(a[n] ^ b[n]);
	return diff == 0;
}

bool
wire_nonce_equal(const uint8_t *a, const uint8_t *b)
{
	return wire_equal(a, b, WIRE_NONCE_LEN);
}

/* Whole seconds, rounded down, and the rest, 0..999999999. */
static int64_t
split(int64_t ns, uint64_t *rest)
{
	int64_t r = ns % CLOCK_NS_PER_S;

	*rest = (uint64_t)(r < 0 ? r + CLOCK_NS_PER_S : r);
	return ns / CLOCK_NS_PER_S - (r < 0);
}

void
wire_ntp_from_unix(int64_t wall_ns, uint32_t *s, uint32_t *f)
{
	uint64_t rest;

	*s = (uint32_t)(split(wall_ns, &rest) + NTP_UNIX_S);
	*f = (uint32_t)(((rest << 32) + CLOCK_NS_PER_S / 2) / CLOCK_NS_PER_S);
}

int64_t
wire_ntp_to_unix(uint32_t s, uint32_t f, int64_t near_ns)
{
	uint64_t rest;
	int64_t sec = split(near_ns, &rest);
	uint32_t ahead;

	if (sec > NEAR_MAX_S)
		sec = NEAR_MAX_S;
	if (sec < -NEAR_MAX_S)
		sec = -NEAR_MAX_S;
	ahead = s - (uint32_t)(sec + NTP_UNIX_S);	/* modulo an era */
	sec += ahead;
	if (ahead >= NTP_HALF)
		sec -= NTP_ERA_S;
	rest = (f * UINT64_C(1000000000) + NTP_HALF) >> 32;
	return sec * CLOCK_NS_PER_S + (int64_t)rest;
}

void
wire_header_put(uint8_t buf[WIRE_HEADER_LEN], uint64_t sequence,
    int64_t mono_ns)
{
	struct wire_wr w;

	wire_wr_init(&w, buf, WIRE_HEADER_LEN);
	wire_wr_be64(&w, sequence);
	wire_wr_be64(&w, (uint64_t)mono_ns);
}

void
wire_header_get(const uint8_t buf[WIRE_HEADER_LEN], uint64_t *sequence,
    int64_t *mono_ns)
{
	struct wire_rd r;

	wire_rd_init(&r, buf, WIRE_HEADER_LEN);
	*sequence = wire_rd_be64(&r);
	*mono_ns = (int64_t)wire_rd_be64(&r);
}
