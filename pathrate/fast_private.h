/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_FAST_PRIVATE_H
#define PATHRATE_FAST_PRIVATE_H

#include "pathrate/fast.h"

/* What a rate that cross traffic hides adds to the interval, at each end. */
#define FAST_CROSSED	0.015

/* The arrivals of trains of one size, at one scale. */
struct fast_view {
	size_t	payload;
	size_t	scale;
	bool	bursts;		/* heads of bursts, not packets */
	double	delay_max_ns;	/* pairs only, up to this one; 0: all trains */
	/* of the bootstrap: which trains, how often; NULL: all, once */
	const uint8_t *times;
};

/*
 * Logarithms of ns a packet, sorted, into f->sample; how many. f->reach gets
 * the packets between the two ends of one, in the mean.
 */
size_t	fast_samples(struct fast *f, const struct fast_view *v);
/* Largest scale that the long trains have, at least 1. */
size_t	fast_scale_max(const struct fast *f);
/* Do packets of full size come in batches? */
bool	fast_batched(const struct fast *f);
/* Delay that one in four pairs has at most, from SEND to its second packet. */
double	fast_pair_delay_ns(struct fast *f);

/* The arrivals of the train asked for join the others, if there is room. */
void	fast_keep(struct fast *f, int64_t asked_ns, uint32_t departure_us,
	    const int64_t *arrival_ns);
/* All of it, from what there is; result.valid says if that was enough. */
void	fast_estimate(struct fast *f);

#endif
