/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "udpst/endpoint.h"

const char *
endpoint_text(const struct addr *a, char buf[ENDPOINT_LEN])
{
	size_t n;

	(void)addr_host(a, buf, ENDPOINT_LEN);
	n = strlen(buf);
	(void)snprintf(buf + n, ENDPOINT_LEN - n, ":%u", addr_port(a));
	return buf;
}

int
endpoint_resolve(const char *host, uint16_t port, int family, struct addr *a,
    char *error, size_t len)
{
	int gai;

	if (family != AF_UNSPEC && addr_numeric(host, port, a) == 0 &&
	    addr_family(a) != family) {
		snprintf(error, len, "ERROR: Specified IP address does not "
		    "match address family");
		return -1;
	}
	if (addr_resolve(host, port, family, SOCK_DGRAM, a, 1, &gai) > 0)
		return 0;
	snprintf(error, len, "GETADDRINFO ERROR[%s]: %s", host,
	    gai == EAI_SYSTEM ? strerror(errno) : gai_strerror(gai));
	return -1;
}
