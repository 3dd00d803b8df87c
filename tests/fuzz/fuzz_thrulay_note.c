/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire.h"
#include "thrulay/ext.h"

/*
 * Input: a block size (2 bytes), then the bytes of a block that are there. A
 * note that was accepted lies within both, and is written the same again
 * (except that there are two ways to say "unknown rate", and an RTT cannot be
 * unknown).
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RATE_AT		36
#define RATE_LEN	8
#define RTT_UNKNOWN	(UINT32_MAX * INT64_C(100))

static void
fuzz_again(const struct ext_note *note, const uint8_t *block, size_t size)
{
	static int64_t rtt[UINT16_MAX];
	static uint8_t copy[UINT16_MAX];
	size_t i, len, n = note->count;

	for (i = 0; i < n; i++) {
		rtt[i] = ext_note_rtt(note, i);
		if (rtt[i] < 0)
			abort();
		if (rtt[i] == RTT_UNKNOWN)
			return;
	}
	len = ext_note_put(&note->kernel, rtt, &n, copy, size);
	if (n != note->count || len != EXT_NOTE_FIXED + 4 * n)
		abort();
	if (note->kernel.delivery_rate_bps < 0)
		memcpy(copy + RATE_AT, block + RATE_AT, RATE_LEN);
	if (memcmp(copy + WIRE_HEADER_LEN, block + WIRE_HEADER_LEN,
	    len - WIRE_HEADER_LEN) != 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ext_note note;
	struct wire_rd r;
	size_t block, len;

	wire_rd_init(&r, data, size);
	block = wire_rd_be16(&r);
	len = r.left < block ? r.left : block;
	switch (ext_note_get(r.p, len, block, &note)) {
	case WIRE_OK:
		if (EXT_NOTE_FIXED + 4 * (size_t)note.count > len)
			abort();
		fuzz_again(&note, r.p, block);
		break;
	case WIRE_MORE:
		/* there is an end to waiting */
		if (len == block)
			abort();
		break;
	case WIRE_BAD:
		break;
	case WIRE_REJECTED:
		abort();
	}
	return 0;
}
