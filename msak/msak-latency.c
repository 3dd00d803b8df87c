/* SPDX-License-Identifier: BSD-2-Clause */
/* msak-latency: round trips over UDP. */
#include "config.h"

#include <err.h>
#include <stdlib.h>
#include <time.h>

#include "common/daemon.h"
#include "msak/client.h"

int
main(int argc, char **argv)
{
	struct latency_options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(CLIENT_FAILED, "/dev/null");
	tzset();
	if (options_latency_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	return client_ping_run(&o);
}
