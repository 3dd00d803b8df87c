/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include "udping/raw_stamp.h"

void
raw_stamp_setup(int fd)
{
	(void)fd;
}

ssize_t
raw_stamp_send(int fd, const void *buf, size_t len)
{
	return send(fd, buf, len, 0);
}

bool
raw_stamp_get(int fd, int64_t *wall_ns)
{
	(void)fd;
	(void)wall_ns;
	return false;
}
