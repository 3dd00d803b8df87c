/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/bare.h"

#define HEADER	16
#define WINDOW	4194304		/* as thrulay asks for by default */

static int
tcp_socket(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), window = WINDOW;

	if (fd == -1)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &window, sizeof(window));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	return fd;
}

/* False when the peer has gone. */
static bool
send_all(int fd, const uint8_t *buf, size_t len)
{
	ssize_t n;

	for (; len > 0; buf += n, len -= (size_t)n)
		if ((n = send(fd, buf, len, MSG_NOSIGNAL)) == -1)
			return false;
	return true;
}

/* Read until the peer closes; each header goes back once it is whole. */
static void
echo_blocks(int fd, size_t block)
{
	uint8_t *buf = malloc(block);
	size_t pos = 0, before;
	ssize_t n;

	if (buf == NULL)
		err(1, "malloc");
	while ((n = recv(fd, buf + pos, block - pos, 0)) > 0) {
		before = pos;
		pos += (size_t)n;
		if (before < HEADER && pos >= HEADER &&
		    !send_all(fd, buf, HEADER))
			break;
		if (pos == block)
			pos = 0;
	}
	if (n == -1 && errno != ECONNRESET && errno != EPIPE)
		err(1, "recv");
	free(buf);
}

/* What echoes are there, in bytes, without waiting. */
static size_t
take_echoes(int fd)
{
	uint8_t buf[4096];
	ssize_t n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n == -1 && errno != EAGAIN)
		err(1, "recv");
	return n > 0 ? (size_t)n : 0;
}

static void
send_blocks(int fd, struct bare_side *side, size_t block, int64_t duration_ns)
{
	uint8_t *buf = bare_block(block);
	uint64_t echoed = 0;
	int64_t now;

	side->begin_ns = clock_mono();
	while ((now = clock_mono()) < side->begin_ns + duration_ns) {
		memcpy(buf, &now, sizeof(now));
		if (!send_all(fd, buf, block))
			err(1, "send");
		echoed += take_echoes(fd);
	}
	side->end_ns = now;
	side->units = echoed / HEADER;
	free(buf);
}

static void
run_server(int listener, struct bare_pair *p)
{
	int one = 1, fd = accept(listener, NULL, NULL);

	if (fd == -1)
		err(1, "accept");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	echo_blocks(fd, p->size);
	p->recv.cpu_s = bare_cpu();
	close(fd);
}

void
bare_tcp(size_t block, double seconds)
{
	struct bare_pair *p = bare_pair_new(block);
	int listener = tcp_socket(), fd = tcp_socket();
	double cpu;
	pid_t pid;

	bare_bind(listener);
	if (listen(listener, 1) == -1)
		err(1, "listen");
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0) {
		close(fd);
		run_server(listener, p);
		_exit(0);
	}
	bare_connect(fd, listener);
	cpu = bare_cpu();
	send_blocks(fd, &p->send, block, (int64_t)(seconds * 1e9));
	p->send.cpu_s = bare_cpu() - cpu;
	close(fd);
	bare_wait(pid);
	p->recv.units = p->send.units;
	p->recv.begin_ns = p->send.begin_ns;
	p->recv.end_ns = p->send.end_ns;
	bare_print("tcp", p);
}
