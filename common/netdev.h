/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_NETDEV_H
#define PL_NETDEV_H

#include <stddef.h>
#include <stdint.h>

/* Longest interface name and its NUL, everywhere that we know of. */
#define NETDEV_NAME	16

/*
 * The byte counters of a network interface, as the kernel keeps them: 32 or 64
 * bit wide and wrapping. Open while a measurement runs.
 */
struct netdev {
	int	 fd;		/* the table of all interfaces; -1: closed */
	char	 name[NETDEV_NAME];
};

/*
 * 0, or -1 with errno (EINVAL: no interface can be called so; ENOENT: none is;
 * ENOTSUP: not on this system) and, in path, what to blame. The interface is
 * one of this process's network namespace.
 */
int	netdev_open(struct netdev *n, const char *name, char *path, size_t len);
/* Bytes received and sent since some start. 0, or -1 with errno; it may have
 * gone, and come back. */
int	netdev_read(const struct netdev *n, uint64_t *rx, uint64_t *tx);
/* Harmless on a closed one. */
void	netdev_close(struct netdev *n);

#endif
