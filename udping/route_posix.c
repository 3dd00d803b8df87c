/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>

#include "udping/route.h"

struct route *
route_open(void)
{
	errno = ENOTSUP;
	return NULL;
}

/* None was ever opened. */

void
route_close(struct route *r)
{
	(void)r;
}

int
route_fd(const struct route *r)
{
	(void)r;
	return -1;
}

bool
route_changed(struct route *r)
{
	(void)r;
	return false;
}

int
route_hops(struct route *r, const struct addr *src, const struct addr *dst,
    int ifindex, struct route_hop out[ROUTE_HOPS])
{
	(void)r;
	(void)src;
	(void)dst;
	(void)ifindex;
	(void)out;
	errno = ENOTSUP;
	return -1;
}

void
route_stir(const struct addr *src, const struct addr *gateway, int ifindex)
{
	(void)src;
	(void)gateway;
	(void)ifindex;
}
