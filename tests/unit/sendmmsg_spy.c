/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/udp.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"
#include "tests/unit/sendmmsg_spy.h"
#include "tests/unit/unit.h"

struct spy spy;

int
sendmmsg_spy(int fd, struct mmsghdr *vec, unsigned int n, int flags)
{
	spy.calls++;
	spy.gso_calls += vec[0].msg_hdr.msg_control != NULL;
	errno = spy.any_error;
	if (vec[0].msg_hdr.msg_control != NULL && spy.gso_error != 0)
		errno = spy.gso_error;
	if (errno != 0)
		return -1;
	if (spy.limit != 0 && n > spy.limit)
		n = spy.limit;
	return sendmmsg(fd, vec, n, flags);
}

void
spy_reset(int gso_error, int any_error)
{
	memset(&spy, 0, sizeof(spy));
	spy.gso_error = gso_error;
	spy.any_error = any_error;
}

bool
kernel_has_gso(void)
{
	int fd = sock_open(AF_INET, SOCK_DGRAM), size, n;
	socklen_t len = sizeof(size);

	n = getsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, &len);
	close(fd);
	if (n == -1)
		print_message("# SKIP this kernel has no UDP_SEGMENT\n");
	return n == 0;
}
