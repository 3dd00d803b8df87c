/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "common/udpio.h"
#include "common/udpio_local.h"

union tx_control {
	struct cmsghdr	align;
	char		bytes[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

/* An IPv6 socket tells of v4-mapped peers in its own way, and refuses the
 * other family's option or takes it; it says nothing twice. */
void
udpio_rx_local(int fd)
{
	int on = 1;

	if (setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on,
	    sizeof(on)) == -1)
		(void)setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
}

static void
take_v6(const struct in6_pktinfo *info, struct addr *to)
{
	memset(to, 0, sizeof(*to));
	to->in6.sin6_family = AF_INET6;
	to->in6.sin6_addr = info->ipi6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr))
		to->in6.sin6_scope_id = info->ipi6_ifindex;
	to->len = sizeof(to->in6);
}

bool
udpio_local(struct cmsghdr *c, struct addr *to)
{
	struct in6_pktinfo v6;
	struct in_pktinfo v4;

	if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
		memcpy(&v6, CMSG_DATA(c), sizeof(v6));
		take_v6(&v6, to);
		return true;
	}
	if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_PKTINFO)
		return false;
	memcpy(&v4, CMSG_DATA(c), sizeof(v4));
	memset(to, 0, sizeof(*to));
	to->in.sin_family = AF_INET;
	to->in.sin_addr = v4.ipi_spec_dst;
	to->len = sizeof(to->in);
	return true;
}

static void
put_control(struct msghdr *h, union tx_control *control,
    const struct addr *from)
{
	struct in6_pktinfo v6 = { .ipi6_ifindex = 0 };
	struct in_pktinfo v4 = { .ipi_ifindex = 0 };
	bool is_v6 = addr_family(from) == AF_INET6;
	size_t len = is_v6 ? sizeof(v6) : sizeof(v4);
	struct cmsghdr *c;

	memset(control, 0, sizeof(*control));
	h->msg_control = control;
	h->msg_controllen = (socklen_t)CMSG_SPACE(len);
	c = CMSG_FIRSTHDR(h);
	c->cmsg_level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = is_v6 ? IPV6_PKTINFO : IP_PKTINFO;
	c->cmsg_len = (socklen_t)CMSG_LEN(len);
	if (is_v6) {
		v6.ipi6_addr = from->in6.sin6_addr;
		v6.ipi6_ifindex = from->in6.sin6_scope_id;
		memcpy(CMSG_DATA(c), &v6, sizeof(v6));
	} else {
		v4.ipi_spec_dst = from->in.sin_addr;
		memcpy(CMSG_DATA(c), &v4, sizeof(v4));
	}
}

ssize_t
udpio_send_from(int fd, const void *buf, size_t len, const struct addr *to,
    const struct addr *from)
{
	struct iovec iov = { .iov_len = len };
	struct addr peer = *to;
	struct msghdr h = { .msg_name = &peer.ss, .msg_namelen = peer.len,
		.msg_iov = &iov, .msg_iovlen = 1 };
	union tx_control control;
	ssize_t n;

	memcpy(&iov.iov_base, &buf, sizeof(buf));	/* it is const */
	if (from->len > 0)
		put_control(&h, &control, from);
	do
		n = sendmsg(fd, &h, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n;
}
