/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPORT_FACTS_H
#define PATHRATE_REPORT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/host.h"
#include "pathrate/classic.h"
#include "pathrate/fast.h"

/*
 * What the caller knows of a run besides its estimator. Fill it when the run
 * ends, however it ends. Strings are the caller's.
 */
struct report_facts {
	const char	*sender;	/* -s; NULL: a replay */
	const char	*receiver;	/* this host */
	const char	*replay;	/* file; NULL: none */
	int64_t		 start_ns, end_ns;	/* wall clock */
	double		 rtt_ms;	/* negative: unknown */
	size_t		 max_payload;	/* 0: not known yet */
	bool		 extended;	/* the sender is one of ours */
	const char	*stamps;	/* who stamped: "kernel", "program" */
	const struct host *host;	/* NULL: there was no session */
	/* one of them ran, or none */
	struct fast	*fast;
	const struct classic *classic;
	/* 0 and NULL when all is well, else the status and a phrase */
	int		 code;
	const char	*message;
};

#endif
