/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/udpio.h"
#include "common/udpio_tos.h"

/* What one sendmsg with UDP_SEGMENT may carry, in any kernel that has it. */
#define GSO_SEGMENTS	64
#define GSO_BYTES	65507

/* Stamp, drops, traffic class of either family. */
union rx_control {
	struct cmsghdr	align;
	char		bytes[CMSG_SPACE(sizeof(struct timespec)) +
			    CMSG_SPACE(sizeof(uint32_t)) +
			    2 * CMSG_SPACE(sizeof(int))];
};

struct udpio_rx {
	size_t			 batch, snap;
	size_t			 used;		/* headers to be reset */
	struct mmsghdr		*headers;
	struct iovec		*iovs;
	union rx_control	*controls;
	struct udpio_msg	*msgs;
	uint8_t			*data;
	int64_t			 drops;		/* -1 unknown */
	uint32_t		 last_drops;
	bool			 drops_asked;	/* whether fd counts them */
};

void
udpio_rx_free(struct udpio_rx *rx)
{
	if (rx == NULL)
		return;
	free(rx->headers);
	free(rx->iovs);
	free(rx->controls);
	free(rx->msgs);
	free(rx->data);
	free(rx);
}

/* The kernel writes addresses straight into the messages. */
static void
rx_wire(struct udpio_rx *rx)
{
	struct msghdr *h;
	size_t i;

	for (i = 0; i < rx->batch; i++) {
		rx->msgs[i].data = rx->data + i * rx->snap;
		rx->iovs[i].iov_base = rx->data + i * rx->snap;
		rx->iovs[i].iov_len = rx->snap;
		h = &rx->headers[i].msg_hdr;
		h->msg_name = &rx->msgs[i].from.ss;
		h->msg_iov = &rx->iovs[i];
		h->msg_iovlen = 1;
		h->msg_control = &rx->controls[i];
	}
	rx->used = rx->batch;
}

struct udpio_rx *
udpio_rx_new(size_t batch, size_t snap)
{
	struct udpio_rx *rx = calloc(1, sizeof(*rx));

	if (rx == NULL)
		return NULL;
	rx->batch = batch;
	rx->snap = snap;
	rx->drops = -1;
	rx->headers = calloc(batch, sizeof(*rx->headers));
	rx->iovs = calloc(batch, sizeof(*rx->iovs));
	rx->controls = calloc(batch, sizeof(*rx->controls));
	rx->msgs = calloc(batch, sizeof(*rx->msgs));
	rx->data = calloc(batch, snap);
	if (rx->headers == NULL || rx->iovs == NULL || rx->controls == NULL ||
	    rx->msgs == NULL || rx->data == NULL) {
		udpio_rx_free(rx);
		errno = ENOMEM;
		return NULL;
	}
	rx_wire(rx);
	return rx;
}

void
udpio_rx_setup(int fd)
{
	int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	(void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
}

/* The kernel counts in 32 bits and says nothing while the count is 0. */
static void
count_drops(struct udpio_rx *rx, uint32_t drops)
{
	rx->drops += (uint32_t)(drops - rx->last_drops);
	rx->last_drops = drops;
}

static void
ask_for_drops(struct udpio_rx *rx, int fd)
{
	socklen_t len = sizeof(int);
	int on = 0;

	rx->drops_asked = true;
	if (getsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, &len) == 0 && on != 0)
		rx->drops = 0;
}

static int64_t
stamp_of(struct cmsghdr *c)
{
	struct timespec ts;

	memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	return (int64_t)ts.tv_sec * CLOCK_NS_PER_S + ts.tv_nsec;
}

static void
read_control(struct udpio_msg *m, struct msghdr *h, uint32_t *drops)
{
	struct cmsghdr *c;
	int tos;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level != SOL_SOCKET) {
			tos = udpio_tos(c);
			if (tos != -1)
				m->tos = tos;
		} else if (c->cmsg_type == SCM_TIMESTAMPNS) {
			m->wall_ns = stamp_of(c);
			m->kernel_stamp = true;
		} else if (c->cmsg_type == SO_RXQ_OVFL)
			memcpy(drops, CMSG_DATA(c), sizeof(*drops));
	}
}

static void
rx_reset(struct udpio_rx *rx)
{
	struct msghdr *h;
	size_t i;

	for (i = 0; i < rx->used; i++) {
		h = &rx->headers[i].msg_hdr;
		h->msg_namelen = sizeof(rx->msgs[i].from.ss);
		h->msg_controllen = sizeof(rx->controls[i]);
	}
}

int
udpio_recv(struct udpio_rx *rx, int fd)
{
	struct udpio_msg *m;
	struct msghdr *h;
	uint32_t drops = 0;
	int64_t now;
	int i, n;

	rx_reset(rx);
	do
		n = recvmmsg(fd, rx->headers, (unsigned int)rx->batch,
		    MSG_DONTWAIT | MSG_TRUNC, NULL);
	while (n == -1 && errno == EINTR);
	rx->used = n > 0 ? (size_t)n : 0;
	if (n == -1)
		return errno == EAGAIN ? 0 : -1;
	now = clock_wall();
	for (i = 0; i < n; i++) {
		m = &rx->msgs[i];
		h = &rx->headers[i].msg_hdr;
		m->wire_len = rx->headers[i].msg_len;
		m->len = m->wire_len < rx->snap ? m->wire_len : rx->snap;
		m->from.len = h->msg_namelen;
		m->wall_ns = now;
		m->kernel_stamp = false;
		m->tos = -1;
		read_control(m, h, &drops);
	}
	if (n > 0 && !rx->drops_asked)
		ask_for_drops(rx, fd);
	if (n > 0 && rx->drops >= 0)
		count_drops(rx, drops);
	return n;
}

const struct udpio_msg *
udpio_msg(const struct udpio_rx *rx, int i)
{
	return &rx->msgs[i];
}

int64_t
udpio_rx_drops(const struct udpio_rx *rx)
{
	return rx->drops;
}

/* Sending. */

enum gso { GSO_OFF, GSO_UNPROVEN, GSO_ON };

union tx_control {
	struct cmsghdr	align;
	char		bytes[CMSG_SPACE(sizeof(uint16_t))];
};

struct udpio_tx {
	size_t			 batch, size;
	size_t			 segments;	/* datagrams in one GSO send */
	enum gso		 gso;
	bool			 gso_asked;	/* whether the kernel has it */
	struct mmsghdr		*headers;
	struct iovec		*iovs;
	uint8_t			*data;
	struct addr		 to;
	union tx_control	 control;
};

void
udpio_tx_free(struct udpio_tx *tx)
{
	if (tx == NULL)
		return;
	free(tx->headers);
	free(tx->iovs);
	free(tx->data);
	free(tx);
}

static void
prepare_gso(struct udpio_tx *tx)
{
	uint16_t size = (uint16_t)tx->size;
	struct cmsghdr *c = &tx->control.align;

	if (tx->size == 0 || tx->size > GSO_BYTES / 2)
		return;
	tx->segments = GSO_BYTES / tx->size;
	if (tx->segments > GSO_SEGMENTS)
		tx->segments = GSO_SEGMENTS;
	c->cmsg_level = SOL_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(sizeof(size));
	memcpy(CMSG_DATA(c), &size, sizeof(size));
	tx->gso = GSO_UNPROVEN;
}

struct udpio_tx *
udpio_tx_new(size_t batch, size_t size, bool gso)
{
	struct udpio_tx *tx = calloc(1, sizeof(*tx));

	if (tx == NULL)
		return NULL;
	tx->batch = batch;
	tx->size = size;
	tx->segments = 1;
	tx->headers = calloc(batch, sizeof(*tx->headers));
	tx->iovs = calloc(batch, sizeof(*tx->iovs));
	tx->data = calloc(batch, size);
	if (tx->headers == NULL || tx->iovs == NULL || tx->data == NULL) {
		udpio_tx_free(tx);
		errno = ENOMEM;
		return NULL;
	}
	if (gso)
		prepare_gso(tx);
	return tx;
}

uint8_t *
udpio_tx_buf(struct udpio_tx *tx, size_t i)
{
	return tx->data + i * tx->size;
}

bool
udpio_tx_gso(const struct udpio_tx *tx)
{
	return tx->gso == GSO_ON;
}

/* Kernels before 4.18 ignore UDP_SEGMENT and would send one giant. */
static void
ask_for_gso(struct udpio_tx *tx, int fd)
{
	socklen_t len = sizeof(int);
	int size;

	tx->gso_asked = true;
	if (getsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, &len) == -1)
		tx->gso = GSO_OFF;
}

/* Datagrams 0..n-1 in messages of at most per; returns how many of these. */
static unsigned int
build(struct udpio_tx *tx, const struct addr *to, size_t n, size_t per)
{
	unsigned int messages = 0;
	struct msghdr *h;
	size_t i, count;

	if (to != NULL)
		memcpy(&tx->to.ss, &to->ss, to->len);
	for (i = 0; i < n; i += count, messages++) {
		count = n - i < per ? n - i : per;
		tx->iovs[messages].iov_base = tx->data + i * tx->size;
		tx->iovs[messages].iov_len = count * tx->size;
		h = &tx->headers[messages].msg_hdr;
		h->msg_name = to != NULL ? &tx->to.ss : NULL;
		h->msg_namelen = to != NULL ? to->len : 0;
		h->msg_iov = &tx->iovs[messages];
		h->msg_iovlen = 1;
		h->msg_control = count > 1 ? &tx->control : NULL;
		h->msg_controllen = count > 1 ? sizeof(tx->control) : 0;
	}
	return messages;
}

/* The number of datagrams taken, 0, or -1 with errno. */
static int
transmit(struct udpio_tx *tx, int fd, const struct addr *to, size_t n,
    size_t per)
{
	unsigned int messages = build(tx, to, n, per);
	size_t taken;
	int done;

	do
		done = sendmmsg(fd, tx->headers, messages, MSG_DONTWAIT);
	while (done == -1 && errno == EINTR);
	if (done == -1)
		return errno == EAGAIN ? 0 : -1;
	taken = (size_t)done * per;
	return (int)(taken < n ? taken : n);
}

static bool
is_gso_refusal(int error)
{
	return error == EIO || error == EINVAL || error == EMSGSIZE ||
	    error == ENOPROTOOPT || error == EOPNOTSUPP;
}

int
udpio_send(struct udpio_tx *tx, int fd, const struct addr *to, size_t n)
{
	int taken;

	if (tx->gso != GSO_OFF && !tx->gso_asked)
		ask_for_gso(tx, fd);
	if (n < 2 || tx->gso == GSO_OFF)
		return transmit(tx, fd, to, n, 1);
	taken = transmit(tx, fd, to, n, tx->segments);
	if (taken > 0)
		tx->gso = GSO_ON;
	if (taken != -1 || !is_gso_refusal(errno))
		return taken;
	/* GSO is to blame only when the same datagrams go without it. */
	taken = transmit(tx, fd, to, n, 1);
	if (taken > 0)
		tx->gso = GSO_OFF;
	return taken;
}
