/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_TURN_H
#define PATHRATE_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Who of those that share a sender may send the next train, and how long its
 * train keeps the others waiting. Pure.
 *
 * Turns are shared by time, not by number: a receiver that spaces its trains
 * by half a second, as the original does, does not hold back one whose trains
 * are over in a millisecond. This is start-time fair queueing (Goyal, Vin,
 * Cheng, 1996): each has a tag, the time that it has used so far, and the
 * least one goes first. Who pauses between trains may lag a second behind the
 * others, and who comes in anew begins there, so that neither has to wait for
 * all of them each time, and nobody saves up more.
 */
struct turn_share {
	int64_t	tag_ns;
	int64_t	pace_ns;	/* a byte, verdict included; 0: not known */
};

/* Wants a turn; floor_ns is the tag of who had the last one. */
void	turn_join(struct turn_share *t, int64_t floor_ns);
/* Does a go before b, which asked before it? */
bool	turn_before(const struct turn_share *a, const struct turn_share *b);
/* Had the turn for this long. */
void	turn_used(struct turn_share *t, int64_t ns);

/*
 * For how long, from when it has left, a train of so many IP bytes may be on
 * its way and not judged yet: what a modem takes, or as the receiver's last
 * verdict says. When that is over, others go on.
 */
int64_t	turn_hold_ns(const struct turn_share *t, size_t bytes);
/* The verdict on such a train came so long after it had left. */
void	turn_judged(struct turn_share *t, size_t bytes, int64_t ns);

#endif
