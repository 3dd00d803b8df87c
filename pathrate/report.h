/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPORT_H
#define PATHRATE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "pathrate/classic.h"

/*
 * The texts of pathrate_rcv 2.4.1, byte by byte (spec 5.2 and 5.3), to stdout
 * and to the log, which has always all of it.
 */
struct report {
	FILE	*out;
	FILE	*log;		/* NULL: none */
	bool	 normal;	/* cleared by -q */
	bool	 verbose;	/* -v */
};

/* Room for a rate of any size. */
#define REPORT_RATE_MAX	330

/* " 9.9 Mbps ": x in Mbit/s. Returns buf. */
const char *report_rate(double x, char *buf, size_t len);

/* The command line, in the log; two empty lines are there since it was
 * opened. */
void	report_command(const struct report *r, int argc, char *const *argv);
/* wall_ns: when the run begins. */
void	report_start(const struct report *r, const char *sender,
	    const char *receiver, int64_t wall_ns);
void	report_rtt(const struct report *r, double rtt_ms);
/* A classic_say: arg is the struct report. */
void	report_classic(void *arg, const struct classic_event *e);
/* The estimate in Mbit/s, as every estimator ends. */
void	report_final(const struct report *r, double lo, double hi);
/* The sender ended the session. */
void	report_terminated(const struct report *r);

/* The ULM line; wall_ns is now. */
void	report_ulm(FILE *f, int64_t wall_ns, const char *host,
	    const char *sender, double lo, double hi);

#endif
