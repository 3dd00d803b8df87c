/* SPDX-License-Identifier: BSD-2-Clause */
/* The udping_server program: one-way latency and loss of probes. */
#include "config.h"

#include <err.h>
#include <stdlib.h>

#include "common/daemon.h"
#include "udping/server.h"

int
main(int argc, char **argv)
{
	struct server_options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(SERVER_STATUS_BAD, "/dev/null");
	if (!server_options_parse(argc, argv, &o, &status))
		return status;
	status = server_run(&o);
	server_options_free(&o);
	return status;
}
