/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_METRICS_H
#define MSAK_METRICS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "msak/access.h"

/*
 * The server's Prometheus page (spec 5.6), in the text format 0.0.4. Values
 * of labels are in the order of their texts, so that the page is sorted.
 */
#define METRICS_TYPE	"text/plain; version=0.0.4; charset=utf-8"

enum metrics_direction { METRICS_DOWNLOAD, METRICS_UPLOAD,
	METRICS_DIRECTIONS };

/* What became of a request for a throughput test. */
enum metrics_upgrade {
	METRICS_INVALID_BYTE_LIMIT,
	METRICS_INVALID_DURATION,
	METRICS_METADATA,
	METRICS_MISSING_MID,
	METRICS_MISSING_STREAMS,
	METRICS_UPGRADED,
	METRICS_UPGRADE_FAILED,
	METRICS_UPGRADES
};

/* How a throughput test ended. */
enum metrics_end {
	METRICS_CLOSE_ERROR,	/* by a close frame with another code */
	METRICS_ERROR,		/* reset, protocol error, bad JSON */
	METRICS_OK,		/* close 1000, or the end of the connection */
	METRICS_OK_TIMEOUT,	/* its time was over */
	METRICS_ENDS
};

enum metrics_cc { METRICS_BBR, METRICS_CUBIC, METRICS_RENO, METRICS_CCS };
enum metrics_write { METRICS_WRITE_ERROR, METRICS_WRITTEN, METRICS_WRITES };
enum metrics_verdict { METRICS_ACCEPTED, METRICS_REJECTED, METRICS_VERDICTS };

/* A datagram of latency1 at the server. */
enum metrics_packet {
	METRICS_DROPPED,	/* one that no session takes */
	METRICS_RECEIVED,	/* any other */
	METRICS_SENT,
	METRICS_PACKETS
};

/* Counters that never go back; all zero at first. One for each thread. */
struct metrics_counters {
	uint64_t	upgrades[METRICS_DIRECTIONS][METRICS_UPGRADES];
	uint64_t	tests[METRICS_DIRECTIONS][METRICS_ENDS];
	uint64_t	cc_errors[METRICS_CCS];
	uint64_t	writes[METRICS_DIRECTIONS][METRICS_WRITES];
	uint64_t	tokens[ACCESS_PATHS][ACCESS_REASONS];
	uint64_t	tx[METRICS_VERDICTS];
	/* Ours, not the original's. */
	uint64_t	bytes[METRICS_DIRECTIONS];	/* payload of tests */
	uint64_t	sessions;			/* of latency1, begun */
	uint64_t	packets[METRICS_PACKETS];
	uint64_t	refused;	/* connections, by our own limits */
};

/* How things are now. */
struct metrics_now {
	uint64_t	connections;	/* of TCP */
	uint64_t	streams[METRICS_DIRECTIONS];
	uint64_t	sessions;	/* of latency1 */
	bool		tx_watching;
	double		tx_rate_bps;
};

/* This process; what is below 0 is unknown and left out. */
struct metrics_process {
	double	cpu_s;			/* user and system */
	double	start_s;		/* Unix time */
	double	fds, fds_max;
	double	resident, virt, virt_max;	/* bytes */
};

/* Count what access_check answered, where that counts. */
void	metrics_access(struct metrics_counters *c,
	    const struct access_answer *ans);
/* Add all of c to sum. */
void	metrics_add(struct metrics_counters *sum,
	    const struct metrics_counters *c);
/* The page; commit is that of the build, in hex, or any other text. */
void	metrics_put(FILE *f, const struct metrics_counters *c,
	    const struct metrics_now *now, const struct metrics_process *p,
	    const char *commit);

#endif
