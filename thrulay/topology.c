/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stddef.h>

#include "thrulay/thrulay.h"

/* What 0.9 took a path for by its MTU. */
static const struct {
	int		mtu;
	const char	*name;
} links[] = {
	{ 65535, "Hyperchannel" },
	{ 17914, "16 MB/s Token Ring" },
	{ 16436, "Linux Loopback device" },
	{ 9000, "Ethernet, jumbo-frames" },
	{ 8166, "802.4 Token Bus" },
	{ 4464, "4 MB/s Token Ring" },
	{ 4352, "FDDI" },
	{ 1500, "Ethernet (or PPP)" },
	{ 1492, "IEEE 802.3" },
	{ 1006, "SLIP" },
	{ 576, "X.25 & ISDN" },
};

const char *
thrulay_topology(int mtu)
{
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].mtu == mtu)
			return links[i].name;
	return "unknown";
}
