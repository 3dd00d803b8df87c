/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"

static int64_t
in_ms(int64_t ms)
{
	return clock_mono() + ms * CLOCK_NS_PER_MS;
}

static void
assert_flags(int fd)
{
	assert_int_not_equal(fd, -1);
	assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
}

static void
assert_host(const struct addr *a, const char *host)
{
	struct addr want = net_addr(host, 0);

	assert_true(addr_same_host(a, &want));
}

static void
test_every_socket_has_its_flags(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0);
	int fds[2], fd;

	(void)state;
	net_tcp_pair("127.0.0.1", fds);
	assert_flags(fds[0]);
	assert_flags(fds[1]);
	fd = sock_listen(&a, 1);
	assert_flags(fd);
	close(fd);
	fd = sock_udp(&a);
	assert_flags(fd);
	close(fd);
	fd = sock_udp_range(&a, 0, 0, NULL);
	assert_flags(fd);
	close(fd);
	close(fds[0]);
	close(fds[1]);
}

static void
test_accept_without_a_connection(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0);
	int fd = sock_listen(&a, 1);

	(void)state;
	assert_int_equal(sock_accept(fd, &a), -1);
	assert_int_equal(errno, EAGAIN);
	close(fd);
}

static void
accept_one(int fd, const char *from)
{
	struct addr to, peer, local;
	int client, server;

	assert_int_equal(sock_local(fd, &to), 0);
	to = net_addr(from, addr_port(&to));
	client = sock_connect(&to, NULL, in_ms(10000));
	assert_int_not_equal(client, -1);
	net_wait_readable(fd);
	server = sock_accept(fd, &peer);
	assert_int_not_equal(server, -1);
	assert_host(&peer, from);
	assert_int_equal(sock_local(client, &local), 0);
	assert_int_equal(addr_port(&local), addr_port(&peer));
	assert_int_equal(sock_peer(server, &peer), 0);
	assert_int_equal(addr_port(&local), addr_port(&peer));
	close(client);
	close(server);
}

static void
test_listen_any_takes_both_families(void **state)
{
	struct addr bound;
	int fd;

	(void)state;
	if (!net_has_v6())
		skip();
	fd = sock_listen_any(0, 8, &bound);
	assert_flags(fd);
	assert_int_not_equal(addr_port(&bound), 0);
	assert_int_equal(addr_family(&bound), AF_INET6);
	accept_one(fd, "127.0.0.1");
	accept_one(fd, "::1");
	close(fd);
}

static void
test_listen_any_refuses_a_port_in_use(void **state)
{
	struct addr a = net_addr("0.0.0.0", 0);
	int fd = sock_listen(&a, 1);

	(void)state;
	assert_int_not_equal(fd, -1);
	assert_int_equal(sock_local(fd, &a), 0);
	assert_int_equal(sock_listen_any(addr_port(&a), 1, NULL), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(fd);
}

static void
test_listen_on_one_address_only(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0), other;
	int fd = sock_listen(&a, 1);

	(void)state;
	accept_one(fd, "127.0.0.1");
	assert_int_equal(sock_local(fd, &a), 0);
	other = net_addr("127.0.0.2", addr_port(&a));
	assert_int_equal(sock_connect(&other, NULL, in_ms(10000)), -1);
	assert_int_equal(errno, ECONNREFUSED);
	close(fd);
}

/* A port on which nobody listens: bound for the test, not listening. */
static void
test_connect_refused(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0);
	int fd, holder = sock_open(AF_INET, SOCK_STREAM);
	bool in_progress;

	(void)state;
	assert_int_equal(bind(holder, &a.sa, a.len), 0);
	assert_int_equal(sock_local(holder, &a), 0);
	assert_int_equal(sock_connect(&a, NULL, in_ms(10000)), -1);
	assert_int_equal(errno, ECONNREFUSED);

	fd = sock_connect_start(&a, NULL, &in_progress);
	if (in_progress) {
		net_wait_writable(fd);
		assert_int_equal(sock_connect_result(fd), ECONNREFUSED);
		close(fd);
	} else
		assert_int_equal(errno, ECONNREFUSED);
	close(holder);
}

/* A full queue drops the SYN, so the connection hangs. */
static void
test_connect_times_out(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0);
	int fds[16], n, fd = sock_listen(&a, 0);
	int64_t start;

	(void)state;
	assert_int_equal(sock_local(fd, &a), 0);
	for (n = 0; n < 16; n++) {
		start = clock_mono();
		fds[n] = sock_connect(&a, NULL, start + 30 * CLOCK_NS_PER_MS);
		if (fds[n] == -1)
			break;
	}
	assert_in_range(n, 1, 15);
	assert_int_equal(errno, ETIMEDOUT);
	assert_true(clock_mono() - start >= 30 * CLOCK_NS_PER_MS);
	while (n-- > 0)
		close(fds[n]);
	close(fd);
}

static void
test_connect_start_and_result(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0);
	int client, fd = sock_listen(&a, 1);
	bool in_progress;

	(void)state;
	assert_int_equal(sock_local(fd, &a), 0);
	client = sock_connect_start(&a, NULL, &in_progress);
	assert_flags(client);
	net_wait_writable(client);
	assert_int_equal(sock_connect_result(client), 0);
	assert_int_equal(sock_peer(client, &a), 0);
	close(client);
	close(fd);
}

static void
test_connect_from_a_bound_address(void **state)
{
	struct addr to = net_addr("127.0.0.1", 0);
	struct addr from = net_addr("127.0.0.3", 0), peer;
	struct sock_connect_opts o = { .bind = &from, .dscp = -1 };
	int client, server, fd = sock_listen(&to, 1);

	(void)state;
	assert_int_equal(sock_local(fd, &to), 0);
	client = sock_connect(&to, &o, in_ms(10000));
	assert_int_not_equal(client, -1);
	net_wait_readable(fd);
	server = sock_accept(fd, &peer);
	assert_host(&peer, "127.0.0.3");
	close(client);
	close(server);
	close(fd);
}

static void
test_connect_with_impossible_options(void **state)
{
	struct addr to = net_addr("127.0.0.1", 9), v6 = net_addr("::1", 0);
	const struct sock_connect_opts rows[] = {
		{ .dscp = 64 },
		{ .dscp = -1, .bind = &v6 },
		{ .dscp = -1, .cc = "no-such-cc" },
		{ .dscp = -1, .device = "no-such-if" },
	};
	bool in_progress;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		assert_int_equal(sock_connect_start(&to, &rows[i],
		    &in_progress), -1);
		assert_int_not_equal(errno, ECONNREFUSED);
		assert_false(in_progress);
	}
}

/* Three neighbouring ports of which test code holds some. */
static uint16_t
hold_three(int holders[3])
{
	struct addr a;
	int tries, i;
	uint16_t port;

	for (tries = 0; tries < 100; tries++) {
		a = net_addr("127.0.0.1", 0);
		holders[0] = sock_udp(&a);
		assert_int_equal(sock_local(holders[0], &a), 0);
		port = addr_port(&a);
		for (i = 1; i < 3; i++) {
			addr_set_port(&a, (uint16_t)(port + i));
			holders[i] = port < 65533 ? sock_udp(&a) : -1;
		}
		if (holders[1] != -1 && holders[2] != -1)
			return port;
		for (i = 0; i < 3; i++)
			if (holders[i] != -1)
				close(holders[i]);
	}
	fail_msg("no three free ports in a row");
	return 0;
}

static void
test_udp_range_finds_the_free_port(void **state)
{
	struct addr a = net_addr("127.0.0.1", 0), bound;
	uint16_t first;
	int holders[3], fd;

	(void)state;
	first = hold_three(holders);
	assert_int_equal(sock_udp_range(&a, first, (uint16_t)(first + 2),
	    &bound), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(holders[2]);
	fd = sock_udp_range(&a, first, (uint16_t)(first + 2), &bound);
	assert_int_not_equal(fd, -1);
	assert_int_equal(addr_port(&bound), first + 2);
	assert_host(&bound, "127.0.0.1");
	close(fd);
	close(holders[0]);
	close(holders[1]);
}

static void
test_udp_range_ends(void **state)
{
	struct addr a = net_addr("127.0.0.1", 65535), bound;
	int holder = sock_udp(&a), fd;

	(void)state;
	assert_int_not_equal(holder, -1);
	assert_int_equal(sock_udp_range(&a, 65535, 65535, &bound), -1);
	assert_int_equal(errno, EADDRINUSE);
	assert_int_equal(sock_udp_range(&a, 7, 6, &bound), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(holder);
	fd = sock_udp_range(&a, 65535, 65535, &bound);
	assert_int_not_equal(fd, -1);
	close(fd);
}

static void
test_udp_range_tells_other_errors(void **state)
{
	struct addr a = net_addr("192.0.2.1", 0), bound;

	(void)state;
	assert_int_equal(sock_udp_range(&a, 5003, 5004, &bound), -1);
	assert_int_equal(errno, EADDRNOTAVAIL);
}

static void
send_to(int fd, const char *host)
{
	struct addr to, local, from = { .len = 0 };
	char byte = 'x';
	int sender;

	assert_int_equal(sock_local(fd, &local), 0);
	to = net_addr(host, 0);
	sender = sock_udp(&to);
	assert_int_not_equal(sender, -1);
	addr_set_port(&to, addr_port(&local));
	assert_int_equal(sendto(sender, &byte, 1, 0, &to.sa, to.len), 1);
	net_wait_readable(fd);
	from.len = sizeof(from.ss);
	assert_int_equal(recvfrom(fd, &byte, 1, 0, &from.sa, &from.len), 1);
	assert_host(&from, host);
	close(sender);
}

static void
test_udp_wildcard_takes_both_families(void **state)
{
	struct addr any = net_addr("::", 0);
	int fd;

	(void)state;
	if (!net_has_v6())
		skip();
	fd = sock_udp(&any);
	assert_int_not_equal(fd, -1);
	send_to(fd, "127.0.0.1");
	send_to(fd, "::1");
	close(fd);
}

static void
test_names_of_no_socket(void **state)
{
	struct addr a = net_addr("127.0.0.1", 1);
	int fd = sock_open(AF_INET, SOCK_STREAM);

	(void)state;
	assert_int_equal(sock_peer(fd, &a), -1);
	assert_int_equal(errno, ENOTCONN);
	assert_int_equal(addr_family(&a), AF_UNSPEC);
	close(fd);
	a = net_addr("127.0.0.1", 1);
	assert_int_equal(sock_local(-1, &a), -1);
	assert_int_equal(addr_family(&a), AF_UNSPEC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_socket_has_its_flags),
		cmocka_unit_test(test_accept_without_a_connection),
		cmocka_unit_test(test_listen_any_takes_both_families),
		cmocka_unit_test(test_listen_any_refuses_a_port_in_use),
		cmocka_unit_test(test_listen_on_one_address_only),
		cmocka_unit_test(test_connect_refused),
		cmocka_unit_test(test_connect_times_out),
		cmocka_unit_test(test_connect_start_and_result),
		cmocka_unit_test(test_connect_from_a_bound_address),
		cmocka_unit_test(test_connect_with_impossible_options),
		cmocka_unit_test(test_udp_range_finds_the_free_port),
		cmocka_unit_test(test_udp_range_ends),
		cmocka_unit_test(test_udp_range_tells_other_errors),
		cmocka_unit_test(test_udp_wildcard_takes_both_families),
		cmocka_unit_test(test_names_of_no_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
