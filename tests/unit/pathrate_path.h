/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_PATHRATE_PATH_H
#define PL_PATHRATE_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pathrate/fast.h"

/*
 * A model of a path for estimators: a sender that takes a while for each
 * packet, a first-in-first-out link with cross traffic and perhaps a token
 * bucket, a receiver that stamps late, now and then or in batches.
 */
struct path {
	double	mbps;		/* of the link; 0: none, packets just pass */
	size_t	overhead;	/* bytes below IP, a packet */
	double	load;		/* of cross traffic, 0 .. 1 */
	size_t	cross_bytes;	/* of its packets; 0: 64, 576 and 1500 */
	size_t	cross_burst;	/* packets at a time; 0: 1 */
	double	send_ns;	/* the sender's for a packet */
	double	noise_ns;	/* mean lateness of a stamp */
	double	stall;		/* chance of a stamp that is late by ... */
	double	stall_ns;	/* ... this in the mean, with those behind */
	double	batch_ns;	/* interrupts are that far apart; 0: none */
	double	loss;
	size_t	queue;		/* packets of ours, of a train; 0: any */
	/* token bucket before the link */
	double	shaped_mbps;
	double	bucket_bytes;
	bool	mute;		/* the sender tells no departure */

	/* state */
	double	now_ns, free_ns, cross_ns, tokens, tokens_ns;
	struct fast f;
};

/* A whole run; how long it took is in now_ns. */
void	path_run(struct path *p, const struct fast_config *config);

#endif
