/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/udpio.h"

#define DATAGRAM_MAX	65507

struct udpio_burst {
	size_t	 header_len;
	uint8_t	*headers;		/* max x header_len */
	uint8_t	 body[DATAGRAM_MAX];
};

struct udpio_burst *
udpio_burst_new(size_t max, size_t header_len, const uint8_t *body,
    size_t body_len)
{
	struct udpio_burst *b = calloc(1, sizeof(*b));
	size_t i;

	if (b == NULL)
		return NULL;
	b->header_len = header_len;
	b->headers = calloc(max, header_len);
	if (b->headers == NULL) {
		free(b);
		errno = ENOMEM;
		return NULL;
	}
	for (i = 0; body != NULL && i < sizeof(b->body); i++)
		b->body[i] = body[i % body_len];
	return b;
}

void
udpio_burst_free(struct udpio_burst *b)
{
	if (b == NULL)
		return;
	free(b->headers);
	free(b);
}

uint8_t *
udpio_burst_header(struct udpio_burst *b, size_t i)
{
	return b->headers + i * b->header_len;
}

static ssize_t
send_one(struct udpio_burst *b, int fd, size_t i, size_t size)
{
	struct iovec iov[2] = {
		{ udpio_burst_header(b, i), b->header_len },
		{ b->body, size - b->header_len },
	};
	struct msghdr h = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	do
		n = sendmsg(fd, &h, MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	return n;
}

int
udpio_burst_send(struct udpio_burst *b, int fd, struct udpio_gso *g,
    size_t first, size_t n, size_t size, size_t last_size)
{
	size_t i, last = last_size ? last_size : size;

	(void)g;
	if (size < b->header_len || last < b->header_len) {
		errno = EINVAL;
		return -1;
	}
	if (size > DATAGRAM_MAX || last > DATAGRAM_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	for (i = 0; i < n; i++)
		if (send_one(b, fd, first + i, i + 1 < n ? size : last) == -1)
			break;
	if (i > 0 || n == 0 || errno == EAGAIN)
		return (int)i;
	return -1;
}
