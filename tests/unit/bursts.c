/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <unistd.h>

#include "tests/unit/bursts.h"
#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/sock.h"

/* A prime, so that a body shows when something else was written over it. */
#define PERIOD	251

static uint8_t
header_byte(size_t number, size_t i)
{
	return (uint8_t)(number * 31 + number / 256 * 7 + i * 5);
}

void
bursts_open(struct bursts *p, const char *host)
{
	struct addr to = net_addr(host, 0), from = to;
	uint8_t body[PERIOD];
	unsigned int i;

	for (i = 0; i < PERIOD; i++)
		body[i] = (uint8_t)i;
	p->in = sock_udp(&to);
	p->out = sock_udp(&from);
	assert_int_not_equal(p->in, -1);
	assert_int_not_equal(p->out, -1);
	assert_int_equal(sock_local(p->in, &to), 0);
	assert_int_equal(connect(p->out, &to.sa, to.len), 0);
	sock_set_rcvbuf(p->in, 4000000);
	sock_set_sndbuf(p->out, 4000000);
	p->burst = udpio_burst_new(BURSTS_MAX, BURSTS_HEADER, body, PERIOD);
	assert_non_null(p->burst);
}

void
bursts_close(struct bursts *p)
{
	close(p->in);
	close(p->out);
	udpio_burst_free(p->burst);
}

void
bursts_fill(struct bursts *p, size_t first, size_t n, size_t number)
{
	uint8_t *h;
	size_t i, k;

	for (i = 0; i < n; i++) {
		h = udpio_burst_header(p->burst, first + i);
		for (k = 0; k < BURSTS_HEADER; k++)
			h[k] = header_byte(number + i, k);
	}
}

void
bursts_check(const uint8_t *data, size_t len, size_t number)
{
	size_t i;

	assert_true(len >= BURSTS_HEADER);
	for (i = 0; i < BURSTS_HEADER; i++)
		assert_int_equal(data[i], header_byte(number, i));
	for (i = BURSTS_HEADER + 1; i < len; i++)
		if (data[i] != (data[i - 1] + 1) % PERIOD)
			fail_msg("number %zu: byte %zu of %zu is %u after %u",
			    number, i, len, data[i], data[i - 1]);
}

/* A datagram costs at most its pages, twice, and the kernel's own record. */
size_t
bursts_fit(const struct bursts *p, size_t n, size_t size)
{
	int snd, rcv, other;
	size_t most;

	assert_int_equal(sock_get_buffers(p->out, &snd, &other), 0);
	assert_int_equal(sock_get_buffers(p->in, &other, &rcv), 0);
	most = (size_t)(snd < rcv ? snd : rcv) / (2 * size + 1500);
	if (most == 0)
		most = 1;
	return n < most ? n : most;
}

size_t
bursts_size(size_t max)
{
	return BURSTS_HEADER + (size_t)random() % (max - BURSTS_HEADER + 1);
}
