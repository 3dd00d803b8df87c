/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "thrulay/wire.h"

/*
 * Input: the receiver's clock (8 bytes), then a datagram. What was read is
 * written the same again; a stamp goes through the receiver's era and back
 * with the loss of less than 1 ns.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define ONE_NS		5	/* of an NTP fraction, rounded up */

static void
fuzz_stamp(const struct wire_packet *p, int64_t near_ns)
{
	uint64_t before, after;
	uint32_t s, f;

	wire_ntp_from_unix(wire_ntp_to_unix(p->ntp_seconds, p->ntp_fraction,
	    near_ns), &s, &f);
	before = (uint64_t)p->ntp_seconds << 32 | p->ntp_fraction;
	after = (uint64_t)s << 32 | f;
	if (after - before > ONE_NS && before - after > ONE_NS)
		abort();
}

static void
fuzz_header(const uint8_t *data)
{
	uint8_t copy[WIRE_HEADER_LEN];
	uint64_t sequence;
	int64_t ns;

	wire_header_get(data, &sequence, &ns);
	wire_header_put(copy, sequence, ns);
	if (memcmp(copy, data, sizeof(copy)) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_packet p;
	struct wire_rd r;
	uint8_t copy[WIRE_PACKET_LEN];
	int64_t near_ns;

	wire_rd_init(&r, data, size);
	near_ns = (int64_t)wire_rd_be64(&r);
	if (wire_packet_get(r.p, r.left, &p) != (r.left >= WIRE_PACKET_LEN))
		abort();
	if (r.left < WIRE_PACKET_LEN)
		return 0;
	wire_packet_put(&p, copy);
	if (memcmp(copy, r.p, sizeof(copy)) != 0 ||
	    !wire_nonce_equal(p.nonce, r.p))
		abort();
	fuzz_stamp(&p, near_ns);
	fuzz_header(r.p);
	return 0;
}
