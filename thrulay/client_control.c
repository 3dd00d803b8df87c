/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "thrulay/client.h"

int
control_open(struct control *k, int fd, size_t size)
{
	k->fd = fd;
	k->len = 0;
	k->size = size;
	k->eof = false;
	k->buf = malloc(size);
	return k->buf == NULL ? -1 : 0;
}

void
control_close(struct control *k)
{
	if (k->fd != -1)
		close(k->fd);
	k->fd = -1;
	free(k->buf);
	k->buf = NULL;
}

static void
control_ready(struct loop *l, struct loop_fd *f, unsigned int events)
{
	bool *ready = f->arg;

	(void)l;
	(void)events;
	*ready = true;
}

int
control_wait(struct thrulay_client *c, int fd, unsigned int events,
    int64_t deadline_ns)
{
	struct loop_fd watch;
	bool ready = false;
	int rc = 0;

	memset(&watch, 0, sizeof(watch));
	if (loop_fd_add(c->loop, &watch, fd, events, control_ready,
	    &ready) == -1)
		return -1;
	while (!ready && !c->stop && rc != -1 && clock_mono() < deadline_ns)
		rc = loop_once(c->loop, deadline_ns);
	loop_fd_del(c->loop, &watch);
	if (rc == -1)
		return -1;
	if (!ready) {
		errno = c->stop ? EINTR : ETIMEDOUT;
		return -1;
	}
	return 0;
}

ssize_t
control_take(struct control *k, size_t max)
{
	size_t room = k->size - k->len;
	ssize_t n;

	if (room == 0) {
		errno = EMSGSIZE;
		return -1;
	}
	n = recv(k->fd, k->buf + k->len, room < max ? room : max, 0);
	if (n == 0)
		k->eof = true;
	if (n > 0)
		k->len += (size_t)n;
	return n;
}

ssize_t
control_read(struct thrulay_client *c, struct control *k, size_t max,
    int64_t deadline_ns)
{
	ssize_t n;

	for (;;) {
		n = control_take(k, max);
		if (n != -1 || (errno != EAGAIN && errno != EINTR))
			return n;
		if (control_wait(c, k->fd, LOOP_READ, deadline_ns) == -1)
			return -1;
	}
}

int
control_write(struct thrulay_client *c, struct control *k, const void *buf,
    size_t len, int64_t deadline_ns)
{
	const uint8_t *p = buf;
	ssize_t n;

	while (len > 0) {
		n = send(k->fd, p, len, MSG_NOSIGNAL);
		if (n > 0) {
			p += n;
			len -= (size_t)n;
			continue;
		}
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (control_wait(c, k->fd, LOOP_WRITE, deadline_ns) == -1)
			return -1;
	}
	return 0;
}

void
control_consume(struct control *k, size_t n)
{
	memmove(k->buf, k->buf + n, k->len - n);
	k->len -= n;
}
