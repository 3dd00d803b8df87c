/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <netinet/in.h>

#include <string.h>

#include "common/wire.h"
#include "udping/frame.h"

#define TYPE_IPV4	0x0800
#define TYPE_IPV6	0x86dd
#define TYPE_VLAN	0x8100
#define TTL		255
#define IPV4_DF		0x4000

/* Of the fields that a packet fills. */
#define IPV4_TOTAL	2
#define IPV4_SUM	10
#define IPV6_LENGTH	4
#define UDP_SPORT	0
#define UDP_LENGTH	4
#define UDP_SUM		6

uint32_t
frame_sum(const void *buf, size_t len)
{
	const uint8_t *p = buf;
	uint32_t sum = 0;

	for (; len > 1; p += 2, len -= 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	return len == 0 ? sum : sum + ((uint32_t)p[0] << 8);
}

uint16_t
frame_fold(uint32_t sum)
{
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t)(sum + (sum >> 16));
}

static void
put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put_ethernet(struct wire_wr *w, const struct frame_conf *c, bool ipv6)
{
	static const uint8_t any[MACS_LEN];

	wire_wr_bytes(w, any, MACS_LEN);
	wire_wr_bytes(w, c->mac, MACS_LEN);
	if (c->vlan >= 0) {
		wire_wr_be16(w, TYPE_VLAN);
		wire_wr_be16(w, (uint16_t)c->vlan);
	}
	wire_wr_be16(w, ipv6 ? TYPE_IPV6 : TYPE_IPV4);
}

static void
put_ipv4(struct wire_wr *w, const struct frame_conf *c)
{
	wire_wr_u8(w, 0x45);
	wire_wr_u8(w, (uint8_t)(c->dscp << 2));
	wire_wr_be16(w, 0);			/* total length */
	wire_wr_be16(w, 0);			/* id */
	wire_wr_be16(w, c->df ? IPV4_DF : 0);
	wire_wr_u8(w, TTL);
	wire_wr_u8(w, IPPROTO_UDP);
	wire_wr_be16(w, 0);			/* checksum */
	wire_wr_bytes(w, &c->src.in.sin_addr, 4);
	wire_wr_bytes(w, &c->dst.in.sin_addr, 4);
}

static void
put_ipv6(struct wire_wr *w, const struct frame_conf *c)
{
	wire_wr_be32(w, UINT32_C(6) << 28 | (uint32_t)c->dscp << 22);
	wire_wr_be16(w, 0);			/* payload length */
	wire_wr_u8(w, IPPROTO_UDP);
	wire_wr_u8(w, TTL);
	wire_wr_bytes(w, &c->src.in6.sin6_addr, 16);
	wire_wr_bytes(w, &c->dst.in6.sin6_addr, 16);
}

void
frame_init(struct frame *f, const struct frame_conf *c)
{
	struct wire_wr w;
	size_t addresses;

	memset(f, 0, sizeof(*f));
	f->ipv6 = addr_family(&c->dst) == AF_INET6;
	wire_wr_init(&w, f->head, sizeof(f->head));
	put_ethernet(&w, c, f->ipv6);
	f->ip = w.len;
	if (f->ipv6)
		put_ipv6(&w, c);
	else
		put_ipv4(&w, c);
	addresses = f->ipv6 ? 32 : 8;
	f->ip_sum = frame_sum(f->head + f->ip, w.len - f->ip);
	f->udp_sum = frame_sum(f->head + w.len - addresses, addresses) +
	    IPPROTO_UDP + addr_port(&c->dst);
	wire_wr_be16(&w, 0);			/* source port */
	wire_wr_be16(&w, addr_port(&c->dst));
	wire_wr_be32(&w, 0);			/* length, checksum */
	f->len = w.len;
}

/*
 * IPv6 demands a checksum: 0, which means that there is none, becomes its
 * other form. In IPv4 it stays, as the original's frames have it.
 */
static uint16_t
udp_checksum(const struct frame *f, uint32_t sum)
{
	uint16_t check = (uint16_t)~frame_fold(sum);

	return check == 0 && f->ipv6 ? 0xffff : check;
}

void
frame_put(const struct frame *f, uint8_t *out, const uint8_t mac[MACS_LEN],
    uint16_t sport, size_t len, uint16_t sum)
{
	uint32_t udp_len = (uint32_t)len + FRAME_UDP;
	uint8_t *ip = out + f->ip, *udp = out + f->len - FRAME_UDP;

	memcpy(out, f->head, f->len);
	memcpy(out, mac, MACS_LEN);
	if (f->ipv6)
		put16(ip + IPV6_LENGTH, udp_len);
	else {
		put16(ip + IPV4_TOTAL, len + FRAME_IPV4);
		put16(ip + IPV4_SUM, (uint16_t)~frame_fold(f->ip_sum +
		    (uint32_t)len + FRAME_IPV4));
	}
	put16(udp + UDP_SPORT, sport);
	put16(udp + UDP_LENGTH, udp_len);
	put16(udp + UDP_SUM, udp_checksum(f, f->udp_sum + sport +
	    2 * udp_len + sum));
}

void
frame_adjust(const struct frame *f, uint8_t *frame, uint16_t sum)
{
	uint8_t *check = frame + f->len - FRAME_UDP + UDP_SUM;
	uint16_t before = (uint16_t)~((uint32_t)check[0] << 8 | check[1]);

	put16(check, udp_checksum(f, (uint32_t)before + sum));
}
