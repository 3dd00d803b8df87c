/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPORT_JSON_H
#define PATHRATE_REPORT_JSON_H

#include <stdio.h>

#include "pathrate/options.h"
#include "pathrate/report_facts.h"

/*
 * The object of --json, also for a run that failed. 0, or -1 with errno when
 * it could not be written.
 */
int	report_json(FILE *out, const struct rcv_options *o,
	    const struct report_facts *facts);

#endif
