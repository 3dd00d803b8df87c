/* SPDX-License-Identifier: BSD-2-Clause */
/* The pathrate_rcv program: the capacity of the path from a sender. */
#include "config.h"

#include <err.h>
#include <stdlib.h>

#include "common/daemon.h"
#include "pathrate/client.h"

int
main(int argc, char **argv)
{
	struct rcv_options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(PATHRATE_FAILURE, "/dev/null");
	if (rcv_options_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	return client_run(&o, argc, argv);
}
