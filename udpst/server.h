/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_SERVER_H
#define UDPST_SERVER_H

#include "udpst/options.h"

/*
 * Run as a server until a signal, or, with -1, until the first connection has
 * ended. Goes to the background when asked. Returns the exit status.
 */
int	server_run(const struct options *o);

#endif
