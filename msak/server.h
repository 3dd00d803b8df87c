/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_SERVER_H
#define MSAK_SERVER_H

#include "msak/options_server.h"

/*
 * Serve throughput1 and latency1 until SIGTERM or SIGINT. Returns the exit
 * status; why it is not 0 was told.
 */
int	server_run(const struct server_options *o);

#endif
