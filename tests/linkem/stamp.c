/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "tests/linkem/stamp.h"

int
stamp_enable(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
}

static int64_t
stamp_find(struct msghdr *msg)
{
	struct cmsghdr *c;
	struct timespec ts;

	for (c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			return (int64_t)ts.tv_sec * CLOCK_NS_PER_S +
			    ts.tv_nsec;
		}
	return clock_wall();
}

ssize_t
stamp_recv(int fd, void *buf, size_t size, int64_t *wall_ns)
{
	struct iovec iov = { .iov_base = buf, .iov_len = size };
	union {
		struct cmsghdr	align;
		char		room[CMSG_SPACE(sizeof(struct timespec))];
	} control;
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &msg, MSG_TRUNC);

	if (n != -1)
		*wall_ns = stamp_find(&msg);
	return n;
}
