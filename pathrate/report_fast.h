/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPORT_FAST_H
#define PATHRATE_REPORT_FAST_H

#include "pathrate/report.h"
#include "pathrate/report_facts.h"

/*
 * The text of a run of the default estimator: its phases and its verdict in
 * its own words, then the closing lines of report_final.
 */

/* After report_rtt, before the first train. */
void	report_fast_start(const struct report *r, const struct fast *f);
/* One train; to be called before fast_take gets the same times. */
void	report_fast_train(const struct report *r, const struct fast *f,
	    const int64_t *arrival_ns);
/* For a terminal: rewrites its line each time; NULL wipes it out. */
void	report_fast_progress(FILE *terminal, const struct fast *f,
	    int64_t now_ns);
/*
 * The end: modes, verdict, evidence, estimate. histogram: even without -v. A
 * result that is not valid leaves its reason in the log; stderr is the
 * caller's.
 */
void	report_fast(const struct report *r, const struct report_facts *facts,
	    bool histogram);

/* Why it has no result, as a phrase; NULL when it has one. */
const char *report_fast_failure(const struct fast *f);

/* "idle", "loaded", "shaped", "host-limited" or "virtual-link". */
const char *report_verdict(enum fast_verdict verdict);
/* "pairs", "trains" or "bursts". */
const char *report_evidence(enum fast_evidence evidence);
/* "scale", "bucket", "pair", "long" or "small". */
const char *report_sort(enum fast_sort sort);

#endif
