/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "common/daemon.h"
#include "udping/client.h"
#include "udping/raw.h"

int
main(int argc, char *argv[])
{
	struct client_options options;
	int status;

	if (daemon_reserve_stdio() == -1) {
		perror("/dev/null");
		return 1;
	}
	if (!client_options_parse(argc, argv, getuid() == 0 ||
	    raw_permitted(), &options, &status))
		return status;
	status = client_run(&options);
	client_options_free(&options);
	return status;
}
