/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPLAY_FAST_H
#define PATHRATE_REPLAY_FAST_H

#include "pathrate/method.h"
#include "pathrate/replay.h"

/*
 * A recorded run for the default estimator, which takes of it what it would
 * have asked for: trains of full and of half-size packets. Where a train does
 * not tell its payload, the classic schedule does. Pure.
 */
struct replay_fast {
	struct method	*method;
	struct classic	 schedule;
	int64_t		 now_ns;
};

void	replay_fast_begin(struct replay_fast *r, struct method *m,
	    const struct classic_config *config);
void	replay_fast_take(struct replay_fast *r, const struct replay_line *l);

#endif
