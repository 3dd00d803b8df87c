/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_FRAME_H
#define UDPING_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "udping/macs.h"

/*
 * Ethernet, IPv4 or IPv6, and UDP around a payload, as spec 3.2 has them: TTL
 * 255, id 0, no options, nothing padded. The payload's sum comes from the
 * caller, so that a packet costs what changed in it and no more.
 */
#define FRAME_ETHERNET	14
#define FRAME_VLAN	4
#define FRAME_UDP	8
#define FRAME_IPV4	(20 + FRAME_UDP)	/* in front of the payload */
#define FRAME_IPV6	(40 + FRAME_UDP)
#define FRAME_HEAD_MAX	(FRAME_ETHERNET + FRAME_VLAN + FRAME_IPV6)
/* Largest id that may be given to a network. */
#define FRAME_VLAN_MAX	4094

struct frame_conf {
	uint8_t		mac[MACS_LEN];	/* of this host */
	struct addr	src;		/* its port does not matter */
	struct addr	dst;		/* of the same family */
	int		vlan;		/* 0..FRAME_VLAN_MAX, -1: no tag */
	int		dscp;		/* 0..63 */
	bool		df;		/* IPv4: do not fragment */
};

/* What the frames of one client have in common. */
struct frame {
	uint8_t		head[FRAME_HEAD_MAX];
	size_t		len;		/* of head */
	size_t		ip;		/* offset of the network header */
	bool		ipv6;
	uint32_t	ip_sum;		/* of the header but its length */
	uint32_t	udp_sum;	/* pseudo header and destination port */
};

void	frame_init(struct frame *f, const struct frame_conf *c);

/*
 * Write the f->len bytes that go before a payload of len bytes, which has to
 * fit the 16 bits of an IP length. mac is the next hop's; sum is frame_fold of
 * the payload's sum.
 */
void	frame_put(const struct frame *f, uint8_t *out,
	    const uint8_t mac[MACS_LEN], uint16_t sport, size_t len,
	    uint16_t sum);

/*
 * The payload of a frame written so changed from zeros to what has this
 * (folded) sum: bring the checksum up to date (RFC 1624).
 */
void	frame_adjust(const struct frame *f, uint8_t *frame, uint16_t sum);

/*
 * RFC 1071: the sum of the 16-bit words, most significant byte first, an odd
 * byte being the first one of its word; at most 128 KiB. frame_fold brings a
 * sum to 16 bits, of which the checksum is the complement.
 */
uint32_t frame_sum(const void *buf, size_t len);
uint16_t frame_fold(uint32_t sum);

#endif
