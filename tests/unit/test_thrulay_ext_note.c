/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "thrulay/ext.h"

#define BLOCK	256
#define ROUNDS	20000

static const struct thrulay_kernel nothing = { .rtt_ns = -1, .rttvar_ns = -1,
	.min_rtt_ns = -1, .retransmits = -1, .cwnd_bytes = -1,
	.delivery_rate_bps = -1 };

static void
test_layout(void **state)
{
	static const struct thrulay_kernel k = { .rtt_ns = 0x01020304 * 1000LL,
		.min_rtt_ns = 0x11121314 * 1000LL,
		.rttvar_ns = 0x21222324 * 1000LL, .retransmits = 0x31323334,
		.cwnd_bytes = 0x41424344,
		.delivery_rate_bps = INT64_C(0x5152535455565758) };
	static const int64_t rtt[] = { 0x61626364 * 100LL, 1 };
	static const char want[] = "\x01\x02\x03\x04\x11\x12\x13\x14"
	    "\x21\x22\x23\x24\x31\x32\x33\x34\x41\x42\x43\x44"
	    "\x51\x52\x53\x54\x55\x56\x57\x58\0\2\x61\x62\x63\x64\0\0\0\0";
	uint8_t block[BLOCK];
	size_t n = 2;

	(void)state;
	memset(block, 0xa5, sizeof(block));
	assert_int_equal(ext_note_put(&k, rtt, &n, block, sizeof(block)),
	    EXT_NOTE_FIXED + 8);
	assert_int_equal(n, 2);
	for (n = 0; n < WIRE_HEADER_LEN; n++)
		assert_int_equal(block[n], 0xa5);
	assert_memory_equal(block + WIRE_HEADER_LEN, want, sizeof(want) - 1);
	assert_int_equal(block[EXT_NOTE_FIXED + 8], 0xa5);
}

static void
test_unknown_stays_unknown(void **state)
{
	struct ext_note note;
	uint8_t block[EXT_NOTE_FIXED];
	size_t n = 0;

	(void)state;
	assert_int_equal(ext_note_put(&nothing, NULL, &n, block,
	    sizeof(block)), EXT_NOTE_FIXED);
	assert_int_equal(ext_note_get(block, sizeof(block), sizeof(block),
	    &note), WIRE_OK);
	assert_true(note.kernel.rtt_ns < 0 && note.kernel.rttvar_ns < 0);
	assert_true(note.kernel.min_rtt_ns < 0);
	assert_true(note.kernel.retransmits < 0 && note.kernel.cwnd_bytes < 0);
	assert_true(note.kernel.delivery_rate_bps < 0);
	/* what a note does not carry */
	assert_true(note.kernel.busy_ns < 0);
	assert_true(note.kernel.rwnd_limited_ns < 0);
	assert_true(note.kernel.sndbuf_limited_ns < 0);
	assert_int_equal(note.count, 0);
	assert_true(ext_note_rtt(&note, 0) < 0);
}

/* Largest values are cut, never taken for unknown. */
static void
test_values_saturate(void **state)
{
	static const struct thrulay_kernel k = { .rtt_ns = INT64_MAX,
		.rttvar_ns = INT64_MAX, .min_rtt_ns = INT64_MAX,
		.retransmits = INT64_MAX, .cwnd_bytes = INT64_MAX,
		.delivery_rate_bps = INT64_MAX };
	static const int64_t rtt[] = { INT64_MAX, -1, 149, 150, 249 };
	static const int64_t want[] = { (UINT32_MAX - INT64_C(1)) * 100, 0,
		100, 200, 200 };
	struct thrulay_kernel edge = nothing;
	struct ext_note note;
	uint8_t block[BLOCK];
	size_t i, len, n = NELEM(rtt);

	(void)state;
	len = ext_note_put(&k, rtt, &n, block, sizeof(block));
	assert_int_equal(ext_note_get(block, len, sizeof(block), &note),
	    WIRE_OK);
	assert_true(note.kernel.rtt_ns == (UINT32_MAX - INT64_C(1)) * 1000);
	assert_true(note.kernel.retransmits == UINT32_MAX - INT64_C(1));
	assert_true(note.kernel.cwnd_bytes == UINT32_MAX - INT64_C(1));
	assert_true(note.kernel.delivery_rate_bps == INT64_MAX);
	for (i = 0; i < NELEM(rtt); i++)
		assert_true(ext_note_rtt(&note, i) == want[i]);
	/* and so is the very value that means unknown */
	edge.retransmits = UINT32_MAX;
	n = 0;
	len = ext_note_put(&edge, NULL, &n, block, sizeof(block));
	assert_int_equal(ext_note_get(block, len, sizeof(block), &note),
	    WIRE_OK);
	assert_true(note.kernel.retransmits == UINT32_MAX - INT64_C(1));
}

static int64_t
random_ns(void)
{
	return ((int64_t)random() << 7 ^ random()) % (400 * CLOCK_NS_PER_S);
}

/* As many RTTs as there is room for, each within half a unit; every cut of
 * the block but the last waits. */
static void
test_round_trip(void **state)
{
	struct thrulay_kernel k = nothing;
	struct ext_note note;
	int64_t rtt[BLOCK], off;
	uint8_t block[BLOCK];
	size_t i, had, len, n, size;
	int round;

	(void)state;
	unit_seed();
	for (round = 0; round < ROUNDS; round++) {
		size = EXT_REVERSE_MIN_BLOCK +
		    (size_t)random() % (BLOCK - EXT_REVERSE_MIN_BLOCK + 1);
		had = n = (size_t)random() % BLOCK;
		for (i = 0; i < n; i++)
			rtt[i] = random_ns();
		k.rtt_ns = random_ns();
		len = ext_note_put(&k, rtt, &n, block, size);
		assert_in_range(len, EXT_NOTE_FIXED, size);
		assert_true(n == had || (n < had && size - len < 4));
		assert_int_equal(len, EXT_NOTE_FIXED + 4 * n);
		assert_int_equal(ext_note_get(block,
		    (size_t)random() % len, size, &note), WIRE_MORE);
		assert_int_equal(ext_note_get(block, len, size, &note),
		    WIRE_OK);
		assert_int_equal(note.count, n);
		off = note.kernel.rtt_ns - k.rtt_ns;
		assert_true(off <= 500 && off >= -500);
		for (i = 0; i < n; i++) {
			off = ext_note_rtt(&note, i) - rtt[i];
			assert_true(off <= 50 && off >= -50);
		}
		assert_true(ext_note_rtt(&note, n) < 0);
	}
}

static void
test_no_room(void **state)
{
	static const int64_t rtt[] = { 1 };
	uint8_t block[EXT_NOTE_FIXED];
	size_t n = 1;

	(void)state;
	assert_int_equal(ext_note_put(&nothing, rtt, &n, block,
	    sizeof(block) - 1), 0);
	assert_int_equal(n, 0);
	n = 1;
	assert_int_equal(ext_note_put(&nothing, rtt, &n, block,
	    sizeof(block)), EXT_NOTE_FIXED);
	assert_int_equal(n, 0);
}

/* The count has two bytes, the largest block room for four times as many. */
static void
test_largest_block(void **state)
{
	struct ext_note note;
	size_t i, n = UINT16_MAX + 5;
	int64_t *rtt = calloc(n, sizeof(*rtt));
	uint8_t *block = malloc(THRULAY_MAX_BLOCK);

	(void)state;
	assert_non_null(rtt);
	assert_non_null(block);
	for (i = 0; i < n; i++)
		rtt[i] = (int64_t)i * 100;
	assert_int_equal(ext_note_put(&nothing, rtt, &n, block,
	    THRULAY_MAX_BLOCK), EXT_NOTE_FIXED + 4 * UINT16_MAX);
	assert_int_equal(n, UINT16_MAX);
	assert_int_equal(ext_note_get(block, THRULAY_MAX_BLOCK,
	    THRULAY_MAX_BLOCK, &note), WIRE_OK);
	assert_int_equal(note.count, UINT16_MAX);
	assert_true(ext_note_rtt(&note, UINT16_MAX - 1) == rtt[n - 1]);
	free(rtt);
	free(block);
}

/* A count beyond the block is a lie, however many bytes are there. */
static void
test_count_beyond_the_block(void **state)
{
	struct ext_note note;
	uint8_t block[BLOCK] = { 0 };

	(void)state;
	block[EXT_NOTE_FIXED - 1] = 5;		/* count; 64 holds 4 */
	assert_int_equal(ext_note_get(block, EXT_NOTE_FIXED, 64, &note),
	    WIRE_BAD);
	assert_int_equal(ext_note_get(block, sizeof(block), 64, &note),
	    WIRE_BAD);
	assert_int_equal(ext_note_get(block, 65, 66, &note), WIRE_MORE);
	assert_int_equal(ext_note_get(block, 66, 66, &note), WIRE_OK);
	assert_int_equal(ext_note_get(block, 16, EXT_NOTE_FIXED - 1, &note),
	    WIRE_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_unknown_stays_unknown),
		cmocka_unit_test(test_values_saturate),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_largest_block),
		cmocka_unit_test(test_count_beyond_the_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
