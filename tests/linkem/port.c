/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/linkem/port.h"

#define NETNS_DIR	"/run/netns"
#define OWN_NETNS	"/proc/thread-self/ns/net"
#define DEVICES		"/proc/thread-self/net/dev"

/* The device's line: bytes packets errs drop fifo frame compressed
 * multicast, received and then sent. */
static int
parse_drops(const char *line, int64_t *rx, int64_t *tx)
{
	long long r, t;

	if (sscanf(line, "%*u %*u %*u %lld %*u %*u %*u %*u %*u %*u %*u %lld",
	    &r, &t) != 2)
		return -1;
	*rx = r;
	*tx = t;
	return 0;
}

static int
read_drops(struct port *p, int64_t *rx, int64_t *tx)
{
	size_t len = strlen(p->ifname);
	char line[512], *s;
	int found = -1, fd = dup(p->dev_fd);
	FILE *f;

	if (fd == -1)
		return -1;
	if (lseek(fd, 0, SEEK_SET) == -1 || (f = fdopen(fd, "r")) == NULL) {
		close(fd);
		return -1;
	}
	while (found == -1 && fgets(line, sizeof(line), f) != NULL) {
		s = line + strspn(line, " ");
		if (strncmp(s, p->ifname, len) == 0 && s[len] == ':')
			found = parse_drops(s + len + 1, rx, tx);
	}
	fclose(f);
	return found;
}

/* Into the namespace; a descriptor of the old one, or -1. */
static int
netns_enter(const char *name)
{
	char path[256];
	int old, fd;

	snprintf(path, sizeof(path), "%s/%s", NETNS_DIR, name);
	if ((old = open(OWN_NETNS, O_RDONLY | O_CLOEXEC)) == -1) {
		warn("%s", OWN_NETNS);
		return -1;
	}
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1 ||
	    setns(fd, CLONE_NEWNET) == -1) {
		warn("namespace %s", name);
		if (fd != -1)
			close(fd);
		close(old);
		return -1;
	}
	close(fd);
	return old;
}

static int
netns_return(int old)
{
	int r = setns(old, CLONE_NEWNET);

	if (r == -1)
		warn("back to the first namespace");
	close(old);
	return r;
}

/* In the right namespace already. */
static int
port_open_here(struct port *p)
{
	if (p->ops->open(p) == -1) {
		warn("%s:%s", p->ops->name, p->ifname);
		return -1;
	}
	if ((p->dev_fd = open(DEVICES, O_RDONLY | O_CLOEXEC)) == -1 ||
	    read_drops(p, &p->rx_dropped, &p->tx_dropped) == -1) {
		warnx("%s: no counters in %s", p->ifname, DEVICES);
		return -1;
	}
	return 0;
}

int
port_open(struct port *p, const char *spec)
{
	char buf[128], *name, *ns;
	int old = -1, r;

	*p = (struct port){ .fd = -1, .dev_fd = -1 };
	snprintf(buf, sizeof(buf), "%s", spec);
	name = strchr(buf, ':');
	if (name != NULL)
		*name++ = '\0';
	if (name != NULL && strcmp(buf, port_packet.name) == 0)
		p->ops = &port_packet;
	else if (name != NULL && strcmp(buf, port_tun.name) == 0)
		p->ops = &port_tun;
	if (p->ops == NULL) {
		warnx("%s: neither packet:IF nor tun:IF", spec);
		return -1;
	}
	if ((ns = strchr(name, '@')) != NULL)
		*ns++ = '\0';
	if (*name == '\0' || strlen(name) >= sizeof(p->ifname)) {
		warnx("%s: not a device name", spec);
		return -1;
	}
	memcpy(p->ifname, name, strlen(name) + 1);
	if (ns != NULL && (old = netns_enter(ns)) == -1)
		return -1;
	r = port_open_here(p);
	if (old != -1 && netns_return(old) == -1)
		r = -1;
	return r;
}

void
port_close(struct port *p)
{
	if (p->fd != -1)
		close(p->fd);
	if (p->dev_fd != -1)
		close(p->dev_fd);
	p->fd = p->dev_fd = -1;
}

void
port_device_drops(struct port *p, int64_t *rx, int64_t *tx)
{
	if (read_drops(p, rx, tx) == -1) {
		*rx = *tx = -1;
		return;
	}
	*rx -= p->rx_dropped;
	*tx -= p->tx_dropped;
}
