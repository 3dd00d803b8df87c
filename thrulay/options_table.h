/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_OPTIONS_TABLE_H
#define THRULAY_OPTIONS_TABLE_H

#include "common/opt.h"
#include "thrulay/options.h"

/* What the option tables of both programs have in common. */

#define OPTIONS_YEAR_NS	(INT64_C(366) * 86400 * 1000000000)

/* -h and -V act where they stand on the command line. */
enum options_early { OPTIONS_EARLY_NONE, OPTIONS_EARLY_HELP,
	OPTIONS_EARLY_VERSION };

/* Of -h and -V, for config structs whose first member is enum options_early. */
enum opt_call options_call_help(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_version(void *config, const char *arg,
	    const char **why);

struct options_program {
	const struct opt_set	*set;
	const char		*part;	/* "client" or "server" */
	const char		*usage;	/* text of the 0.9 program */
};

/* Print what the outcome of opt_parse asks for. */
enum options_status options_verdict(const struct options_program *p,
	    enum opt_result result, enum options_early early, int *status);
/* The legacy usage text on stderr, status 1. */
enum options_status options_usage(const struct options_program *p,
	    int *status);

#endif
