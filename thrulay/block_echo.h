/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_BLOCK_ECHO_H
#define THRULAY_BLOCK_ECHO_H

#include "common/loop.h"
#include "thrulay/blocks.h"
#include "thrulay/ext.h"

/*
 * The echoing end of a TCP test: throws payload away (in the kernel where
 * that is cheaper), sends each header back as soon as its bytes arrive, and
 * reads nothing more while an echo cannot be written (bounded memory). Used
 * by the server, and by the client in a reverse test (with notes).
 */
struct block_echo;

/* received and note must not free the object. */
struct block_echo_events {
	/* bytes of payload arrived (headers included), at the latest once a
	 * round of the loop */
	void	(*received)(void *arg, size_t bytes);
	/* with notes only: the note of a block */
	void	(*note)(void *arg, const struct ext_note *note);
	/* as in block_send.h; ECONNRESET and EPIPE count as EOF (error 0), a
	 * malformed note is EBADMSG */
	void	(*ended)(void *arg, const char *during, int error);
};

/*
 * fd stays the caller's. notes: every block carries an ext_note (block >=
 * EXT_REVERSE_MIN_BLOCK). NULL with errno.
 */
struct block_echo *block_echo_new(struct loop *l, int fd, size_t block,
	    bool notes, const struct block_echo_events *ev, void *arg);
void	block_echo_free(struct block_echo *e);	/* NULL is harmless */
/* Switches Nagle's algorithm off and begins to listen. 0 or -1 with errno. */
int	block_echo_start(struct block_echo *e);
const struct blocks_rx *block_echo_state(const struct block_echo *e);
/* Monotonic time of the last byte read or written. */
int64_t	block_echo_active(const struct block_echo *e);

#endif
