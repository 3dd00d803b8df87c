/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"

#define PATIENCE_MS	10000

struct addr
net_addr(const char *host, uint16_t port)
{
	struct addr a;

	assert_int_equal(addr_numeric(host, port, &a), 0);
	return a;
}

bool
net_has_v6(void)
{
	struct addr a = net_addr("::1", 0);
	int fd = sock_udp(&a);

	if (fd == -1) {
		print_message("# SKIP no IPv6 loopback: %s\n",
		    strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

void
net_tcp_pair(const char *host, int fds[2])
{
	int64_t deadline = clock_mono() + PATIENCE_MS * CLOCK_NS_PER_MS;
	struct addr a = net_addr(host, 0);
	int fd = sock_listen(&a, 1);

	assert_int_not_equal(fd, -1);
	assert_int_equal(sock_local(fd, &a), 0);
	fds[0] = sock_connect(&a, NULL, deadline);
	assert_int_not_equal(fds[0], -1);
	net_wait_readable(fd);
	fds[1] = sock_accept(fd, NULL);
	assert_int_not_equal(fds[1], -1);
	close(fd);
}

static void
wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
}

void
net_wait_readable(int fd)
{
	wait_for(fd, POLLIN);
}

void
net_wait_writable(int fd)
{
	wait_for(fd, POLLOUT);
}

void
net_read(int fd, void *buf, size_t len)
{
	char *p = buf;
	ssize_t n;

	while (len > 0) {
		net_wait_readable(fd);
		n = read(fd, p, len);
		assert_true(n > 0);
		p += n;
		len -= (size_t)n;
	}
}

void
net_write(int fd, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n;

	while (len > 0) {
		net_wait_writable(fd);
		n = write(fd, p, len);
		assert_true(n > 0);
		p += n;
		len -= (size_t)n;
	}
}
