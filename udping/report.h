/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_REPORT_H
#define UDPING_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/writer.h"
#include "udping/session.h"

/* What a server says of its sessions, spec section 5. */

#define REPORT_NAME	256	/* longest name of a host, NUL included */
/* Room for the five lines of a statsd datagram, whose numbers are %g. */
#define REPORT_STATSD	(5 * (3 * REPORT_NAME + 128))

/* Who sent to whom, as reports name them. */
struct report_names {
	char		from[REPORT_NAME], to[REPORT_NAME];
	uint16_t	from_port;
	int		to_port;	/* -p */
};

enum report_level { REPORT_HOST_PORT, REPORT_HOST, REPORT_BOTH };

/* A name of a host as reports have it: each '.' a '_'. */
void	report_name(char out[REPORT_NAME], const char *name);
/* May this name, which comes from the net, stand in a report as it is? */
bool	report_name_ok(const char *name);

/* 5.2: the JSON line of the original. */
void	report_line(FILE *out, const struct session_record *r,
	    const struct report_names *n);
/* 5.3: the line of -v. */
void	report_probe(FILE *out, const struct wire_probe *p);

/*
 * 5.4, 5.5: the five lines of one datagram, at the level of hosts when host
 * is set (no ports in the names). Returns their length; 0 when buf, of
 * REPORT_STATSD bytes, does not hold them.
 */
size_t	report_statsd(char *buf, const struct session_record *r,
	    const struct report_names *n, bool host);
size_t	report_statsd_tags(char *buf, const char *metric,
	    const struct session_record *r, const struct report_names *n,
	    bool host);
/* The same as DogStatsD wants its tags: NAME:VALUE|TYPE|#tag:value,... */
size_t	report_dogstatsd(char *buf, const char *metric,
	    const struct session_record *r, const struct report_names *n,
	    bool host);

/* The state of a host's clock, as the kernel keeps it. */
struct report_clock {
	bool	known;
	bool	synchronised;
	double	error_ms, error_max_ms;	/* estimated; bound */
};

/*
 * A record with all that is known, as a group of w (--json-lines). Figures
 * that are not known are null. drops are those of the server's socket since
 * its start, -1: not known.
 */
void	report_record(struct writer *w, const struct session_record *r,
	    const struct report_names *n, const struct report_clock *c,
	    int64_t drops);

/* Sums over all records and packets. */
struct report_totals {
	uint64_t	records, packets, received, expected, lost;
	uint64_t	duplicates, reordered, late, odd;
	uint64_t	malformed, not_allowed, refused;
};
void	report_add(struct report_totals *t, const struct session_record *r);
void	report_totals(struct writer *w, const struct report_totals *t);

/* How a program ended: null with why "", else its exit status and why. */
void	report_error(struct writer *w, int status, const char *why);

/* A table for people: head, and a row a session. */
void	report_table_head(FILE *out);
void	report_table_row(FILE *out, const struct session_record *r,
	    const struct report_names *n);

#endif
