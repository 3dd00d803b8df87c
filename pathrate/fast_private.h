/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_FAST_PRIVATE_H
#define PATHRATE_FAST_PRIVATE_H

#include "pathrate/fast.h"

/* A train that left in this part of the time of its arrival was slower to
 * leave than the path. */
#define FAST_DEPARTURE	0.9
/* What a rate that cross traffic hides adds to the interval, at each end. */
#define FAST_CROSSED	0.015
/* Two that differ by so much are the same, at least. */
#define FAST_AGREE	0.01

/* The arrivals of trains of one size, at one scale. */
struct fast_view {
	size_t	payload;
	size_t	scale;
	bool	bursts;		/* heads of bursts, not packets */
	bool	rough;		/* some thousands of samples are enough */
	double	delay_max_ns;	/* pairs only, up to this one; 0: all trains */
	/* of the bootstrap: which trains, how often; NULL: all, once */
	const uint8_t *times;
};

/* A scale and what it says. */
struct fast_scale {
	struct fast_view	view;
	struct density		d;
	size_t			n;
	enum fast_evidence	evidence;
	double			noise;	/* spread, and what hides in a burst */
	double			grain;	/* of that, the latter */
	double			agreed;	/* difference to the one before it */
	double			stamps;	/* what they leave open, of the gap */
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
void	fast_keep(struct fast *f, int64_t sent_ns, uint32_t departure_us,
	    const int64_t *arrival_ns);
/* What a scale says; false: next to nothing. */
bool	fast_look(struct fast *f, struct fast_scale *s);
/*
 * What half-size packets say, into f->result; false: the same as full ones,
 * so that no link serialises them.
 */
bool	fast_two_sizes(struct fast *f, const struct fast_scale *best);
/* The part of the trains that met packets of others, 0..1. */
double	fast_met_part(struct fast *f, const struct fast_scale *best);
/* What a train says of a token bucket. True: no further one is needed. */
bool	fast_bucket_train(struct fast *f, int64_t sent_ns,
	    const int64_t *arrival_ns);
/* The result of a path with a bucket. */
void	fast_shaped(struct fast *f);
/* All of it, from what there is; result.valid says if that was enough. */
void	fast_estimate(struct fast *f);

#endif
