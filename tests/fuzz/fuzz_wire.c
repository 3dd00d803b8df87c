/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire.h"

/*
 * Input: a count, so many bytes that choose calls, then the buffer they read.
 * After each call the cursor is inside the buffer, moves forward only, and
 * once bad stays bad and yields nothing.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CALLS	12

static uint64_t
fuzz_call(struct wire_rd *r, uint8_t op)
{
	uint8_t copy[16] = { 0 };
	size_t n = op / FUZZ_CALLS;

	switch (op % FUZZ_CALLS) {
	case 0:
		return wire_rd_u8(r);
	case 1:
		return wire_rd_be16(r);
	case 2:
		return wire_rd_be32(r);
	case 3:
		return wire_rd_be64(r);
	case 4:
		return wire_rd_le16(r);
	case 5:
		return wire_rd_le32(r);
	case 6:
		return wire_rd_le64(r);
	case 7:
		return wire_rd_bytes(r, n) != NULL && n > 0;
	case 8:
		wire_rd_copy(r, copy, n % sizeof(copy));
		return 0;
	case 9:
		wire_rd_skip(r, n);
		return 0;
	case 10:
		return wire_rd_take(r, (char)('0' + n));
	default:
		return wire_rd_take_str(r, "+:");
	}
}

static void
fuzz_cursor(const uint8_t *ops, size_t nops, const uint8_t *buf, size_t len)
{
	struct wire_rd r;
	uint64_t value;
	size_t i, left;
	bool bad;

	wire_rd_init(&r, buf, len);
	for (i = 0; i < nops; i++) {
		left = r.left;
		bad = r.bad;
		value = fuzz_call(&r, ops[i]);
		if (r.left > left || (!r.bad && r.p != buf + (len - r.left)))
			abort();
		if (bad && (!r.bad || value != 0 || wire_rd_ok(&r)))
			abort();
	}
}

/* A number that was read is within its bound, and its text reads the same. */
static void
fuzz_decimal(const uint8_t *buf, size_t len)
{
	struct wire_rd r;
	struct wire_wr w;
	uint64_t max, value;
	char text[32];

	wire_rd_init(&r, buf, len);
	max = wire_rd_be64(&r);
	value = wire_rd_dec(&r, max);
	if (!wire_rd_ok(&r))
		return;
	if (value > max)
		abort();
	wire_wr_init(&w, text, sizeof(text));
	wire_wr_dec(&w, value);
	if (!wire_wr_ok(&w))
		abort();
	wire_rd_init(&r, text, w.len);
	if (wire_rd_dec(&r, max) != value || !wire_rd_done(&r))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t nops;

	if (size == 0)
		return 0;
	nops = data[0];
	if (nops > size - 1)
		nops = size - 1;
	fuzz_cursor(data + 1, nops, data + 1 + nops, size - 1 - nops);
	fuzz_decimal(data + 1 + nops, size - 1 - nops);
	return 0;
}
