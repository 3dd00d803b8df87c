/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses, sockets and the process. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/daemon.h"
#include "common/sock.h"
#include "udping/server_host.h"
#include "udping/server_private.h"

#define DEFAULT_USER	"nobody"
#define RCVBUF		(16 << 20)
#define HOST		1025	/* longest name in -s and -t, and its NUL */

/*
 * IPv4 if there is any, as the original has nothing else. The message is its
 * own (2.5, step 6), with the errno that came with it.
 */
static int
look_up(struct server *s, const char *host, uint16_t port, struct addr *out)
{
	const struct server_options *o = s->o;
	int family = o->ipv6 ? AF_INET6 : AF_INET, error, gai, gai6;

	errno = 0;
	if (addr_resolve(host, port, family, SOCK_DGRAM, out, 1, &gai) == 1)
		return 0;
	error = errno;
	if (!o->ipv4 && !o->ipv6 && addr_resolve(host, port, AF_INET6,
	    SOCK_DGRAM, out, 1, &gai6) == 1)
		return 0;
	/* The original's words name nobody. */
	snprintf(s->why, sizeof(s->why), "%s: %s", host, gai_strerror(gai));
	server_say(s, LOG_LEVEL_ERROR, "getaddrinfo: %s\n: %s",
	    gai_strerror(gai), strerror(error));
	return SERVER_STATUS_ERROR;
}

/* From the address of -l, as the original sends it, where it can. */
static int
open_sink(struct server *s, const char *target, const struct addr *local,
    struct server_sink *sink)
{
	struct addr from = *local;
	char host[HOST];
	uint16_t port;
	int status;

	sink->fd = -1;
	if (target == NULL)
		return 0;
	if (server_target(target, host, sizeof(host), &port) == -1) {
		server_say(s, LOG_LEVEL_ERROR, "getaddrinfo: %s\n: %s",
		    gai_strerror(EAI_NONAME), strerror(ENAMETOOLONG));
		return SERVER_STATUS_ERROR;
	}
	status = look_up(s, host, port, &sink->to);
	if (status != 0)
		return status;
	addr_set_port(&from, 0);
	if (addr_family(&from) == addr_family(&sink->to))
		sink->fd = sock_udp(&from);
	if (sink->fd == -1)
		sink->fd = sock_open(addr_family(&sink->to), SOCK_DGRAM);
	if (sink->fd == -1)
		server_say(s, LOG_LEVEL_ERROR, "socket: %s", strerror(errno));
	return sink->fd == -1 ? SERVER_STATUS_ERROR : 0;
}

static int
open_socket(struct server *s, const struct addr *local)
{
	s->fd = s->o->ipv6 ? sock_udp_only(local) : sock_udp(local);
	if (s->fd == -1) {
		server_say(s, LOG_LEVEL_ERROR, "Problem binding: %s",
		    strerror(errno));
		return SERVER_STATUS_ERROR;
	}
	s->room = server_host_rcvbuf(s->fd, RCVBUF);
	udpio_rx_setup(s->fd);
	return 0;
}

int
server_open(struct server *s)
{
	const struct server_options *o = s->o;
	const char *name = o->receiver != NULL ? o->receiver : o->listen;
	struct addr local;
	int status;

	s->fd = s->statsd.fd = s->tags.fd = -1;
	status = look_up(s, o->listen, (uint16_t)o->port, &local);
	if (status == 0)
		status = open_sink(s, o->statsd, &local, &s->statsd);
	if (status == 0)
		status = open_sink(s, o->statsd_tags, &local, &s->tags);
	if (status == 0)
		status = open_socket(s, &local);
	if (status != 0)
		return status;
	s->rx = udpio_rx_new(SERVER_BATCH, WIRE_PROBE_LEN);
	if (s->rx == NULL) {
		server_say(s, LOG_LEVEL_ERROR, "%s", strerror(errno));
		return SERVER_STATUS_ERROR;
	}
	report_name(s->who.to, name);
	s->who.to_port = o->port;
	if (addr_numeric(name, 0, &s->to) == -1)
		s->to.len = 0;
	return 0;
}

static int
write_pidfile(struct server *s)
{
	const char *what;

	if (s->o->pidfile == NULL ||
	    daemon_pidfile(s->o->pidfile, &s->pidfile_fd, &what) == 0)
		return 0;
	server_say(s, LOG_LEVEL_ERROR, "%s: %s", what, errno == EWOULDBLOCK ?
	    "another server holds it" : strerror(errno));
	return SERVER_STATUS_BAD;
}

/* Started as root: another user, or no server. */
static int
become_user(struct server *s)
{
	const char *user = s->o->user, *what;

	if (user == NULL && geteuid() == 0)
		user = DEFAULT_USER;
	if (user == NULL || daemon_drop(user, &what) == 0)
		return 0;
	server_say(s, LOG_LEVEL_ERROR, "Couldn't change userid to %s.  "
	    "Terminating server: %s: %s", user, what, strerror(errno));
	return SERVER_STATUS_BAD;
}

int
server_process(struct server *s)
{
	int status = write_pidfile(s);

	if (status == 0)
		status = become_user(s);
	if (status != 0 || s->o->numeric)
		return status;
	s->names = resolve_new(NULL);
	if (s->names == NULL) {
		server_say(s, LOG_LEVEL_ERROR, "thread: %s", strerror(errno));
		return SERVER_STATUS_ERROR;
	}
	if (s->to.len != 0)
		resolve_want(s->names, &s->to);
	return 0;
}

void
server_close(struct server *s)
{
	const int fds[] = { s->fd, s->statsd.fd, s->tags.fd };
	size_t i;

	resolve_free(s->names);
	udpio_rx_free(s->rx);
	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] != -1)
			close(fds[i]);
	if (s->pidfile_fd != -1)
		(void)daemon_pidfile_remove(s->o->pidfile, s->pidfile_fd);
}
