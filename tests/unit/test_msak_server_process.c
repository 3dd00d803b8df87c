/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/resource.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "msak/server_process.h"
#include "tests/unit/unit.h"

#define START_NS	(INT64_C(1795313693) * CLOCK_NS_PER_S)
#define SIZE		(64 << 20)

/* Figures move as what they count does. */
static void
test_moves(void **state)
{
	struct metrics_process before, after;
	int fds[2];
	char *p;

	(void)state;
	server_process_read(&before, START_NS);
	assert_true(before.start_s == 1795313693.0);
	assert_true(before.cpu_s >= 0);
	p = malloc(SIZE);
	assert_non_null(p);
	memset(p, 1, SIZE);
	assert_int_equal(pipe(fds), 0);
	server_process_read(&after, START_NS);
	assert_true(after.cpu_s >= before.cpu_s && after.cpu_s < 3600);
	if (UNIT_LINUX) {
		assert_true(after.fds == before.fds + 2);
		assert_true(after.resident - before.resident > 0.9 * SIZE);
		assert_true(after.resident < 1e12);
		assert_true(after.virt > after.resident);
	}
	close(fds[0]);
	close(fds[1]);
	free(p);
}

static void
test_limit(void **state)
{
	struct metrics_process p;
	struct rlimit rl;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &rl), 0);
	rl.rlim_cur = 77;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &rl), 0);
	server_process_read(&p, START_NS);
	assert_true(p.fds_max == 77);
	assert_int_equal(getrlimit(RLIMIT_AS, &rl), 0);
	server_process_read(&p, START_NS);
	assert_true(p.virt_max == (rl.rlim_cur == RLIM_INFINITY ?
	    18446744073709551616.0 : (double)rl.rlim_cur));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_moves),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
