/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_TXLIMIT_H
#define MSAK_TXLIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/netdev.h"

/*
 * No new clients while a network device sends more than a rate (spec 3.5).
 * The estimate rises at once and decays over seconds.
 */
#define TXLIMIT_PERIOD_NS	100000000	/* between samples */

struct txlimit {
	struct netdev	dev;
	uint64_t	max_bps;	/* 0: never */
	bool		watching;	/* the device is open */
	bool		started;	/* bytes and at_ns are a sample's */
	uint64_t	bytes;		/* sent, as the device counts */
	int64_t		at_ns;
	double		rate_bps;
};

/* Room for every message below. */
#define TXLIMIT_MESSAGE	256

/*
 * -txcontroller.device and -txcontroller.max-rate. message becomes the line
 * to log where there is no such device and hence no limit, else "".
 */
void	txlimit_open(struct txlimit *t, const char *device, uint64_t max_bps,
	    char *message, size_t len);
void	txlimit_close(struct txlimit *t);
/* Each TXLIMIT_PERIOD_NS, by the monotonic clock. A device that can no more
 * be read sends nothing: the rate is 0. */
void	txlimit_tick(struct txlimit *t, int64_t now_ns);
/* What txlimit_tick does with a counter: samples that come within half a
 * period are dropped, a counter that went back begins anew. */
void	txlimit_sample(struct txlimit *t, uint64_t bytes, int64_t now_ns);
/* 503 with an empty body, or 0: pass. */
int	txlimit_status(const struct txlimit *t, bool monitoring);

#endif
