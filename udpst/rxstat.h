/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_RXSTAT_H
#define UDPST_RXSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udpst/wire.h"

/*
 * What the receiver of load counts, spec 4.3 and 4.4: PDU and arrival time in,
 * status PDUs out. Times of arrival are wall clock (kernel stamps); intervals
 * are measured on the monotonic clock.
 */
#define RXSTAT_RING	32		/* remembered sequence numbers */
#define RXSTAT_SENT	64		/* remembered status send times */

/* Counters of a trial interval or sub-interval. */
struct rxstat_count {
	uint32_t	datagrams;
	uint64_t	bytes;
	uint32_t	loss, ooo, dup, ce;
	uint32_t	owd_min, owd_max, owd_cnt;	/* variation, ms */
	uint64_t	owd_sum;
	uint32_t	rtt_min, rtt_max, rtt_cnt;
	uint64_t	rtt_sum;
	struct wire_delay owd_ns, rtt_ns;	/* the same in ns */
};

struct rxstat {
	unsigned int	ce_thresh;
	int64_t		period_ns, trial_ns;
	uint32_t	highest;		/* H */
	uint32_t	ring[RXSTAT_RING];
	unsigned int	ring_next;
	/* This trial interval, and this sub-interval, to which a trial is
	 * added when it ends; loss alone is counted in both at once. */
	struct rxstat_count trial, active;
	/* the last finished sub-interval */
	struct rxstat_count saved;
	uint32_t	saved_delta_us, accum_ms, subint_seq;
	bool		subint_running;
	int64_t		subint_start_ns;	/* monotonic */
	int64_t		trial_start_ns;
	bool		got_load, got_owd, got_rtt;
	int32_t		clock_delta_min;	/* ms */
	uint32_t	rtt_minimum;		/* ms, WIRE_NO_SAMPLE */
	uint32_t	rtt_sample;		/* this trial, NO_SAMPLE */
	bool		min_updated;
	int64_t		owd_minimum_ns, rtt_minimum_ns;
	struct wire_time last_status_time;	/* processed */
	struct wire_time sent[RXSTAT_SENT];	/* status PDUs sent */
	unsigned int	sent_next;
	uint32_t	bleached;		/* datagrams without ECN */
	bool		bleach_told;
	/* whole test */
	uint64_t	total_datagrams, total_bytes;
};

/* What rxstat_load found out. */
struct rxstat_event {
	bool		new_rtt;	/* an RTT sample was taken */
	int32_t		owd_ms;		/* raw one-way difference, rounded */
	uint32_t	rtt_ms;		/* of the sample, absolute */
	uint32_t	status_lost;	/* spduSeqErr that is news, or 0 */
};

/* now_ns: monotonic time of activation. period and trial in ms. */
void	rxstat_init(struct rxstat *r, unsigned int period_ms,
	    unsigned int trial_ms, unsigned int ce_thresh, int64_t now_ns);
/*
 * A valid load PDU: len is the datagram's true UDP payload length (a header
 * that claims more counts as len, spec 7.2.19), wall_ns its arrival, tos its
 * traffic class or -1. e may be NULL.
 */
void	rxstat_load(struct rxstat *r, const struct wire_load *p, size_t len,
	    int64_t wall_ns, int tos, struct rxstat_event *e);

/*
 * A trial interval is over (spec 4.4): build what the status PDU says of load
 * received into *out (counters, sub-interval, times but not time, seq, action,
 * rx_stopped, row, auth_mode, which are the caller's), clear the trial
 * counters, and run the sub-interval clock. Returns whether a sub-interval was
 * closed just now; it is in saved and travels with the next status PDU. Not to
 * be called before the first load PDU (got_load), when no status PDU is due.
 */
bool	rxstat_status(struct rxstat *r, int64_t now_ns,
	    struct wire_status *out);
/* The inputs of the rate search, before rxstat_status clears them. */
struct adjust_input;
void	rxstat_adjust_input(const struct rxstat *r, struct adjust_input *out);
/* This time went out in a status PDU: a load PDU may send it back. */
void	rxstat_sent(struct rxstat *r, struct wire_time t);
/* ECN was removed on the way: true once, as soon as it was seen. */
bool	rxstat_bleach_news(struct rxstat *r);
/* The figures of the saved sub-interval and the minima so far; host fields
 * are left alone. */
void	rxstat_figures(const struct rxstat *r, struct wire_figures *out);

#endif
