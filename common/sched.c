/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "common/sched.h"

/* A schedule stops here, some 290 years after the clock's zero. */
#define END_NS	INT64_C(9200000000000000000)

/*
 * The fraction of the gap is added apart from its whole ns, so that the sum
 * is off by the rounding of numbers below 2 alone: 1e9 gaps of a rate that a
 * network can carry err by less than one ns together.
 */
void
sched_step(struct sched *s, double gap_ns)
{
	double whole = floor(gap_ns);

	s->frac_ns += gap_ns - whole;
	if (s->frac_ns >= 1) {
		s->frac_ns -= 1;
		whole += 1;
	}
	if ((double)s->next_ns + whole >= (double)END_NS)
		s->next_ns = END_NS;
	else
		s->next_ns += (int64_t)whole;
}

void
sched_constant(struct sched *s, double gap_ns, int64_t start_ns)
{
	memset(s, 0, sizeof(*s));
	s->constant = true;
	s->mean_ns = gap_ns;
	s->next_ns = start_ns;
}

void
sched_poisson(struct sched *s, double mean_ns, uint64_t seed, int64_t start_ns)
{
	memset(s, 0, sizeof(*s));
	s->mean_ns = mean_ns;
	s->next_ns = start_ns;
	rng_seed(&s->rng, seed);
}

int64_t
sched_due(const struct sched *s)
{
	return s->next_ns;
}

void
sched_advance(struct sched *s)
{
	sched_step(s, s->constant ? s->mean_ns :
	    rng_exp(&s->rng, s->mean_ns));
}

void
sched_restart(struct sched *s, int64_t now_ns)
{
	s->next_ns = now_ns;
	s->frac_ns = 0;
}
