/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_RAW_IFACE_H
#define UDPING_RAW_IFACE_H

#include <net/if.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "udping/macs.h"

/* The interface that frames leave on. */
struct iface {
	char	name[IF_NAMESIZE];	/* or an alias of it, such as eth0:1 */
	int	index;
	int	mtu;			/* -1: unknown */
	bool	ethernet;		/* it takes Ethernet frames */
	uint8_t	mac[MACS_LEN];		/* of such a one, else 0 */
};

/*
 * The first interface that has this address, of the same family; one without
 * any address of its own below IP does no harm (spec 2.4, B9). 0, or -1 with
 * errno: ENODEV when there is none.
 */
int	iface_find(const struct addr *local, struct iface *out);
/* The same by name. */
int	iface_named(const char *name, struct iface *out);

#endif
