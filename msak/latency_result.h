/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_LATENCY_RESULT_H
#define MSAK_LATENCY_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msak/uuid.h"

/* What a client of latency1 makes of the summary that it fetched. */
struct latency_trip {
	int64_t	rtt_us;
	bool	lost;
};

struct latency_result {
	char			 id[UUID_MAX];	/* the server's UUID */
	char			 start[64];	/* as the server wrote it */
	struct latency_trip	*trips;
	size_t			 ntrips;
	int64_t			 sent, received;	/* as it counted */
};

struct latency_stats {
	/* Of what came back, in ms; 0 when nothing did. */
	double	min_ms, mean_ms, max_ms;
	double	p50_ms, p90_ms, p99_ms;
	double	jitter_ms;	/* mean change from one to the next */
	double	loss;		/* 0..1: round trips that are lost */
	/* As the original reckons: a lost one is an RTT of 0, and loss comes
	 * from the server's counts. */
	double	old_min_ms, old_mean_ms, old_max_ms, old_loss;
};

/* 0, or -1: not a summary, or out of memory. To be freed also then. */
int	latency_result_get(const char *text, size_t len,
	    struct latency_result *r);
void	latency_result_free(struct latency_result *r);
/* 0, or -1 when out of memory. */
int	latency_result_stats(const struct latency_result *r,
	    struct latency_stats *out);

#endif
