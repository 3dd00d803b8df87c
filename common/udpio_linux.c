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
#include "common/udpio_gso.h"
#include "common/udpio_local.h"
#include "common/udpio_tos.h"

/* Stamp, the same once more where udpio_stamp_start was called, drops,
 * traffic class of either family, segment size, our address. */
union rx_control {
	struct cmsghdr	align;
	char		bytes[CMSG_SPACE(sizeof(struct timespec)) +
			    CMSG_SPACE(3 * sizeof(struct timespec)) +
			    CMSG_SPACE(sizeof(uint32_t)) +
			    3 * CMSG_SPACE(sizeof(int)) +
			    CMSG_SPACE(sizeof(struct in6_pktinfo))];
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

bool
udpio_rx_gro(int fd)
{
	int on = 1;

	return setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on)) == 0;
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

static size_t
segment_of(struct cmsghdr *c, size_t wire_len)
{
	int size;

	memcpy(&size, CMSG_DATA(c), sizeof(size));
	return size > 0 && (size_t)size < wire_len ? (size_t)size : wire_len;
}

static void
read_socket_control(struct udpio_msg *m, struct cmsghdr *c)
{
	uint32_t drops;

	if (c->cmsg_type == SCM_TIMESTAMPNS) {
		m->wall_ns = stamp_of(c);
		m->kernel_stamp = true;
	} else if (c->cmsg_type == SO_RXQ_OVFL) {
		memcpy(&drops, CMSG_DATA(c), sizeof(drops));
		m->drops = drops;
	}
}

static void
read_control(struct udpio_msg *m, struct msghdr *h)
{
	struct cmsghdr *c;
	int tos;

	for (c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET)
			read_socket_control(m, c);
		else if (c->cmsg_level == SOL_UDP &&
		    c->cmsg_type == UDP_GRO)
			m->segment = segment_of(c, m->wire_len);
		else if (udpio_local(c, &m->to))
			continue;
		else if ((tos = udpio_tos(c)) != -1)
			m->tos = tos;
	}
}

/* What the kernel said about message i. */
static void
take_message(struct udpio_rx *rx, size_t i, int64_t now)
{
	struct udpio_msg *m = &rx->msgs[i];
	struct msghdr *h = &rx->headers[i].msg_hdr;

	m->wire_len = rx->headers[i].msg_len;
	m->len = m->wire_len < rx->snap ? m->wire_len : rx->snap;
	m->segment = m->wire_len;
	m->from.len = h->msg_namelen;
	m->to.len = 0;
	m->wall_ns = now;
	m->kernel_stamp = false;
	m->tos = -1;
	m->drops = -1;
	read_control(m, h);
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
		take_message(rx, (size_t)i, now);
		if (rx->msgs[i].drops >= 0)
			drops = (uint32_t)rx->msgs[i].drops;
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

struct udpio_tx {
	size_t			 batch, size;
	struct udpio_gso	 gso;
	struct mmsghdr		*headers;
	struct iovec		*iovs;
	uint8_t			*data;
	struct addr		 to;
	union udpio_gso_control	 control;
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

struct udpio_tx *
udpio_tx_new(size_t batch, size_t size, bool gso)
{
	struct udpio_tx *tx = calloc(1, sizeof(*tx));

	if (tx == NULL)
		return NULL;
	tx->batch = batch;
	tx->size = size;
	tx->headers = calloc(batch, sizeof(*tx->headers));
	tx->iovs = calloc(batch, sizeof(*tx->iovs));
	tx->data = calloc(batch, size);
	if (tx->headers == NULL || tx->iovs == NULL || tx->data == NULL) {
		udpio_tx_free(tx);
		errno = ENOMEM;
		return NULL;
	}
	udpio_gso_init(&tx->gso, gso);
	udpio_gso_control(&tx->control, size);
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
	return udpio_gso_used(&tx->gso);
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

int
udpio_send(struct udpio_tx *tx, int fd, const struct addr *to, size_t n)
{
	bool gso = n > 1 && udpio_gso_try(&tx->gso, fd, tx->size);
	int taken, error;

	taken = transmit(tx, fd, to, n,
	    gso ? udpio_gso_segments(tx->size) : 1);
	if (gso && taken > 0)
		tx->gso.used = true;
	if (!gso || taken != -1 || !udpio_gso_to_blame(errno))
		return taken;
	/* GSO is to blame only when the same datagrams go without it. */
	error = errno;
	taken = transmit(tx, fd, to, n, 1);
	if (taken > 0)
		udpio_gso_refused(&tx->gso, tx->size, error);
	return taken;
}
