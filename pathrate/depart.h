/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_DEPART_H
#define PATHRATE_DEPART_H

#include <stdbool.h>
#include <stdint.h>

/*
 * When trains left, by the clock that stamps their arrivals. A sender of ours
 * tells it in 23 bits of its own us (WIRE_DEPARTED); the first train is taken
 * to have left when it was asked for, so that a delay from then on is off by
 * what that one took, the same for all. Pure.
 */
struct depart {
	bool		known;		/* of a train before */
	int64_t		came_ns, sent_ns;	/* of that one */
	uint32_t	us;
};

/*
 * us is what the sender said, less than 0: nothing; then asked_ns is as good
 * as it gets. came_ns is when the first of its packets came, asked_ns if none
 * did: within seconds of when it left, while it may have been asked for long
 * before.
 */
int64_t	depart_ns(struct depart *d, int64_t asked_ns, int64_t came_ns,
	    int32_t us);

#endif
