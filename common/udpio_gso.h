/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPIO_GSO_H
#define PL_UDPIO_GSO_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/udpio.h"

/* UDP_SEGMENT, for the Linux back ends of udpio. */

/* What one message may carry, in any kernel that has it. */
#define GSO_SEGMENTS	64
#define GSO_BYTES	65507

/* The control message that says how long a datagram is. */
union udpio_gso_control {
	struct cmsghdr	align;
	char		bytes[CMSG_SPACE(sizeof(uint16_t))];
};

void	udpio_gso_control(union udpio_gso_control *c, size_t size);

/* How many datagrams of this size fit in a message; 1: GSO is no use. */
size_t	udpio_gso_segments(size_t size);

/* Whether to try datagrams of this size; asks the kernel once. */
bool	udpio_gso_try(struct udpio_gso *g, int fd, size_t size);

/* Whether this errno may be GSO's fault: then the same is to be sent without
 * it, and if that works, GSO was refused. */
bool	udpio_gso_to_blame(int error);
void	udpio_gso_refused(struct udpio_gso *g, size_t size, int error);

#endif
