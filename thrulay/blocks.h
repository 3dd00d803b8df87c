/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_BLOCKS_H
#define THRULAY_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "thrulay/wire.h"

/*
 * The two ends of a stream of blocks (spec 3.4), without I/O or clock.
 *
 * Sender: which bytes come next, and what an echo means.
 */
struct blocks_tx {
	size_t		block;		/* bytes of a block */
	uint64_t	started;	/* blocks with a byte accepted */
	size_t		pos;		/* bytes accepted of the last of them,
					 * block when it is complete */
	uint64_t	bytes;		/* accepted in all */
	uint64_t	echoed;		/* whole echoes of what was sent */
	uint64_t	bad;		/* echoes that match no block sent */
	size_t		echo_len;
	uint8_t		echo[WIRE_HEADER_LEN];
};

void	blocks_tx_init(struct blocks_tx *t, size_t block);
/* The kernel took n more bytes of the stream. */
void	blocks_tx_sent(struct blocks_tx *t, size_t n);
/*
 * Take echo bytes that arrived at now_ns; the RTTs of completed echoes go into
 * rtt (room for max; at most max echoes are consumed). Returns how many bytes
 * were consumed; *n gets the number of RTTs. A bad echo (wrong sequence, or a
 * time in the future) yields none and is counted.
 */
size_t	blocks_tx_echo(struct blocks_tx *t, const uint8_t *buf, size_t len,
	    int64_t now_ns, int64_t *rtt_ns, size_t max, size_t *n);

/*
 * Echoer: which bytes are headers. keep is how many leading bytes of a block
 * the caller wants to see (WIRE_HEADER_LEN, more for notes); the rest may be
 * discarded unseen.
 */
struct blocks_rx {
	size_t		block, keep;
	size_t		pos;		/* in the present block, 0..block-1 */
	uint64_t	blocks;		/* complete */
	uint64_t	bytes;
};

void	blocks_rx_init(struct blocks_rx *r, size_t block, size_t keep);
/* How many bytes may be discarded now (0: a kept byte comes next). */
size_t	blocks_rx_discardable(const struct blocks_rx *r);
/* n bytes were discarded. */
void	blocks_rx_discarded(struct blocks_rx *r, size_t n);
/*
 * Bytes that were read: header bytes among them are appended to echo (room
 * for max bytes; scanning stops before a header byte that has no room).
 * Returns the bytes scanned; *n gets the header bytes appended.
 */
size_t	blocks_rx_scan(struct blocks_rx *r, const uint8_t *buf, size_t len,
	    uint8_t *echo, size_t max, size_t *n);

#endif
