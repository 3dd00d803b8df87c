/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The plainest sender and receiver of numbered UDP packets, which tests of
 * the link emulator compare it with.
 */
#include "config.h"

#include <sys/socket.h>

#include <err.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/opt.h"
#include "common/wire.h"
#include "tests/linkem/stamp.h"

#define IPV4_UDP	28	/* bytes of headers */
#define IPV6_UDP	48
#define SIZE_MAX_IP	9000
#define HEADER		12	/* number, time of sending */
/* All of a test's packets wait here while the sender has the core. */
#define BUFFER		(512 << 20)
/* Spin so long before a packet is to go. */
#define SPIN_NS		(200 * CLOCK_NS_PER_US)

struct probe {
	int64_t	count, size, train, every_ns, idle_ns;
};

/* A packet as it arrived. */
struct arrival {
	uint32_t number, size;
	int64_t	 sent_ns, stamp_ns;
};

static const struct opt probe_opts[] = {
	{ .kind = OPT_INT, .name = "count", .arg = "N", .deflt = "1000",
	    .offset = offsetof(struct probe, count), .lo = 1, .hi = 100000000,
	    .help = "packets to send, or to have room for" },
	{ .kind = OPT_INT, .name = "size", .arg = "BYTES", .deflt = "1500",
	    .offset = offsetof(struct probe, size), .lo = 60,
	    .hi = SIZE_MAX_IP, .help = "of the IP packet" },
	{ .kind = OPT_INT, .name = "train", .arg = "N", .deflt = "1",
	    .offset = offsetof(struct probe, train), .lo = 1, .hi = 100000000,
	    .help = "packets sent back to back" },
	{ .kind = OPT_DURATION, .name = "every", .arg = "T", .deflt = "1ms",
	    .offset = offsetof(struct probe, every_ns), .lo = 0,
	    .hi = 60 * CLOCK_NS_PER_S, .help = "between the trains' starts" },
	{ .kind = OPT_DURATION, .name = "idle", .arg = "T", .deflt = "500ms",
	    .offset = offsetof(struct probe, idle_ns), .lo = 1,
	    .hi = 60 * CLOCK_NS_PER_S,
	    .help = "the receiver ends when nothing came for so long" },
	{ 0 }
};

static const struct opt_set probe_set = {
	.program = "probe",
	.synopsis = "[OPTION]... send ADDRESS PORT | receive PORT",
	.opts = probe_opts,
};

static struct addrinfo *
resolve(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	struct addrinfo *ai;
	int r = getaddrinfo(host, port, &hints, &ai);

	if (r != 0)
		errx(1, "%s: %s", host, gai_strerror(r));
	return ai;
}

static void
send_one(int fd, uint32_t number, size_t payload)
{
	static const uint8_t zero[SIZE_MAX_IP];
	uint8_t header[HEADER];
	struct iovec iov[2] = {
		{ .iov_base = header, .iov_len = sizeof(header) },
		{ .iov_base = (void *)(uintptr_t)zero,
		    .iov_len = payload - HEADER },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	struct wire_wr w;

	wire_wr_init(&w, header, sizeof(header));
	wire_wr_be32(&w, number);
	wire_wr_be64(&w, (uint64_t)clock_wall());
	if (sendmsg(fd, &msg, 0) == -1)
		err(1, "send");
}

static void
probe_send(const struct probe *p, const char *host, const char *port)
{
	struct addrinfo *ai = resolve(host, port);
	int fd = socket(ai->ai_family, SOCK_DGRAM, 0);
	size_t payload = (size_t)p->size -
	    (ai->ai_family == AF_INET ? IPV4_UDP : IPV6_UDP);
	int64_t start_ns, i;

	if (fd == -1 || connect(fd, ai->ai_addr, ai->ai_addrlen) == -1)
		err(1, "%s", host);
	freeaddrinfo(ai);
	clock_sharpen();
	start_ns = clock_mono() + CLOCK_NS_PER_MS;
	for (i = 0; i < p->count; i++) {
		if (i % p->train == 0)
			clock_sleep_until(start_ns +
			    i / p->train * p->every_ns, SPIN_NS);
		send_one(fd, (uint32_t)i, payload);
	}
	close(fd);
}

static void
receive_one(int fd, struct arrival *a)
{
	uint8_t header[HEADER];
	ssize_t n = stamp_recv(fd, header, sizeof(header), &a->stamp_ns);
	struct wire_rd r;

	if (n < HEADER)
		err(1, "receive");
	wire_rd_init(&r, header, sizeof(header));
	a->number = wire_rd_be32(&r);
	a->sent_ns = (int64_t)wire_rd_be64(&r);
	a->size = (uint32_t)n;
}

/* Nothing is printed before the last packet has come. */
static void
probe_receive(const struct probe *p, const char *port)
{
	struct addrinfo *ai = resolve("::", port);
	size_t i, n = 0, max = 2 * (size_t)p->count;
	struct arrival *list = calloc(max, sizeof(*list));
	struct pollfd pfd = { .events = POLLIN };
	int wait_ms = 10000, buffer = BUFFER;

	pfd.fd = socket(ai->ai_family, SOCK_DGRAM, 0);
	if (list == NULL || pfd.fd == -1)
		err(1, "receive");
	if (stamp_enable(pfd.fd) == -1 || setsockopt(pfd.fd, SOL_SOCKET,
	    SO_RCVBUFFORCE, &buffer, sizeof(buffer)) == -1)
		err(1, "setsockopt");
	if (bind(pfd.fd, ai->ai_addr, ai->ai_addrlen) == -1)
		err(1, "port %s", port);
	freeaddrinfo(ai);
	fputs("ready\n", stderr);
	while (n < max && poll(&pfd, 1, wait_ms) == 1) {
		receive_one(pfd.fd, &list[n++]);
		wait_ms = (int)(p->idle_ns / CLOCK_NS_PER_MS);
	}
	for (i = 0; i < n; i++)
		printf("%" PRIu32 ",%" PRIu32 ",%" PRId64 ",%" PRId64 "\n",
		    list[i].number, list[i].size, list[i].sent_ns,
		    list[i].stamp_ns);
	close(pfd.fd);
	free(list);
}

int
main(int argc, char **argv)
{
	struct probe p = { 0 };
	enum opt_result r;
	int first;

	r = opt_parse(&probe_set, &p, argc, argv, &first);
	if (r == OPT_HELP) {
		opt_help(&probe_set, stdout);
		return 0;
	}
	if (r != OPT_OK)
		return 1;
	argc -= first;
	argv += first;
	if (argc == 3 && strcmp(argv[0], "send") == 0)
		probe_send(&p, argv[1], argv[2]);
	else if (argc == 2 && strcmp(argv[0], "receive") == 0)
		probe_receive(&p, argv[1]);
	else
		errx(1, "send ADDRESS PORT, or receive PORT");
	return fflush(stdout) == 0 ? 0 : 1;
}
