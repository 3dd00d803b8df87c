/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <unistd.h>

#include "tests/unit/net.h"
#include "tests/unit/sendmmsg_spy.h"
#include "tests/unit/unit.h"

#include "common/sock.h"

/* For count_drops; and sendmmsg is counted and can be made to refuse. */

#define sendmmsg	sendmmsg_spy
#include "common/udpio_linux.c"
#undef sendmmsg

#define SIZE	1000
#define COUNT	100

/* Both ends of a loopback path and a sender with numbered datagrams. */
struct path {
	int		 in, out;
	struct addr	 to;
	struct udpio_tx	*tx;
};

static void
path_open(struct path *p, bool gso)
{
	struct addr any = net_addr("127.0.0.1", 0);
	unsigned int i;

	p->to = any;
	p->in = sock_udp(&p->to);
	p->out = sock_udp(&any);
	assert_int_equal(sock_local(p->in, &p->to), 0);
	sock_set_rcvbuf(p->in, 2000000);
	p->tx = udpio_tx_new(COUNT, SIZE, gso);
	assert_non_null(p->tx);
	for (i = 0; i < COUNT; i++)
		memset(udpio_tx_buf(p->tx, i), (int)i, SIZE);
}

static void
path_close(struct path *p)
{
	close(p->in);
	close(p->out);
	udpio_tx_free(p->tx);
}

/* Datagrams 0..n-1, each whole and alone, and no more. */
static void
check_arrivals(struct path *p, int n)
{
	uint8_t buf[SIZE + 1];
	int i;

	for (i = 0; i < n; i++) {
		net_wait_readable(p->in);
		assert_int_equal(recv(p->in, buf, sizeof(buf), 0), SIZE);
		assert_int_equal(buf[0], i);
		assert_int_equal(buf[SIZE - 1], i);
	}
	assert_int_equal(recv(p->in, buf, sizeof(buf), 0), -1);
}

static void
test_gso_splits_into_the_datagrams(void **state)
{
	struct path p;

	(void)state;
	if (!kernel_has_gso())
		skip();
	spy_reset(0, 0);
	path_open(&p, true);
	assert_false(udpio_tx_gso(p.tx));
	assert_int_equal(udpio_send(p.tx, p.out, &p.to, 1), 1);
	assert_int_equal(spy.gso_calls, 0);
	check_arrivals(&p, 1);
	assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), COUNT);
	assert_true(udpio_tx_gso(p.tx));
	assert_int_equal(spy.gso_calls, 1);
	check_arrivals(&p, COUNT);
	path_close(&p);
}

/* Nothing to cut: empty datagrams, and those of which one fills a message. */
static void
test_gso_is_not_for_every_size(void **state)
{
	static const size_t sizes[] = { 0, 32754, 65507 };
	uint8_t buf[65536];
	struct path p;
	size_t i;
	int k;

	(void)state;
	path_open(&p, true);
	for (i = 0; i < NELEM(sizes); i++) {
		spy_reset(0, 0);
		udpio_tx_free(p.tx);
		p.tx = udpio_tx_new(2, sizes[i], true);
		assert_non_null(p.tx);
		assert_int_equal(udpio_send(p.tx, p.out, &p.to, 2), 2);
		assert_int_equal(spy.gso_calls, 0);
		assert_false(udpio_tx_gso(p.tx));
		for (k = 0; k < 2; k++) {
			net_wait_readable(p.in);
			assert_int_equal(recv(p.in, buf, sizeof(buf), 0),
			    sizes[i]);
		}
	}
	path_close(&p);
}

static void
test_without_gso_nothing_asks_for_it(void **state)
{
	struct path p;

	(void)state;
	spy_reset(0, 0);
	path_open(&p, false);
	assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), COUNT);
	assert_int_equal(spy.gso_calls, 0);
	assert_int_equal(spy.calls, 1);
	assert_false(udpio_tx_gso(p.tx));
	check_arrivals(&p, COUNT);
	path_close(&p);
}

/* Whatever the refusal, all datagrams go, and nobody asks again. */
static void
test_refused_gso_is_given_up_for_good(void **state)
{
	static const int errors[] = { EIO, EINVAL, EMSGSIZE, ENOPROTOOPT };
	struct path p;
	size_t i;

	(void)state;
	if (!kernel_has_gso())
		skip();
	for (i = 0; i < NELEM(errors); i++) {
		spy_reset(errors[i], 0);
		path_open(&p, true);
		assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), COUNT);
		assert_false(udpio_tx_gso(p.tx));
		check_arrivals(&p, COUNT);
		assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), COUNT);
		check_arrivals(&p, COUNT);
		assert_int_equal(spy.gso_calls, 1);
		path_close(&p);
	}
}

/* The kernel itself refuses UDP_SEGMENT without checksums. */
static void
test_refusal_by_the_kernel(void **state)
{
	struct path p;
	int on = 1;

	(void)state;
	if (!kernel_has_gso())
		skip();
	spy_reset(0, 0);
	path_open(&p, true);
	assert_int_equal(setsockopt(p.out, SOL_SOCKET, SO_NO_CHECK, &on,
	    sizeof(on)), 0);
	assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), COUNT);
	assert_int_equal(spy.gso_calls, 1);
	assert_false(udpio_tx_gso(p.tx));
	check_arrivals(&p, COUNT);
	path_close(&p);
}

static void
test_other_errors_do_not_cost_gso(void **state)
{
	static const int errors[] = { ECONNREFUSED, ENOBUFS, EINVAL, EMSGSIZE };
	struct path p;
	size_t i;

	(void)state;
	if (!kernel_has_gso())
		skip();
	path_open(&p, true);
	for (i = 0; i < NELEM(errors); i++) {
		spy_reset(0, errors[i]);
		assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), -1);
		assert_int_equal(errno, errors[i]);
	}
	spy_reset(0, EAGAIN);
	assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), 0);
	spy_reset(0, 0);
	assert_int_equal(udpio_send(p.tx, p.out, &p.to, COUNT), COUNT);
	assert_true(udpio_tx_gso(p.tx));
	check_arrivals(&p, COUNT);
	path_close(&p);
}

static void
test_drops_accumulate_over_wraps(void **state)
{
	struct udpio_rx *rx = udpio_rx_new(1, 1);
	uint64_t truth = 0;
	int i;

	(void)state;
	unit_seed();
	rx->drops = 0;
	for (i = 0; i < 1000; i++) {
		truth += (uint64_t)random() + (uint64_t)random();
		count_drops(rx, (uint32_t)truth);
		assert_int_equal(udpio_rx_drops(rx), truth);
	}
	assert_true(truth >> 32 > 10);
	udpio_rx_free(rx);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gso_splits_into_the_datagrams),
		cmocka_unit_test(test_gso_is_not_for_every_size),
		cmocka_unit_test(test_without_gso_nothing_asks_for_it),
		cmocka_unit_test(test_refused_gso_is_given_up_for_good),
		cmocka_unit_test(test_refusal_by_the_kernel),
		cmocka_unit_test(test_other_errors_do_not_cost_gso),
		cmocka_unit_test(test_drops_accumulate_over_wraps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
