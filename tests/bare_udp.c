/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/udp.h>

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/bare.h"

#define BATCH	64		/* datagrams in one call */
#define HEADER	24		/* nonce, sequence, time */
#define NONCE	8
#define SNAP	32		/* bytes of a datagram that the reader keeps */
#define BUFFER	4194304		/* of the receiving socket */
#define QUIET	200000		/* us without a packet: the sender is done */

/* A sender of equal datagrams; gso: many in one UDP_SEGMENT call. */
struct flood {
	int		fd;
	bool		gso;
	size_t		size;
	uint64_t	sent;
	uint8_t	       *buf;		/* BATCH x size */
};

static int
udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd == -1)
		err(1, "socket");
	return fd;
}

static void
flood_init(struct flood *f, int fd, size_t size, bool gso,
    const uint8_t *nonce)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->gso = gso;
	f->size = size;
	if ((f->buf = calloc(BATCH, size)) == NULL)
		err(1, "calloc");
	for (i = 0; i < BATCH; i++)
		memcpy(f->buf + i * size, nonce, NONCE);
}

/* Number and time into the next n datagrams, as thrulay/2 wants them. */
static void
flood_fill(struct flood *f, size_t n)
{
	int64_t now = clock_wall();
	uint64_t s = (uint64_t)(now / CLOCK_NS_PER_S) + 2208988800u;
	uint64_t fraction = ((uint64_t)(now % CLOCK_NS_PER_S) << 32) /
	    (uint64_t)CLOCK_NS_PER_S;
	uint64_t words[2], seq;
	size_t i, w, b;

	for (i = 0; i < n; i++) {
		seq = f->sent + i;
		words[0] = seq;
		words[1] = s << 32 | fraction;
		for (w = 0; w < 2; w++)
			for (b = 0; b < 8; b++)
				f->buf[i * f->size + NONCE + w * 8 + b] =
				    (uint8_t)(words[w] >> (56 - 8 * b));
	}
}

static int
send_segments(struct flood *f, size_t n)
{
	union {
		struct cmsghdr	hdr;
		uint8_t		room[CMSG_SPACE(sizeof(uint16_t))];
	} control;
	uint16_t size = (uint16_t)f->size;
	struct iovec iov = { f->buf, n * f->size };
	struct msghdr m;

	memset(&m, 0, sizeof(m));
	memset(&control, 0, sizeof(control));
	m.msg_iov = &iov;
	m.msg_iovlen = 1;
	m.msg_control = &control;
	m.msg_controllen = sizeof(control);
	control.hdr.cmsg_level = IPPROTO_UDP;
	control.hdr.cmsg_type = UDP_SEGMENT;
	control.hdr.cmsg_len = CMSG_LEN(sizeof(size));
	memcpy(CMSG_DATA(&control.hdr), &size, sizeof(size));
	return sendmsg(f->fd, &m, 0) == -1 ? -1 : (int)n;
}

static int
send_messages(struct flood *f, size_t n)
{
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	size_t i;

	memset(m, 0, sizeof(m));
	for (i = 0; i < n; i++) {
		iov[i].iov_base = f->buf + i * f->size;
		iov[i].iov_len = f->size;
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	return sendmmsg(f->fd, m, (unsigned int)n, 0);
}

/* At most BATCH datagrams, as many as fit in one call. */
static void
flood_send(struct flood *f, size_t n)
{
	int sent;

	if (f->gso && n * f->size > 65507)
		n = 65507 / f->size;
	flood_fill(f, n);
	sent = f->gso && n > 1 ? send_segments(f, n) : send_messages(f, n);
	if (sent == -1 && f->gso && (errno == EIO || errno == EINVAL))
		f->gso = false;
	else if (sent == -1 && errno != ENOBUFS && errno != ECONNREFUSED)
		err(1, "send");
	else if (sent > 0)
		f->sent += (uint64_t)sent;
}

/* Constant pace: what is due goes, then sleep to the next. */
static void
flood_run(struct flood *f, struct bare_side *side, double seconds, double pps)
{
	double due, cpu = bare_cpu();
	int64_t now;

	side->begin_ns = clock_mono();
	for (;;) {
		now = clock_mono();
		if ((double)(now - side->begin_ns) >= seconds * 1e9)
			break;
		due = BATCH;
		if (pps > 0)
			due = (double)(now - side->begin_ns) * pps / 1e9 + 1 -
			    (double)f->sent;
		if (due >= 1)
			flood_send(f, due < BATCH ? (size_t)due : BATCH);
		else
			clock_sleep_until(side->begin_ns +
			    (int64_t)((double)f->sent * 1e9 / pps), 0);
	}
	side->end_ns = now;
	side->units = f->sent;
	side->cpu_s = bare_cpu() - cpu;
}

/* Count datagrams until none comes for a while. */
static void
count_datagrams(int fd, struct bare_side *side)
{
	static uint8_t data[BATCH][SNAP];
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	int i, n;

	memset(m, 0, sizeof(m));
	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = data[i];
		iov[i].iov_len = SNAP;
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	while ((n = recvmmsg(fd, m, BATCH, MSG_WAITFORONE, NULL)) > 0) {
		side->end_ns = clock_mono();
		if (side->units == 0)
			side->begin_ns = side->end_ns;
		side->units += (uint64_t)n;
	}
	if (errno != EAGAIN)
		err(1, "recvmmsg");
}

void
bare_udp(size_t payload, double seconds, double pps, bool gso)
{
	struct bare_pair *p = bare_pair_new(payload);
	struct timeval quiet = { 0, QUIET };
	int fd = udp_socket(), out = udp_socket(), buffer = BUFFER;
	uint8_t nonce[NONCE] = { 0 };
	struct flood f;
	pid_t pid;

	bare_bind(fd);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	bare_connect(out, fd);
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		flood_init(&f, out, payload, gso, nonce);
		flood_run(&f, &p->send, seconds, pps);
		_exit(0);
	}
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof(quiet)) ==
	    -1)
		err(1, "SO_RCVTIMEO");
	count_datagrams(fd, &p->recv);
	p->recv.cpu_s = bare_cpu();
	bare_wait(pid);
	bare_print(gso ? "udp-gso" : "udp", p);
}

/* Eight bytes from sixteen hexadecimal digits. */
static void
parse_nonce(const char *text, uint8_t nonce[NONCE])
{
	unsigned int byte;
	size_t i;

	if (strlen(text) != 2 * NONCE ||
	    strspn(text, "0123456789abcdef") != 2 * NONCE)
		errx(1, "%s: not a nonce", text);
	for (i = 0; i < NONCE; i++) {
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			errx(1, "%s: not a nonce", text);
		nonce[i] = (uint8_t)byte;
	}
}

void
bare_flood(uint16_t port, size_t payload, double seconds, const char *hex,
    bool gso)
{
	struct bare_pair *p = bare_pair_new(payload);
	struct sockaddr_in in;
	uint8_t nonce[NONCE];
	struct flood f;
	int fd = udp_socket();

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(port);
	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		err(1, "connect");
	parse_nonce(hex, nonce);
	flood_init(&f, fd, payload, gso, nonce);
	flood_run(&f, &p->send, seconds, 0);
	bare_print(gso ? "flood-gso" : "flood", p);
}
