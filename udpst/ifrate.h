/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_IFRATE_H
#define UDPST_IFRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/netdev.h"

/* The rate of a whole interface during a test, -E, spec 4.8. */

/* What the counters of an interface showed, and when (monotonic). */
struct ifrate_sample {
	uint64_t	rx, tx;		/* bytes */
	int64_t		at_ns;
};

struct ifrate {
	struct netdev	dev;
	bool		upstream;
	bool		started;
	struct ifrate_sample last;
	/* Of the last interval, Mbit/s; 0 before the first one ended. */
	double		mbps;		/* in the direction of the test */
	double		alternate;	/* the other one */
};

/* 0, or -1 with errno and the file to blame in path. */
int	ifrate_open(struct ifrate *r, const char *interface, bool upstream,
	    char *path, size_t len);
/*
 * Read the counters. The first time (when the first PDU is sent) an interval
 * begins; from then on (at the end of sub-intervals) mbps and alternate are
 * those since the time before. 0, or -1 with errno: the rates become 0.
 */
int	ifrate_read(struct ifrate *r, int64_t now_ns);
void	ifrate_close(struct ifrate *r);

/* What ifrate_read does with a sample. */
void	ifrate_add(struct ifrate *r, const struct ifrate_sample *s);
/*
 * Mbit/s from two readings of a counter that may have wrapped once, at 2^32 or
 * at 2^64; what wrapped nowhere near has been set to 0 between them.
 */
double	ifrate_mbps(uint64_t before, uint64_t after, int64_t elapsed_ns);

#endif
