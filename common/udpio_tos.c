/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <string.h>

#include "common/udpio.h"
#include "common/udpio_tos.h"

/* Where a name is missing: a number that no kernel knows. */
#ifndef IP_RECVTOS
#define IP_RECVTOS	-1
#endif
#ifndef IPV6_RECVTCLASS
#define IPV6_RECVTCLASS	-1
#endif
#ifndef IPV6_TCLASS
#define IPV6_TCLASS	-1
#endif

/* The option of the other family fails, or serves v4-mapped peers. */
void
udpio_rx_tos(int fd)
{
	int on = 1;

	(void)setsockopt(fd, IPPROTO_IP, IP_RECVTOS, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, &on, sizeof(on));
}

/* IPv4 has one byte, which Linux labels IP_TOS and the BSDs IP_RECVTOS. */
int
udpio_tos(struct cmsghdr *c)
{
	unsigned char byte;
	int value;

	if (c->cmsg_level == IPPROTO_IP &&
	    (c->cmsg_type == IP_TOS || c->cmsg_type == IP_RECVTOS)) {
		memcpy(&byte, CMSG_DATA(c), sizeof(byte));
		return byte;
	}
	if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS) {
		memcpy(&value, CMSG_DATA(c), sizeof(value));
		return value & 0xff;
	}
	return -1;
}
