/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_ROUTE_H
#define UDPING_ROUTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "udping/macs.h"

/*
 * Next hops as the kernel knows them: its routes and neighbours, by rtnetlink
 * on Linux. Other systems: ENOTSUP.
 */
#define ROUTE_HOPS	64

struct route_hop {
	struct addr	gateway;	/* the destination itself on a link */
	bool		known;		/* has a MAC address */
	uint8_t		mac[MACS_LEN];
};

struct route;

/* NULL with errno. Its descriptor becomes readable when routes or neighbours
 * change. */
struct route *route_open(void);
void	route_close(struct route *r);
int	route_fd(const struct route *r);
/* Take the news; true if there are any. */
bool	route_changed(struct route *r);

/*
 * The next hops of the route from src to dst out of this interface, those of a
 * multipath route in its order, with the MAC addresses of those that have one.
 * Returns how many (at most ROUTE_HOPS), 0 when there is no such route, or -1
 * with errno: EADDRNOTAVAIL when dst is an address of this host.
 */
int	route_hops(struct route *r, const struct addr *src,
	    const struct addr *dst, int ifindex,
	    struct route_hop out[ROUTE_HOPS]);
/* Have the kernel look for the address of a gateway out of this interface, by
 * an empty datagram to its discard port. Best effort. */
void	route_stir(const struct addr *src, const struct addr *gateway,
	    int ifindex);

#endif
