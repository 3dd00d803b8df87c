/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPIO_LOCAL_H
#define PL_UDPIO_LOCAL_H

#include <sys/socket.h>

#include <stdbool.h>

#include "common/addr.h"

/* Where received datagrams were sent to, for the back ends of udpio. */

/* The address, its port 0, when this control message carries it; else *to is
 * left alone and the answer false. */
bool	udpio_local(struct cmsghdr *c, struct addr *to);

#endif
