/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_SERVER_HOST_H
#define UDPING_SERVER_HOST_H

#include "udping/report.h"

/* What a server wants of this host and each system says in its own way. */

/* The state of the clock; known is false where there is none to be had. */
void	server_host_clock(struct report_clock *c);

/*
 * Receive buffer of this many bytes, beyond the system's limit if this process
 * may. Best effort. Returns how many it has, as the system counts: what it
 * needs for a packet beside the payload included. 0: unknown.
 */
size_t	server_host_rcvbuf(int fd, int bytes);

#endif
