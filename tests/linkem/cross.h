/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_CROSS_H
#define PL_LINKEM_CROSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/stats.h"

/*
 * Virtual cross traffic: a seeded series of (arrival, size) that competes
 * for a link without a byte being moved. Pure: no clock, no I/O.
 */
enum cross_model {
	CROSS_CBR,		/* gap = size / rate */
	CROSS_POISSON,		/* exponential gaps */
	CROSS_ONOFF		/* CBR bursts; exponential on and off times */
};

#define CROSS_SIZES	8

struct cross_conf {
	int64_t		 rate_bps;	/* long-run mean; 0: no cross traffic */
	enum cross_model model;
	int64_t		 on_ns, off_ns;	/* means, CROSS_ONOFF; on_ns > 0 */
	uint32_t	 sizes[CROSS_SIZES];	/* bytes, drawn evenly */
	size_t		 n_sizes;	/* 1..CROSS_SIZES when rate_bps > 0 */
};

struct cross {
	struct cross_conf conf;
	struct rng	 rng;
	double		 peak_bps;	/* rate within a burst */
	double		 mean_size;
	double		 frac;		/* of a ns, belongs to next_ns */
	int64_t		 next_ns;
	int64_t		 burst_end_ns;	/* CROSS_ONOFF */
};

/* The first arrival comes after start_ns. */
void	cross_init(struct cross *c, const struct cross_conf *conf,
	    uint64_t seed, int64_t start_ns);
/*
 * Whether a packet arrives at or before until_ns; if so, its arrival and
 * size, and the series moves on by one.
 */
bool	cross_next(struct cross *c, int64_t until_ns, int64_t *at_ns,
	    uint32_t *size);

#endif
