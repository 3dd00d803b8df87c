/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_REPORT_H
#define UDPST_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/addr.h"
#include "udpst/options.h"
#include "udpst/result.h"

/*
 * What the client shows, spec section 5: text, or JSON at the end, in the
 * dialect of 9.0 or of 8.2 (--compat 8). With JSON nothing else goes to out;
 * messages are kept for ErrorMessage.
 */
struct report;

/* What is known of the test once the first connection is active: the activated
 * parameters (after what the server made of them) and addresses. */
struct report_test {
	int		conn;		/* of the first one active, from 1 */
	uint16_t	ident;			/* mcIdent */
	unsigned int	test_s, period_ms, trial_ms, low_ms, upper_ms;
	unsigned int	slow_thresh, high_speed_delta, seq_thresh;
	unsigned int	algorithm, dscp_ecn, ce_thresh, suppress;
	int		index;			/* -1: search */
	bool		index_is_start;
	bool		use_owd, ignore_ooo, random_payload;
	unsigned int	conns_min, conns_max;
	unsigned int	protocol;		/* of the first connection */
	bool		ipv6;
	struct addr	server;			/* address and test port */
	struct addr	local;
	/* JSON's HostList: as resolved, with the control port that was used,
	 * in the order of the operands */
	struct addr	hosts[OPTIONS_SERVERS_MAX];
};

/* progress: stderr, for --progress. NULL when out of memory. */
struct report *report_new(const struct options *o, FILE *out, FILE *progress);
void	report_free(struct report *r);

/* The three banner lines (text only). */
void	report_banner(struct report *r);
/*
 * A line of the original's: printed in text mode, with "[conn]" in front when
 * verbose and conn >= 0; in JSON the last two error and warning lines are kept
 * (keep) for ErrorMessage. fmt has no newline.
 */
void	report_say(struct report *r, int conn, bool keep, const char *fmt, ...)
	    __attribute__((format(printf, 4, 5)));
/* Only when verbose and in text mode. */
void	report_verbose(struct report *r, int conn, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
/* The header, once a test. wall_ns: BOMTime. */
void	report_started(struct report *r, const struct report_test *t,
	    int64_t wall_ns);
/*
 * The line of a sub-interval as text, without "[n]" and newline, as a verbose
 * server prints it too. ce: with counts of CE marks (a CE threshold is set).
 * Returns buf, cut to len.
 */
const char *report_subint_text(const struct options *o, bool ce,
	    const struct result_line *l, char *buf, size_t len);
/* What -D shows of a trial interval, in brackets. Returns buf, cut to len. */
const char *report_trial_text(const struct options *o, bool ce,
	    const struct wire_status *s, char *buf, size_t len);
/* A sub-interval of a connection (verbose only; conn from 1) or of the
 * aggregate (conn 0). */
void	report_subint(struct report *r, int conn, const struct result_line *l);
/*
 * The end: summary and maximum of both modes, however far the test came, or,
 * without any sub-interval or with a NULL, nothing but the errors; JSON is
 * written now. status is ErrorStatus. 0, or -1 with errno when a write failed,
 * now or before.
 */
int	report_finish(struct report *r, const struct aggregate *a,
	    const struct result_host *host, bool bleached, int status,
	    int64_t wall_ns);

/* -S: the sending rate table (spec 4.1). 0 or -1 with errno. */
int	report_rates(const struct options *o, FILE *out);

/* Banner text that server and client share, to any stream. */
void	report_banner_to(const struct options *o, FILE *out);

#endif
