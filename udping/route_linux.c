/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"
#include "udping/route.h"
#include "udping/route_answer.h"

#define ANSWER		32768
#define DISCARD_PORT	9
#define GROUPS		(RTMGRP_NEIGH | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE)

/* Questions and news have a socket each, so that no answer is taken for one. */
struct route {
	int		ask_fd, news_fd;
	uint32_t	seq;
};

struct ask {
	struct nlmsghdr	head;
	union {
		struct rtmsg	rt;
		struct ndmsg	nd;
	} u;
	char		attrs[128];
};

union answer {
	struct nlmsghdr	head;
	char		buf[ANSWER];
};

static int
netlink_socket(unsigned int groups, int flags)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK,
		.nl_groups = groups };
	struct timeval patience = { .tv_sec = 1 };
	int fd, saved;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | flags,
	    NETLINK_ROUTE);
	if (fd == -1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (bind(fd, (struct sockaddr *)&nl, sizeof(nl)) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

struct route *
route_open(void)
{
	struct route *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->ask_fd = netlink_socket(0, 0);
	r->news_fd = netlink_socket(GROUPS, SOCK_NONBLOCK);
	if (r->ask_fd != -1 && r->news_fd != -1)
		return r;
	route_close(r);
	return NULL;
}

void
route_close(struct route *r)
{
	int saved = errno;

	if (r == NULL)
		return;
	if (r->ask_fd != -1)
		close(r->ask_fd);
	if (r->news_fd != -1)
		close(r->news_fd);
	free(r);
	errno = saved;
}

int
route_fd(const struct route *r)
{
	return r->news_fd;
}

/* News that did not fit (ENOBUFS) are news. What they are is asked anew. */
bool
route_changed(struct route *r)
{
	bool any = false;
	char buf[64];
	ssize_t n;

	for (;;) {
		n = recv(r->news_fd, buf, sizeof(buf), MSG_TRUNC);
		if (n == -1 && errno != ENOBUFS && errno != EINTR)
			return any;
		any = true;
	}
}

static void
add_attr(struct ask *a, unsigned short type, const void *data, size_t len)
{
	size_t at = NLMSG_ALIGN(a->head.nlmsg_len);
	struct rtattr rta = { .rta_type = type,
		.rta_len = (unsigned short)(sizeof(rta) + len) };
	uint8_t *p = (uint8_t *)a + at;

	memcpy(p, &rta, sizeof(rta));
	memcpy(p + sizeof(rta), data, len);
	a->head.nlmsg_len = (uint32_t)(at + RTA_ALIGN(sizeof(rta) + len));
}

static const void *
host_bytes(const struct addr *a, size_t *len)
{
	bool v6 = addr_family(a) == AF_INET6;

	*len = v6 ? 16 : 4;
	return v6 ? (const void *)&a->in6.sin6_addr :
	    (const void *)&a->in.sin_addr;
}

static void
add_host(struct ask *a, unsigned short type, const struct addr *host)
{
	size_t len;
	const void *bytes = host_bytes(host, &len);

	add_attr(a, type, bytes, len);
}

/*
 * Ask, and wait for the answer to this question. 0, or -1 with errno, which
 * may be the kernel's answer.
 */
static int
ask(struct route *r, struct ask *a, union answer *out)
{
	struct nlmsgerr e;
	ssize_t n;

	a->head.nlmsg_flags = NLM_F_REQUEST;
	a->head.nlmsg_seq = ++r->seq;
	if (send(r->ask_fd, a, a->head.nlmsg_len, 0) == -1)
		return -1;
	do {
		n = recv(r->ask_fd, out->buf, sizeof(out->buf), 0);
		if (n == -1 && errno != EINTR)
			return -1;
	} while (n == -1 || out->head.nlmsg_seq != r->seq);
	if ((size_t)n < NLMSG_HDRLEN || out->head.nlmsg_len > (size_t)n ||
	    out->head.nlmsg_len < NLMSG_HDRLEN) {
		errno = EBADMSG;
		return -1;
	}
	if (out->head.nlmsg_type != NLMSG_ERROR)
		return 0;
	memcpy(&e, out->buf + NLMSG_HDRLEN, sizeof(e));
	errno = -e.error;
	return -1;
}

/*
 * The whole entry that the look-up ends at, where one hop would be only the
 * kernel's choice for one flow. ifindex 0: whatever the interface.
 */
static int
ask_route(struct route *r, const struct addr *src, const struct addr *dst,
    int ifindex, union answer *answer)
{
	struct ask a;

	memset(&a, 0, sizeof(a));
	a.head.nlmsg_type = RTM_GETROUTE;
	a.head.nlmsg_len = NLMSG_LENGTH(sizeof(a.u.rt));
	a.u.rt.rtm_family = (unsigned char)addr_family(dst);
	a.u.rt.rtm_dst_len = addr_family(dst) == AF_INET6 ? 128 : 32;
	a.u.rt.rtm_src_len = a.u.rt.rtm_dst_len;
	a.u.rt.rtm_flags = RTM_F_FIB_MATCH;
	add_host(&a, RTA_DST, dst);
	add_host(&a, RTA_SRC, src);
	if (ifindex != 0)
		add_attr(&a, RTA_OIF, &ifindex, sizeof(ifindex));
	return ask(r, &a, answer);
}

/* The MAC address of a hop, where the kernel has one. */
static void
find_mac(struct route *r, struct route_hop *h, int ifindex)
{
	union answer answer;
	struct ask a;

	memset(&a, 0, sizeof(a));
	a.head.nlmsg_type = RTM_GETNEIGH;
	a.head.nlmsg_len = NLMSG_LENGTH(sizeof(a.u.nd));
	a.u.nd.ndm_family = (unsigned char)addr_family(&h->gateway);
	a.u.nd.ndm_ifindex = ifindex;
	add_host(&a, NDA_DST, &h->gateway);
	h->known = ask(r, &a, &answer) == 0 &&
	    route_answer_mac(answer.buf, answer.head.nlmsg_len, h->mac);
}

int
route_hops(struct route *r, const struct addr *src, const struct addr *dst,
    int ifindex, struct route_hop out[ROUTE_HOPS])
{
	union answer answer;
	int i, n;

	/* Where the best route leaves elsewhere, one that leaves here. */
	if (ask_route(r, src, dst, 0, &answer) == -1)
		return errno == ENETUNREACH || errno == EHOSTUNREACH ? 0 : -1;
	n = route_answer_hops(answer.buf, answer.head.nlmsg_len, dst, ifindex,
	    out);
	if (n == 0 && ask_route(r, src, dst, ifindex, &answer) == 0)
		n = route_answer_hops(answer.buf, answer.head.nlmsg_len, dst,
		    ifindex, out);
	for (i = 0; i < n; i++)
		find_mac(r, &out[i], ifindex);
	return n;
}

void
route_stir(const struct addr *src, const struct addr *gateway, int ifindex)
{
	struct addr from = *src, to = *gateway;
	int fd;

	addr_set_port(&from, 0);
	addr_set_port(&to, DISCARD_PORT);
	if (addr_family(&to) == AF_INET6 &&
	    IN6_IS_ADDR_LINKLOCAL(&to.in6.sin6_addr))
		to.in6.sin6_scope_id = (uint32_t)ifindex;
	/* Not so where an IPv4 route has an IPv6 gateway. */
	if (addr_family(&from) == addr_family(&to))
		fd = sock_udp(&from);
	else
		fd = sock_open(addr_family(&to), SOCK_DGRAM);
	if (fd == -1)
		return;
	if (connect(fd, &to.sa, to.len) == 0)
		send(fd, "", 0, 0);
	close(fd);
}
