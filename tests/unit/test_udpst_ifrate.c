/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "tests/unit/unit.h"
#include "udpst/ifrate.h"

#define S	INT64_C(1000000000)

static void
test_mbps(void **state)
{
	static const struct {
		uint64_t	before, after;
		int64_t		elapsed;
		double		mbps;
	} rows[] = {
		{ 0, 0, S, 0 },
		{ 1000, 126000, S, 1 },
		{ 1000, 126000, S / 2, 2 },
		{ 0, 125000, 0, 0 },
		{ 0, 125000, -1, 0 },
		/* beyond 32 bits without a wrap */
		{ UINT32_MAX, UINT64_C(0x100000000) + 124999, S, 1 },
		/* a 32-bit counter wraps */
		{ UINT32_MAX - 99999, 25000, S, 1 },
		{ UINT32_MAX, 0, S, 8e-6 },
		/* a 64-bit counter wraps */
		{ UINT64_MAX - 99999, 25000, S, 1 },
		/* the interface was made anew */
		{ UINT64_C(0x100000000), 125000, S, 1 },
		{ INT64_MAX, 125000, S, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		assert_true(fabs(ifrate_mbps(rows[i].before, rows[i].after,
		    rows[i].elapsed) - rows[i].mbps) < 1e-12);
}

/* Wherever a counter of 32 or 64 bits stands, what it counts comes out. */
static void
test_wraps(void **state)
{
	uint64_t base, n, after;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 10000; i++) {
		n = (uint64_t)random();
		base = UINT64_MAX - (uint64_t)random();
		assert_true(ifrate_mbps(base, base + n, 8000) == (double)n);
		base = (uint64_t)random() << 1;
		after = (base + n) & (i % 2 ? UINT32_MAX : UINT64_MAX);
		assert_true(ifrate_mbps(base, after, 8000) == (double)n);
	}
}

static void
test_directions(void **state)
{
	const struct ifrate_sample first = { .rx = 7, .tx = 9, .at_ns = 5 },
	    second = { .rx = 125007, .tx = 250009, .at_ns = S + 5 },
	    third = { .rx = 125007, .tx = 375009, .at_ns = 2 * S + 5 };
	struct ifrate up = { .upstream = true }, down = { .upstream = false };

	(void)state;
	ifrate_add(&up, &first);
	ifrate_add(&down, &first);
	assert_true(up.mbps == 0 && up.alternate == 0);
	ifrate_add(&up, &second);
	ifrate_add(&down, &second);
	assert_true(up.mbps == 2 && up.alternate == 1);
	assert_true(down.mbps == 1 && down.alternate == 2);
	ifrate_add(&up, &third);
	ifrate_add(&down, &third);
	assert_true(up.mbps == 1 && up.alternate == 0);
	assert_true(down.mbps == 0 && down.alternate == 1);
}

static void
test_interface(void **state)
{
	struct ifrate r;
	char path[128];

	(void)state;
	assert_int_equal(ifrate_open(&r, "../x", true, path, sizeof(path)),
	    -1);
	assert_string_equal(path, "../x");
	if (!UNIT_LINUX) {
		assert_int_equal(ifrate_open(&r, "lo", true, path,
		    sizeof(path)), -1);
		assert_int_equal(errno, ENOTSUP);
		return;
	}
	if (access("/proc/self/net/dev", R_OK) == -1) {
		print_message("# SKIP no counters here\n");
		skip();
	}
	assert_int_equal(ifrate_open(&r, "lo", true, path, sizeof(path)), 0);
	assert_int_equal(ifrate_read(&r, S), 0);
	assert_true(r.started && r.mbps == 0);
	assert_int_equal(ifrate_read(&r, 2 * S), 0);
	assert_int_equal(r.last.at_ns, 2 * S);
	assert_true(r.mbps >= 0 && r.alternate >= 0);
	r.mbps = r.alternate = 1;
	ifrate_close(&r);
	assert_int_equal(ifrate_read(&r, 3 * S), -1);
	assert_true(r.mbps == 0 && r.alternate == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mbps),
		cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
