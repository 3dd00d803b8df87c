/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "common/clock.h"
#include "tests/linkem/cross.h"

#define BITS_NS	(8.0 * 1e9)	/* bytes over bit/s to ns */

static void
cross_step(struct cross *c, double ns)
{
	double whole = floor(ns + c->frac);

	c->frac += ns - whole;
	c->next_ns += (int64_t)whole;
}

/* Skip the pauses that the next arrival would fall into. */
static void
cross_pause(struct cross *c)
{
	while (c->next_ns >= c->burst_end_ns) {
		c->next_ns = c->burst_end_ns +
		    (int64_t)rng_exp(&c->rng, (double)c->conf.off_ns);
		c->burst_end_ns = c->next_ns +
		    (int64_t)rng_exp(&c->rng, (double)c->conf.on_ns);
	}
}

void
cross_init(struct cross *c, const struct cross_conf *conf, uint64_t seed,
    int64_t start_ns)
{
	double sum = 0, share = 1;
	size_t i;

	*c = (struct cross){ .conf = *conf, .next_ns = start_ns };
	if (conf->rate_bps == 0) {
		c->next_ns = CLOCK_NEVER;
		return;
	}
	rng_seed(&c->rng, seed);
	for (i = 0; i < conf->n_sizes; i++)
		sum += conf->sizes[i];
	c->mean_size = sum / (double)conf->n_sizes;
	if (conf->model == CROSS_ONOFF)
		share = (double)conf->on_ns /
		    (double)(conf->on_ns + conf->off_ns);
	c->peak_bps = (double)conf->rate_bps / share;
	if (conf->model == CROSS_POISSON)
		cross_step(c, rng_exp(&c->rng,
		    c->mean_size * BITS_NS / c->peak_bps));
	if (conf->model == CROSS_ONOFF) {
		c->burst_end_ns = start_ns;
		cross_pause(c);
	}
}

bool
cross_next(struct cross *c, int64_t until_ns, int64_t *at_ns, uint32_t *size)
{
	double gap;

	if (c->conf.rate_bps == 0 || c->next_ns > until_ns)
		return false;
	*at_ns = c->next_ns;
	*size = c->conf.sizes[rng_u64(&c->rng) % c->conf.n_sizes];
	if (c->conf.model == CROSS_POISSON)
		gap = rng_exp(&c->rng, c->mean_size * BITS_NS / c->peak_bps);
	else
		gap = *size * BITS_NS / c->peak_bps;
	cross_step(c, gap);
	if (c->conf.model == CROSS_ONOFF)
		cross_pause(c);
	return true;
}
