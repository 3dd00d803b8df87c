/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "udping/gaps.h"

/* Fisher and Yates. */
static void
shuffle(struct rng *r, double *v, size_t n)
{
	double held;
	size_t i, k;

	for (i = n; i-- > 1; ) {
		k = (size_t)(rng_u64(r) % (i + 1));
		held = v[i];
		v[i] = v[k];
		v[k] = held;
	}
}

/* One of each thousandth, in units of the mean, those of a fiftieth in
 * random order. */
static void
draw(struct gaps *g, double fine[GAPS_PART][GAPS_PARTS])
{
	size_t i, k;
	double u;

	for (i = 0; i < GAPS_PART; i++) {
		for (k = 0; k < GAPS_PARTS; k++) {
			u = ((double)(i * GAPS_PARTS + k) +
			    rng_unit(&g->rng)) / GAPS_BLOCK;
			fine[i][k] = fmin(-log(u), GAPS_CAP);
		}
		shuffle(&g->rng, fine[i], GAPS_PARTS);
	}
}

/* Deal a fiftieth's gaps to the parts, and mix each part. */
static void
deal(struct gaps *g, double fine[GAPS_PART][GAPS_PARTS])
{
	size_t i, k;

	for (k = 0; k < GAPS_PARTS; k++) {
		for (i = 0; i < GAPS_PART; i++)
			g->gap_ns[k * GAPS_PART + i] = fine[i][k];
		shuffle(&g->rng, g->gap_ns + k * GAPS_PART, GAPS_PART);
	}
}

/*
 * What the draws are off, mostly by the longest ones and the cap, goes to all
 * gaps below the cap in proportion: some thousandths of each.
 */
static void
scale(struct gaps *g)
{
	double at_cap = 0, rest = 0, factor;
	size_t i;

	for (i = 0; i < GAPS_BLOCK; i++)
		if (g->gap_ns[i] < GAPS_CAP)
			rest += g->gap_ns[i];
		else
			at_cap += g->gap_ns[i];
	factor = (GAPS_BLOCK - at_cap) / rest;
	for (i = 0; i < GAPS_BLOCK; i++)
		g->gap_ns[i] = g->mean_ns * fmin(g->gap_ns[i] < GAPS_CAP ?
		    g->gap_ns[i] * factor : GAPS_CAP, GAPS_CAP);
}

void
gaps_init(struct gaps *g, double mean_ns, uint64_t seed)
{
	g->mean_ns = mean_ns;
	g->next = GAPS_BLOCK;
	rng_seed(&g->rng, seed);
}

double
gaps_next(struct gaps *g)
{
	double fine[GAPS_PART][GAPS_PARTS];

	if (g->next == GAPS_BLOCK) {
		draw(g, fine);
		deal(g, fine);
		scale(g);
		g->next = 0;
	}
	return g->gap_ns[g->next++];
}
