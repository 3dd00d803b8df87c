/* SPDX-License-Identifier: BSD-2-Clause */
/* minimal-download: throughput over WebSockets, down only. */
#include "config.h"

#include <err.h>
#include <stdlib.h>
#include <time.h>

#include "common/daemon.h"
#include "msak/client.h"

int
main(int argc, char **argv)
{
	struct minimal_options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(CLIENT_FAILED, "/dev/null");
	tzset();
	if (options_minimal_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	return client_minimal_run(&o);
}
