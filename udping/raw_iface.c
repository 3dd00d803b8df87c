/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <ifaddrs.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"
#include "udping/raw.h"
#include "udping/raw_iface.h"

static bool
has(const struct ifaddrs *ifa, const struct addr *local)
{
	struct addr own;
	size_t len;

	if (ifa->ifa_addr == NULL ||
	    ifa->ifa_addr->sa_family != addr_family(local))
		return false;
	len = addr_family(local) == AF_INET ? sizeof(own.in) :
	    sizeof(own.in6);
	memset(&own, 0, sizeof(own));
	memcpy(&own.ss, ifa->ifa_addr, len);
	own.len = (socklen_t)len;
	return addr_same_host(&own, local);
}

static int
mtu_of(const char *name)
{
	struct ifreq ifr;
	int fd = sock_open(AF_INET, SOCK_DGRAM), mtu = -1;

	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	if (fd != -1 && ioctl(fd, SIOCGIFMTU, &ifr) == 0)
		mtu = ifr.ifr_mtu;
	if (fd != -1)
		close(fd);
	return mtu;
}

int
iface_named(const char *name, struct iface *out)
{
	memset(out, 0, sizeof(*out));
	if (strlcpy(out->name, name, sizeof(out->name)) >=
	    sizeof(out->name)) {
		errno = ENODEV;
		return -1;
	}
	out->index = (int)if_nametoindex(name);
	if (out->index == 0) {
		errno = ENODEV;
		return -1;
	}
	out->mtu = mtu_of(name);
	out->ethernet = raw_hardware(name, out->mac);
	return 0;
}

int
iface_find(const struct addr *local, struct iface *out)
{
	const char *name = NULL;
	struct ifaddrs *list, *ifa;
	int result;

	if (getifaddrs(&list) == -1)
		return -1;
	for (ifa = list; ifa != NULL && name == NULL; ifa = ifa->ifa_next)
		if (has(ifa, local))
			name = ifa->ifa_name;
	errno = ENODEV;
	result = name == NULL ? -1 : iface_named(name, out);
	freeifaddrs(list);
	return result;
}
