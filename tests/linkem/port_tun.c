/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/linkem/port.h"

#define TUN_DEVICE	"/dev/net/tun"
/* The default of 500 is 6 ms at 1 Gbit/s. */
#define TX_QUEUE_LEN	10000

/* The device's queue is set through any socket of its namespace. */
static int
tun_queue(struct ifreq *ifr)
{
	int saved, r, s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s == -1)
		return -1;
	ifr->ifr_qlen = TX_QUEUE_LEN;
	r = ioctl(s, SIOCSIFTXQLEN, ifr);
	saved = errno;
	close(s);
	errno = saved;
	return r;
}

/*
 * Without IFF_VNET_HDR the kernel cuts TSO and GSO itself and completes the
 * checksums, so that packets come as the wire would see them. The queue's
 * length counts when the device's ring is made, hence before it comes up.
 */
static int
tun_open(struct port *p)
{
	struct ifreq ifr = { 0 };

	p->fd = open(TUN_DEVICE, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (p->fd == -1)
		return -1;
	memcpy(ifr.ifr_name, p->ifname, sizeof(ifr.ifr_name));
	ifr.ifr_flags = IFF_TUN | IFF_NO_PI;
	if (ioctl(p->fd, TUNSETIFF, &ifr) == -1)
		return -1;
	return tun_queue(&ifr);
}

static ssize_t
tun_read(struct port *p, void *buf, size_t size, int64_t *wall_ns)
{
	ssize_t n = read(p->fd, buf, size);

	if (n == -1)
		/* EIO: the device is down yet */
		return errno == EAGAIN || errno == EINTR || errno == EIO ?
		    0 : -1;
	*wall_ns = clock_wall();
	return n;
}

static int
tun_write(struct port *p, const void *buf, size_t len)
{
	return write(p->fd, buf, len) == -1 ? -1 : 0;
}

/* What does not fit is dropped by the device, which counts it. */
static int64_t
tun_drops(struct port *p)
{
	return p->drops;
}

const struct port_ops port_tun = {
	.open = tun_open,
	.read = tun_read,
	.write = tun_write,
	.drops = tun_drops,
	.header = 0,
	.name = "tun",
};
