/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <net/if.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/net.h"
#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/sock.h"

static int
get(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = 0;

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static int
udp_on(const char *host)
{
	struct addr a = net_addr(host, 0);
	int fd = sock_udp(&a);

	assert_int_not_equal(fd, -1);
	return fd;
}

static void
test_buffers(void **state)
{
	int sizes[] = { 20000, 100000, 50000 }, snd, rcv, fd;
	size_t i;

	(void)state;
	fd = udp_on("127.0.0.1");
	for (i = 0; i < NELEM(sizes); i++) {
		sock_set_sndbuf(fd, sizes[i]);
		sock_set_rcvbuf(fd, sizes[i] + 1000);
		assert_int_equal(sock_get_buffers(fd, &snd, &rcv), 0);
		assert_in_range(snd, sizes[i], 2 * sizes[i]);
		assert_in_range(rcv, sizes[i] + 1000, 2 * sizes[i] + 2000);
	}
	/* More than any system gives: no failure, no less than before. */
	sock_set_rcvbuf(fd, INT32_MAX);
	assert_int_equal(sock_get_buffers(fd, &snd, &rcv), 0);
	assert_true(rcv >= sizes[2]);
	close(fd);
	assert_int_equal(sock_get_buffers(-1, &snd, &rcv), -1);
}

static void
test_dscp_and_ttl(void **state)
{
	int fd = udp_on("127.0.0.1");

	(void)state;
	assert_int_equal(sock_set_dscp(fd, 46), 0);
	assert_int_equal(get(fd, IPPROTO_IP, IP_TOS), 46 << 2);
	assert_int_equal(sock_set_dscp(fd, 0), 0);
	assert_int_equal(get(fd, IPPROTO_IP, IP_TOS), 0);
	assert_int_equal(sock_set_ttl(fd, 7), 0);
	assert_int_equal(get(fd, IPPROTO_IP, IP_TTL), 7);
	assert_int_equal(sock_set_mcast_ttl(fd, 255), 0);
	assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_TTL), 255);
	assert_int_equal(sock_set_mcast_ttl(fd, 0), 0);
	assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_TTL), 0);
	close(fd);
}

static void
test_dscp_and_ttl_of_both_families(void **state)
{
	socklen_t len = sizeof(int);
	int fd, tos;

	(void)state;
	if (!net_has_v6())
		skip();
	fd = udp_on("::");
	assert_int_equal(sock_set_dscp(fd, 10), 0);
	assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_TCLASS), 10 << 2);
	assert_int_equal(sock_set_ttl(fd, 9), 0);
	assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS), 9);
	assert_int_equal(sock_set_mcast_ttl(fd, 3), 0);
	assert_int_equal(get(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 3);
	if (getsockopt(fd, IPPROTO_IP, IP_TOS, &tos, &len) == 0) {
		assert_int_equal(tos, 10 << 2);
		assert_int_equal(get(fd, IPPROTO_IP, IP_TTL), 9);
		assert_int_equal(get(fd, IPPROTO_IP, IP_MULTICAST_TTL), 3);
	}
	close(fd);
}

static void
test_ranges_are_checked(void **state)
{
	int fd = udp_on("127.0.0.1");

	(void)state;
	assert_int_equal(sock_set_dscp(fd, 64), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sock_set_dscp(fd, -1), -1);
	assert_int_equal(sock_set_ttl(fd, 256), -1);
	assert_int_equal(sock_set_ttl(fd, -1), -1);
	errno = 0;
	assert_int_equal(sock_set_mcast_ttl(fd, 256), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(sock_set_mcast_ttl(fd, -1), -1);
	close(fd);
}

static void
test_join_v6_group(void **state)
{
	struct addr group = net_addr("ff12::7065", 0);
	unsigned int scope = if_nametoindex("lo");
	int fd;

	(void)state;
	if (!net_has_v6())
		skip();
	if (scope == 0) {
		print_message("# SKIP the loopback is not called lo\n");
		skip();
	}
	fd = udp_on("::");
	group.in6.sin6_scope_id = scope;
	assert_int_equal(sock_mcast_join(fd, &group), 0);
	assert_int_equal(sock_mcast_join(fd, &group), -1);
	assert_int_equal(errno, EADDRINUSE);
	group.in6.sin6_scope_id = 0x7fffffff;
	assert_int_equal(sock_mcast_join(fd, &group), -1);
	close(fd);
}

static void
test_join_v4_group(void **state)
{
	struct addr group = net_addr("239.255.80.1", 0);
	struct addr mapped = group;
	int fd = udp_on("0.0.0.0"), n = sock_mcast_join(fd, &group);

	(void)state;
	if (n == -1 && errno == ENODEV) {
		close(fd);
		print_message("# SKIP no interface for IPv4 multicast\n");
		skip();
	}
	assert_int_equal(n, 0);
	assert_int_equal(sock_mcast_join(fd, &group), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(fd);
	if (!net_has_v6())
		return;
	addr_map(&mapped);
	fd = udp_on("::");
	assert_int_equal(sock_mcast_join(fd, &mapped), 0);
	close(fd);
}

static void
test_join_refuses_unicast(void **state)
{
	struct addr v4 = net_addr("192.0.2.1", 0), v6 = net_addr("::1", 0);
	int fd = udp_on("0.0.0.0");

	(void)state;
	assert_int_equal(sock_mcast_join(fd, &v4), -1);
	close(fd);
	if (!net_has_v6())
		return;
	fd = udp_on("::");
	assert_int_equal(sock_mcast_join(fd, &v6), -1);
	close(fd);
}

static void
test_switches(void **state)
{
	int fds[2];

	(void)state;
	net_tcp_pair("127.0.0.1", fds);
	assert_int_equal(sock_set_nodelay(fds[0], true), 0);
	assert_true(get(fds[0], IPPROTO_TCP, TCP_NODELAY) != 0);
	assert_int_equal(sock_set_nodelay(fds[0], false), 0);
	assert_true(get(fds[0], IPPROTO_TCP, TCP_NODELAY) == 0);
	assert_int_equal(sock_set_keepalive(fds[0], true), 0);
	assert_true(get(fds[0], SOL_SOCKET, SO_KEEPALIVE) != 0);
	assert_int_equal(sock_set_nonblock(fds[0], false), 0);
	assert_true((fcntl(fds[0], F_GETFL) & O_NONBLOCK) == 0);
	assert_int_equal(sock_set_nonblock(fds[0], true), 0);
	assert_true((fcntl(fds[0], F_GETFL) & O_NONBLOCK) != 0);
	assert_int_equal(sock_set_nonblock(-1, true), -1);
#ifdef TCP_NOTSENT_LOWAT
	assert_int_equal(sock_set_notsent_lowat(fds[0], 131072), 0);
	assert_int_equal(get(fds[0], IPPROTO_TCP, TCP_NOTSENT_LOWAT), 131072);
#endif
	close(fds[0]);
	close(fds[1]);
}

static void
test_congestion_control(void **state)
{
	char before[32], after[32], tiny[3];
	int fds[2];

	(void)state;
	net_tcp_pair("127.0.0.1", fds);
	sock_get_cc(fds[0], before, sizeof(before));
	if (before[0] == '\0') {
		close(fds[0]);
		close(fds[1]);
		print_message("# SKIP no TCP_CONGESTION here\n");
		skip();
	}
	assert_int_equal(sock_set_cc(fds[0], "reno"), 0);
	sock_get_cc(fds[0], after, sizeof(after));
	assert_string_equal(after, "reno");
	sock_get_cc(fds[0], tiny, sizeof(tiny));
	assert_string_equal(tiny, "re");
	assert_int_equal(sock_set_cc(fds[0], "no-such-cc"), -1);
	sock_get_cc(-1, after, sizeof(after));
	assert_string_equal(after, "");
	close(fds[0]);
	close(fds[1]);
}

static void
test_device(void **state)
{
	int fd = udp_on("127.0.0.1");

	(void)state;
	assert_int_equal(sock_set_device(fd, "no-such-if"), -1);
	if (sock_set_device(fd, "lo") == -1) {
		print_message("# SKIP bind to lo: %s\n", strerror(errno));
		close(fd);
		skip();
	}
#ifdef SO_BINDTODEVICE
	{
		char name[IFNAMSIZ] = "";
		socklen_t len = sizeof(name);

		assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE,
		    name, &len), 0);
		assert_string_equal(name, "lo");
	}
#endif
	close(fd);
}

static void
test_abort_sends_a_reset(void **state)
{
	char byte;
	int fds[2];

	(void)state;
	net_tcp_pair("127.0.0.1", fds);
	assert_int_equal(sock_set_abort(fds[0]), 0);
	close(fds[0]);
	net_wait_readable(fds[1]);
	assert_int_equal(read(fds[1], &byte, 1), -1);
	assert_int_equal(errno, ECONNRESET);
	close(fds[1]);
}

static void
check_path(const char *host, int mtu)
{
	int fds[2], path;

	net_tcp_pair(host, fds);
	assert_in_range(sock_mss(fds[0]), 1, mtu - 40);
	path = sock_path_mtu(fds[0]);
	/* An IPv4 packet ends at 65535 bytes, the loopback's MTU does not. */
	if (UNIT_LINUX || path != -1)
		assert_in_range(path, mtu > 65535 ? 65535 : mtu, mtu);
	close(fds[0]);
	close(fds[1]);
}

static void
test_mss_and_mtu_agree(void **state)
{
	struct addr local = net_addr("127.0.0.1", 0), v6 = net_addr("::1", 0);
	struct addr nobody = net_addr("192.0.2.77", 0), mapped = local;
	int mtu = sock_if_mtu(&local);

	(void)state;
	assert_true(mtu >= 1280);
	addr_map(&mapped);
	assert_int_equal(sock_if_mtu(&mapped), mtu);
	assert_int_equal(sock_if_mtu(&nobody), -1);
	check_path("127.0.0.1", mtu);
	assert_int_equal(sock_mss(-1), -1);
	assert_int_equal(sock_path_mtu(-1), -1);
	if (!net_has_v6())
		return;
	assert_int_equal(sock_if_mtu(&v6), mtu);
	check_path("::1", mtu);
	check_path("::ffff:127.0.0.1", mtu);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buffers),
		cmocka_unit_test(test_dscp_and_ttl),
		cmocka_unit_test(test_dscp_and_ttl_of_both_families),
		cmocka_unit_test(test_ranges_are_checked),
		cmocka_unit_test(test_join_v6_group),
		cmocka_unit_test(test_join_v4_group),
		cmocka_unit_test(test_join_refuses_unicast),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_congestion_control),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_abort_sends_a_reset),
		cmocka_unit_test(test_mss_and_mtu_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
