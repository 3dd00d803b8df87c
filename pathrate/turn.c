/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/clock.h"
#include "pathrate/turn.h"

#define CREDIT_NS	CLOCK_NS_PER_S
#define HOLD_NS		(2 * CLOCK_NS_PER_S)	/* for whoever is there */
#define HOLD_MAX_NS	(20 * CLOCK_NS_PER_S)
#define SLOWEST_NS	500000	/* a byte at 16 kbit/s */
#define SLOWER		2	/* than the last train, at most */

void
turn_join(struct turn_share *t, int64_t floor_ns)
{
	if (t->tag_ns < floor_ns - CREDIT_NS)
		t->tag_ns = floor_ns - CREDIT_NS;
}

bool
turn_before(const struct turn_share *a, const struct turn_share *b)
{
	return a->tag_ns < b->tag_ns;
}

void
turn_used(struct turn_share *t, int64_t ns)
{
	t->tag_ns += ns;
}

int64_t
turn_hold_ns(const struct turn_share *t, size_t bytes)
{
	int64_t pace_ns = t->pace_ns > 0 ? SLOWER * t->pace_ns : SLOWEST_NS;
	int64_t left_ns = HOLD_MAX_NS - HOLD_NS;

	if ((int64_t)bytes > left_ns / pace_ns)
		return HOLD_MAX_NS;
	return HOLD_NS + (int64_t)bytes * pace_ns;
}

void
turn_judged(struct turn_share *t, size_t bytes, int64_t ns)
{
	t->pace_ns = bytes > 0 && ns >= (int64_t)bytes ?
	    ns / (int64_t)bytes : 1;
}
