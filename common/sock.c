/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"

/* Close fd, keep errno, return -1. */
static int
fail(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

/*
 * A socket of the family of a. IPv6 ones take IPv4 as well; a system that
 * cannot do that says so at bind or connect, where it matters.
 */
static int
open_for(const struct addr *a, int type)
{
	int fd = sock_open(addr_family(a), type), off = 0;

	if (fd != -1 && addr_family(a) == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off,
		    sizeof(off));
	return fd;
}

/* The same, but IPv6 ones take no IPv4. */
static int
open_only(const struct addr *a, int type)
{
	int fd = sock_open(addr_family(a), type), on = 1;

	if (fd != -1 && addr_family(a) == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on,
		    sizeof(on));
	return fd;
}

int
sock_local(int fd, struct addr *out)
{
	memset(out, 0, sizeof(*out));
	out->len = sizeof(out->ss);
	if (getsockname(fd, &out->sa, &out->len) == -1) {
		out->len = 0;
		return -1;
	}
	return 0;
}

int
sock_peer(int fd, struct addr *out)
{
	memset(out, 0, sizeof(*out));
	out->len = sizeof(out->ss);
	if (getpeername(fd, &out->sa, &out->len) == -1) {
		out->len = 0;
		return -1;
	}
	return 0;
}

/* TCP, listening. */

static int
listen_with(int fd, const struct addr *a, int backlog)
{
	int on = 1;

	if (fd == -1)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, &a->sa, a->len) == -1 || listen(fd, backlog) == -1)
		return fail(fd);
	return fd;
}

int
sock_listen(const struct addr *a, int backlog)
{
	return listen_with(open_for(a, SOCK_STREAM), a, backlog);
}

int
sock_listen_only(const struct addr *a, int backlog)
{
	return listen_with(open_only(a, SOCK_STREAM), a, backlog);
}

/* True when the listener fd takes IPv4 too. */
static bool
is_dual_stack(int fd)
{
	socklen_t len = sizeof(int);
	int only = 1;

	return getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &len) == 0 &&
	    only == 0;
}

int
sock_listen_any(uint16_t port, int backlog, struct addr *bound)
{
	struct addr any;
	int fd;

	addr_numeric("::", port, &any);
	fd = sock_listen(&any, backlog);
	if (fd == -1 && (errno == EADDRINUSE || errno == EACCES))
		return -1;
	if (fd != -1 && !is_dual_stack(fd)) {
		close(fd);
		fd = -1;
	}
	if (fd == -1) {
		addr_numeric("0.0.0.0", port, &any);
		fd = sock_listen(&any, backlog);
	}
	if (fd != -1 && bound != NULL && sock_local(fd, bound) == -1)
		return fail(fd);
	return fd;
}

/* TCP, connecting. */

/* Which option cannot be had, with errno, or NULL. */
static const char *
apply_options(int fd, const struct sock_connect_opts *o)
{
	if (o->device != NULL && sock_set_device(fd, o->device) == -1)
		return "interface";
	if (o->bind != NULL && bind(fd, &o->bind->sa, o->bind->len) == -1)
		return "bind";
	if (o->cc != NULL && sock_set_cc(fd, o->cc) == -1)
		return "congestion control";
	if (o->dscp >= 0 && sock_set_dscp(fd, o->dscp) == -1)
		return "DSCP";
	if (o->sndbuf > 0)
		sock_set_sndbuf(fd, o->sndbuf);
	if (o->rcvbuf > 0)
		sock_set_rcvbuf(fd, o->rcvbuf);
	return NULL;
}

int
sock_connect_start(const struct addr *to, const struct sock_connect_opts *o,
    bool *in_progress)
{
	int fd = open_for(to, SOCK_STREAM);
	const char *failed = NULL;

	*in_progress = false;
	if (fd == -1)
		return -1;
	if (o != NULL)
		failed = apply_options(fd, o);
	if (failed != NULL && o->what != NULL)
		*o->what = failed;
	if (failed != NULL)
		return fail(fd);
	if (connect(fd, &to->sa, to->len) == 0)
		return fd;
	if (errno != EINPROGRESS && errno != EINTR)
		return fail(fd);
	*in_progress = true;
	return fd;
}

int
sock_connect_result(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return errno;
	return error;
}

/* 0, or the errno of the wait. */
static int
wait_writable(int fd, int64_t deadline_ns)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int64_t now, left_ms;
	int n;

	for (;;) {
		now = clock_mono();
		left_ms = 0;
		if (deadline_ns > now)
			left_ms = (deadline_ns - now) / CLOCK_NS_PER_MS + 1;
		n = poll(&p, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms);
		if (n > 0)
			return 0;
		if (n == -1 && errno != EINTR)
			return errno;
		if (left_ms == 0)
			return ETIMEDOUT;
	}
}

int
sock_connect(const struct addr *to, const struct sock_connect_opts *o,
    int64_t deadline_ns)
{
	bool in_progress;
	int fd = sock_connect_start(to, o, &in_progress);

	if (fd == -1 || !in_progress)
		return fd;
	errno = wait_writable(fd, deadline_ns);
	if (errno == 0)
		errno = sock_connect_result(fd);
	return errno == 0 ? fd : fail(fd);
}

/* UDP. */

int
sock_udp(const struct addr *a)
{
	int fd = open_for(a, SOCK_DGRAM);

	if (fd != -1 && bind(fd, &a->sa, a->len) == -1)
		return fail(fd);
	return fd;
}

int
sock_udp_only(const struct addr *a)
{
	int fd = open_only(a, SOCK_DGRAM);

	if (fd != -1 && bind(fd, &a->sa, a->len) == -1)
		return fail(fd);
	return fd;
}

int
sock_udp_range(const struct addr *a, uint16_t first, uint16_t last,
    struct addr *bound)
{
	int fd = open_for(a, SOCK_DGRAM);
	struct addr try = *a;
	unsigned int port;

	if (fd == -1)
		return -1;
	errno = EADDRINUSE;
	for (port = first; port <= last; port++) {
		addr_set_port(&try, (uint16_t)port);
		if (bind(fd, &try.sa, try.len) == 0) {
			if (bound != NULL && sock_local(fd, bound) == -1)
				break;
			return fd;
		}
		if (errno != EADDRINUSE)
			break;
	}
	return fail(fd);
}
