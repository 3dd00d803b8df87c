/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "thrulay/pace.h"

/* Packets per 1000 s: a gap is this many ns over the rate. */
#define PACE_NS_PER_1000S	1e12

/* Longest test in whole seconds, some 17 years: what pace_packets can
 * multiply without overflow. */
#define PACE_MAX_S		(UINT64_C(1) << 29)

void
pace_init(struct sched *s, enum thrulay_spacing spacing, uint64_t rate,
    uint64_t seed, int64_t start_ns)
{
	double mean_ns = PACE_NS_PER_1000S / (double)rate;

	if (spacing == THRULAY_CONSTANT)
		sched_constant(s, mean_ns, start_ns);
	else
		sched_poisson(s, mean_ns, seed, start_ns);
	sched_advance(s);
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
