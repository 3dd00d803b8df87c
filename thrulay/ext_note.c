/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/clock.h"
#include "common/wire.h"
#include "thrulay/ext.h"

#define UNKNOWN32	UINT32_MAX
#define UNKNOWN64	UINT64_MAX
#define RTT_LEN		4
#define RTT_NS		100	/* unit on the wire */

/* v in units, rounded; what is too large is written as large as can be. */
static uint32_t
scaled(int64_t v, int64_t unit)
{
	int64_t n;

	if (v < 0)
		return UNKNOWN32;
	n = v / unit + (v % unit >= (unit + 1) / 2);
	return n >= UNKNOWN32 ? UNKNOWN32 - 1 : (uint32_t)n;
}

static int64_t
unscaled(uint32_t v, int64_t unit)
{
	return v == UNKNOWN32 ? -1 : v * unit;
}

size_t
ext_note_put(const struct thrulay_kernel *k, const int64_t *rtt_ns, size_t *n,
    uint8_t *block, size_t size)
{
	struct wire_wr w;
	size_t i, room;

	if (size < EXT_NOTE_FIXED) {
		*n = 0;
		return 0;
	}
	room = (size - EXT_NOTE_FIXED) / RTT_LEN;
	if (room > UINT16_MAX)
		room = UINT16_MAX;
	if (*n > room)
		*n = room;
	wire_wr_init(&w, block + WIRE_HEADER_LEN, size - WIRE_HEADER_LEN);
	wire_wr_be32(&w, scaled(k->rtt_ns, CLOCK_NS_PER_US));
	wire_wr_be32(&w, scaled(k->min_rtt_ns, CLOCK_NS_PER_US));
	wire_wr_be32(&w, scaled(k->rttvar_ns, CLOCK_NS_PER_US));
	wire_wr_be32(&w, scaled(k->retransmits, 1));
	wire_wr_be32(&w, scaled(k->cwnd_bytes, 1));
	wire_wr_be64(&w, k->delivery_rate_bps < 0 ? UNKNOWN64 :
	    (uint64_t)k->delivery_rate_bps);
	wire_wr_be16(&w, (uint16_t)*n);
	for (i = 0; i < *n; i++)
		wire_wr_be32(&w, scaled(rtt_ns[i] < 0 ? 0 : rtt_ns[i], RTT_NS));
	return WIRE_HEADER_LEN + w.len;
}

enum wire_status
ext_note_get(const uint8_t *block, size_t len, size_t size,
    struct ext_note *out)
{
	struct wire_rd r;
	uint64_t rate;

	if (size < EXT_NOTE_FIXED)
		return WIRE_BAD;
	if (len < EXT_NOTE_FIXED)
		return WIRE_MORE;
	wire_rd_init(&r, block + WIRE_HEADER_LEN, len - WIRE_HEADER_LEN);
	out->kernel = (struct thrulay_kernel){ .busy_ns = -1,
		.rwnd_limited_ns = -1, .sndbuf_limited_ns = -1 };
	out->kernel.rtt_ns = unscaled(wire_rd_be32(&r), CLOCK_NS_PER_US);
	out->kernel.min_rtt_ns = unscaled(wire_rd_be32(&r), CLOCK_NS_PER_US);
	out->kernel.rttvar_ns = unscaled(wire_rd_be32(&r), CLOCK_NS_PER_US);
	out->kernel.retransmits = unscaled(wire_rd_be32(&r), 1);
	out->kernel.cwnd_bytes = unscaled(wire_rd_be32(&r), 1);
	rate = wire_rd_be64(&r);
	out->kernel.delivery_rate_bps = rate > INT64_MAX ? -1 : (int64_t)rate;
	out->count = wire_rd_be16(&r);
	if (out->count > (size - EXT_NOTE_FIXED) / RTT_LEN)
		return WIRE_BAD;
	out->rtts = wire_rd_bytes(&r, out->count * (size_t)RTT_LEN);
	return wire_rd_ok(&r) ? WIRE_OK : WIRE_MORE;
}

int64_t
ext_note_rtt(const struct ext_note *n, size_t i)
{
	struct wire_rd r;

	if (i >= n->count)
		return -1;
	wire_rd_init(&r, n->rtts + i * RTT_LEN, RTT_LEN);
	return wire_rd_be32(&r) * (int64_t)RTT_NS;
}
