/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/udpio.h"
#include "common/udpio_tos.h"

/*
 * POSIX says that a datagram was cut off, not by how much: so there is room
 * for any, of which the caller sees snap bytes.
 */
#define DATAGRAM_MAX	65536

#ifndef SCM_TIMESTAMP
#define SCM_TIMESTAMP	-1	/* and nobody sends it */
#endif
#ifndef SO_TIMESTAMP
#define SO_TIMESTAMP	-1
#endif

union rx_control {
	struct cmsghdr	align;
	char		bytes[256];
};

struct udpio_rx {
	size_t			 snap;
	struct udpio_msg	 msg;
	uint8_t			 data[DATAGRAM_MAX];
	union rx_control	 control;	/* last: it is flexible */
};

struct udpio_rx *
udpio_rx_new(size_t batch, size_t snap)
{
	struct udpio_rx *rx = calloc(1, sizeof(*rx));

	(void)batch;
	if (rx == NULL)
		return NULL;
	rx->snap = snap;
	rx->msg.data = rx->data;
	return rx;
}

void
udpio_rx_free(struct udpio_rx *rx)
{
	free(rx);
}

void
udpio_rx_setup(int fd)
{
	int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMP, &on, sizeof(on));
}

bool
udpio_rx_gro(int fd)
{
	(void)fd;
	return false;
}

static int64_t
stamp_of(struct cmsghdr *c)
{
	struct timeval tv;

	memcpy(&tv, CMSG_DATA(c), sizeof(tv));
	return (int64_t)tv.tv_sec * CLOCK_NS_PER_S +
	    (int64_t)tv.tv_usec * CLOCK_NS_PER_US;
}

static void
read_control(struct udpio_msg *m, struct msghdr *h)
{
	struct cmsghdr *c;
	int tos;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMP) {
			m->wall_ns = stamp_of(c);
			m->kernel_stamp = true;
			continue;
		}
		tos = udpio_tos(c);
		if (tos != -1)
			m->tos = tos;
	}
}

int
udpio_recv(struct udpio_rx *rx, int fd)
{
	struct iovec iov = { .iov_base = rx->data,
		.iov_len = sizeof(rx->data) };
	struct msghdr h = { .msg_name = &rx->msg.from.ss,
		.msg_namelen = sizeof(rx->msg.from.ss), .msg_iov = &iov,
		.msg_iovlen = 1, .msg_control = &rx->control,
		.msg_controllen = sizeof(rx->control) };
	struct udpio_msg *m = &rx->msg;
	ssize_t n;

	do
		n = recvmsg(fd, &h, MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN ? 0 : -1;
	m->wall_ns = clock_wall();
	m->kernel_stamp = false;
	m->tos = -1;
	m->drops = -1;
	m->wire_len = m->segment = (size_t)n;
	m->len = m->wire_len < rx->snap ? m->wire_len : rx->snap;
	m->from.len = h.msg_namelen;
	m->to.len = 0;
	read_control(m, &h);
	return 1;
}

const struct udpio_msg *
udpio_msg(const struct udpio_rx *rx, int i)
{
	(void)i;
	return &rx->msg;
}

int64_t
udpio_rx_drops(const struct udpio_rx *rx)
{
	(void)rx;
	return -1;
}

/* Sending. */

struct udpio_tx {
	size_t	 size;
	uint8_t	*data;
};

struct udpio_tx *
udpio_tx_new(size_t batch, size_t size, bool gso)
{
	struct udpio_tx *tx = calloc(1, sizeof(*tx));

	(void)gso;
	if (tx == NULL)
		return NULL;
	tx->size = size;
	tx->data = calloc(batch, size);
	if (tx->data == NULL) {
		free(tx);
		errno = ENOMEM;
		return NULL;
	}
	return tx;
}

void
udpio_tx_free(struct udpio_tx *tx)
{
	if (tx == NULL)
		return;
	free(tx->data);
	free(tx);
}

uint8_t *
udpio_tx_buf(struct udpio_tx *tx, size_t i)
{
	return tx->data + i * tx->size;
}

bool
udpio_tx_gso(const struct udpio_tx *tx)
{
	(void)tx;
	return false;
}

static ssize_t
send_one(const struct udpio_tx *tx, int fd, const struct addr *to, size_t i)
{
	ssize_t n;

	do
		n = sendto(fd, tx->data + i * tx->size, tx->size,
		    MSG_DONTWAIT, to != NULL ? &to->sa : NULL,
		    to != NULL ? to->len : 0);
	while (n == -1 && errno == EINTR);
	return n;
}

int
udpio_send(struct udpio_tx *tx, int fd, const struct addr *to, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (send_one(tx, fd, to, i) == -1)
			break;
	if (i > 0 || n == 0 || errno == EAGAIN)
		return (int)i;
	return -1;
}
