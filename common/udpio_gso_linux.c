/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>

#include "common/udpio_gso.h"

void
udpio_gso_control(union udpio_gso_control *c, size_t size)
{
	uint16_t value = (uint16_t)size;

	memset(c, 0, sizeof(*c));
	c->align.cmsg_level = SOL_UDP;
	c->align.cmsg_type = UDP_SEGMENT;
	c->align.cmsg_len = CMSG_LEN(sizeof(value));
	memcpy(CMSG_DATA(&c->align), &value, sizeof(value));
}

size_t
udpio_gso_segments(size_t size)
{
	if (size == 0 || size > GSO_BYTES / 2)
		return 1;
	return GSO_BYTES / size < GSO_SEGMENTS ? GSO_BYTES / size :
	    GSO_SEGMENTS;
}

/* Kernels before 4.18 ignore UDP_SEGMENT and would send one giant. */
bool
udpio_gso_try(struct udpio_gso *g, int fd, size_t size)
{
	socklen_t len = sizeof(int);
	int now;

	if (!g->asked && g->below > 0) {
		g->asked = true;
		if (getsockopt(fd, SOL_UDP, UDP_SEGMENT, &now, &len) == -1)
			g->below = 0;
	}
	return size < g->below && udpio_gso_segments(size) > 1;
}

bool
udpio_gso_to_blame(int error)
{
	return error == EIO || error == EINVAL || error == EMSGSIZE ||
	    error == ENOPROTOOPT || error == EOPNOTSUPP;
}

/* A datagram above the path MTU is EMSGSIZE, or EINVAL in older kernels;
 * shorter ones may do. The others are the socket's or the device's no. */
void
udpio_gso_refused(struct udpio_gso *g, size_t size, int error)
{
	g->below = error == EINVAL || error == EMSGSIZE ? size : 0;
	g->used = false;
}
