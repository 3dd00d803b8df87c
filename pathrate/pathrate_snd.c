/* SPDX-License-Identifier: BSD-2-Clause */
/* The pathrate_snd program: the sender of packet pairs and trains. */
#include "config.h"

#include <err.h>
#include <stdlib.h>

#include "common/daemon.h"
#include "pathrate/server.h"

int
main(int argc, char **argv)
{
	struct snd_options o;
	int status;

	setprogname(argv[0]);
	if (daemon_reserve_stdio() == -1)
		err(PATHRATE_FAILURE, "/dev/null");
	if (snd_options_parse(argc, argv, &o, &status) == OPTIONS_EXIT)
		return status;
	status = server_run(&o);
	snd_options_free(&o);
	return status;
}
