/* SPDX-License-Identifier: BSD-2-Clause */
/* The udpst program: a UDP speed test, client and server. */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/daemon.h"
#include "udpst/client.h"
#include "udpst/options.h"
#include "udpst/report.h"
#include "udpst/server.h"

static int
show_rates(const struct options *o)
{
	if (report_rates(o, stdout) == 0)
		return UDPST_OK;
	warn("stdout");
	return UDPST_INIT;
}

int
main(int argc, char **argv)
{
	struct options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(UDPST_INIT, "/dev/null");
	if (options_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	if (o.show_rates)
		status = show_rates(&o);
	else if (o.mode == MODE_SERVER)
		status = server_run(&o);
	else
		status = client_run(&o);
	options_free(&o);
	return status;
}
