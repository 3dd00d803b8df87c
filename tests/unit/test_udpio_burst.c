/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/bursts.h"
#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/sock.h"

#define MAX_SIZE	65507
#define USUAL_SIZE	8972
#define BATCH		16

/* What arrives: number..number+n-1, these sizes, no more. */
static void
check_arrivals(struct udpio_rx *rx, int fd, size_t number, size_t n,
    size_t size, size_t last)
{
	const struct udpio_msg *m;
	size_t seen = 0;
	int got, i;

	while (seen < n) {
		net_wait_readable(fd);
		got = udpio_recv(rx, fd);
		assert_in_range(got, 1, BATCH);
		for (i = 0; i < got; i++, seen++) {
			m = udpio_msg(rx, i);
			assert_int_equal(m->len, seen + 1 < n ? size : last);
			assert_int_equal(m->wire_len, m->len);
			assert_int_equal(m->segment, m->len);
			assert_int_equal(udpio_msg_count(m), 1);
			bursts_check(m->data, m->len, number + seen);
		}
	}
	assert_int_equal(seen, n);
	assert_int_equal(udpio_recv(rx, fd), 0);
}

/* One round: any part of the headers, any sizes. */
static void
random_burst(struct bursts *p, struct udpio_rx *rx, struct udpio_gso *g)
{
	size_t most = random() % 4 == 0 ? MAX_SIZE : USUAL_SIZE;
	size_t size = bursts_size(random() % 3 == 0 ? 200 : most);
	size_t last = random() % 2 == 0 ? 0 : bursts_size(most);
	size_t number = (size_t)random() % 100000, n, first;

	n = bursts_fit(p, 1 + (size_t)random() % BURSTS_MAX,
	    last > size ? last : size);
	first = (size_t)random() % (BURSTS_MAX - n + 1);
	bursts_fill(p, first, n, number);
	assert_int_equal(udpio_burst_send(p->burst, p->out, g, first, n, size,
	    last), n);
	check_arrivals(rx, p->in, number, n, size, last != 0 ? last : size);
}

static void
random_bursts(const char *host, bool want)
{
	struct udpio_rx *rx = udpio_rx_new(BATCH, UDPIO_GRO_SNAP);
	struct udpio_gso g;
	struct bursts p;
	int round;

	assert_non_null(rx);
	bursts_open(&p, host);
	udpio_gso_init(&g, want);
	for (round = 0; round < 200; round++)
		random_burst(&p, rx, &g);
	if (!want || !UNIT_LINUX)
		assert_false(udpio_gso_used(&g));
	bursts_close(&p);
	udpio_rx_free(rx);
}

static void
test_random_bursts(void **state)
{
	(void)state;
	unit_seed();
	random_bursts("127.0.0.1", true);
	random_bursts("127.0.0.1", false);
}

static void
test_random_bursts_v6(void **state)
{
	(void)state;
	if (!net_has_v6())
		skip();
	unit_seed();
	random_bursts("::1", true);
	random_bursts("::1", false);
}

/* The same headers go again, shorter and longer than before. */
static void
test_headers_keep_their_content(void **state)
{
	static const size_t sizes[] = { 1222, 97, 8972, 32, 33, 1222 };
	struct udpio_rx *rx = udpio_rx_new(BATCH, UDPIO_GRO_SNAP);
	struct udpio_gso g;
	struct bursts p;
	size_t i;

	(void)state;
	bursts_open(&p, "127.0.0.1");
	udpio_gso_init(&g, true);
	bursts_fill(&p, 0, 12, 7);
	for (i = 0; i < NELEM(sizes); i++) {
		assert_int_equal(udpio_burst_send(p.burst, p.out, &g, 0, 12,
		    sizes[i], 50), 12);
		check_arrivals(rx, p.in, 7, 12, sizes[i], 50);
	}
	bursts_close(&p);
	udpio_rx_free(rx);
}

static void
test_no_body_is_zeros(void **state)
{
	struct udpio_burst *b = udpio_burst_new(2, 3, NULL, 0);
	uint8_t buf[200], zeros[200] = { 0 };
	struct udpio_gso g = { 0 };
	struct bursts p;
	int i;

	(void)state;
	assert_non_null(b);
	bursts_open(&p, "127.0.0.1");
	memcpy(udpio_burst_header(b, 0), "abc", 3);
	memcpy(udpio_burst_header(b, 1), "abc", 3);
	assert_int_equal(udpio_burst_send(b, p.out, &g, 0, 2, 20, 0), 2);
	assert_int_equal(udpio_burst_send(b, p.out, &g, 0, 2, 150, 0), 2);
	for (i = 0; i < 4; i++) {
		net_wait_readable(p.in);
		assert_int_equal(recv(p.in, buf, sizeof(buf), 0),
		    i < 2 ? 20 : 150);
		assert_memory_equal(buf, "abc", 3);
		assert_memory_equal(buf + 3, zeros, i < 2 ? 17 : 147);
	}
	assert_false(udpio_gso_used(&g));
	bursts_close(&p);
	udpio_burst_free(b);
}

/* Take off what is there; returns the number that follows. */
static size_t
drain(int fd, size_t number)
{
	uint8_t buf[2001];
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
		assert_int_equal(n, 2000);
		bursts_check(buf, 2000, number++);
	}
	return number;
}

/* UDP over loopback never fills a send buffer; local datagram sockets do. */
static void
test_a_full_queue_takes_a_part_then_nothing(void **state)
{
	struct udpio_gso g;
	struct bursts p;
	size_t sent = 0;
	int fds[2], n;

	(void)state;
	bursts_open(&p, "127.0.0.1");
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	sock_set_sndbuf(fds[0], 20000);
	udpio_gso_init(&g, true);
	bursts_fill(&p, 0, BURSTS_MAX, 0);
	while (sent < BURSTS_MAX) {
		n = udpio_burst_send(p.burst, fds[0], &g, sent,
		    BURSTS_MAX - sent, 2000, 0);
		assert_in_range(n, 1, 50);
		sent += (size_t)n;
		if (sent < BURSTS_MAX)
			assert_int_equal(udpio_burst_send(p.burst, fds[0], &g,
			    sent, BURSTS_MAX - sent, 2000, 0), 0);
		assert_int_equal(drain(fds[1], sent - (size_t)n), sent);
	}
	close(fds[0]);
	close(fds[1]);
	bursts_close(&p);
}

static void
test_errors(void **state)
{
	struct udpio_gso g = { 0 };
	struct bursts p;

	(void)state;
	bursts_open(&p, "127.0.0.1");
	assert_int_equal(udpio_burst_send(p.burst, p.out, &g, 0, 2,
	    BURSTS_HEADER - 1, 0), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(udpio_burst_send(p.burst, p.out, &g, 0, 2, 100,
	    BURSTS_HEADER - 1), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(udpio_burst_send(p.burst, p.out, &g, 0, 2, 65508, 0),
	    -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(udpio_burst_send(p.burst, p.out, &g, 0, 2, 100,
	    65508), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(udpio_burst_send(p.burst, -1, &g, 0, 2, 100, 0), -1);
	assert_int_equal(errno, EBADF);
	assert_int_equal(udpio_burst_send(p.burst, -1, &g, 0, 0, 100, 0), 0);
	bursts_close(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_bursts),
		cmocka_unit_test(test_random_bursts_v6),
		cmocka_unit_test(test_headers_keep_their_content),
		cmocka_unit_test(test_no_body_is_zeros),
		cmocka_unit_test(test_a_full_queue_takes_a_part_then_nothing),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
