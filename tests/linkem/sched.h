/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_SCHED_H
#define PL_LINKEM_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/stats.h"
#include "tests/linkem/cross.h"
#include "tests/linkem/outage.h"

/*
 * One direction of a link as arithmetic: a packet's arrival and size go in,
 * its fate comes out. No I/O and no clock; times are ns from any zero.
 *
 *   arrival -> [ drop-tail queue, rate ] -> loss -> burst loss -> delay,
 *   jitter, reordering -> due (once, or twice when duplicated)
 *
 * A lost packet has used the link; a packet dropped at the queue has not.
 */
enum sched_jitter {
	SCHED_UNIFORM,		/* -jitter_ns .. +jitter_ns */
	SCHED_NORMAL		/* sigma jitter_ns, cut at 4 sigma */
};

struct sched_conf {
	int64_t	rate_bps;	/* 1..SCHED_RATE_MAX; 0: infinitely fast */
	int64_t	queue_ns;	/* what may wait, the packet itself included,
				 * as time at the rate; >= one packet */
	int64_t	delay_ns;
	int64_t	jitter_ns;	/* a due time is never before the departure */
	enum sched_jitter jitter;
	bool	jitter_reorders; /* else a packet waits for the one before */
	/* Probabilities, 0..1. */
	double	loss;
	double	burst_enter, burst_leave; /* Gilbert-Elliott: good <-> bad */
	double	burst_loss_bad, burst_loss_good;
	double	dup;
	double	reorder;	/* share of packets moved by reorder_ns */
	int64_t	reorder_ns;	/* > 0: held back; < 0: ahead of others, yet
				 * never before the departure */
	struct cross_conf cross;
	struct outages outages;	/* who knows the ports applies them */
};

#define SCHED_RATE_MAX	INT64_C(1000000000000)
#define SCHED_SIZE_MAX	65535u

enum sched_verdict {
	SCHED_PASS,
	SCHED_QUEUE_DROP,
	SCHED_LOSS,
	SCHED_BURST
};

struct sched_fate {
	enum sched_verdict verdict;
	int	copies;		/* SCHED_PASS: 1 or 2, both due at due_ns */
	int64_t	depart_ns;	/* last bit on the link; not SCHED_QUEUE_DROP */
	int64_t	due_ns;		/* SCHED_PASS */
};

/* A transmitter and its queue: when the last bit of all that was taken has
 * left, to the exact fraction. */
struct sched_line {
	int64_t	rate_bps, queue_ns;
	int64_t	last_ns;
	int64_t	frac;		/* of last_ns, in 1/rate_bps ns */
	int64_t	idle_ns;	/* spent with nothing to send, from the first
				 * packet to the latest */
	bool	begun;
};

struct sched {
	struct sched_conf conf;
	struct sched_line line;
	struct rng	 rng;
	struct cross	 cross;
	bool		 bad;		/* state of the burst loss */
	int64_t		 arrival_ns;	/* of the last packet */
	int64_t		 due_ns;	/* latest due of an unmoved packet */
	uint64_t	 cross_packets, cross_bytes, cross_drops;
};

/*
 * The same seed and arrivals give the same fates. Each packet consumes
 * SCHED_DRAWS random values before anything is decided, whatever becomes of
 * it, and cross traffic has a generator of its own.
 */
#define SCHED_DRAWS	7
void	sched_init(struct sched *s, const struct sched_conf *conf,
	    uint64_t seed, int64_t start_ns);
/*
 * Decide about a packet of size bytes (1..SCHED_SIZE_MAX). An arrival before
 * the previous one counts as simultaneous with it.
 */
struct sched_fate sched_packet(struct sched *s, int64_t arrival_ns,
	    uint32_t size);
/* Let the cross traffic arrive up to now_ns; sched_packet does so itself. */
void	sched_advance(struct sched *s, int64_t now_ns);
/* Time of size bytes at rate_bps > 0, in ns, rounded down. */
int64_t	sched_tx_ns(int64_t size, int64_t rate_bps);

#endif
