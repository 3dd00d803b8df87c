/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPIO_TOS_H
#define PL_UDPIO_TOS_H

#include <sys/socket.h>

/* The traffic class of received datagrams, for the back ends of udpio. */

/* The class (0..255) when this control message carries it, else -1. */
int	udpio_tos(struct cmsghdr *c);

#endif
