/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "udping/route_answer.h"

/* States in which a neighbour's address is one to send to. */
#define USABLE		(NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | \
	NUD_PROBE | NUD_STALE | NUD_DELAY)

/* Attributes, or the value of one, in an answer. */
struct span {
	const uint8_t	*p;
	size_t		 len;
};

/* The fixed part goes to head, what is behind it to attrs; false: it is
 * cut. */
static bool
open_answer(const void *buf, size_t len, void *head, size_t head_len,
    struct span *attrs)
{
	size_t at = NLMSG_HDRLEN + NLMSG_ALIGN(head_len);

	if (len < at)
		return false;
	memcpy(head, (const uint8_t *)buf + NLMSG_HDRLEN, head_len);
	attrs->p = (const uint8_t *)buf + at;
	attrs->len = len - at;
	return true;
}

static bool
find_attr(struct span in, unsigned short type, struct span *out)
{
	struct rtattr rta;
	size_t step;

	while (in.len >= sizeof(rta)) {
		memcpy(&rta, in.p, sizeof(rta));
		if (rta.rta_len < sizeof(rta) || rta.rta_len > in.len)
			return false;
		if (rta.rta_type == type) {
			out->p = in.p + sizeof(rta);
			out->len = rta.rta_len - sizeof(rta);
			return true;
		}
		step = RTA_ALIGN((size_t)rta.rta_len);
		if (step >= in.len)
			return false;
		in.p += step;
		in.len -= step;
	}
	return false;
}

/* An address of this family; false when it is cut. */
static bool
set_host(struct addr *a, int family, struct span bytes)
{
	bool v6 = family == AF_INET6;

	if (bytes.len < (v6 ? 16 : 4))
		return false;
	memset(a, 0, sizeof(*a));
	a->sa.sa_family = (sa_family_t)family;
	a->len = v6 ? sizeof(a->in6) : sizeof(a->in);
	if (v6)
		memcpy(&a->in6.sin6_addr, bytes.p, 16);
	else
		memcpy(&a->in.sin_addr, bytes.p, 4);
	return true;
}

/*
 * A hop from the attributes of a route or of one leg of a multipath one. A
 * route without a gateway leads to the destination itself; RTA_VIA, a family
 * and an address, is an IPv6 gateway of an IPv4 route.
 */
static void
put_hop(struct route_hop *h, struct span attrs, const struct addr *dst)
{
	struct span v;

	memset(h, 0, sizeof(*h));
	h->gateway = *dst;
	addr_set_port(&h->gateway, 0);
	if (find_attr(attrs, RTA_GATEWAY, &v))
		set_host(&h->gateway, addr_family(dst), v);
	else if (find_attr(attrs, RTA_VIA, &v) && v.len > 2) {
		v.p += 2;
		v.len -= 2;
		set_host(&h->gateway, AF_INET6, v);
	}
}

static int
put_legs(struct span multi, const struct addr *dst, int ifindex,
    struct route_hop *out)
{
	struct rtnexthop leg;
	struct span attrs;
	size_t step;
	int n = 0;

	while (multi.len >= sizeof(leg) && n < ROUTE_HOPS) {
		memcpy(&leg, multi.p, sizeof(leg));
		if (leg.rtnh_len < sizeof(leg) || leg.rtnh_len > multi.len)
			break;
		attrs.p = multi.p + sizeof(leg);
		attrs.len = leg.rtnh_len - sizeof(leg);
		if (leg.rtnh_ifindex == ifindex &&
		    (leg.rtnh_flags & RTNH_F_DEAD) == 0)
			put_hop(&out[n++], attrs, dst);
		step = NLMSG_ALIGN((size_t)leg.rtnh_len);
		if (step >= multi.len)
			break;
		multi.p += step;
		multi.len -= step;
	}
	return n;
}

int
route_answer_hops(const void *buf, size_t len, const struct addr *dst,
    int ifindex, struct route_hop out[ROUTE_HOPS])
{
	struct span attrs, v;
	struct rtmsg rt;
	int oif = 0;

	if (!open_answer(buf, len, &rt, sizeof(rt), &attrs)) {
		errno = EBADMSG;
		return -1;
	}
	if (rt.rtm_type == RTN_LOCAL) {
		errno = EADDRNOTAVAIL;
		return -1;
	}
	if (rt.rtm_type != RTN_UNICAST)
		return 0;
	if (find_attr(attrs, RTA_MULTIPATH, &v))
		return put_legs(v, dst, ifindex, out);
	if (find_attr(attrs, RTA_OIF, &v) && v.len >= sizeof(oif))
		memcpy(&oif, v.p, sizeof(oif));
	if (oif != ifindex)
		return 0;
	put_hop(out, attrs, dst);
	return 1;
}

bool
route_answer_mac(const void *buf, size_t len, uint8_t mac[MACS_LEN])
{
	struct span attrs, v;
	struct ndmsg nd;

	if (!open_answer(buf, len, &nd, sizeof(nd), &attrs) ||
	    (nd.ndm_state & USABLE) == 0 ||
	    !find_attr(attrs, NDA_LLADDR, &v) || v.len != MACS_LEN)
		return false;
	memcpy(mac, v.p, MACS_LEN);
	return true;
}
