/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses as Go writes them, and the words in which it complains. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"
#include "msak/server_private.h"

#define BACKLOG		1024
#define HOST_MAX	256

/* What is being listened on. */
struct wish {
	const struct server_options *o;
	const char	*network;	/* "tcp", "udp" */
	const char	*prefix;	/* of what is wrong with the address */
	int		 type;
	char		 host[HOST_MAX];
	char		 port[HOST_MAX];
	struct addr	 addr;
	bool		 any;
	char		*why;
	size_t		 len;
};

static int	complain(struct wish *w, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

static int
complain(struct wish *w, const char *fmt, ...)
{
	int n = snprintf(w->why, w->len, "%s", w->prefix);
	va_list ap;

	va_start(ap, fmt);
	if (n >= 0 && (size_t)n < w->len)
		(void)vsnprintf(w->why + n, w->len - (size_t)n, fmt, ap);
	va_end(ap);
	return -1;
}

/* host:port, [host]:port. */
static int
split(struct wish *w, const char *text)
{
	const char *colon = strrchr(text, ':'), *host = text, *end;

	if (colon == NULL)
		return complain(w, "address %s: missing port in address", text);
	end = colon;
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (end == NULL)
			return complain(w, "address %s: missing ']' in address",
			    text);
		if (end + 1 != colon)
			return complain(w, "address %s: %s in address", text,
			    end[1] == ':' ? "too many colons" :
			    "missing port");
		host++;
	} else if (memchr(text, ':', (size_t)(colon - text)) != NULL)
		return complain(w, "address %s: too many colons in address",
		    text);
	if (snprintf(w->host, HOST_MAX, "%.*s", (int)(end - host), host) >=
	    HOST_MAX || snprintf(w->port, HOST_MAX, "%s", colon + 1) >=
	    HOST_MAX)
		return complain(w, "address %s: too long", text);
	return 0;
}

static int
find_port(struct wish *w, uint16_t *port)
{
	bool minus = w->port[0] == '-';
	const char *digits = w->port + (minus || w->port[0] == '+');
	const struct servent *found;
	unsigned long n;

	if (digits[strspn(digits, "0123456789")] == '\0') {
		n = strtoul(digits, NULL, 10);
		if (n > (minus ? 0 : UINT16_MAX))
			return complain(w, "address %s: invalid port", w->port);
		*port = (uint16_t)n;
		return 0;
	}
	found = getservbyname(w->port, w->network);
	if (found == NULL)
		return complain(w, "lookup %s/%s: unknown port", w->network,
		    w->port);
	*port = ntohs((uint16_t)found->s_port);
	return 0;
}

/* A name's first IPv4 address, else its first one. */
static int
resolve(struct wish *w, int family, uint16_t port)
{
	struct addr found[16];
	size_t i, n, best = 0;
	int gai;

	n = addr_resolve(w->host, port, family, w->type, found, 16, &gai);
	if (n == 0)
		return complain(w, "lookup %s: no such host", w->host);
	for (i = n; i-- > 0; )
		if (addr_family(&found[i]) == AF_INET)
			best = i;
	w->addr = found[best];
	return 0;
}

static int
find_address(struct wish *w, const char *text)
{
	int family = w->o->ipv4 ? AF_INET : w->o->ipv6 ? AF_INET6 : AF_UNSPEC;
	uint16_t port = 0;

	if (text[0] != '\0' && (split(w, text) == -1 ||
	    find_port(w, &port) == -1))
		return -1;
	w->any = w->host[0] == '\0';
	if (!w->any)
		return resolve(w, family, port);
	return addr_numeric(family == AF_INET ? "0.0.0.0" : "::", port,
	    &w->addr);
}

static int
open_socket(const struct wish *w, const struct addr *a)
{
	if (w->type == SOCK_STREAM)
		return w->o->ipv6 ? sock_listen_only(a, BACKLOG) :
		    sock_listen(a, BACKLOG);
	return w->o->ipv6 ? sock_udp_only(a) : sock_udp(a);
}

/* On a host without IPv6 any address is any of IPv4. */
static int
open_wish(struct wish *w)
{
	char name[ADDR_STRLEN], error[128];
	struct addr v4;
	int fd, saved;

	fd = open_socket(w, &w->addr);
	if (fd == -1 && w->any && !w->o->ipv6 && errno == EAFNOSUPPORT) {
		(void)addr_numeric("0.0.0.0", addr_port(&w->addr), &v4);
		fd = open_socket(w, &v4);
	}
	if (fd != -1)
		return fd;
	saved = errno;
	if (w->any)
		(void)snprintf(name, sizeof(name), ":%u",
		    addr_port(&w->addr));
	else
		(void)addr_format(&w->addr, name, sizeof(name));
	(void)snprintf(w->why, w->len, "listen %s %s: bind: %s", w->network,
	    name, server_error(saved, error, sizeof(error)));
	return -1;
}

int
server_listen(const struct server_options *o, const char *address, char *why,
    size_t len)
{
	struct wish w = { .o = o, .network = "tcp", .prefix = "listen tcp: ",
		.type = SOCK_STREAM, .why = why, .len = len };

	return find_address(&w, address) == -1 ? -1 : open_wish(&w);
}

int
server_bind_udp(const struct server_options *o, const char *address,
    const char **what, char *why, size_t len)
{
	struct wish w = { .o = o, .network = "udp", .prefix = "",
		.type = SOCK_DGRAM, .why = why, .len = len };

	*what = "failed to resolve latency endpoint address";
	if (find_address(&w, address) == -1)
		return -1;
	*what = "cannot start latency UDP server";
	return open_wish(&w);
}

/* A stream socket that does not listen is of no use. */
static bool
is_listening(int fd)
{
	socklen_t len = sizeof(int);
	int on;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 &&
	    on != 0;
}

int
server_given(struct server *s, size_t which)
{
	static const char *const names[] = { [SERVER_METRICS] = "metrics",
		[SERVER_WS] = "ws", [SERVER_WSS] = "wss",
		[SERVER_LISTENERS] = "latency", NULL };
	bool stream = which != SERVER_LISTENERS;
	int fd;

	do {
		fd = activate_take(&s->given, names[which],
		    stream ? SOCK_STREAM : SOCK_DGRAM,
		    which == SERVER_METRICS ? NULL : names);
		if (fd == -1 || !stream || is_listening(fd))
			return fd;
		close(fd);
	} while (true);
}
