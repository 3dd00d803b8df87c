/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

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
