/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of generate-schema. */
#include "config.h"

#include <string.h>

#include "msak/options_schema.h"

#define FIELD(f)	offsetof(struct schema_options, f)

static const struct goflag table[] = {
	OPTIONS_ANONYMIZE_FLAG(struct schema_options),
	{ GOFLAG_STRING, "latency1", NULL,
	    "/var/spool/datatypes/latency1.json", FIELD(latency1),
	    .help = "filename to write latency1 schema" },
	{ GOFLAG_STRING, "prometheusx.listen-address", NULL, ":9990",
	    FIELD(prometheus), .help = "" },
	{ GOFLAG_STRING, "throughput1", NULL,
	    "/var/spool/datatypes/throughput1.json", FIELD(throughput1),
	    .help = "filename to write throughput1 schema" },
	{ .name = NULL }
};

static const struct goflag_set set = {
	"generate-schema", OPTIONS_COMPATIBLE, table
};

enum options_status
options_schema_parse(int argc, char **argv, struct schema_options *o,
    int *status)
{
	uint64_t given;

	memset(o, 0, sizeof(*o));
	return goflag_parse(&set, o, argc, argv, &given, status) ==
	    GOFLAG_EXIT ? OPTIONS_EXIT : OPTIONS_RUN;
}
