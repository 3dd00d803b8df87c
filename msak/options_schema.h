/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_OPTIONS_SCHEMA_H
#define MSAK_OPTIONS_SCHEMA_H

#include "msak/options.h"

/* generate-schema. Texts point into argv. */
struct schema_options {
	const char	*throughput1, *latency1;	/* files */
	const char	*anonymize, *prometheus;	/* accepted, unused */
};

enum options_status options_schema_parse(int argc, char **argv,
	    struct schema_options *o, int *status);

#endif
