/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_FAST_H
#define PATHRATE_FAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/stats.h"
#include "pathrate/bucket.h"
#include "pathrate/density.h"
#include "pathrate/train.h"

/*
 * The default estimator (spec section 9). It asks for pairs, long trains of
 * full and of half-size packets, and looks at the same arrivals at several
 * scales: the rate over 1, 2, 4 ... packets, or from burst to burst where
 * packets come in batches. It believes the largest scale that agrees with
 * the smaller ones within their noise, so that neither noise of the stamps
 * nor cross traffic between the packets decides. Pure; the same arrivals
 * give the same answer, the bootstrap included.
 */
enum fast_verdict {
	FAST_IDLE,		/* one rate, hardly disturbed */
	FAST_LOADED,		/* one rate, often disturbed */
	FAST_SHAPED,		/* peak, then sustained: a token bucket */
	FAST_HOST_LIMITED,	/* lower bound: an end host was the limit */
	FAST_VIRTUAL		/* lower bound: size makes no difference */
};

enum fast_evidence {
	FAST_PAIRS,		/* of least delay */
	FAST_TRAINS,
	FAST_BURSTS		/* from burst to burst */
};

struct fast_result {
	bool		 valid;
	double		 mbps, lo, hi;		/* IP layer; 95 % interval */
	enum fast_verdict verdict;
	bool		 lower_bound;
	enum fast_evidence evidence;
	size_t		 scale;			/* packets or bursts */
	bool		 met_others;		/* packets of theirs between */
	bool		 crossed;		/* so in all of it */
	double		 undisturbed;		/* part of the samples, 0..1 */
	double		 met;			/* part of the trains that
						 * others delayed, 0..1 */
	double		 assumed_bytes;		/* overhead where others hide
						 * it; 0: none */
	/* FAST_SHAPED */
	double		 peak_mbps, sustained_mbps, bucket_bytes;
	bool		 peak_bound;		/* the peak is a lower bound */
	/* two sizes of packets */
	bool		 has_overhead;
	double		 overhead_bytes;	/* below IP, a packet */
	double		 link_mbps;		/* with them */
};

struct fast_config {
	size_t	max_payload;
	size_t	headers;	/* 28, or 48 with IPv6 */
	bool	quick;		/* -Q: a rough answer in two seconds */
	int64_t	limit_ns;	/* for all of it */
	uint64_t limit_bytes;	/* of IP, not to be exceeded; 0: none */
	double	target;		/* half width of the interval, 0.01 */
	uint64_t seed;		/* of the bootstrap */
};

enum fast_sort {
	FAST_SCALE_TRAIN,	/* short, the first of all */
	FAST_BUCKET_TRAIN,	/* longest, after a pause; at last half-size */
	FAST_PAIR_TRAIN,
	FAST_LONG_TRAIN,
	FAST_SMALL_TRAIN	/* half the size */
};

#define FAST_TRAINS_MAX	512
#define FAST_STAMPS_MAX	65536
#define FAST_SAMPLES_MAX 16384
#define FAST_BUCKETS	2	/* one can be an accident */

struct fast_train {
	enum fast_sort	 sort;
	size_t		 payload, at, n;	/* stamps at .. at + n - 1 */
	int64_t		 sent_ns;
	uint32_t	 departure_us;		/* 0: unknown, sent_ns too */
};

struct fast {
	struct fast_config config;
	struct rng	 rng;
	struct train_ask ask;
	enum fast_sort	 sort;
	int64_t		 start_ns, check_ns;
	bool		 over, failed;
	int		 step, rounds;		/* of the schedule */
	size_t		 check_trains;		/* then, at the earliest */
	int		 settled, bounds;	/* checks in a row */
	int		 empty;			/* trains in a row */
	size_t		 long_max;		/* that the queues take */
	double		 gap_ns;		/* a full packet, roughly */
	uint64_t	 bytes;
	struct bucket	 bucket[FAST_BUCKETS];
	int		 buckets;		/* seen */
	int		 bucket_trains;
	/* between packets of the peak, of full and half size; 0: unknown */
	double		 peak_gap_ns, half_gap_ns;
	struct fast_train train[FAST_TRAINS_MAX];
	size_t		 trains;
	int64_t		 stamp[FAST_STAMPS_MAX];
	size_t		 stamps;
	double		 sample[FAST_SAMPLES_MAX];
	double		 reach;			/* packets in one, the mean */
	/* of the interval, what no number of trains makes smaller */
	double		 open;
	struct fast_result result;
};

void	fast_start(struct fast *f, const struct fast_config *config,
	    int64_t now_ns);
/* The train wanted now; NULL when it is over: result tells. */
const struct train_ask *fast_ask(const struct fast *f);
/*
 * What came of it: arrival_ns of packets 0 .. ask.len, TRAIN_MISSING for lost
 * ones; sent_ns by the same clock but for a constant, or, where departure_us
 * is 0, when it was asked for. A lossy train is good as far as it goes
 * and never asked for again.
 */
void	fast_take(struct fast *f, int64_t now_ns, int64_t sent_ns,
	    uint32_t departure_us, const int64_t *arrival_ns);
/*
 * Rates between neighbours of full size, Mbit/s, sorted, into f->sample; how
 * many. Neighbours are bursts where packets come in bursts.
 */
size_t	fast_rates(struct fast *f);
/*
 * How many of n packets came, and the mean gap from the first to the last of
 * them, packet 0 left out; 0 when there is none.
 */
size_t	fast_gap_ns(const int64_t *arrival_ns, size_t n, double *gap_ns);

#endif
