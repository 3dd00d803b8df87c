/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/sock.h"
#include "pathrate/client_private.h"

#define CONNECT_NS	(10 * CLOCK_NS_PER_S)	/* each of them */
#define RCVBUF		(8 * 1024 * 1024)	/* as much as may be had */

/* What the original says when there is no connection. */
#define NO_SENDER	"Make sure that pathrate_snd runs at sender:"

static int
family(const struct rcv_options *o)
{
	struct addr from;

	if (o->ipv4 || o->ipv6)
		return o->ipv4 ? AF_INET : AF_INET6;
	if (o->bind != NULL && addr_numeric(o->bind, 0, &from) == 0)
		return addr_family(&from);
	return AF_UNSPEC;
}

/* The address to bind to, with this port. 0, or -1: said. */
static int
own_address(struct client *c, int af, uint16_t port, struct addr *out)
{
	const char *host = c->o->bind;
	int gai;

	if (host == NULL)
		host = af == AF_INET6 ? "::" : "0.0.0.0";
	if (addr_resolve(host, port, af, SOCK_STREAM, out, 1, &gai) == 1)
		return 0;
	client_fail(c, "%s: no address of this host to reach %s from",
	    host, c->o->sender);
	return -1;
}

/* Stamped from the first packet on; all of a train must fit. */
static int
open_data(struct client *c, int af)
{
	struct addr a;

	if (own_address(c, af, c->o->udp_port, &a) == -1)
		return -1;
	c->udp = sock_udp_only(&a);
	if (c->udp == -1) {
		client_fail_errno(c, "bind(sock_udp):");
		return -1;
	}
	if (c->o->bind_dev != NULL &&
	    sock_set_device(c->udp, c->o->bind_dev) == -1) {
		client_fail_errno(c, c->o->bind_dev);
		return -1;
	}
	sock_set_rcvbuf(c->udp, RCVBUF);
	udpio_rx_setup(c->udp);
	return 0;
}

static void
connected(struct loop *l, struct loop_fd *f, unsigned int events)
{
	bool *ready = f->arg;

	(void)l;
	(void)events;
	*ready = true;
}

/* Until the attempt has an end: 0 or its errno. */
static int
await(struct client *c, int fd)
{
	int64_t deadline_ns = clock_mono() + CONNECT_NS;
	struct loop_fd watch;
	bool ready = false;
	int rc = 0;

	if (deadline_ns > c->end_ns)
		deadline_ns = c->end_ns;
	memset(&watch, 0, sizeof(watch));
	if (loop_fd_add(c->loop, &watch, fd, LOOP_WRITE, connected,
	    &ready) == -1)
		return errno;
	while (!ready && c->signo == 0 && rc == 0 &&
	    clock_mono() < deadline_ns)
		rc = loop_once(c->loop, deadline_ns);
	if (rc == -1)
		rc = errno;
	else if (!ready)
		rc = c->signo != 0 ? EINTR : ETIMEDOUT;
	loop_fd_del(c->loop, &watch);
	return rc != 0 ? rc : sock_connect_result(fd);
}

/* A descriptor or -1 with errno. */
static int
connect_control(struct client *c, const struct addr *to,
    const struct addr *from, const char **what)
{
	struct sock_connect_opts opts = {
		.bind = c->o->bind != NULL ? from : NULL,
		.device = c->o->bind_dev,
		.dscp = c->o->dscp > 0 ? c->o->dscp : -1, .what = what
	};
	bool pending;
	int error, fd = sock_connect_start(to, &opts, &pending);

	if (fd == -1 || !pending)
		return fd;
	error = await(c, fd);
	if (error == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

/* 0, -1: try the next address, -2: said, no use in that. */
static int
try(struct client *c, const struct addr *to, const char **what)
{
	struct addr from;
	int saved;

	if (open_data(c, addr_family(to)) == -1 ||
	    own_address(c, addr_family(to), 0, &from) == -1)
		return -2;
	*what = NO_SENDER;
	c->tcp = connect_control(c, to, &from, what);
	if (c->tcp != -1) {
		c->peer = *to;
		sock_set_nodelay(c->tcp, true);
		return 0;
	}
	saved = errno;
	close(c->udp);
	c->udp = -1;
	errno = saved;
	return -1;
}

int
client_resolve(struct client *c)
{
	int gai;

	c->addresses = addr_resolve(c->o->sender, c->o->port, family(c->o),
	    SOCK_STREAM, c->address, CLIENT_ADDRESSES, &gai);
	if (c->addresses > 0)
		return 0;
	client_fail(c, "%s: unknown host", c->o->sender);
	return -1;
}

int
client_connect(struct client *c)
{
	const char *what = NO_SENDER;
	int rc = -1;
	size_t i;

	for (i = 0; i < c->addresses && rc == -1 && c->signo == 0 &&
	    (i == 0 || clock_mono() < c->end_ns); i++)
		rc = try(c, &c->address[i], &what);
	if (rc == -1 && c->signo == 0)
		client_fail_errno(c, what);
	return rc == 0 ? 0 : -1;
}
