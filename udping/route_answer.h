/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_ROUTE_ANSWER_H
#define UDPING_ROUTE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "udping/route.h"

/*
 * What rtnetlink(7) answers: len bytes at buf are one message, its header
 * included. Pure; Linux alone has it.
 */

/*
 * Of a route: its hops to dst out of this interface, see route_hops. -1 with
 * errno: EADDRNOTAVAIL, or EBADMSG when the message is cut.
 */
int	route_answer_hops(const void *buf, size_t len, const struct addr *dst,
	    int ifindex, struct route_hop out[ROUTE_HOPS]);
/* Of a neighbour: its MAC address; false when it has none to send to. */
bool	route_answer_mac(const void *buf, size_t len, uint8_t mac[MACS_LEN]);

#endif
