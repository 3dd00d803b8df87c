/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/daemon.h"
#include "common/sock.h"
#include "udping/client.h"

#define BAD	CLIENT_STATUS_BAD
/* Of the original's packets, and of ours. */
#define TTL	255
/* Descriptors beside those of the ports. */
#define FILES	64

/* Messages while it runs: the words alone, as the original wrote them. */
static void
to_stderr(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

void
client_fail(struct client *c, const char *fmt, ...)
{
	char line[LOG_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_msg(&c->log, LOG_LEVEL_ERROR, "%s", line);
	if (c->why[0] == '\0')
		strlcpy(c->why, line, sizeof(c->why));
}

/* Step 15 of spec 2.1. */
static int
resolve(struct client *c, const char *host, int port, struct addr *out)
{
	int error;

	errno = 0;
	if (addr_resolve(host, (uint16_t)port, c->o->family, SOCK_DGRAM, out,
	    1, &error) == 1)
		return 0;
	/* The original's words name nobody. */
	snprintf(c->why, sizeof(c->why), "%s: %s", host, gai_strerror(error));
	client_fail(c, "udping_client: getaddrinfo: %s\n: %s",
	    gai_strerror(error), strerror(errno));
	return 1;
}

static int
no_interface(struct client *c)
{
	client_fail(c, "getIfInfo failed");
	return BAD;
}

/* Step 16: the interface is that of -l, unless one is named. */
static int
find_interface(struct client *c)
{
	if (addr_numeric(c->o->local, 0, &c->local) == -1) {
		client_fail(c, "inet_pton failed: Success");
		return no_interface(c);
	}
	if (c->frames && !raw_permitted()) {
		client_fail(c, "socket() failed to get socket descriptor "
		    "for using ioctl() : %s", strerror(errno));
		return no_interface(c);
	}
	if (iface_find(&c->local, &c->iface) == -1) {
		client_fail(c, "Couldn't find interface for IP %s",
		    c->o->local);
		return no_interface(c);
	}
	if (c->o->device != NULL &&
	    iface_named(c->o->device, &c->iface) == -1) {
		client_fail(c, "udping_client: %s: %s", c->o->device,
		    strerror(errno));
		return no_interface(c);
	}
	return 0;
}

static void
print_interface(const struct client *c)
{
	char mac[MACS_STRLEN];

	if (c->o->quiet)
		return;
	printf("The interface is named %s\n", c->iface.name);
	if (c->iface.ethernet)
		printf("MAC address is %s\n",
		    macs_format(c->iface.mac, mac));
	printf("Index is %d\n", c->iface.index);
}

static int
look_up(struct client *c)
{
	int status;

	if (!c->o->quiet)
		printf("Getting interface info for %s\n", c->o->local);
	status = find_interface(c);
	if (status == 0)
		print_interface(c);
	fflush(stdout);
	return status;
}

/* Is the destination this host itself? */
static bool
is_here(struct client *c)
{
	struct route_hop hop[ROUTE_HOPS];

	return route_hops(c->route, &c->local, &c->remote, c->iface.index,
	    hop) == -1 && errno == EADDRNOTAVAIL;
}

/* Why frames cannot be sent where nobody insists on them, or NULL. */
static const char *
no_frames(struct client *c)
{
	if (!raw_permitted())
		return "raw sockets are not to be had";
	if (!c->iface.ethernet)
		return "the interface takes no Ethernet frames";
	c->route = route_open();
	if (c->route == NULL)
		return "routes are not to be had";
	if (is_here(c))
		return "the destination is this host";
	return NULL;
}

/* Frames or sockets, and who says what the next hop is. */
static int
choose(struct client *c)
{
	const char *why;

	if (c->o->unprivileged)
		return 0;
	if (c->frames && !c->iface.ethernet) {
		client_fail(c, "udping_client: %s takes no Ethernet frames",
		    c->iface.name);
		return BAD;
	}
	if (c->o->hops.n > 0)
		return 0;
	why = no_frames(c);
	if (why != NULL && c->o->vlan >= 0) {
		client_fail(c, "udping_client: %s: no --vlan", why);
		return BAD;
	}
	c->frames = why == NULL;
	if (c->frames)
		return 0;
	route_close(c->route);
	c->route = NULL;
	fprintf(stderr, "udping_client: %s: ordinary UDP sockets are used\n",
	    why);
	return 0;
}

/* Step 17. */
static int
open_frames(struct client *c)
{
	struct frame_conf f = { .src = c->local, .dst = c->remote,
		.vlan = c->o->vlan, .dscp = c->o->dscp, .df = c->o->df };

	memcpy(f.mac, c->iface.mac, MACS_LEN);
	frame_init(&c->frame, &f);
	c->raw = raw_open(c->iface.index, CLIENT_BATCH, c->o->bypass);
	if (c->raw != NULL)
		return 0;
	client_fail(c, "socket() failed: %s", strerror(errno));
	return BAD;
}

/* Step 18. */
static int
add_ports(struct client *c)
{
	char why[LOG_LINE];
	int result;
	size_t i;

	c->ports = malloc(sizeof(*c->ports));
	if (c->ports == NULL) {
		client_fail(c, "udping_client: %s", strerror(errno));
		return 1;
	}
	result = ports_parse(c->o->descriptor, c->o->ports, c->ports, why,
	    sizeof(why));
	if (c->o->verbose && !c->o->quiet)
		for (i = 0; i < c->ports->n; i++)
			printf("Adding port %d\n", c->ports->port[i]);
	fflush(stdout);
	if (result == 0)
		return 0;
	client_fail(c, "%s", why);
	return BAD;
}

/* 0, or -1 with errno. */
static int
set_up(const struct client *c, int fd)
{
	if (c->o->device != NULL && sock_set_device(fd, c->o->device) == -1)
		return -1;
	if (!c->o->df)
		sock_allow_fragments(fd);
	if (sock_set_ttl(fd, TTL) == -1 ||
	    (c->o->dscp > 0 && sock_set_dscp(fd, c->o->dscp) == -1) ||
	    sock_set_nonblock(fd, false) == -1)
		return -1;
	return connect(fd, &c->remote.sa, c->remote.len);
}

static int
close_failed(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

/* Duplicates share the socket of the first one. */
static int
open_port(const struct client *c, size_t i)
{
	struct addr from = c->local;
	size_t k;
	int fd;

	for (k = 0; k < i; k++)
		if (c->ports->port[k] == c->ports->port[i])
			return dup(c->fds[k]);
	addr_set_port(&from, c->ports->port[i]);
	fd = sock_udp(&from);
	if (fd != -1 && set_up(c, fd) == -1)
		return close_failed(fd);
	return fd;
}

static int
open_sockets(struct client *c)
{
	size_t i;

	daemon_files(c->ports->n + FILES);
	c->fds = malloc(c->ports->n * sizeof(*c->fds));
	if (c->fds == NULL) {
		client_fail(c, "udping_client: %s", strerror(errno));
		return 1;
	}
	for (i = 0; i < c->ports->n; i++)
		c->fds[i] = -1;
	for (i = 0; i < c->ports->n; i++) {
		c->fds[i] = open_port(c, i);
		if (c->fds[i] == -1) {
			client_fail(c, "udping_client: port %d: %s",
			    c->ports->port[i], strerror(errno));
			return 1;
		}
	}
	return 0;
}

/* B6: what the link does not carry is not sent. */
static int
fit_sizes(struct client *c)
{
	int head = c->o->family == AF_INET6 ? FRAME_IPV6 : FRAME_IPV4;
	int least = (int)sender_floor(c->o->generation);
	int fit = c->iface.mtu == -1 ? WIRE_MAX : c->iface.mtu - head;

	if (fit < least) {
		client_fail(c, "udping_client: MTU %d of %s is too small",
		    c->iface.mtu, c->iface.name);
		return BAD;
	}
	if (c->o->max - 1 > fit)
		fprintf(stderr, "udping_client: sizes are held to %d bytes, "
		    "which MTU %d of %s carries\n", fit, c->iface.mtu,
		    c->iface.name);
	c->fit = (size_t)fit;
	return 0;
}

static int
write_pid(struct client *c)
{
	const char *what;

	if (c->o->pidfile == NULL ||
	    daemon_pidfile(c->o->pidfile, &c->pid_fd, &what) == 0)
		return 0;
	client_fail(c, "udping_client: %s: %s", what, strerror(errno));
	return 1;
}

/* Step 19, in the original's words. */
static int
drop(struct client *c)
{
	const char *user = c->o->user == NULL ? "nobody" : c->o->user;
	const char *what, *part = "";
	int result;

	if (geteuid() == 0 || c->o->user != NULL)
		result = daemon_drop(user, &what);
	else
		result = daemon_renounce(&what);
	if (result == 0)
		return 0;
	if (strcmp(what, "initgroups") == 0 || strstr(what, "gid") != NULL)
		part = " (setgid failed)";
	else if (strstr(what, "uid") != NULL)
		part = " (setuid failed)";
	client_fail(c, "Couldn't change userid to %s%s.  Terminating client",
	    user, part);
	return BAD;
}

/* Everything before the first packet, in the original's order. */
static int
start(struct client *c)
{
	int status;

	if ((status = resolve(c, c->o->local, 0, &c->local)) != 0 ||
	    (status = resolve(c, c->o->remote, c->o->port, &c->remote)) != 0 ||
	    (status = look_up(c)) != 0 || (status = choose(c)) != 0 ||
	    (c->frames && (status = open_frames(c)) != 0) ||
	    (status = add_ports(c)) != 0 || (status = fit_sizes(c)) != 0 ||
	    (!c->frames && (status = open_sockets(c)) != 0) ||
	    (status = client_hops_init(c)) != 0 ||
	    (status = write_pid(c)) != 0 || (status = drop(c)) != 0)
		return status;
	fflush(stdout);
	return client_send_init(c);
}

static void
close_sockets(struct client *c)
{
	size_t i;

	for (i = 0; c->fds != NULL && i < c->ports->n; i++)
		if (c->fds[i] != -1)
			close(c->fds[i]);
	free(c->fds);
}

static void
release(struct client *c)
{
	if (c->pid_fd != -1)
		daemon_pidfile_remove(c->o->pidfile, c->pid_fd);
	client_send_free(c);
	sender_free(&c->sender);
	close_sockets(c);
	raw_free(c->raw);
	route_close(c->route);
	free(c->hops);
	free(c->turn);
	free(c->ports);
	loop_free(c->loop);
}

/* Whoever reads JSON gets an object, whatever happened. */
static int
sum_up(struct client *c, int status)
{
	int result;

	if (!c->o->summary || (status != 0 && c->sent == 0 && !c->o->json))
		return status;
	result = client_report(c, status);
	return status != 0 ? status : result;
}

int
client_run(const struct client_options *o)
{
	struct client c;
	int signo, status;

	memset(&c, 0, sizeof(c));
	c.o = o;
	c.pid_fd = -1;
	c.frames = !o->unprivileged && (o->hops.n > 0 || o->vlan >= 0);
	log_to_sink(&c.log, to_stderr, NULL, LOG_LEVEL_NOTICE);
	host_begin(&c.host);
	status = start(&c);
	if (status == 0) {
		if (o->syslog)
			log_to_syslog(&c.log, "udping_client",
			    LOG_LEVEL_NOTICE);
		status = client_loop(&c);
	}
	status = sum_up(&c, status);
	signo = c.signo;
	release(&c);
	/* Without a summary it ends as it ever did, by the signal. */
	if (signo != 0 && !o->summary)
		raise(signo);
	return status;
}
