/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"

/*
 * Options that not every Unix has. No kernel knows number -1, so where the
 * name is missing the calls fail with ENOPROTOOPT.
 */
#ifndef TCP_CONGESTION
#define TCP_CONGESTION		-1
#endif
#ifndef TCP_NOTSENT_LOWAT
#define TCP_NOTSENT_LOWAT	-1
#endif
#ifndef SO_BINDTODEVICE
#define SO_BINDTODEVICE		-1
#endif
#ifndef IP_MTU
#define IP_MTU			-1
#endif
#ifndef IPV6_MTU
#define IPV6_MTU		-1
#endif
#ifndef IPV6_JOIN_GROUP
#define IPV6_JOIN_GROUP		IPV6_ADD_MEMBERSHIP
#endif

static int
set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value));
}

static int
get_int(int fd, int level, int name, int *value)
{
	socklen_t len = sizeof(*value);

	return getsockopt(fd, level, name, value, &len);
}

static int
family_of(int fd)
{
	struct addr a;

	return sock_local(fd, &a) == -1 ? AF_UNSPEC : addr_family(&a);
}

/*
 * An IPv6 socket also has the IPv4 option, for packets to v4-mapped peers;
 * where the system has no such thing that is no error.
 */
static int
set_by_family(int fd, int v4_name, int v6_name, int value)
{
	if (family_of(fd) != AF_INET6)
		return set_int(fd, IPPROTO_IP, v4_name, value);
	if (set_int(fd, IPPROTO_IPV6, v6_name, value) == -1)
		return -1;
	(void)set_int(fd, IPPROTO_IP, v4_name, value);
	return 0;
}

static int
check_range(int value, int max)
{
	if (value >= 0 && value <= max)
		return 0;
	errno = EINVAL;
	return -1;
}

/* Buffers. */

static void
set_buffer(int fd, int name, int bytes)
{
	int present = 0;

	(void)get_int(fd, SOL_SOCKET, name, &present);
	while (set_int(fd, SOL_SOCKET, name, bytes) == -1 && bytes > present)
		bytes = (int)((int64_t)bytes * 7 / 8);
}

void
sock_set_sndbuf(int fd, int bytes)
{
	set_buffer(fd, SO_SNDBUF, bytes);
}

void
sock_set_rcvbuf(int fd, int bytes)
{
	set_buffer(fd, SO_RCVBUF, bytes);
}

int
sock_get_buffers(int fd, int *sndbuf, int *rcvbuf)
{
	if (get_int(fd, SOL_SOCKET, SO_SNDBUF, sndbuf) == -1)
		return -1;
	return get_int(fd, SOL_SOCKET, SO_RCVBUF, rcvbuf);
}

/* IP. */

int
sock_set_dscp(int fd, int dscp)
{
	if (check_range(dscp, 63) == -1)
		return -1;
	return set_by_family(fd, IP_TOS, IPV6_TCLASS, dscp << 2);
}

int
sock_set_tos(int fd, int octet)
{
	if (check_range(octet, 255) == -1)
		return -1;
	return set_by_family(fd, IP_TOS, IPV6_TCLASS, octet);
}

int
sock_set_ttl(int fd, int ttl)
{
	if (check_range(ttl, 255) == -1)
		return -1;
	return set_by_family(fd, IP_TTL, IPV6_UNICAST_HOPS, ttl);
}

int
sock_set_mcast_ttl(int fd, int ttl)
{
	unsigned char byte = (unsigned char)ttl;	/* not int on OpenBSD */
	bool v6 = family_of(fd) == AF_INET6;
	int n;

	if (check_range(ttl, 255) == -1)
		return -1;
	if (v6 && set_int(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, ttl) == -1)
		return -1;
	n = setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &byte, sizeof(byte));
	return v6 ? 0 : n;
}

int
sock_mcast_join(int fd, const struct addr *group)
{
	const void *v4 = NULL;
	struct ipv6_mreq m6;
	struct ip_mreq m4;

	if (addr_family(group) == AF_INET)
		v4 = &group->in.sin_addr;
	else if (addr_is_mapped(group))
		v4 = group->in6.sin6_addr.s6_addr + 12;
	if (v4 != NULL) {
		memset(&m4, 0, sizeof(m4));
		memcpy(&m4.imr_multiaddr, v4, sizeof(m4.imr_multiaddr));
		return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m4,
		    sizeof(m4));
	}
	m6.ipv6mr_multiaddr = group->in6.sin6_addr;
	m6.ipv6mr_interface = group->in6.sin6_scope_id;
	return setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m6, sizeof(m6));
}

int
sock_path_mtu(int fd)
{
	int mtu;

	if (family_of(fd) == AF_INET6)
		return get_int(fd, IPPROTO_IPV6, IPV6_MTU, &mtu) == -1 ? -1 :
		    mtu;
	return get_int(fd, IPPROTO_IP, IP_MTU, &mtu) == -1 ? -1 : mtu;
}

/* TCP. */

int
sock_set_cc(int fd, const char *name)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name,
	    (socklen_t)strlen(name));
}

void
sock_get_cc(int fd, char *buf, size_t len)
{
	socklen_t n = (socklen_t)len - 1;

	memset(buf, 0, len);
	if (getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, buf, &n) == -1)
		buf[0] = '\0';
}

int
sock_set_nodelay(int fd, bool on)
{
	return set_int(fd, IPPROTO_TCP, TCP_NODELAY, on);
}

int
sock_set_notsent_lowat(int fd, int bytes)
{
	return set_int(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes);
}

int
sock_mss(int fd)
{
	int mss;

	return get_int(fd, IPPROTO_TCP, TCP_MAXSEG, &mss) == -1 ? -1 : mss;
}

/* Any socket. */

int
sock_set_keepalive(int fd, bool on)
{
	return set_int(fd, SOL_SOCKET, SO_KEEPALIVE, on);
}

int
sock_set_device(int fd, const char *name)
{
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name,
	    (socklen_t)strlen(name));
}

int
sock_set_abort(int fd)
{
	struct linger li = { .l_onoff = 1, .l_linger = 0 };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &li, sizeof(li));
}

int
sock_set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags == -1)
		return -1;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags);
}

/* Interfaces. */

static bool
is_address_of(const struct ifaddrs *ifa, const struct addr *local)
{
	struct addr a = { .len = 0 };

	if (ifa->ifa_addr == NULL)
		return false;
	if (ifa->ifa_addr->sa_family == AF_INET)
		a.len = sizeof(a.in);
	else if (ifa->ifa_addr->sa_family == AF_INET6)
		a.len = sizeof(a.in6);
	memcpy(&a.ss, ifa->ifa_addr, a.len);
	if (!addr_same_host(&a, local))
		return false;
	/* The same link-local address may be on several interfaces. */
	return addr_family(local) != AF_INET6 ||
	    local->in6.sin6_scope_id == 0 || addr_family(&a) != AF_INET6 ||
	    a.in6.sin6_scope_id == local->in6.sin6_scope_id;
}

static int
mtu_of(const char *name)
{
	int fd = sock_open(AF_INET, SOCK_DGRAM), n;
	struct ifreq ifr;

	if (fd == -1)
		fd = sock_open(AF_INET6, SOCK_DGRAM);
	if (fd == -1)
		return -1;
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	n = ioctl(fd, SIOCGIFMTU, &ifr);
	close(fd);
	return n == -1 ? -1 : ifr.ifr_mtu;
}

int
sock_if_mtu(const struct addr *local)
{
	struct ifaddrs *list, *ifa;
	int mtu = -1;

	if (getifaddrs(&list) == -1)
		return -1;
	for (ifa = list; ifa != NULL && mtu == -1; ifa = ifa->ifa_next)
		if (is_address_of(ifa, local))
			mtu = mtu_of(ifa->ifa_name);
	freeifaddrs(list);
	return mtu;
}
