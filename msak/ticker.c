/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "msak/ticker.h"

/* After a pause longer than this many waits the schedule starts afresh. */
#define PAUSE_WAITS	1000

static int64_t
draw(struct ticker *t)
{
	double wait = rng_exp(&t->rng, (double)t->law.mean_ns);

	if (wait < (double)t->law.min_ns)
		return t->law.min_ns;
	if (wait > (double)t->law.max_ns)
		return t->law.max_ns;
	return (int64_t)wait;
}

void
ticker_init(struct ticker *t, struct ticker_law law, uint64_t seed,
    int64_t now_ns)
{
	t->law = law;
	rng_seed(&t->rng, seed);
	t->due_ns = now_ns + draw(t);
}

bool
ticker_take(struct ticker *t, int64_t now_ns)
{
	if (now_ns < t->due_ns)
		return false;
	if (now_ns - t->due_ns > PAUSE_WAITS * t->law.max_ns)
		t->due_ns = now_ns;
	while (t->due_ns <= now_ns)
		t->due_ns += draw(t);
	return true;
}
