/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a platform has no raw sockets and no routes to ask for: said so. */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "udping/raw.h"
#include "udping/raw_stamp.h"
#include "udping/route.h"

static void
no_frames(void **state)
{
	static const uint8_t zero[MACS_LEN];
	uint8_t mac[MACS_LEN];
	const size_t len = 1;

	(void)state;
	errno = 0;
	assert_false(raw_permitted());
	assert_int_equal(errno, ENOTSUP);
	memset(mac, 1, sizeof(mac));
	assert_false(raw_hardware("lo", mac));
	assert_memory_equal(mac, zero, sizeof(mac));
	errno = 0;
	assert_null(raw_open(1, 16, false));
	assert_int_equal(errno, ENOTSUP);
	errno = 0;
	assert_int_equal(raw_send(NULL, &len, 1), -1);
	assert_int_equal(errno, ENOTSUP);
	assert_int_equal(raw_fd(NULL), -1);
	assert_null(raw_buf(NULL, 0));
	raw_free(NULL);
}

static void
no_routes(void **state)
{
	struct route_hop hop[ROUTE_HOPS];
	struct addr a;

	(void)state;
	assert_int_equal(addr_numeric("192.0.2.1", 0, &a), 0);
	errno = 0;
	assert_null(route_open());
	assert_int_equal(errno, ENOTSUP);
	errno = 0;
	assert_int_equal(route_hops(NULL, &a, &a, 1, hop), -1);
	assert_int_equal(errno, ENOTSUP);
	assert_int_equal(route_fd(NULL), -1);
	assert_false(route_changed(NULL));
	route_stir(&a, &a, 1);
	route_close(NULL);
}

/* Packets go all the same; no stamp ever comes. */
static void
no_stamps(void **state)
{
	char got[3] = "";
	int64_t wall_ns;
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	raw_stamp_setup(fd[0]);
	assert_int_equal(raw_stamp_send(fd[0], "ab", 2), 2);
	assert_int_equal(recv(fd[1], got, sizeof(got), 0), 2);
	assert_string_equal(got, "ab");
	assert_false(raw_stamp_get(fd[0], &wall_ns));
	close(fd[0]);
	close(fd[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_frames),
		cmocka_unit_test(no_routes),
		cmocka_unit_test(no_stamps)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
