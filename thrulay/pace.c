/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "thrulay/pace.h"

/* Packets per 1000 s: a gap is this many ns over the rate. */
#define PACE_NS_PER_1000S	1e12

/* Longest test in whole seconds, some 17 years: what pace_packets can
 * multiply without overflow. */
#define PACE_MAX_S		(UINT64_C(1) << 29)

/* A schedule stops here, some 290 years after the clock's zero. */
#define PACE_END_NS	INT64_C(9200000000000000000)

/*
 * The fraction of the gap is added apart from its whole ns, so that the sum
 * is off by the rounding of numbers below 2 alone: 1e9 gaps of a rate that a
 * network can carry err by less than one ns together.
 */
static void
pace_step(struct pace *p, double gap_ns)
{
	double whole = floor(gap_ns);

	p->frac_ns += gap_ns - whole;
	if (p->frac_ns >= 1) {
		p->frac_ns -= 1;
		whole += 1;
	}
	if ((double)p->next_ns + whole >= (double)PACE_END_NS)
		p->next_ns = PACE_END_NS;
	else
		p->next_ns += (int64_t)whole;
}

void
pace_init(struct pace *p, enum thrulay_spacing spacing, uint64_t rate,
    uint64_t seed, int64_t start_ns)
{
	memset(p, 0, sizeof(*p));
	p->spacing = spacing;
	p->mean_ns = PACE_NS_PER_1000S / (double)rate;
	p->next_ns = start_ns;
	rng_seed(&p->rng, seed);
	pace_advance(p);
}

int64_t
pace_due(const struct pace *p)
{
	return p->next_ns;
}

void
pace_advance(struct pace *p)
{
	if (p->spacing == THRULAY_CONSTANT)
		pace_step(p, p->mean_ns);
	else
		pace_step(p, rng_exp(&p->rng, p->mean_ns));
}

/* 125 * bits / size, taken apart so that no product overflows. */
uint64_t
pace_rate(uint64_t bits_per_s, uint64_t packet_size)
{
	uint64_t rate, whole;

	if (packet_size == 0 || packet_size > UINT32_MAX)
		return 0;
	whole = bits_per_s / packet_size;
	if (whole > UINT32_MAX / 125)
		return 0;
	rate = 125 * whole + 125 * (bits_per_s % packet_size) / packet_size;
	return rate > UINT32_MAX ? 0 : rate;
}

/*
 * floor(seconds * bits / (8 * size)): whole seconds in integers, as the 0.9
 * client counts, and what a fraction of a second adds.
 */
uint64_t
pace_packets(double seconds, uint64_t bits_per_s, uint64_t packet_size)
{
	uint64_t bits, each, more, packets, rest, s;

	if (packet_size == 0 || packet_size > UINT32_MAX ||
	    !(seconds >= 0) || seconds >= (double)PACE_MAX_S)
		return 0;
	bits = 8 * packet_size;
	s = (uint64_t)seconds;
	each = bits_per_s / bits;
	if (s > 0 && each > UINT64_MAX / s)
		return 0;
	packets = each * s;
	rest = bits_per_s % bits * s;
	more = rest / bits + (uint64_t)(((double)(rest % bits) +
	    (seconds - (double)s) * (double)bits_per_s) / (double)bits);
	return more > UINT64_MAX - packets ? 0 : packets + more;
}
