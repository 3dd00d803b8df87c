/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "common/clock.h"
#include "common/udpio.h"

/*
 * Software stamps of sending, without the datagram itself, each with the
 * number of the datagram since OPT_ID was set.
 */
#define STAMPS	(SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | \
    SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY)

union stamp_control {
	struct cmsghdr	align;
	char		bytes[512];
};

static int
set_flags(int fd, int flags)
{
	return setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags,
	    sizeof(flags));
}

bool
udpio_stamp_start(int fd)
{
	int64_t wall_ns;
	uint32_t number;

	/* Only the change from unset to set begins with 0 again. */
	(void)set_flags(fd, 0);
	while (udpio_stamp_next(fd, &number, &wall_ns))
		continue;
	return set_flags(fd, STAMPS) == 0;
}

static bool
is_error(const struct cmsghdr *c)
{
	return (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
	    (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
}

/* Is this a stamp? Both its control messages are needed. */
static bool
read_stamp(struct msghdr *h, uint32_t *number, int64_t *wall_ns)
{
	bool have_number = false, have_time = false;
	struct sock_extended_err e;
	struct timespec ts;
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPING) {
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
			*wall_ns = (int64_t)ts.tv_sec * CLOCK_NS_PER_S +
			    ts.tv_nsec;
			have_time = *wall_ns != 0;
		} else if (is_error(c)) {
			memcpy(&e, CMSG_DATA(c), sizeof(e));
			*number = e.ee_data;
			have_number =
			    e.ee_origin == SO_EE_ORIGIN_TIMESTAMPING &&
			    e.ee_info == SCM_TSTAMP_SND;
		}
	}
	return have_number && have_time;
}

bool
udpio_stamp_next(int fd, uint32_t *number, int64_t *wall_ns)
{
	union stamp_control control;
	struct msghdr h;
	ssize_t n;

	do {
		memset(&h, 0, sizeof(h));
		h.msg_control = &control;
		h.msg_controllen = sizeof(control);
		n = recvmsg(fd, &h, MSG_ERRQUEUE | MSG_DONTWAIT);
		if (n == -1 && errno != EINTR)
			return false;
	} while (n == -1 || !read_stamp(&h, number, wall_ns));
	return true;
}
