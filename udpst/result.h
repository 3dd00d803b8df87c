/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_RESULT_H
#define UDPST_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udpst/options.h"
#include "udpst/wire.h"

/*
 * Results as the client puts them together, spec 4.6 and 4.7: sub-intervals of
 * connections in, aggregate sub-intervals, summaries and maxima out.
 */

/* One finished sub-interval of one connection. Delays in ms as on the wire. */
struct result_subint {
	unsigned int	number;		/* the client's own count, from 1 */
	uint64_t	datagrams, bytes, delta_us;
	uint64_t	loss, ooo, dup, ce;
	uint32_t	owd_min, owd_max;	/* WIRE_NO_SAMPLE: none */
	uint64_t	owd_sum, owd_cnt;
	uint32_t	rtt_min, rtt_max;	/* WIRE_NO_SAMPLE: none */
	uint64_t	rtt_sum, rtt_cnt;
	uint32_t	accum_ms;
	bool		have_clock_delta;
	int32_t		clock_delta_min;	/* ms, of the test so far */
	uint32_t	rtt_minimum;		/* the same; WIRE_NO_SAMPLE */
	bool		have_figures;		/* ns figures are known */
	int64_t		owd_minimum_ns;		/* INT64_MAX: none */
	int64_t		rtt_minimum_ns;		/* -1: none */
	struct wire_delay owd_ns, rtt_ns;
	bool		ipv6;		/* header size of this connection */
};

/*
 * Rates of one connection's sub-interval, or sums of them, Mbit/s. Overheads:
 * IP and UDP; Ethernet without, with FCS; with FCS and VLAN tag.
 */
struct result_rates {
	double	l3, l2, l1, vlan;
	double	interface;		/* -E: primary, or -1 */
};

/* An aggregate sub-interval, or a sum or maximum of these. */
struct result_line {
	struct result_subint	s;	/* number: that of the interval */
	struct result_rates	rates;
	unsigned int		active;	/* connections */
	int64_t			wall_ns;	/* when it was complete */
	uint32_t		owd_avg, rtt_avg;	/* ms, spec 4.7 */
};

/*
 * One mode of a bimodal test; mode 1 is the whole of any other test. In the
 * dialect of 8.2 the summary of mode 1 is that of the whole test.
 */
struct result_mode {
	unsigned int		first, last;	/* numbers, from 1 */
	struct result_line	summary;	/* rates: means */
	struct result_line	max;
};

/* Host-side facts about this run, for keys at the end of the JSON. */
struct result_host {
	int64_t		socket_drops;	/* at this host; -1 unknown */
	int64_t		pacing_missed;	/* bursts not sent in time */
	double		pacing_shortfall;	/* of nominal, 0..1 */
	double		cpu_share;	/* of a core */
	double		peer_cpu_share;	/* -1: unknown */
	int64_t		peer_socket_drops, peer_pacing_missed;	/* -1 */
	int64_t		clock_step_ns;
	int64_t		clock_resolution_ns;
	bool		gso, gro, kernel_stamps;	/* in use here */
	bool		have_peer;	/* figures of the other end came */
	bool		peer_gso, peer_gro;
	const char	*limit;		/* phrase of host_limit, or NULL */
};

struct aggregate;

/* What decides how to put sub-intervals together. */
struct aggregate_conf {
	unsigned int	conns;		/* maximum count of connections */
	unsigned int	bimodal;	/* -i, 0: none */
	unsigned int	limit;		/* sub-intervals a connection has */
	bool		interface_max;	/* -M */
	bool		compat_8;	/* averages as 8.2 rounds them */
};

/* NULL when out of memory. */
struct aggregate *aggregate_new(const struct aggregate_conf *conf);
void	aggregate_free(struct aggregate *a);
/*
 * Connection conn (0..) has finished a sub-interval; what is beyond the limit
 * is ignored. When conn was ahead already, the open aggregate is closed first:
 * then *out is filled and true returned. Print that aggregate before the line
 * of this connection.
 */
bool	aggregate_add(struct aggregate *a, unsigned int conn,
	    const struct result_subint *s, int64_t wall_ns,
	    struct result_line *out);
/* Connection conn has ended or failed: it is not waited for any more. */
void	aggregate_leave(struct aggregate *a, unsigned int conn);
/* -E: the rate of the interface during the aggregate that is open now; so
 * after aggregate_add, which may have closed the one before. */
void	aggregate_interface(struct aggregate *a, double mbps);
/* Every active connection has reported: *out is the aggregate, true. With
 * force, whatever is pending. */
bool	aggregate_close(struct aggregate *a, bool force, int64_t wall_ns,
	    struct result_line *out);
/* Summary and maximum of mode 1 or 2; false when it has no sub-interval. */
bool	aggregate_mode(const struct aggregate *a, int mode,
	    struct result_mode *out);
/* The aggregate sub-intervals so far, for JSON. */
size_t	aggregate_count(const struct aggregate *a);
const struct result_line *aggregate_line(const struct aggregate *a, size_t i);

/* A sub-interval without anything, and what is added to it (spec 4.7). */
void	result_empty(struct result_subint *s);
void	result_merge(struct result_subint *to, const struct result_subint *s);
/* Only the minima of the whole test so far. */
void	result_merge_minima(struct result_subint *to,
	    const struct result_subint *s);
/* One connection's sub-interval as a line to show. */
void	result_line_make(const struct result_subint *s, bool compat_8,
	    int64_t wall_ns, struct result_line *out);
/* Rates of one connection's sub-interval (spec 4.6); interface is -1. */
void	result_rates(const struct result_subint *s, struct result_rates *out);
/* 100*rx/(rx+loss), and what part n is of rx+loss; 0 if there is nothing. */
double	result_delivered(const struct result_subint *s);
double	result_ratio(const struct result_subint *s, uint64_t n);
/* sum/count rounded half up, or, as 8.2 does for delays, down; 0 if none. */
uint32_t result_average(uint64_t sum, uint64_t count, bool down);

#endif
