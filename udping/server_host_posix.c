/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/sock.h"
#include "udping/server_host.h"

void
server_host_clock(struct report_clock *c)
{
	*c = (struct report_clock){ .known = false };
}

size_t
server_host_rcvbuf(int fd, int bytes)
{
	sock_set_rcvbuf(fd, bytes);
	return 0;
}
