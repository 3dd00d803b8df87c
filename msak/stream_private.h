/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_STREAM_PRIVATE_H
#define MSAK_STREAM_PRIVATE_H

#include "msak/stream.h"

/* What stream.c (life) and stream_move.c (bytes) share. */
#define STREAM_HEAD_LEN	(MEASUREMENT_TEXT_MAX + WS_HEADER_MAX)
#define STREAM_REASON	"Done sending"
/*
 * All payload is this much noise over and over: little enough to stay in a
 * core's own cache beside what the kernel makes of it, and more than deflate
 * or LZ4 look back.
 */
#define STREAM_NOISE_LEN	65536
/* So many pieces of it make the longest message. */
#define STREAM_PIECES	(SCALE_MAX / STREAM_NOISE_LEN + 1)

struct stream_io {
	struct loop	*loop;
	uint8_t		*noise;		/* STREAM_NOISE_LEN bytes */
	size_t		 noise_at;	/* where the next write begins in it */
	uint8_t		*scratch;
	size_t		 scratch_len;
};

/* stream.c */
bool	stream_queue_measurement(struct stream *s);
/* The parser has a text: the peer's measurement. */
void	stream_take_text(struct stream *s);
/* Send a close frame when the frame under way is out; the first wish counts.*/
void	stream_want_close(struct stream *s, enum stream_end why,
	    unsigned int code, const char *reason);
/* It is over; nothing may touch s after this. */
void	stream_over(struct stream *s, enum stream_end why);
void	stream_arm(struct stream *s);
/* The size of messages has changed, or may have. */
void	stream_scaled(struct stream *s);
/* Begin to wait for the peer's close, or for our own to get away. waits: how
 * many more times a second in which nothing happens. */
void	stream_linger(struct stream *s, int waits, int64_t now_ns);

/* stream_move.c */

/* What the descriptor or a timer allows; s may be gone afterwards. */
void	stream_turn(struct stream *s, unsigned int events);
/* The first bytes came with the handshake. */
void	stream_begin(struct stream *s, const void *rest, size_t len);

#endif
