/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_SERVER_H
#define UDPING_SERVER_H

#include "udping/options_server.h"

/*
 * Receive and report until SIGTERM or SIGINT, then report what is open.
 * Returns the exit status; why it is not 0 was told.
 */
int	server_run(const struct server_options *o);

#endif
