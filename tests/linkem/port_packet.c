/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <net/if.h>

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>

#include "tests/linkem/port.h"
#include "tests/linkem/stamp.h"

/* Room for a second of 1 Gbit/s while the emulator is kept from the CPU. */
#define RX_BUFFER	(256 << 20)
#define TX_BUFFER	(64 << 20)

static int
set_int(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

static int
packet_bind(struct port *p)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	unsigned int index = if_nametoindex(p->ifname);

	if (index == 0)
		return -1;
	ll.sll_protocol = htons(ETH_P_ALL);
	ll.sll_ifindex = (int)index;
	return bind(p->fd, (struct sockaddr *)&ll, sizeof(ll));
}

/* Bound to a protocol last, so that nothing arrives before it is set up. */
static int
packet_open(struct port *p)
{
	p->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (p->fd == -1)
		return -1;
	if (stamp_enable(p->fd) == -1 ||
	    set_int(p->fd, SOL_SOCKET, SO_RCVBUFFORCE, RX_BUFFER) == -1 ||
	    set_int(p->fd, SOL_SOCKET, SO_SNDBUFFORCE, TX_BUFFER) == -1 ||
	    set_int(p->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1) == -1 ||
	    set_int(p->fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1) == -1)
		return -1;
	return packet_bind(p);
}

static ssize_t
packet_read(struct port *p, void *buf, size_t size, int64_t *wall_ns)
{
	ssize_t n = stamp_recv(p->fd, buf, size, wall_ns);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return n;
}

static int
packet_write(struct port *p, const void *buf, size_t len)
{
	return send(p->fd, buf, len, 0) == -1 ? -1 : 0;
}

/* The kernel's count starts again at each question. */
static int64_t
packet_drops(struct port *p)
{
	struct tpacket_stats st;
	socklen_t len = sizeof(st);

	if (getsockopt(p->fd, SOL_PACKET, PACKET_STATISTICS, &st, &len) == 0)
		p->drops += st.tp_drops;
	return p->drops;
}

const struct port_ops port_packet = {
	.open = packet_open,
	.read = packet_read,
	.write = packet_write,
	.drops = packet_drops,
	.header = ETH_HLEN,
	.name = "packet",
};
