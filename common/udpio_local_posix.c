/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>

#include "common/udpio.h"
#include "common/udpio_local.h"

/* POSIX sockets do not tell, and choose the source of a datagram by routes. */

void
udpio_rx_local(int fd)
{
	(void)fd;
}

bool
udpio_local(struct cmsghdr *c, struct addr *to)
{
	(void)c;
	(void)to;
	return false;
}

ssize_t
udpio_send_from(int fd, const void *buf, size_t len, const struct addr *to,
    const struct addr *from)
{
	ssize_t n;

	(void)from;
	do
		n = sendto(fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL, &to->sa,
		    to->len);
	while (n == -1 && errno == EINTR);
	return n;
}
