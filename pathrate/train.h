/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_TRAIN_H
#define PATHRATE_TRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What an estimator asks for and what it gets: len packets of payload bytes
 * and a warm-up packet before them, in a round of its own.
 */
#define TRAIN_LEN_MAX		1000	/* without the warm-up packet */
#define TRAIN_WORDS_MAX		3
#define TRAIN_PAYLOAD_MIN	12	/* the smallest head */
#define TRAIN_PAYLOAD_MAX	16384	/* of UDP, by default */
#define TRAIN_HEADERS		28	/* IPv4 and UDP */
#define TRAIN_HEADERS_6		48	/* IPv6 and UDP */

struct train_ask {
	uint32_t	round;
	size_t		len, payload;
	int64_t		spacing_ns;	/* train to SENT_TRAIN */
	int64_t		pause_ns;	/* before asking */
	/* The lossy train, which the sender sends again by itself. */
	bool		again;
	/* Control words before SEND, in order. */
	uint32_t	words[TRAIN_WORDS_MAX];
	size_t		nwords;
};

/* Packets that did not come have this time. */
#define TRAIN_MISSING	INT64_MIN

enum train_end {
	TRAIN_GOOD,
	TRAIN_STALE,		/* complete, but mixed with another one */
	TRAIN_LOST		/* not complete */
};

#endif
