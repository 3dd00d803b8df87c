/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <string.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "common/clock.h"
#include "udping/raw_stamp.h"

/* The stamp comes with an extended error, and both with headers. */
#define CONTROL	512

union control {
	struct cmsghdr	align;
	char		buf[CONTROL];
};

void
raw_stamp_setup(int fd)
{
	unsigned int flags = SOF_TIMESTAMPING_SOFTWARE |
	    SOF_TIMESTAMPING_OPT_TSONLY;

	setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags));
}

ssize_t
raw_stamp_send(int fd, const void *buf, size_t len)
{
	uint32_t flags = SOF_TIMESTAMPING_TX_SOFTWARE;
	/* sendmsg(2) does not write there. */
	struct iovec iov = { .iov_base = (void *)(uintptr_t)buf,
		.iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	union control u;

	memset(&u, 0, sizeof(u));
	msg.msg_control = u.buf;
	msg.msg_controllen = CMSG_SPACE(sizeof(flags));
	c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SO_TIMESTAMPING;
	c->cmsg_len = CMSG_LEN(sizeof(flags));
	memcpy(CMSG_DATA(c), &flags, sizeof(flags));
	return sendmsg(fd, &msg, 0);
}

bool
raw_stamp_get(int fd, int64_t *wall_ns)
{
	struct msghdr msg = { 0 };
	struct scm_timestamping ts;
	struct cmsghdr *c;
	union control u;
	bool found = false;

	msg.msg_control = u.buf;
	msg.msg_controllen = sizeof(u.buf);
	if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) == -1)
		return false;
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPING) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			*wall_ns = ts.ts[0].tv_sec * CLOCK_NS_PER_S +
			    ts.ts[0].tv_nsec;
			found = true;
		}
	return found;
}
