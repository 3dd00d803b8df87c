/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_WIRE_H
#define PATHRATE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The messages of pathrate 2.4.1 (spec pathrate.md section 3). The original
 * sends C longs, so there are dialects: control words of 4 or 8 bytes, probe
 * headers of 12 or 24. Pure: no I/O, no clock, no allocation.
 */
#define WIRE_TCP_PORT		48699	/* of the sender */
#define WIRE_UDP_PORT		48698	/* of the receiver */

/* Low byte of a control word (3.3). */
enum wire_code {
	WIRE_RTT = 0x00,		/* and its echo */
	WIRE_TRAIN_LEN = 0x01,		/* packets, without the first */
	WIRE_NO_TRAINS = 0x02,
	WIRE_GAME_OVER = 0x03,
	WIRE_ACK_TRAIN = 0x04,
	WIRE_PCK_LEN = 0x05,		/* bytes of UDP payload */
	WIRE_MAX_PCK_LEN = 0x06,
	WIRE_SEND = 0x07,		/* round */
	WIRE_CONTINUE = 0x08,
	WIRE_TRAIN_SPACING = 0x09,	/* ms */
	WIRE_SENT_TRAIN = 0x10,
	WIRE_NEG_ACK_TRAIN = 0x11,
	/* Only to a peer that knows the extension. */
	WIRE_NONCE = 0x20,		/* 24 more bits of the nonce */
	WIRE_DATA_PORT = 0x21,		/* the receiver's UDP port */
	WIRE_QUEUED = 0x22,		/* S>R: the train waits for its turn */
	WIRE_DEPARTED = 0x23		/* S>R: when, us modulo 2^23 */
};

/* A word holds its code and 24 bits of argument, which the originals take
 * as signed. */
#define WIRE_ARGUMENT_MAX	0x7fffff
uint32_t wire_value(enum wire_code code, uint32_t argument);
uint8_t	wire_code(uint32_t value);
int32_t	wire_argument(uint32_t value);

/*
 * The extension (3.6): the receiver's last RTT message is WIRE_EXT_ASK. An
 * original echoes it; ours answers WIRE_EXT_ANSWER with the features that it
 * has in the low byte.
 */
#define WIRE_EXT_ASK		0x504c4201U
#define WIRE_EXT_ANSWER		0xafb3bd00U	/* complement of its 3 bytes */
#define WIRE_EXT_NONCE		0x01	/* WIRE_NONCE; in every probe */
#define WIRE_EXT_DEPARTURE	0x02	/* us of departure in SENT_TRAIN */
#define WIRE_EXT_DATA_PORT	0x04	/* WIRE_DATA_PORT */
#define WIRE_EXT_QUEUED		0x08	/* WIRE_QUEUED, every few seconds */
#define WIRE_EXT_CLOCK		0x10	/* WIRE_DEPARTED before SENT_TRAIN */
uint32_t wire_ext_answer(uint8_t features);
/* Is it the answer of ours? Its features, else false. */
bool	wire_ext_features(uint32_t answer, uint8_t *features);

/* Bytes of a control word. */
enum wire_width { WIRE_W4 = 4, WIRE_W8 = 8 };
#define WIRE_WORD_MAX		8

/* Returns how many bytes of buf were written: the width. */
size_t	wire_word_put(uint32_t value, enum wire_width width,
	    uint8_t buf[WIRE_WORD_MAX]);

/* Words out of a stream, however it is cut. All zero and a width. */
struct wire_words {
	enum wire_width	width;
	size_t		len;
	uint8_t		buf[WIRE_WORD_MAX];
};

/*
 * Take bytes from *p, *n until a word is complete: true, *value is set and
 * both are moved on. False: all were taken, and there is no word yet.
 */
bool	wire_words_take(struct wire_words *w, const uint8_t **p, size_t *n,
	    uint32_t *value);

/*
 * Which width the sender has: the receiver begins with WIRE_PROBE_LEN bytes
 * in one write, which are one RTT message to W8 and two to W4 (3.2). From
 * the first WIRE_PROBE_LEN bytes of the answer: the width and how many of the
 * ten echoes they were. False: neither, not a sender.
 */
#define WIRE_PROBE_LEN		8
void	wire_width_probe(uint8_t buf[WIRE_PROBE_LEN]);
bool	wire_width_answer(const uint8_t buf[WIRE_PROBE_LEN],
	    enum wire_width *width, int *echoes);

/* The head of a probe packet. */
enum wire_layout { WIRE_LAYOUT_UNKNOWN, WIRE_H4, WIRE_H8 };
#define WIRE_H4_LEN		16	/* as LP64 builds send it */
#define WIRE_NONCE_OFFSET	12
#define WIRE_NONCE_LEN		8

struct wire_probe {
	uint32_t	pack_id, train_id, round_id;
};

/* H4 and its zero; cut to len, as the original does with tiny packets. */
void	wire_probe_put(const struct wire_probe *p, void *buf, size_t len);
/* False when the packet is too short for the layout. */
bool	wire_probe_get(enum wire_layout layout, const void *buf, size_t len,
	    struct wire_probe *out);
/*
 * The layout of a packet that may be of this round; UNKNOWN when the round is
 * at neither place: then the packet is stale or not a probe.
 */
enum wire_layout wire_layout_of(const void *buf, size_t len, uint32_t round);
/* The nonce of our own sender behind the ids; 12 + 8 bytes at least. */
void	wire_nonce_put(uint64_t nonce, void *buf, size_t len);
bool	wire_nonce_is(uint64_t nonce, const void *buf, size_t len);

#endif
