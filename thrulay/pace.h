/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_PACE_H
#define THRULAY_PACE_H

#include <stdint.h>

#include "common/sched.h"
#include "common/stats.h"
#include "thrulay/thrulay.h"

/*
 * The sending schedule of a UDP test (spec 4.2): gaps either exponential with
 * the mean or constant. A gap comes before each packet, the first too. rate:
 * packets per 1000 s, > 0. start_ns: any clock.
 */
void	pace_init(struct sched *s, enum thrulay_spacing spacing,
	    uint64_t rate, uint64_t seed, int64_t start_ns);

/* Integers of spec 3.5; 0 on a rate or count that does not fit. */
uint64_t pace_rate(uint64_t bits_per_s, uint64_t packet_size);
uint64_t pace_packets(double seconds, uint64_t bits_per_s,
	    uint64_t packet_size);

/*
 * How well a sender kept a schedule: lateness of each packet, gaps reached.
 */
struct quant;
struct pace_check {
	uint64_t	n;
	int64_t		first_due_ns, last_due_ns;
	int64_t		first_sent_ns, last_sent_ns;
	struct stats	gaps;
	struct quant	*late;
};

int	pace_check_init(struct pace_check *c, size_t exact);	/* 0 or -1 */
void	pace_check_free(struct pace_check *c);
void	pace_check_sent(struct pace_check *c, int64_t due_ns, int64_t sent_ns);
/* packets, rates, error, cv and lateness of *out. */
void	pace_check_result(const struct pace_check *c,
	    struct thrulay_pacing *out);

#endif
