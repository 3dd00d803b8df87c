/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/host.h"
#include "common/writer.h"

#define MS	CLOCK_NS_PER_MS

/* Ten seconds in which nothing was wrong. */
static const struct host calm = {
	.start_mono_ns = 5 * CLOCK_NS_PER_S,
	.end_mono_ns = 15 * CLOCK_NS_PER_S,
	.start_wall_ns = 1000 * CLOCK_NS_PER_S,
	.end_wall_ns = 1010 * CLOCK_NS_PER_S,
	.cpu_user_ns = 1 * CLOCK_NS_PER_S,
	.cpu_sys_ns = 4 * CLOCK_NS_PER_S,
	.socket_drops = -1,
};

static void
test_figures(void **state)
{
	struct host h = calm;

	(void)state;
	assert_true(host_cpu_share(&h) == 0.5);
	assert_int_equal(host_clock_step(&h), 0);
	h.end_wall_ns -= 3 * MS;
	assert_int_equal(host_clock_step(&h), -3 * MS);
	h.end_mono_ns = h.start_mono_ns;
	assert_true(host_cpu_share(&h) == 0);
}

static void
assert_limit(const struct host *h, const char *word)
{
	const char *limit = host_limit(h);

	if (word == NULL) {
		assert_null(limit);
		return;
	}
	assert_non_null(limit);
	assert_non_null(strstr(limit, word));
}

static void
test_limits(void **state)
{
	struct host h = calm;

	(void)state;
	assert_limit(&h, NULL);
	/* Each just before and at its bound, the later ones first. */
	h.end_wall_ns = calm.end_wall_ns + MS;
	assert_limit(&h, NULL);
	h.end_wall_ns = calm.end_wall_ns + MS + 1;
	assert_limit(&h, "clock");
	h.end_wall_ns = calm.end_wall_ns - MS - 1;
	assert_limit(&h, "clock");
	h.rate_wanted = 1e9;
	h.rate_reached = 1e9 * 0.9951;
	assert_limit(&h, "clock");
	h.rate_reached = 1e9 * 0.9949;
	assert_limit(&h, "rate");
	h.socket_drops = 0;
	assert_limit(&h, "rate");
	h.socket_drops = 1;
	assert_limit(&h, "dropped");
	h.cpu_user_ns = 5499 * MS;
	assert_limit(&h, "dropped");
	h.cpu_user_ns = 5500 * MS;
	assert_limit(&h, "CPU");
	/* Of two threads that is half of what they may use. */
	h.threads = 2;
	assert_limit(&h, "dropped");
	h.cpu_user_ns = 15000 * MS;
	assert_limit(&h, "CPU");
}

/* One after the other, however often the process loses the CPU. */
static void
test_real_clocks(void **state)
{
	int64_t before = clock_mono(), first_end;
	volatile unsigned int work = 0;
	struct host h;

	(void)state;
	host_begin(&h);
	assert_int_equal(h.socket_drops, -1);
	assert_true(h.start_mono_ns >= before);
	host_end(&h);
	first_end = h.end_mono_ns;
	assert_true(first_end >= h.start_mono_ns);
	while (h.cpu_user_ns + h.cpu_sys_ns < 20 * MS) {
		work++;
		if (work % 1000000 == 0)
			host_end(&h);
	}
	assert_true(h.end_mono_ns > first_end);
	assert_true(h.end_mono_ns <= clock_mono());
	/* One thread cannot use more than a core; clocks tick in steps. */
	assert_true(host_cpu_share(&h) > 0);
	assert_true(h.cpu_user_ns + h.cpu_sys_ns <=
	    h.end_mono_ns - h.start_mono_ns + 20 * MS);
}

static void
assert_written(const struct host *h, const char *want)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	struct writer *w = writer_json(out, 0);

	writer_start(w, NULL);
	host_write(w, h);
	writer_end(w);
	assert_int_equal(writer_finish(w), 0);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void
test_written(void **state)
{
	struct host h = calm;

	(void)state;
	assert_written(&h, "{\"cpu_user_s\":1.000000,"
	    "\"cpu_system_s\":4.000000,\"cpu_share\":0.500000,"
	    "\"clock_step_ms\":0.000000,\"socket_drops\":null,"
	    "\"limit\":null}\n");
	h.socket_drops = 2;
	h.end_wall_ns -= 1500;
	assert_written(&h, "{\"cpu_user_s\":1.000000,"
	    "\"cpu_system_s\":4.000000,\"cpu_share\":0.500000,"
	    "\"clock_step_ms\":-0.001500,\"socket_drops\":2,"
	    "\"limit\":\"it dropped datagrams at the socket\"}\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_real_clocks),
		cmocka_unit_test(test_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
