/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_MONITOR_STATE_H
#define UDPST_MONITOR_STATE_H

#include <stdio.h>

#include "udpst/monitor.h"
#include "udpst/timename.h"

/* Inside of the monitor, for its writers. */

/* Records a file: 300 s. */
#define MONITOR_RECORDS	30
/* The averages of a record that are no sizes. */
#define MONITOR_RATES	16

/* Allocations, as sampled. */
struct monitor_use {
	unsigned int	connections, up_mbps, down_mbps;
};

struct monitor_record {
	int64_t		start_wall_ns, end_wall_ns;
	struct monitor_use use;			/* maxima */
	uint64_t	size_max[MONITOR_EVENTS];
	double		size_rate[MONITOR_EVENTS];	/* events a second */
	double		size_mean[MONITOR_EVENTS];
	double		rates[MONITOR_RATES];	/* by monitor_rate */
};

/* Where a rate of a record comes from. */
struct monitor_rate {
	const char	*group, *key;
	size_t		 offset;	/* in struct monitor_counters */
	bool		 mbps;		/* bytes, shown as Mbit/s */
};

struct monitor {
	const struct options *o;
	struct addr	bound;
	bool		gso;
	int64_t		start_mono_ns, start_wall_ns;	/* of the program */
	int64_t		due_ns;
	/* The record that is not yet finished. */
	int64_t		record_mono_ns, record_wall_ns;	/* its start */
	struct monitor_counters last;			/* at its start */
	struct monitor_use use, use_max;
	/* Those for the next file, written after `until` more. */
	struct monitor_record records[MONITOR_RECORDS];
	size_t		nrecords, until;
	char		path[TIMENAME_MAX];		/* of the last file */
};

/* In the order of the file; groups are together. */
extern const struct monitor_rate monitor_rates[MONITOR_RATES];
uint64_t monitor_counter(const struct monitor_counters *c, size_t offset);

/* The files' contents; the last record ends now. */
void	monitor_file_put(FILE *f, const struct monitor *m,
	    const struct monitor_counters *c);
void	monitor_prom_put(FILE *f, const struct monitor *m,
	    const struct monitor_counters *c);

#endif
