/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <err.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>

#include "common/clock.h"
#include "tests/bare.h"

/* As many in one call as udping_client sends. */
#define BATCH	16

static int
packet_socket(const char *device)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	ll.sll_ifindex = (int)if_nametoindex(device);
	if (fd == -1 || ll.sll_ifindex == 0 ||
	    bind(fd, (struct sockaddr *)&ll, sizeof(ll)) == -1)
		err(1, "%s", device);
	return fd;
}

/* IPv4 for nobody there: the other end drops it as soon as it has come. */
static void
fill(uint8_t *frame, size_t len)
{
	memset(frame, 0, len);
	frame[0] = 2;
	frame[5] = 0x99;
	frame[6] = 2;
	frame[12] = 8;
	frame[14] = 0x45;
}

void
bare_packet(const char *device, size_t len, double seconds)
{
	static uint8_t frame[BATCH][BARE_FRAME];
	struct bare_pair *p = bare_pair_new(len);
	struct mmsghdr msg[BATCH];
	struct iovec iov[BATCH];
	int fd = packet_socket(device), i, n;
	int64_t end_ns;

	memset(msg, 0, sizeof(msg));
	for (i = 0; i < BATCH; i++) {
		fill(frame[i], len);
		iov[i] = (struct iovec){ frame[i], len };
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	p->send.begin_ns = clock_mono();
	end_ns = p->send.begin_ns + (int64_t)(seconds * 1e9);
	do {
		n = sendmmsg(fd, msg, BATCH, 0);
		if (n == -1)
			err(1, "sendmmsg");
		p->send.units += (unsigned int)n;
		p->send.end_ns = clock_mono();
	} while (p->send.end_ns < end_ns);
	p->send.cpu_s = bare_cpu();
	bare_print("packet", p);
}
