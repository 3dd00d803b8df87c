/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_PATHRATE_SIM_H
#define PL_PATHRATE_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pathrate/classic.h"
#include "pathrate/rcv.h"
#include "pathrate/snd.h"

/*
 * A whole measurement in a fake world: our two sides, or one of them with a
 * model of the original of 2.4.1 (spec 3.4 and 3.5), over a control stream
 * and a link that has a rate and may lose and reorder.
 */
struct sim_config {
	bool		old_sender, old_receiver;
	enum wire_width	width;		/* of the old side */
	enum wire_layout layout;	/* of an old sender */
	double		rate_mbps;
	double		loss;		/* of a packet, 0 .. 1 */
	double		reorder;
	size_t		queue;		/* packets of the link; 0: any */
	bool		quick;		/* -Q */
	bool		mute;		/* the sender says nothing, ever */
};

/* Bytes under way, in order; each arrives on its own. */
#define SIM_STREAM	512
struct sim_stream {
	uint8_t	byte[SIM_STREAM];
	int64_t	due_ns[SIM_STREAM];
	size_t	len;
};

struct sim_packet {
	int64_t		  arrival_ns;
	struct wire_probe p;
	size_t		  len;
	uint64_t	  nonce;
};

struct sim_old {
	uint8_t		in[SIM_STREAM];	/* not read yet */
	size_t		in_len;
	int		echoes;
	uint32_t	value;		/* a word to act on later */
	int64_t		wake_ns;	/* sleeping until then; 0: reading */
	bool		verdict;	/* a train waits for one */
	int		losses, number;
	size_t		len, payload;
	int64_t		spacing_ns;
	uint32_t	round, train_id;
	bool		over;
};

struct sim {
	struct sim_config config;
	int64_t		 now_ns;
	struct sim_stream to_snd, to_rcv;
	struct sim_packet packet[TRAIN_LEN_MAX + 1];
	size_t		 packets;
	struct rcv	 r;
	struct snd	 s;
	struct classic	 c;
	struct sim_old	 old;		/* the old side, if any */
	size_t		 seen;		/* packets of the old receiver */
	enum rcv_failure failed;
	bool		 terminated, begun;
	int		 trains, sends, sent;	/* good; asked for; sent */
	int		 unknown;		/* aborts of the sender */
	bool		 congestion;
};

/* From the first word to the end of both sides; fails the test when that
 * does not come. */
void	sim_run(struct sim *m, const struct sim_config *config);

/* For the model of the original's sides. */
void	sim_write(struct sim *m, struct sim_stream *to, uint32_t value,
	    int64_t delay_ns);
void	sim_emit(struct sim *m, const struct snd_train *t);
void	sim_old_sender(struct sim *m, const uint8_t *p, size_t n);
void	sim_old_sender_wakes(struct sim *m);
void	sim_old_receiver_starts(struct sim *m);
void	sim_old_receiver(struct sim *m, const uint8_t *p, size_t n);
void	sim_old_receiver_packet(struct sim *m, const struct sim_packet *p);

#endif
