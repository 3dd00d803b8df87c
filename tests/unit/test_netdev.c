/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "common/netdev.h"
#include "tests/unit/unit.h"

#define DATAGRAMS	20
#define DATAGRAM	10000

/* Send this many bytes over the loopback interface. */
static void
loop_bytes(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	socklen_t len = sizeof(to);
	char bytes[DATAGRAM] = "";
	int fd = socket(AF_INET, SOCK_DGRAM, 0), i;

	assert_int_not_equal(fd, -1);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&to, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&to, &len), 0);
	for (i = 0; i < DATAGRAMS; i++)
		assert_int_equal(sendto(fd, bytes, sizeof(bytes), 0,
		    (struct sockaddr *)&to, len), DATAGRAM);
	close(fd);
}

static void
test_counts_grow(void **state)
{
	uint64_t rx[2], tx[2];
	struct netdev n;
	char path[128];

	(void)state;
	if (!UNIT_LINUX) {
		assert_int_equal(netdev_open(&n, "lo", path, sizeof(path)),
		    -1);
		assert_int_equal(errno, ENOTSUP);
		return;
	}
	if (access("/proc/self/net/dev", R_OK) == -1) {
		print_message("# SKIP no counters here\n");
		skip();
	}
	assert_int_equal(netdev_open(&n, "lo", path, sizeof(path)), 0);
	assert_int_equal(netdev_read(&n, &rx[0], &tx[0]), 0);
	loop_bytes();
	/* The same open files give fresh figures. */
	assert_int_equal(netdev_read(&n, &rx[1], &tx[1]), 0);
	assert_true(tx[1] - tx[0] >= DATAGRAMS * DATAGRAM);
	assert_true(rx[1] - rx[0] >= DATAGRAMS * DATAGRAM);
	netdev_close(&n);
	netdev_close(&n);
	assert_int_equal(n.fd, -1);
	assert_int_equal(netdev_read(&n, &rx[0], &tx[0]), -1);
	assert_int_equal(errno, EBADF);
}

/* A name must not lead out of the folder of the interfaces. */
static void
test_names(void **state)
{
	static const char *const names[] = { "", ".", "..", "../net/lo",
	    "lo/../lo", "/lo", "0123456789abcdef" };
	struct netdev n;
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(names); i++) {
		assert_int_equal(netdev_open(&n, names[i], path,
		    sizeof(path)), -1);
		assert_int_equal(errno, UNIT_LINUX ? EINVAL : ENOTSUP);
		assert_string_equal(path, names[i]);
	}
}

static void
test_no_such_interface(void **state)
{
	struct netdev n;
	char path[128];

	(void)state;
	assert_int_equal(netdev_open(&n, "no-such-dev-15c", path,
	    sizeof(path)), -1);
	assert_int_equal(errno, UNIT_LINUX ? ENOENT : ENOTSUP);
	if (UNIT_LINUX)
		assert_string_equal(path, "/sys/class/net/no-such-dev-15c"
		    "/statistics/tx_bytes");
	assert_int_equal(n.fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts_grow),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_no_such_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
