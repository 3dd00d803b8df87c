/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/blocks.h"

/* Blocks of one connection, both ends, and what is on the way between. */
#define LINK_BLOCKS	40
#define LINK_MAX	(LINK_BLOCKS * 200)

struct link {
	struct blocks_tx	tx;
	struct blocks_rx	rx;
	uint8_t			stream[LINK_MAX];	/* all that is sent */
	size_t			length, sent, arrived;
	int64_t			started_ns[LINK_BLOCKS];
	uint8_t			echo[LINK_BLOCKS * WIRE_HEADER_LEN];
	size_t			echo_sent, echo_arrived;
	int64_t			now_ns;
	size_t			rtts;
};

static size_t
below(size_t n)
{
	return (size_t)random() % n;
}

static size_t
at_most(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
link_init(struct link *l, size_t block, size_t keep)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	blocks_tx_init(&l->tx, block);
	blocks_rx_init(&l->rx, block, keep);
	l->length = block * LINK_BLOCKS;
	for (i = 0; i < l->length; i++)
		l->stream[i] = (uint8_t)random();
}

/* The sender hands n more bytes to its kernel; the header of a block is made
 * when the first of its bytes goes. */
static void
link_send(struct link *l, size_t n)
{
	size_t block = l->tx.block, i;

	n = at_most(n, l->length - l->sent);
	for (i = l->sent; i < l->sent + n; i++) {
		if (i % block != 0)
			continue;
		l->started_ns[i / block] = l->now_ns;
		wire_header_put(l->stream + i, i / block, l->now_ns);
	}
	blocks_tx_sent(&l->tx, n);
	l->sent += n;
	assert_int_equal(l->tx.bytes, l->sent);
	assert_int_equal(l->tx.started, (l->sent + block - 1) / block);
	assert_int_equal(l->tx.pos,
	    l->sent % block == 0 ? block : l->sent % block);
}

/* The echoer takes n bytes, by discarding where it may. */
static void
link_arrive(struct link *l, size_t n)
{
	size_t free = blocks_rx_discardable(&l->rx), room, scanned, got;

	n = at_most(n, l->sent - l->arrived);
	if (free > 0 && below(2) == 0) {
		n = at_most(n, free);
		blocks_rx_discarded(&l->rx, n);
		l->arrived += n;
		return;
	}
	room = below(WIRE_HEADER_LEN * 2);
	scanned = blocks_rx_scan(&l->rx, l->stream + l->arrived, n,
	    l->echo + l->echo_sent, room, &got);
	assert_true(scanned <= n);
	assert_true(got <= room);
	/* It stops for want of room alone. */
	assert_true(scanned == n || got == room);
	l->arrived += scanned;
	l->echo_sent += got;
}

static void
link_return(struct link *l, size_t n)
{
	int64_t rtt[4];
	size_t max = below(4) + 1, got, i, used;
	uint64_t first = l->tx.echoed;

	n = at_most(n, l->echo_sent - l->echo_arrived);
	used = blocks_tx_echo(&l->tx, l->echo + l->echo_arrived, n, l->now_ns,
	    rtt, max, &got);
	assert_true(used <= n);
	assert_true(got <= max);
	assert_true(used == n || got == max);
	assert_int_equal(l->tx.echoed - first, got);
	for (i = 0; i < got; i++)
		assert_int_equal(rtt[i],
		    l->now_ns - l->started_ns[first + i]);
	l->echo_arrived += used;
	l->rtts += got;
}

static void
link_step(struct link *l)
{
	l->now_ns += random() % 1000000;
	switch (random() % 3) {
	case 0:
		link_send(l, below(3 * l->tx.block));
		break;
	case 1:
		link_arrive(l, below(3 * l->tx.block));
		break;
	default:
		link_return(l, below(3 * WIRE_HEADER_LEN));
	}
}

/* The echo is the headers, whole and in order, and nothing else. */
static void
link_check(const struct link *l)
{
	size_t i;

	assert_int_equal(l->rx.blocks, LINK_BLOCKS);
	assert_int_equal(l->rx.bytes, l->length);
	assert_int_equal(l->rx.pos, 0);
	assert_int_equal(l->echo_sent, sizeof(l->echo));
	for (i = 0; i < LINK_BLOCKS; i++)
		assert_memory_equal(l->echo + i * WIRE_HEADER_LEN,
		    l->stream + i * l->tx.block, WIRE_HEADER_LEN);
	assert_int_equal(l->tx.echoed, LINK_BLOCKS);
	assert_int_equal(l->tx.bad, 0);
	assert_int_equal(l->rtts, LINK_BLOCKS);
}

/* However the bytes are cut, in both directions, every block has its RTT. */
static void
test_any_split(void **state)
{
	struct link *l = malloc(sizeof(*l));
	int round;

	(void)state;
	assert_non_null(l);
	unit_seed();
	for (round = 0; round < 300; round++) {
		link_init(l, WIRE_HEADER_LEN + below(180),
		    WIRE_HEADER_LEN + below(40));
		while (l->echo_arrived < sizeof(l->echo))
			link_step(l);
		while (l->arrived < l->length)
			link_arrive(l, l->length);
		link_check(l);
	}
	free(l);
}

/* Header bytes go back as they come, before the block is whole; the next
 * header waits for its turn. */
static void
test_early_echo(void **state)
{
	uint8_t block[100], echo[64];
	struct blocks_rx r;
	size_t n, i;

	(void)state;
	for (i = 0; i < sizeof(block); i++)
		block[i] = (uint8_t)i;
	blocks_rx_init(&r, sizeof(block), WIRE_HEADER_LEN);
	assert_int_equal(blocks_rx_discardable(&r), 0);
	assert_int_equal(blocks_rx_scan(&r, block, 5, echo, 64, &n), 5);
	assert_int_equal(n, 5);
	assert_memory_equal(echo, block, 5);
	assert_int_equal(blocks_rx_scan(&r, block + 5, 95, echo, 64, &n), 95);
	assert_int_equal(n, 11);
	assert_memory_equal(echo, block + 5, 11);
	assert_int_equal(r.blocks, 1);
	assert_int_equal(blocks_rx_discardable(&r), 0);
}

/* A block of 16 bytes is all header. */
static void
test_pure_echo(void **state)
{
	uint8_t in[48], echo[48];
	struct blocks_rx r;
	size_t n;

	(void)state;
	memset(in, 7, sizeof(in));
	blocks_rx_init(&r, WIRE_HEADER_LEN, 64);
	assert_int_equal(blocks_rx_scan(&r, in, 40, echo, 48, &n), 40);
	assert_int_equal(n, 40);
	assert_int_equal(r.blocks, 2);
	assert_int_equal(blocks_rx_discardable(&r), 0);
}

/* Without room for an echo nothing more is taken than payload. */
static void
test_full_echo_buffer(void **state)
{
	uint8_t in[60], echo[16];
	struct blocks_rx r;
	size_t n;

	(void)state;
	memset(in, 7, sizeof(in));
	blocks_rx_init(&r, 20, WIRE_HEADER_LEN);
	assert_int_equal(blocks_rx_scan(&r, in, 60, echo, 10, &n), 10);
	assert_int_equal(n, 10);
	assert_int_equal(blocks_rx_scan(&r, in, 50, echo, 6, &n), 10);
	assert_int_equal(n, 6);
	assert_int_equal(r.blocks, 1);
	assert_int_equal(blocks_rx_scan(&r, in, 40, echo, 0, &n), 0);
	assert_int_equal(n, 0);
}

static void
test_kept_bytes_are_not_discarded(void **state)
{
	uint8_t in[100] = { 0 }, echo[16];
	struct blocks_rx r;
	size_t n;

	(void)state;
	blocks_rx_init(&r, sizeof(in), 64);
	blocks_rx_scan(&r, in, 63, echo, sizeof(echo), &n);
	assert_int_equal(blocks_rx_discardable(&r), 0);
	blocks_rx_scan(&r, in, 1, echo, sizeof(echo), &n);
	assert_int_equal(blocks_rx_discardable(&r), 36);
	blocks_rx_discarded(&r, 36);
	assert_int_equal(r.blocks, 1);
	assert_int_equal(r.bytes, 100);
}

/* One echo with this sequence and time; true when it yields an RTT. */
static bool
echo_is_good(struct blocks_tx *t, uint64_t sequence, int64_t sent_ns,
    int64_t now_ns)
{
	uint8_t header[WIRE_HEADER_LEN];
	uint64_t bad = t->bad;
	int64_t rtt = -1;
	size_t n;

	wire_header_put(header, sequence, sent_ns);
	assert_int_equal(blocks_tx_echo(t, header, sizeof(header), now_ns,
	    &rtt, 1, &n), sizeof(header));
	assert_int_equal(t->bad, n == 1 ? bad : bad + 1);
	if (n == 1)
		assert_int_equal(rtt, now_ns - sent_ns);
	return n == 1;
}

/* A forged echo is counted and yields nothing; the next good one does. */
static void
test_forged_echoes(void **state)
{
	struct blocks_tx t;

	(void)state;
	blocks_tx_init(&t, 100);
	blocks_tx_sent(&t, 1000);
	assert_true(echo_is_good(&t, 0, 50, 60));
	assert_false(echo_is_good(&t, 0, 50, 60));	/* again */
	assert_false(echo_is_good(&t, 3, 50, 60));	/* too early */
	assert_true(echo_is_good(&t, 3, 50, 60));
	assert_false(echo_is_good(&t, 4, 61, 60));	/* not yet sent */
	assert_false(echo_is_good(&t, 5, -1, 60));
	assert_false(echo_is_good(&t, 6, INT64_MIN, INT64_MAX));
	assert_true(echo_is_good(&t, 7, 60, 60));
	assert_false(echo_is_good(&t, UINT64_MAX, 60, 60));
	assert_int_equal(t.echoed, 9);
	assert_int_equal(t.bad, 6);
}

/* An echo of what was never sent. */
static void
test_echo_ahead_of_sender(void **state)
{
	struct blocks_tx t;

	(void)state;
	blocks_tx_init(&t, 100);
	assert_false(echo_is_good(&t, 0, 50, 60));
	blocks_tx_init(&t, 100);
	blocks_tx_sent(&t, 15);
	assert_false(echo_is_good(&t, 0, 50, 60));
	blocks_tx_init(&t, 100);
	blocks_tx_sent(&t, 16);
	assert_true(echo_is_good(&t, 0, 50, 60));
	blocks_tx_sent(&t, 84);
	assert_false(echo_is_good(&t, 1, 50, 60));
}

/* A peer that lost or added a byte: every echo is bad, none is believed. */
static void
test_misaligned_echoes(void **state)
{
	const int64_t now = INT64_C(0x123456789abc);
	uint8_t echo[20 * WIRE_HEADER_LEN];
	struct blocks_tx t;
	int64_t rtt[20];
	size_t i, n;

	(void)state;
	for (i = 0; i < 20; i++)
		wire_header_put(echo + i * WIRE_HEADER_LEN, i,
		    now - 1000000 + (int64_t)i);
	blocks_tx_init(&t, 64);
	blocks_tx_sent(&t, 64 * 20);
	assert_int_equal(blocks_tx_echo(&t, echo + 1, sizeof(echo) - 1,
	    now, rtt, 20, &n), sizeof(echo) - 1);
	assert_int_equal(n, 0);
	assert_int_equal(t.echoed, 19);
	assert_int_equal(t.bad, 19);
	assert_int_equal(t.echo_len, WIRE_HEADER_LEN - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_split),
		cmocka_unit_test(test_early_echo),
		cmocka_unit_test(test_pure_echo),
		cmocka_unit_test(test_full_echo_buffer),
		cmocka_unit_test(test_kept_bytes_are_not_discarded),
		cmocka_unit_test(test_forged_echoes),
		cmocka_unit_test(test_echo_ahead_of_sender),
		cmocka_unit_test(test_misaligned_echoes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
