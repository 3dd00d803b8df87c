/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <sys/timex.h>

#include "common/sock.h"
#include "udping/server_host.h"

#define US_PER_MS	1e3

void
server_host_clock(struct report_clock *c)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	*c = (struct report_clock){ .known = state != -1 };
	if (state == -1)
		return;
	c->synchronised = state != TIME_ERROR;
	c->error_ms = (double)t.esterror / US_PER_MS;
	c->error_max_ms = (double)t.maxerror / US_PER_MS;
}

size_t
server_host_rcvbuf(int fd, int bytes)
{
	int sndbuf, rcvbuf;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
	    sizeof(bytes)) == -1)
		sock_set_rcvbuf(fd, bytes);
	if (sock_get_buffers(fd, &sndbuf, &rcvbuf) == -1 || rcvbuf < 0)
		return 0;
	return (size_t)rcvbuf;
}
