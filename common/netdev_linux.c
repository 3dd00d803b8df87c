/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/netdev.h"
#include "common/wire.h"

/* Nothing that leaves the folder of the interfaces. */
static bool
is_name(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < NETDEV_NAME && strchr(name, '/') == NULL &&
	    strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

static int
open_counter(const char *name, const char *counter, char *path, size_t len)
{
	snprintf(path, len, "/sys/class/net/%s/statistics/%s", name, counter);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int
netdev_open(struct netdev *n, const char *name, char *path, size_t len)
{
	n->rx_fd = n->tx_fd = -1;
	if (!is_name(name)) {
		snprintf(path, len, "%s", name);
		errno = EINVAL;
		return -1;
	}
	n->tx_fd = open_counter(name, "tx_bytes", path, len);
	if (n->tx_fd != -1)
		n->rx_fd = open_counter(name, "rx_bytes", path, len);
	if (n->rx_fd != -1)
		return 0;
	netdev_close(n);
	return -1;
}

static int
read_counter(int fd, uint64_t *v)
{
	char text[32];		/* UINT64_MAX has 20 digits */
	struct wire_rd r;
	ssize_t got;

	got = pread(fd, text, sizeof(text), 0);
	if (got == -1)
		return -1;
	wire_rd_init(&r, text, (size_t)got);
	*v = wire_rd_dec(&r, UINT64_MAX);
	if (wire_rd_ok(&r))
		return 0;
	errno = EPROTO;
	return -1;
}

int
netdev_read(const struct netdev *n, uint64_t *rx, uint64_t *tx)
{
	if (read_counter(n->rx_fd, rx) == -1)
		return -1;
	return read_counter(n->tx_fd, tx);
}

void
netdev_close(struct netdev *n)
{
	int saved = errno;

	if (n->rx_fd != -1)
		close(n->rx_fd);
	if (n->tx_fd != -1)
		close(n->tx_fd);
	n->rx_fd = n->tx_fd = -1;
	errno = saved;
}
