/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/udp.h>

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/bare.h"

#define BATCH	64		/* datagrams in one call or message */
#define MESSAGES	4	/* of up to 64 kB in one call */
#define MESSAGE	65507		/* bytes, at most */
#define HEADER	24		/* nonce, sequence, time */
#define NONCE	8
#define SNAP	32		/* bytes of a datagram that the reader keeps */
#define BUFFER	4194304		/* of either socket */
#define QUIET	200000		/* us without a packet: the sender is done */

/* A sender of equal datagrams, batch in one call; gso: per in a message. */
struct flood {
	int		fd;
	size_t		size;
	size_t		batch, per;
	uint64_t	sent;
	uint8_t	       *buf;		/* batch x size */
};

static int
udp_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), buffer = BUFFER;

	if (fd == -1)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	return fd;
}

/* Core 0 or 1, where there are two. */
static void
pin_to(int core)
{
	cpu_set_t set;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		return;
	CPU_ZERO(&set);
	CPU_SET(core, &set);
	if (sched_setaffinity(0, sizeof(set), &set) == -1)
		warn("core %d", core);
}

static void
flood_init(struct flood *f, int fd, size_t size, bool gso,
    const uint8_t *nonce)
{
	size_t i;

	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->size = size;
	f->per = 1;
	f->batch = BATCH;
	if (gso && size <= MESSAGE / 2) {
		f->per = MESSAGE / size < BATCH ? MESSAGE / size : BATCH;
		f->batch = f->per * MESSAGES;
	}
	if ((f->buf = calloc(f->batch, size)) == NULL)
		err(1, "calloc");
	for (i = 0; i < f->batch; i++)
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

union segment {
	struct cmsghdr	hdr;
	uint8_t		room[CMSG_SPACE(sizeof(uint16_t))];
};

static void
segment_init(union segment *control, size_t size)
{
	uint16_t value = (uint16_t)size;

	memset(control, 0, sizeof(*control));
	control->hdr.cmsg_level = IPPROTO_UDP;
	control->hdr.cmsg_type = UDP_SEGMENT;
	control->hdr.cmsg_len = CMSG_LEN(sizeof(value));
	memcpy(CMSG_DATA(&control->hdr), &value, sizeof(value));
}

/* How many of the next n datagrams went, or -1. */
static int
send_messages(struct flood *f, size_t n)
{
	union segment control;
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	unsigned int messages = 0;
	size_t i, count;
	int sent;

	segment_init(&control, f->size);
	memset(m, 0, sizeof(m));
	for (i = 0; i < n; i += count, messages++) {
		count = n - i < f->per ? n - i : f->per;
		iov[messages].iov_base = f->buf + i * f->size;
		iov[messages].iov_len = count * f->size;
		m[messages].msg_hdr.msg_iov = &iov[messages];
		m[messages].msg_hdr.msg_iovlen = 1;
		if (count == 1)
			continue;
		m[messages].msg_hdr.msg_control = &control;
		m[messages].msg_hdr.msg_controllen = sizeof(control);
	}
	sent = sendmmsg(f->fd, m, messages, 0);
	if (sent == -1)
		return -1;
	return (unsigned int)sent == messages ? (int)n : sent * (int)f->per;
}

/* At most batch datagrams, in one call. */
static void
flood_send(struct flood *f, size_t n)
{
	int sent;

	flood_fill(f, n);
	sent = send_messages(f, n);
	if (sent == -1 && f->per > 1 && (errno == EIO || errno == EINVAL)) {
		f->per = 1;
		f->batch = f->batch < BATCH ? f->batch : BATCH;
	} else if (sent == -1 && errno != ENOBUFS && errno != ECONNREFUSED)
		err(1, "send");
	else if (sent > 0)
		f->sent += (uint64_t)sent;
}

/* Constant pace: what is due goes, then sleep to the next. */
static void
flood_run(struct flood *f, struct bare_side *side, double seconds, double pps)
{
	double due, most, cpu = bare_cpu();
	int64_t now;

	side->begin_ns = clock_mono();
	for (;;) {
		now = clock_mono();
		if ((double)(now - side->begin_ns) >= seconds * 1e9)
			break;
		due = most = (double)f->batch;
		if (pps > 0)
			due = (double)(now - side->begin_ns) * pps / 1e9 + 1 -
			    (double)f->sent;
		if (due >= 1)
			flood_send(f, (size_t)(due < most ? due : most));
		else
			clock_sleep_until(side->begin_ns +
			    (int64_t)((double)f->sent * 1e9 / pps), 0);
	}
	side->end_ns = now;
	side->units = f->sent;
	side->cpu_s = bare_cpu() - cpu;
}

/* Something came: this is when the last did, or the first. */
static void
mark(struct bare_side *side)
{
	side->end_ns = clock_mono();
	if (side->units == 0)
		side->begin_ns = side->end_ns;
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
		mark(side);
		side->units += (uint64_t)n;
	}
	if (errno != EAGAIN)
		err(1, "recvmmsg");
}

/* Messages of many datagrams, as few as stay in the cache. */
struct gro {
	struct mmsghdr	m[MESSAGES];
	struct iovec	iov[MESSAGES];
	union {
		struct cmsghdr	hdr;
		uint8_t		room[CMSG_SPACE(sizeof(int))];
	} control[MESSAGES];
	uint8_t		data[MESSAGES][65536];
};

static void
gro_reset(struct gro *g)
{
	size_t i;

	for (i = 0; i < MESSAGES; i++) {
		g->iov[i].iov_base = g->data[i];
		g->iov[i].iov_len = sizeof(g->data[i]);
		g->m[i].msg_hdr.msg_iov = &g->iov[i];
		g->m[i].msg_hdr.msg_iovlen = 1;
		g->m[i].msg_hdr.msg_control = &g->control[i];
		g->m[i].msg_hdr.msg_controllen = sizeof(g->control[i]);
	}
}

/* Look at the head of each datagram of message i. */
static void
gro_look(const struct gro *g, size_t i, struct bare_side *side)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(&g->m[i].msg_hdr);
	size_t at, len = g->m[i].msg_len;
	int segment = (int)len;
	uint32_t head;

	if (c != NULL && c->cmsg_type == UDP_GRO)
		memcpy(&segment, CMSG_DATA(c), sizeof(segment));
	for (at = 0; at < len; at += (size_t)segment) {
		memcpy(&head, g->data[i] + at, sizeof(head));
		side->seen ^= head;
		side->units++;
	}
}

static void
count_segments(int fd, struct bare_side *side)
{
	struct gro *g = calloc(1, sizeof(*g));
	int i, n, on = 1;

	if (g == NULL)
		err(1, "calloc");
	if (setsockopt(fd, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)) == -1)
		err(1, "UDP_GRO");
	gro_reset(g);
	while ((n = recvmmsg(fd, g->m, MESSAGES, MSG_WAITFORONE, NULL)) > 0) {
		mark(side);
		for (i = 0; i < n; i++)
			gro_look(g, (size_t)i, side);
		gro_reset(g);
	}
	if (errno != EAGAIN)
		err(1, "recvmmsg");
	free(g);
}

/* Until something is there to be read. */
static void
wait_for_one(int fd)
{
	uint8_t byte;

	if (recv(fd, &byte, sizeof(byte), MSG_PEEK) == -1)
		err(1, "recv");
}

/* The receiving side. */
static void
receive(int fd, struct bare_side *side, struct bare_how how)
{
	struct timeval quiet = { 0, QUIET };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &quiet, sizeof(quiet)) ==
	    -1)
		err(1, "SO_RCVTIMEO");
	if (how.pin || how.gro)
		pin_to(1);
	if (how.gro)
		count_segments(fd, side);
	else
		count_datagrams(fd, side);
	side->cpu_s = bare_cpu();
}

void
bare_udp(size_t payload, double seconds, double pps, struct bare_how how)
{
	struct bare_pair *p = bare_pair_new(payload);
	int fd = udp_socket(), out = udp_socket();
	uint8_t nonce[NONCE] = { 0 };
	struct flood f;
	char name[32];
	pid_t pid;

	bare_bind(fd);
	bare_connect(out, fd);
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		if (how.pin || how.gro)
			pin_to(0);
		flood_init(&f, out, payload, how.gso, nonce);
		flood_run(&f, &p->send, seconds, pps);
		_exit(0);
	}
	receive(fd, &p->recv, how);
	bare_wait(pid);
	snprintf(name, sizeof(name), "udp%s%s", how.gso ? "-gso" : "",
	    how.gro ? "-gro" : "");
	bare_print(name, p);
}

void
bare_receive(uint16_t port)
{
	struct bare_pair *p = bare_pair_new(SNAP);
	struct sockaddr_in in;
	int fd = udp_socket();

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_port = htons(port);
	if (bind(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
		err(1, "bind");
	wait_for_one(fd);
	receive(fd, &p->recv, (struct bare_how){ .pin = false });
	bare_print("receive", p);
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
