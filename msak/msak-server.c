/* SPDX-License-Identifier: BSD-2-Clause */
/* The msak-server program: throughput1, latency1 and their archives. */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/daemon.h"
#include "common/text.h"
#include "msak/options_server.h"
#include "msak/schema.h"
#include "msak/server.h"

static int
print_schema(int schema)
{
	if (schema == OPTIONS_SCHEMA_THROUGHPUT1)
		schema_throughput1(stdout);
	else
		schema_latency1(stdout);
	if (text_close(stdout) == 0)
		return 0;
	warn("stdout");
	return 1;
}

int
main(int argc, char **argv)
{
	struct server_options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(1, "/dev/null");
	if (options_server_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	if (o.schema != OPTIONS_SCHEMA_NONE)
		status = print_schema(o.schema);
	else
		status = server_run(&o);
	options_server_free(&o);
	return status;
}
