/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/sock.h"
#include "udping/raw.h"

struct raw {
	int		 fd;
	size_t		 batch;
	uint8_t		(*frame)[RAW_ROOM];
	struct mmsghdr	*msg;
	struct iovec	*iov;
};

/*
 * Protocol 0: no frame of anybody's is ever queued for it. Sending waits for
 * room, as it always did.
 */
static int
packet_socket(void)
{
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
}

bool
raw_permitted(void)
{
	int fd = packet_socket();

	if (fd == -1)
		return false;
	close(fd);
	return true;
}

bool
raw_hardware(const char *name, uint8_t mac[MACS_LEN])
{
	int fd = sock_open(AF_INET, SOCK_DGRAM);
	struct ifreq ifr;
	bool is = false;

	memset(mac, 0, MACS_LEN);
	memset(&ifr, 0, sizeof(ifr));
	strlcpy(ifr.ifr_name, name, sizeof(ifr.ifr_name));
	if (fd != -1 && ioctl(fd, SIOCGIFHWADDR, &ifr) == 0)
		is = ifr.ifr_hwaddr.sa_family == ARPHRD_ETHER ||
		    ifr.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	if (is)
		memcpy(mac, ifr.ifr_hwaddr.sa_data, MACS_LEN);
	if (fd != -1)
		close(fd);
	return is;
}

static int
bound_socket(int ifindex, bool bypass)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
		.sll_ifindex = ifindex };
	int fd = packet_socket(), saved, yes = 1;

	if (fd == -1)
		return -1;
	if (bind(fd, (struct sockaddr *)&ll, sizeof(ll)) == 0 &&
	    (!bypass || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes,
	    sizeof(yes)) == 0))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

struct raw *
raw_open(int ifindex, size_t batch, bool bypass)
{
	struct raw *r = calloc(1, sizeof(*r));
	size_t i;

	if (r == NULL)
		return NULL;
	r->batch = batch;
	r->frame = calloc(batch, sizeof(*r->frame));
	r->msg = calloc(batch, sizeof(*r->msg));
	r->iov = calloc(batch, sizeof(*r->iov));
	r->fd = r->frame == NULL || r->msg == NULL || r->iov == NULL ? -1 :
	    bound_socket(ifindex, bypass);
	if (r->fd == -1) {
		raw_free(r);
		return NULL;
	}
	for (i = 0; i < batch; i++) {
		r->iov[i].iov_base = r->frame[i];
		r->msg[i].msg_hdr.msg_iov = &r->iov[i];
		r->msg[i].msg_hdr.msg_iovlen = 1;
	}
	return r;
}

void
raw_free(struct raw *r)
{
	int saved = errno;

	if (r == NULL)
		return;
	if (r->fd != -1)
		close(r->fd);
	free(r->frame);
	free(r->msg);
	free(r->iov);
	free(r);
	errno = saved;
}

int
raw_fd(const struct raw *r)
{
	return r->fd;
}

uint8_t *
raw_buf(struct raw *r, size_t i)
{
	return r->frame[i];
}

int
raw_send(struct raw *r, const size_t *len, size_t n)
{
	size_t i;
	int sent;

	for (i = 0; i < n; i++)
		r->iov[i].iov_len = len[i];
	do {
		sent = sendmmsg(r->fd, r->msg, (unsigned int)n, 0);
	} while (sent == -1 && errno == EINTR);
	return sent;
}
