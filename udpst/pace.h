/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_PACE_H
#define UDPST_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/stats.h"
#include "udpst/wire.h"

/*
 * When to send what: the two transmitters of a row (spec 4.2), with a schedule
 * of absolute times, so that the mean rate is the row's nominal rate however
 * late the caller comes. What is more than PACE_CATCH_UP late is given up and
 * counted, so a pause is never followed by a long burst; only the last expiry
 * of a transmitter is always made good, or a slow one (row 0: 50 ms) would fall
 * silent in a busy host.
 */
#define PACE_CATCH_UP_NS	INT64_C(2000000)
#define PACE_START_MIN_NS	INT64_C(5000000)	/* first, random */
#define PACE_START_MAX_NS	INT64_C(50000000)

/* One expiry of a transmitter: burst datagrams of size, then one of addon. */
struct pace_burst {
	unsigned int	count;		/* datagrams of size, 0..100 */
	uint32_t	size;		/* UDP payload */
	uint32_t	addon;		/* one more of this size, 0: none */
};

struct pace {
	struct wire_row	row;
	struct rng	rng;
	bool		ipv6;
	int64_t		due_ns[2];	/* CLOCK_NEVER: not armed */
	/* Late expiries that are made good little by little (pace_owe). */
	int64_t		owe_ns;
	unsigned int	owed[2], since[2];
	uint64_t	missed;		/* expiries given up */
	uint64_t	expiries;	/* expiries made good */
	uint64_t	missed_bytes;	/* IP-layer bytes of the missed ones */
	int64_t		late_max_ns;	/* of all, also those given up */
};

/* Transmitters start at random, 5 to 50 ms after now. */
void	pace_init(struct pace *p, const struct wire_row *row, bool ipv6,
	    uint64_t seed, int64_t now_ns);
/*
 * A fixed rate is to be kept on the average even where the host pauses for
 * long: expiries that are late by more than PACE_CATCH_UP_NS, up to owe_ns of
 * them, are not given up but made good, one with every PACE_REPAY-th expiry in
 * time. A search must not do that: it would meet the rate of another row.
 */
#define PACE_REPAY	4
void	pace_owe(struct pace *p, int64_t owe_ns);
/*
 * From now on this row. A transmitter that was idle is armed one interval from
 * now, one whose interval became 0 is cleared, others keep their next time.
 */
void	pace_set_row(struct pace *p, const struct wire_row *row,
	    int64_t now_ns);
/* When to call pace_next again; CLOCK_NEVER with an idle row. */
int64_t	pace_due(const struct pace *p);
/*
 * One burst that is due at now_ns, into *b. Returns false when none is (any
 * more); call it until then, or as long as the caller wants to go on.
 */
bool	pace_next(struct pace *p, int64_t now_ns, struct pace_burst *b);

#endif
