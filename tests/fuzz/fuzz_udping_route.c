/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "udping/route_answer.h"

/*
 * Input: which family was asked for and which interface, then a message of
 * rtnetlink. There are no more hops than there is room, and each has a gateway
 * that can be asked for.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const targets[] = { "192.0.2.1", "2001:db8::1" };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct route_hop hops[ROUTE_HOPS];
	uint8_t mac[MACS_LEN];
	struct addr dst;
	int i, n;

	if (size < 2 || addr_numeric(targets[data[0] % 2], 0, &dst) == -1)
		return 0;
	n = route_answer_hops(data + 2, size - 2, &dst, data[1], hops);
	if (n > ROUTE_HOPS || (n == -1 && errno != EADDRNOTAVAIL &&
	    errno != EBADMSG))
		abort();
	for (i = 0; i < n; i++)
		if (addr_family(&hops[i].gateway) != AF_INET &&
		    addr_family(&hops[i].gateway) != AF_INET6)
			abort();
	(void)route_answer_mac(data + 2, size - 2, mac);
	return 0;
}
