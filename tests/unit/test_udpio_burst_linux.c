/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/bursts.h"
#include "tests/unit/child.h"
#include "tests/unit/net.h"
#include "tests/unit/sendmmsg_spy.h"
#include "tests/unit/unit.h"

#include "common/sock.h"

/* sendmmsg is counted, takes only a part, or is made to refuse. */

#define sendmmsg	sendmmsg_spy
#include "common/udpio_burst_linux.c"
#undef sendmmsg

#define SIZE	1000
#define COUNT	300

/* Datagrams 0..n-1 and no more. */
static void
check_arrivals(struct bursts *p, size_t n, size_t size, size_t last)
{
	static uint8_t buf[65536];
	size_t i, want;

	for (i = 0; i < n; i++) {
		want = i + 1 < n ? size : last;
		net_wait_readable(p->in);
		assert_int_equal(recv(p->in, buf, sizeof(buf), 0), want);
		bursts_check(buf, want, i);
	}
	assert_int_equal(recv(p->in, buf, sizeof(buf), 0), -1);
}

static void
send_and_check(struct bursts *p, struct udpio_gso *g, size_t n, size_t size)
{
	assert_int_equal(udpio_burst_send(p->burst, p->out, g, 0, n, size, 0),
	    n);
	check_arrivals(p, n, size, size);
}

static void
start(struct bursts *p, struct udpio_gso *g, bool gso)
{
	bursts_open(p, "127.0.0.1");
	bursts_fill(p, 0, COUNT, 0);
	udpio_gso_init(g, gso);
}

static void
test_a_call_is_a_sheetful_of_full_messages(void **state)
{
	struct udpio_gso g;
	struct bursts p;

	(void)state;
	if (!kernel_has_gso())
		skip();
	spy_reset(0, 0);
	start(&p, &g, true);
	send_and_check(&p, &g, 1, SIZE);
	assert_int_equal(spy.gso_calls, 0);
	assert_false(udpio_gso_used(&g));
	send_and_check(&p, &g, 100, SIZE);
	assert_int_equal(spy.gso_calls, 1);
	assert_int_equal(spy.calls, 2);
	assert_true(udpio_gso_used(&g));
	send_and_check(&p, &g, 100, 8972);
	assert_int_equal(spy.calls, 6);
	assert_int_equal(spy.gso_calls, 5);
	bursts_close(&p);
}

static void
test_without_gso_nothing_asks_for_it(void **state)
{
	struct udpio_gso g;
	struct bursts p;

	(void)state;
	spy_reset(0, 0);
	start(&p, &g, false);
	send_and_check(&p, &g, 100, SIZE);
	assert_int_equal(spy.gso_calls, 0);
	assert_int_equal(spy.calls, 1);
	assert_false(udpio_gso_used(&g));
	bursts_close(&p);
}

/* The kernel takes some messages of a call: each datagram goes once. */
static void
test_partial_sends_are_told_exactly(void **state)
{
	size_t n, size, last, sent;
	struct udpio_gso g;
	struct bursts p;
	int round, taken;

	(void)state;
	unit_seed();
	spy_reset(0, 0);
	start(&p, &g, true);
	for (round = 0; round < 200; round++) {
		udpio_gso_init(&g, random() % 3 != 0);
		spy.limit = 1 + (unsigned int)random() % 8;
		size = bursts_size(random() % 2 == 0 ? 500 : 8972);
		last = bursts_size(8972);
		n = bursts_fit(&p, 1 + (size_t)random() % COUNT,
		    last > size ? last : size);
		for (sent = 0; sent < n; sent += (size_t)taken) {
			taken = udpio_burst_send(p.burst, p.out, &g, sent,
			    n - sent, size, last);
			assert_in_range(taken, 1, n - sent);
		}
		check_arrivals(&p, n, size, last);
	}
	bursts_close(&p);
}

/* Whatever the refusal, all datagrams go, and nobody asks again. */
static void
test_refused_gso_is_given_up(void **state)
{
	static const int errors[] = { EIO, EINVAL, EMSGSIZE, ENOPROTOOPT,
		EOPNOTSUPP };
	struct udpio_gso g;
	struct bursts p;
	size_t i;

	(void)state;
	if (!kernel_has_gso())
		skip();
	for (i = 0; i < NELEM(errors); i++) {
		spy_reset(errors[i], 0);
		start(&p, &g, true);
		send_and_check(&p, &g, 50, SIZE);
		send_and_check(&p, &g, 50, SIZE);
		send_and_check(&p, &g, 50, SIZE + 1);
		assert_false(udpio_gso_used(&g));
		assert_int_equal(spy.gso_calls, 1);
		bursts_close(&p);
	}
}

/* What may be about the size says nothing about shorter datagrams. */
static void
test_shorter_datagrams_may_still_go_by_gso(void **state)
{
	struct udpio_gso g;
	struct bursts p;

	(void)state;
	if (!kernel_has_gso())
		skip();
	spy_reset(EMSGSIZE, 0);
	start(&p, &g, true);
	send_and_check(&p, &g, 50, SIZE);
	spy_reset(0, 0);
	send_and_check(&p, &g, 50, SIZE - 1);
	assert_true(udpio_gso_used(&g));
	assert_int_equal(spy.gso_calls, 1);
	spy_reset(EIO, 0);
	send_and_check(&p, &g, 50, SIZE - 1);
	send_and_check(&p, &g, 50, SIZE / 2);
	assert_false(udpio_gso_used(&g));
	assert_int_equal(spy.gso_calls, 1);
	bursts_close(&p);
}

/* The kernel itself refuses UDP_SEGMENT without checksums; other sockets
 * with the same burst are not touched by it. */
static void
test_refusal_by_the_kernel(void **state)
{
	struct udpio_gso g, other;
	struct bursts p;
	int on = 1, off = 0;

	(void)state;
	if (!kernel_has_gso())
		skip();
	spy_reset(0, 0);
	start(&p, &g, true);
	udpio_gso_init(&other, true);
	assert_int_equal(setsockopt(p.out, SOL_SOCKET, SO_NO_CHECK, &on,
	    sizeof(on)), 0);
	send_and_check(&p, &g, 100, SIZE);
	assert_int_equal(spy.gso_calls, 1);
	assert_false(udpio_gso_used(&g));
	assert_int_equal(setsockopt(p.out, SOL_SOCKET, SO_NO_CHECK, &off,
	    sizeof(off)), 0);
	send_and_check(&p, &other, 100, SIZE);
	assert_true(udpio_gso_used(&other));
	bursts_close(&p);
}

static void
test_other_errors_do_not_cost_gso(void **state)
{
	static const int errors[] = { ECONNREFUSED, ENOBUFS, EINVAL, EMSGSIZE };
	struct udpio_gso g;
	struct bursts p;
	size_t i;

	(void)state;
	if (!kernel_has_gso())
		skip();
	start(&p, &g, true);
	for (i = 0; i < NELEM(errors); i++) {
		spy_reset(0, errors[i]);
		assert_int_equal(udpio_burst_send(p.burst, p.out, &g, 0, 9,
		    SIZE, 0), -1);
		assert_int_equal(errno, errors[i]);
	}
	spy_reset(0, EAGAIN);
	assert_int_equal(udpio_burst_send(p.burst, p.out, &g, 0, 9, SIZE, 0),
	    0);
	spy_reset(0, 0);
	send_and_check(&p, &g, 9, SIZE);
	assert_true(udpio_gso_used(&g));
	bursts_close(&p);
}

/* A loopback interface of 1500 bytes, in a network of its own. */
static int
small_network(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd, status;

	if (unshare(CLONE_NEWNET) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ifr.ifr_mtu = 1500;
	status = ioctl(fd, SIOCSIFMTU, &ifr);
	ifr.ifr_flags = IFF_UP;
	if (status == 0)
		status = ioctl(fd, SIOCSIFFLAGS, &ifr);
	close(fd);
	return status;
}

static int
jumbo_child(int report, const void *arg)
{
	int whole = IP_PMTUDISC_DO;
	struct udpio_gso g;
	struct bursts p;

	(void)arg;
	if (small_network() == -1) {
		dprintf(report, "no network: %s", strerror(errno));
		return 0;
	}
	spy_reset(0, 0);
	start(&p, &g, true);
	(void)setsockopt(p.out, IPPROTO_IP, IP_MTU_DISCOVER, &whole,
	    sizeof(whole));
	if (udpio_burst_send(p.burst, p.out, &g, 0, 15, 8972, 0) == -1)
		dprintf(report, "%s,", errno == EMSGSIZE ? "whole" : "?");
	spy_reset(0, 0);
	sock_allow_fragments(p.out);
	send_and_check(&p, &g, 15, 8972);
	send_and_check(&p, &g, 15, 8972);
	dprintf(report, "%d %d,", spy.gso_calls, udpio_gso_used(&g));
	send_and_check(&p, &g, 15, 1222);
	dprintf(report, "%d %d", spy.gso_calls, udpio_gso_used(&g));
	bursts_close(&p);
	return 0;
}

/* Jumbo datagrams over a path of 1500: in fragments, and GSO below it. */
static void
test_small_mtu(void **state)
{
	char text[200];

	(void)state;
	if (!kernel_has_gso())
		skip();
	assert_int_equal(child_run(jumbo_child, NULL, text, sizeof(text)), 0);
	if (strncmp(text, "no network", 10) == 0) {
		print_message("# SKIP %s\n", text);
		skip();
	}
	assert_string_equal(text, "whole,1 0,2 1");
}

static int
get(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void
test_fragments_in_either_family(void **state)
{
	int fd;

	(void)state;
	if (!net_has_v6())
		skip();
	fd = sock_open(AF_INET6, SOCK_DGRAM);
	sock_allow_fragments(fd);
	assert_int_equal(get(fd, IPPROTO_IP, IP_MTU_DISCOVER),
	    IP_PMTUDISC_DONT);
	assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER),
	    IPV6_PMTUDISC_DONT);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_call_is_a_sheetful_of_full_messages),
		cmocka_unit_test(test_without_gso_nothing_asks_for_it),
		cmocka_unit_test(test_partial_sends_are_told_exactly),
		cmocka_unit_test(test_refused_gso_is_given_up),
		cmocka_unit_test(test_shorter_datagrams_may_still_go_by_gso),
		cmocka_unit_test(test_refusal_by_the_kernel),
		cmocka_unit_test(test_other_errors_do_not_cost_gso),
		cmocka_unit_test(test_small_mtu),
		cmocka_unit_test(test_fragments_in_either_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
