/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"
#include "common/udpio.h"

#define BATCH	32
#define SNAP	2048

/* A receiver bound to a loopback address and a sender on the same host. */
struct link {
	int		 rx_fd, tx_fd;
	struct addr	 to, from;
	struct udpio_rx	*rx;
	bool		 stamped;	/* udpio_rx_setup was called */
};

static void
link_open(struct link *k, const char *host, size_t snap)
{
	k->to = k->from = net_addr(host, 0);
	k->rx_fd = sock_udp(&k->to);
	k->tx_fd = sock_udp(&k->from);
	assert_int_not_equal(k->rx_fd, -1);
	assert_int_not_equal(k->tx_fd, -1);
	assert_int_equal(sock_local(k->rx_fd, &k->to), 0);
	assert_int_equal(sock_local(k->tx_fd, &k->from), 0);
	sock_set_rcvbuf(k->rx_fd, 4000000);
	k->rx = udpio_rx_new(BATCH, snap);
	k->stamped = false;
	assert_non_null(k->rx);
}

static void
link_close(struct link *k)
{
	udpio_rx_free(k->rx);
	close(k->rx_fd);
	close(k->tx_fd);
}

static void
connect_sender(struct link *k)
{
	assert_int_equal(connect(k->tx_fd, &k->to.sa, k->to.len), 0);
}

static void
send_text(struct link *k, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(sendto(k->tx_fd, text, len, 0, &k->to.sa, k->to.len),
	    len);
}

/* The next datagram, as a batch of its own. */
static const struct udpio_msg *
receive_one(struct link *k)
{
	net_wait_readable(k->rx_fd);
	assert_int_equal(udpio_recv(k->rx, k->rx_fd), 1);
	return udpio_msg(k->rx, 0);
}

/* Datagram number k of size bytes: no two alike. */
static void
fill(uint8_t *buf, size_t size, unsigned int number)
{
	size_t i;

	for (i = 0; i < size; i++)
		buf[i] = (uint8_t)(number * 31 + number / 256 * 7 + i * 3);
}

static void
check(const struct udpio_msg *m, size_t size, unsigned int number)
{
	uint8_t want[SNAP];

	fill(want, size, number);
	assert_int_equal(m->wire_len, size);
	assert_int_equal(m->len, size);
	assert_memory_equal(m->data, want, size);
}

/* Send first..first+n-1 and take them all off again, in order. */
static void
send_and_check(struct link *k, struct udpio_tx *tx, const struct addr *to,
    size_t size, size_t n, unsigned int first)
{
	const struct udpio_msg *m;
	unsigned int seen = 0;
	int got, i;
	size_t j;

	for (j = 0; j < n; j++)
		fill(udpio_tx_buf(tx, j), size, first + (unsigned int)j);
	assert_int_equal(udpio_send(tx, k->tx_fd, to, n), n);
	while (seen < n) {
		net_wait_readable(k->rx_fd);
		got = udpio_recv(k->rx, k->rx_fd);
		assert_in_range(got, 1, BATCH);
		for (i = 0; i < got; i++, seen++) {
			m = udpio_msg(k->rx, i);
			check(m, size, first + seen);
			assert_int_equal(m->kernel_stamp, k->stamped);
			assert_true(addr_same_host(&m->from, &k->from));
			assert_int_equal(addr_port(&m->from),
			    addr_port(&k->from));
		}
	}
	assert_int_equal(udpio_recv(k->rx, k->rx_fd), 0);
}

/* Any size and number, with and without GSO: the same datagrams arrive. */
static void
random_batches(const char *host, bool connected)
{
	size_t batch, size, n;
	struct udpio_tx *tx;
	struct link k;
	int round;

	unit_seed();
	link_open(&k, host, SNAP);
	if (connected)
		connect_sender(&k);
	for (round = 0; round < 60; round++) {
		if (round == 30) {
			udpio_rx_setup(k.rx_fd);
			k.stamped = true;
		}
		batch = 1 + (size_t)random() % 150;
		size = 1 + (size_t)random() % (SNAP - 1);
		tx = udpio_tx_new(batch, size, random() % 2 == 0);
		assert_non_null(tx);
		for (n = 0; n < 3; n++)
			send_and_check(&k, tx, connected ? NULL : &k.to, size,
			    1 + (size_t)random() % batch,
			    (unsigned int)random() % 100000);
		udpio_tx_free(tx);
	}
	link_close(&k);
}

static void
test_random_batches(void **state)
{
	(void)state;
	random_batches("127.0.0.1", false);
	random_batches("127.0.0.1", true);
}

static void
test_random_batches_v6(void **state)
{
	(void)state;
	if (!net_has_v6())
		skip();
	random_batches("::1", false);
	random_batches("::1", true);
}

static void
test_buffers_keep_their_content(void **state)
{
	struct udpio_tx *tx = udpio_tx_new(3, 100, true);
	struct link k;
	int round, i;

	(void)state;
	link_open(&k, "127.0.0.1", SNAP);
	for (i = 0; i < 3; i++)
		fill(udpio_tx_buf(tx, (size_t)i), 100, (unsigned int)i);
	for (round = 0; round < 2; round++) {
		assert_int_equal(udpio_send(tx, k.tx_fd, &k.to, 3), 3);
		i = 0;
		while (i < 3) {
			int got, j;

			net_wait_readable(k.rx_fd);
			got = udpio_recv(k.rx, k.rx_fd);
			for (j = 0; j < got; j++, i++)
				check(udpio_msg(k.rx, j), 100,
				    (unsigned int)i);
		}
		assert_int_equal(i, 3);
	}
	udpio_tx_free(tx);
	link_close(&k);
}

static void
test_what_snap_cuts_off_is_still_counted(void **state)
{
	const struct udpio_msg *m;
	struct link k;

	(void)state;
	link_open(&k, "127.0.0.1", 4);
	send_text(&k, "abcdefghij");
	m = receive_one(&k);
	assert_int_equal(m->wire_len, 10);
	assert_int_equal(m->len, 4);
	assert_memory_equal(m->data, "abcd", 4);
	send_text(&k, "xyz");
	m = receive_one(&k);
	assert_int_equal(m->wire_len, 3);
	assert_int_equal(m->len, 3);
	assert_memory_equal(m->data, "xyz", 3);
	send_text(&k, "");
	m = receive_one(&k);
	assert_int_equal(m->wire_len, 0);
	assert_int_equal(m->len, 0);
	link_close(&k);
}

static void
test_nothing_to_receive(void **state)
{
	struct link k;

	(void)state;
	link_open(&k, "127.0.0.1", SNAP);
	assert_int_equal(udpio_recv(k.rx, k.rx_fd), 0);
	link_close(&k);
	k.rx = udpio_rx_new(1, 1);
	assert_int_equal(udpio_recv(k.rx, -1), -1);
	assert_int_equal(errno, EBADF);
	udpio_rx_free(k.rx);
}

/* Between the two readings of the clock, to the stamp's resolution. */
static void
check_stamp(struct link *k, bool by_kernel)
{
	const struct udpio_msg *m;
	int64_t before, after;

	before = clock_wall();
	send_text(k, "stamp");
	m = receive_one(k);
	after = clock_wall();
	assert_int_equal(m->kernel_stamp, by_kernel);
	assert_in_range(m->wall_ns, before - CLOCK_NS_PER_US, after);
}

static void
test_stamps_are_the_time_of_arrival(void **state)
{
	struct link k;
	int64_t sent;

	(void)state;
	link_open(&k, "127.0.0.1", SNAP);
	check_stamp(&k, false);
	udpio_rx_setup(k.rx_fd);
	usleep(10000);	/* Linux turns stamping on a little later */
	check_stamp(&k, true);

	/* Not the time of reading. */
	send_text(&k, "early");
	sent = clock_wall();
	usleep(20000);
	assert_true(receive_one(&k)->wall_ns < sent + 10 * CLOCK_NS_PER_MS);
	link_close(&k);
}

static void
check_tos(const char *from, const char *to)
{
	struct addr any = net_addr(from, 0);
	struct link k;

	link_open(&k, to, SNAP);
	close(k.tx_fd);
	k.tx_fd = sock_udp(&any);
	assert_int_not_equal(k.tx_fd, -1);
	k.to = net_addr(from, addr_port(&k.to));
	assert_int_equal(sock_set_dscp(k.tx_fd, 46), 0);
	send_text(&k, "a");
	assert_int_equal(receive_one(&k)->tos, -1);
	udpio_rx_tos(k.rx_fd);
	send_text(&k, "b");
	assert_int_equal(receive_one(&k)->tos, 46 << 2);
	assert_int_equal(sock_set_dscp(k.tx_fd, 0), 0);
	send_text(&k, "c");
	assert_int_equal(receive_one(&k)->tos, 0);
	link_close(&k);
}

static void
test_traffic_class(void **state)
{
	(void)state;
	check_tos("127.0.0.1", "127.0.0.1");
	if (!net_has_v6())
		return;
	check_tos("::1", "::1");
	check_tos("::1", "::");
	check_tos("127.0.0.1", "::");
}

/* The peer's answer is in the queue when its port goes away. */
static void
test_refusal_is_told_once_and_loses_nothing(void **state)
{
	struct link k;

	(void)state;
	link_open(&k, "127.0.0.1", SNAP);
	assert_int_equal(connect(k.rx_fd, &k.from.sa, k.from.len), 0);
	send_text(&k, "last words");
	close(k.tx_fd);
	k.tx_fd = -1;
	assert_int_equal(send(k.rx_fd, "?", 1, 0), 1);
	assert_int_equal(udpio_recv(k.rx, k.rx_fd), -1);
	assert_int_equal(errno, ECONNREFUSED);
	assert_int_equal(udpio_recv(k.rx, k.rx_fd), 1);
	assert_memory_equal(udpio_msg(k.rx, 0)->data, "last words", 10);
	assert_int_equal(udpio_recv(k.rx, k.rx_fd), 0);
	link_close(&k);
}

static int
drain(struct link *k)
{
	int n, sum = 0;

	while ((n = udpio_recv(k->rx, k->rx_fd)) > 0)
		sum += n;
	assert_int_equal(n, 0);
	return sum;
}

static void
test_drops_are_told(void **state)
{
	struct link k;
	int i, got = 0;

	(void)state;
	link_open(&k, "127.0.0.1", SNAP);
	udpio_rx_setup(k.rx_fd);
	sock_set_rcvbuf(k.rx_fd, 4096);
	assert_int_equal(udpio_rx_drops(k.rx), -1);
	send_text(&k, "first");
	got += drain(&k);
	assert_int_equal(udpio_rx_drops(k.rx), UNIT_LINUX ? 0 : -1);
	for (i = 1; i < 500; i++)
		send_text(&k, "one of many");
	got += drain(&k);
	assert_in_range(got, 2, 499);
	send_text(&k, "the last");
	assert_int_equal(drain(&k), 1);
	assert_int_equal(udpio_rx_drops(k.rx), UNIT_LINUX ? 500 - got : -1);
	link_close(&k);
}

static void
test_drops_are_unknown_without_setup(void **state)
{
	struct link k;

	(void)state;
	link_open(&k, "127.0.0.1", SNAP);
	send_text(&k, "first");
	assert_int_equal(drain(&k), 1);
	assert_int_equal(udpio_rx_drops(k.rx), -1);
	link_close(&k);
}

/* UDP over loopback never fills a send buffer; local datagram sockets do. */
static void
test_a_full_queue_takes_a_part_then_nothing(void **state)
{
	struct udpio_tx *tx = udpio_tx_new(200, 1000, false);
	int fds[2], n, sum = 0;
	char buf[1000];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds), 0);
	sock_set_sndbuf(fds[0], 20000);
	while ((n = udpio_send(tx, fds[0], NULL, 200)) > 0) {
		assert_in_range(n, 1, 200);
		sum += n;
	}
	assert_int_equal(n, 0);
	while (recv(fds[1], buf, sizeof(buf), MSG_DONTWAIT) > 0)
		sum--;
	assert_int_equal(sum, 0);
	close(fds[0]);
	close(fds[1]);
	udpio_tx_free(tx);
}

static void
test_errors_of_the_first_datagram(void **state)
{
	struct udpio_tx *huge = udpio_tx_new(2, 65508, true);
	struct link k;

	(void)state;
	link_open(&k, "127.0.0.1", SNAP);
	assert_int_equal(udpio_send(huge, k.tx_fd, &k.to, 2), -1);
	assert_int_equal(errno, EMSGSIZE);
	assert_int_equal(udpio_send(huge, k.tx_fd, NULL, 1), -1);
	assert_int_equal(udpio_send(huge, -1, &k.to, 1), -1);
	assert_int_equal(errno, EBADF);
	link_close(&k);
	udpio_tx_free(huge);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_batches),
		cmocka_unit_test(test_random_batches_v6),
		cmocka_unit_test(test_buffers_keep_their_content),
		cmocka_unit_test(test_what_snap_cuts_off_is_still_counted),
		cmocka_unit_test(test_nothing_to_receive),
		cmocka_unit_test(test_stamps_are_the_time_of_arrival),
		cmocka_unit_test(test_traffic_class),
		cmocka_unit_test(test_refusal_is_told_once_and_loses_nothing),
		cmocka_unit_test(test_drops_are_told),
		cmocka_unit_test(test_drops_are_unknown_without_setup),
		cmocka_unit_test(test_a_full_queue_takes_a_part_then_nothing),
		cmocka_unit_test(test_errors_of_the_first_datagram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
