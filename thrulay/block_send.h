/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_BLOCK_SEND_H
#define THRULAY_BLOCK_SEND_H

#include "common/loop.h"
#include "thrulay/blocks.h"

/*
 * The sending end of a TCP test on a connected socket, in a loop: sends
 * blocks as fast as TCP takes them, reads the echoes, hands RTTs up. Used by
 * the client, and by the server in a reverse test (with notes).
 */
struct block_send;

struct block_send_events {
	/* n blocks were echoed; the first m of rtt are valid RTTs (m <= n).
	 * Must not free the object. */
	void	(*echoed)(void *arg, size_t n, const int64_t *rtt_ns, size_t m);
	/* the connection ended or failed: error is 0 (EOF) or errno; called
	 * once, the object is idle afterwards and may be freed. during is
	 * "read" or "send". */
	void	(*ended)(void *arg, const char *during, int error);
};

/*
 * fd stays the caller's. notes: put an ext_note into each block (block >=
 * EXT_REVERSE_MIN_BLOCK). NULL with errno.
 */
struct block_send *block_send_new(struct loop *l, int fd, size_t block,
	    bool notes, const struct block_send_events *ev, void *arg);
void	block_send_free(struct block_send *s);	/* stops too; NULL is fine */

/*
 * RTT before load: send the 16 header bytes of a block alone and wait for the
 * echo, then the rest of the block; count times, each after everything sent
 * was acknowledged; then call done with the samples (as many as came within
 * timeout_ns in all, perhaps none; not at all if the connection ends first).
 * block_send_start may follow, from within done too. Once, before the test;
 * count is 1..BLOCK_SEND_PROBES. 0 or -1 with errno.
 */
#define BLOCK_SEND_PROBES	64
int	block_send_probe(struct block_send *s, int count, int64_t timeout_ns,
	    void (*done)(void *arg, const int64_t *rtt_ns, size_t n));
/* Begin to send. 0 or -1 with errno. */
int	block_send_start(struct block_send *s);
/* Send nothing more; echoes are still read. */
void	block_send_stop(struct block_send *s);
const struct blocks_tx *block_send_state(const struct block_send *s);

#endif
