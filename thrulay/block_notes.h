/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_BLOCK_NOTES_H
#define THRULAY_BLOCK_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "thrulay/ext.h"

/*
 * What the sender of a reverse test tells its peer inside the blocks (ext.h):
 * the RTTs that were not told yet, and the kernel's view of the connection. A
 * block that was prepared and not sent is prepared anew, so an RTT counts as
 * told only once the first byte of its block was accepted.
 */
struct block_notes;

/*
 * The largest note, in RTTs: senders put no more into a block, so that a
 * receiver need not look further than BLOCK_NOTES_BYTES.
 */
#define BLOCK_NOTES_RTTS	256
#define BLOCK_NOTES_BYTES	(EXT_NOTE_FIXED + 4 * BLOCK_NOTES_RTTS)

/* slots: blocks that may be prepared at a time. NULL with errno. */
struct block_notes *block_notes_new(int fd, size_t block, size_t slots);
void	block_notes_free(struct block_notes *n);	/* NULL is harmless */

/* RTTs to tell. More than fit in a few hundred notes are forgotten. */
void	block_notes_add(struct block_notes *n, const int64_t *rtt_ns,
	    size_t count);
/* Prepare from the first untold RTT on; now_ns: monotonic. */
void	block_notes_begin(struct block_notes *n, int64_t now_ns);
/* Prepare the next block, the one in this slot; its first 16 bytes are not
 * touched. */
void	block_notes_put(struct block_notes *n, size_t slot, uint8_t *block);
/* Of the blocks prepared since _begin, these were sent, from slot on. */
void	block_notes_sent(struct block_notes *n, size_t slot, size_t count);

#endif
