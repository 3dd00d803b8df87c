/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>

#include "common/netdev.h"

/* POSIX has no way to ask for these counters. */

int
netdev_open(struct netdev *n, const char *name, char *path, size_t len)
{
	n->fd = -1;
	snprintf(path, len, "%s", name);
	errno = ENOTSUP;
	return -1;
}

int
netdev_read(const struct netdev *n, uint64_t *rx, uint64_t *tx)
{
	(void)n;
	*rx = *tx = 0;
	errno = ENOTSUP;
	return -1;
}

void
netdev_close(struct netdev *n)
{
	n->fd = -1;
}
