/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_SND_H
#define PATHRATE_SND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pathrate/wire.h"

/*
 * The sender's side of a session (spec sections 3 and 6). Control bytes and
 * time come in; control bytes, trains to send and events for the text go
 * out. Every session starts clean, every wait has an end. Pure.
 */
enum snd_kind {
	SND_STARTED,		/* the RTT rounds are over */
	SND_SPACING,		/* number: ms */
	SND_MAX_SIZE,		/* number: payload */
	SND_SIZE,		/* number: payload */
	SND_LENGTH,		/* number: packets, without the first */
	SND_NUMBER,		/* of trains: always one */
	SND_ROUND,		/* number */
	SND_TRAIN,		/* number: of this round, from 1 */
	SND_ACKED,
	SND_RETRANSMIT,
	SND_CONTINUE,
	SND_REDUNDANT_ACK,
	SND_REDUNDANT_NEG_ACK,
	SND_UNEXPECTED,		/* number: code in place of a verdict */
	SND_CONGESTION,		/* 31 lossy trains in a row */
	SND_TERMINATED,		/* by the receiver */
	SND_UNKNOWN,		/* code, out of range or connection lost */
	SND_SILENT		/* no word for too long */
};

typedef void snd_say(void *arg, enum snd_kind kind, int number);

enum snd_state {
	SND_IN_WIDTH,
	SND_IN_RTT,
	SND_IN_COMMAND,
	SND_IN_TRAIN,		/* the caller sends it */
	SND_IN_SPACING,
	SND_IN_VERDICT,
	SND_IN_GRACE,		/* lossy; an old receiver may ask itself */
	SND_IN_GOODBYE,		/* GAME_OVER was sent */
	SND_OVER		/* write out, then close */
};

struct snd_config {
	size_t	max_payload;	/* 12 .. 65507 */
	size_t	max_len;	/* of a train */
	int64_t	max_spacing_ns;
	int64_t	idle_ns;	/* patience with a silent receiver */
	int64_t	limit_ns;	/* of a session; 0: none */
	uint8_t	features;	/* WIRE_EXT_*; 0: behave as an original */
};

#define SND_IN_MAX	256
#define SND_OUT_MAX	256

/* A train to send: packets 0 .. len. */
struct snd_train {
	uint32_t	round_id, train_id;
	size_t		len, payload;
	bool		has_nonce;
	uint64_t	nonce;
	uint16_t	port;		/* of the receiver */
};

struct snd {
	struct snd_config config;
	snd_say		*say;
	void		*arg;
	enum snd_state	 state;
	int64_t		 deadline_ns, end_ns;
	uint8_t		 in[SND_IN_MAX], out[SND_OUT_MAX];
	size_t		 in_len, out_len;
	enum wire_width	 width;
	int		 echoes;
	int64_t		 echoed_ns, rtt_ns;	/* smallest seen */
	bool		 extended;
	struct snd_train train;
	int64_t		 spacing_ns;
	int		 number;		/* trains of this round */
	int		 losses;		/* in a row */
	uint32_t	 departure_us;
	int64_t		 departed_ns;
};

void	snd_start(struct snd *s, const struct snd_config *config,
	    snd_say *say, void *arg, int64_t now_ns);
/* How many control bytes it takes now; the rest stays in the kernel. */
size_t	snd_room(const struct snd *s);
void	snd_bytes(struct snd *s, int64_t now_ns, const uint8_t *p, size_t n);
/* End of the control stream or an error on it. */
void	snd_closed(struct snd *s);
void	snd_timer(struct snd *s, int64_t now_ns);
int64_t	snd_deadline_ns(const struct snd *s);
void	snd_written(struct snd *s, size_t n);
/* The train to send now; NULL when there is none. */
const struct snd_train *snd_train(const struct snd *s);
/* It was sent, from departed_ns on; departure_us is how long that took, 0:
 * unknown, both. */
void	snd_sent(struct snd *s, int64_t now_ns, int64_t departed_ns,
	    uint32_t departure_us);
bool	snd_is_over(const struct snd *s);

#endif
