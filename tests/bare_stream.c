/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <err.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/bare.h"

#define READ_SIZE	262144

static int
cubic_socket(void)
{
	static const char cc[] = "cubic";
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd == -1)
		err(1, "socket");
	if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, cc,
	    sizeof(cc) - 1) == -1)
		err(1, "cubic");
	return fd;
}

void
bare_connection(const char *name, double seconds,
    const struct bare_ends *ends, const void *arg)
{
	struct bare_pair *p = bare_pair_new(1);
	int listener = cubic_socket(), fd;
	pid_t pid;

	bare_bind(listener);
	if (listen(listener, 1) == -1)
		err(1, "listen");
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		if ((fd = accept(listener, NULL, NULL)) == -1)
			err(1, "accept");
		ends->recv(fd, &p->recv, arg);
		_exit(0);
	}
	fd = cubic_socket();
	bare_connect(fd, listener);
	ends->send(fd, &p->send, (int64_t)(seconds * 1e9), arg);
	close(fd);
	bare_wait(pid);
	bare_print(name, p);
}

static void
send_blocks(int fd, struct bare_side *side, int64_t duration_ns,
    const void *arg)
{
	void *block = bare_block(BARE_STREAM_BLOCK);
	double cpu = bare_cpu();
	ssize_t n;

	(void)arg;
	side->begin_ns = side->end_ns = clock_mono();
	while (side->end_ns - side->begin_ns < duration_ns) {
		n = send(fd, block, BARE_STREAM_BLOCK, MSG_NOSIGNAL);
		if (n == -1)
			err(1, "send");
		side->units += (uint64_t)n;
		side->end_ns = clock_mono();
	}
	side->cpu_s = bare_cpu() - cpu;
	free(block);
}

static void
take(int fd, struct bare_side *side, void *buf, size_t len, int flags)
{
	double cpu = bare_cpu();
	ssize_t n;

	side->begin_ns = clock_mono();
	while ((n = recv(fd, buf, len, flags)) > 0)
		side->units += (uint64_t)n;
	if (n == -1)
		err(1, "recv");
	side->end_ns = clock_mono();
	side->cpu_s = bare_cpu() - cpu;
}

static void
drop_all(int fd, struct bare_side *side, const void *arg)
{
	(void)arg;
	take(fd, side, NULL, BARE_STREAM_BLOCK, MSG_TRUNC);
}

static void
read_all(int fd, struct bare_side *side, const void *arg)
{
	void *buf = malloc(READ_SIZE);

	(void)arg;
	if (buf == NULL)
		err(1, "malloc");
	take(fd, side, buf, READ_SIZE, 0);
	free(buf);
}

void
bare_stream(double seconds, bool read)
{
	const struct bare_ends ends = {
		.send = send_blocks,
		.recv = read ? read_all : drop_all
	};

	bare_connection("stream", seconds, &ends, NULL);
}
