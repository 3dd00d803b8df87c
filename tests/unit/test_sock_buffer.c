/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>

#include <errno.h>

#include "tests/unit/unit.h"

/*
 * A system that refuses buffers instead of clamping them, as the BSDs do:
 * the real calls are replaced in the file under test.
 */
static int	fake_set(int fd, int level, int name, const void *p,
		    socklen_t len);
static int	fake_get(int fd, int level, int name, void *p, socklen_t *len);

#define setsockopt	fake_set
#define getsockopt	fake_get
#include "common/sock_opt.c"
#undef setsockopt
#undef getsockopt

static int limit, size, calls;

static int
fake_set(int fd, int level, int name, const void *p, socklen_t len)
{
	int bytes = 0;

	(void)fd;
	(void)level;
	(void)name;
	memcpy(&bytes, p, len < sizeof(bytes) ? len : sizeof(bytes));
	calls++;
	if (bytes > limit) {
		errno = ENOBUFS;
		return -1;
	}
	size = bytes;
	return 0;
}

static int
fake_get(int fd, int level, int name, void *p, socklen_t *len)
{
	(void)fd;
	(void)level;
	(void)name;
	assert_int_equal(*len, sizeof(size));
	memcpy(p, &size, sizeof(size));
	return 0;
}

static void
test_largest_of_the_series_that_is_granted(void **state)
{
	int wanted, expect;

	(void)state;
	unit_seed();
	for (limit = 65536; limit < 4000000; limit += 12345) {
		wanted = 1 + (int)random();
		for (expect = wanted; expect > limit;)
			expect = (int)((int64_t)expect * 7 / 8);
		size = 8192;
		sock_set_sndbuf(-1, wanted);
		if (expect > 8192 || wanted <= limit)
			assert_int_equal(size, expect);
	}
}

static void
test_never_below_the_present_size(void **state)
{
	(void)state;
	limit = 1000;
	size = 8192;	/* granted before the limit came down */
	calls = 0;
	sock_set_rcvbuf(-1, INT32_MAX);
	assert_int_equal(size, 8192);
	assert_in_range(calls, 2, 200);
}

static void
test_a_system_that_refuses_everything(void **state)
{
	(void)state;
	limit = -1;
	size = 0;
	calls = 0;
	sock_set_rcvbuf(-1, INT32_MAX);
	assert_int_equal(size, 0);
	assert_in_range(calls, 2, 200);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_largest_of_the_series_that_is_granted),
		cmocka_unit_test(test_never_below_the_present_size),
		cmocka_unit_test(test_a_system_that_refuses_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
