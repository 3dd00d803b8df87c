/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "msak/latency_result.h"

static int
get(const char *text, struct latency_result *r)
{
	return latency_result_get(text, strlen(text), r);
}

static void
near(double v, double want)
{
	if (fabs(v - want) > 1e-9)
		fail_msg("%.12g is not %.12g", v, want);
}

static void
test_figures(void **state)
{
	struct latency_result r;
	struct latency_stats s;

	(void)state;
	assert_int_equal(get("{\"ID\":\"u\",\"StartTime\":\"2026\","
	    "\"RoundTrips\":[{\"RTT\":200},{\"RTT\":0,\"Lost\":true},"
	    "{\"RTT\":100},{\"RTT\":900},{\"RTT\":0,\"Lost\":true}],"
	    "\"PacketsSent\":5,\"PacketsReceived\":4}", &r), 0);
	assert_string_equal(r.id, "u");
	assert_string_equal(r.start, "2026");
	assert_int_equal(r.ntrips, 5);
	assert_true(r.trips[1].lost);
	assert_int_equal(r.trips[3].rtt_us, 900);
	assert_int_equal(latency_result_stats(&r, &s), 0);
	near(s.min_ms, 0.1);
	near(s.mean_ms, 0.4);
	near(s.max_ms, 0.9);
	near(s.p50_ms, 0.2);
	near(s.p90_ms, 0.9);
	near(s.p99_ms, 0.9);
	near(s.jitter_ms, 0.45);
	near(s.loss, 0.4);
	/* It counts a duplicate and takes a loss for a fast one. */
	near(s.old_min_ms, 0);
	near(s.old_mean_ms, 0.24);
	near(s.old_max_ms, 0.9);
	near(s.old_loss, 0.2);
	latency_result_free(&r);
}

/* An archive record has what a summary has. */
static void
test_recorded(void **state)
{
	char *text = vectors_text("msak/archive/latency1-application-"
	    "20261122T020623.334166162Z.vm_1795311532_unsafe_"
	    "0000000000000082.json");
	struct latency_result r;
	struct latency_stats s;

	(void)state;
	assert_int_equal(get(text, &r), 0);
	assert_int_equal(r.ntrips, 228);
	assert_int_equal(latency_result_stats(&r, &s), 0);
	near(s.loss, 32.0 / 228);
	near(s.old_loss, 32.0 / 228);
	near(s.min_ms, 0.121);
	near(s.max_ms, 5.549);
	near(s.old_mean_ms, s.mean_ms * 196 / 228);
	assert_true(s.p50_ms > 0.27 && s.p50_ms < 0.31);
	latency_result_free(&r);
	free(text);
}

static void
test_nothing(void **state)
{
	static const char *const rows[] = { "{}", "null",
		"{\"RoundTrips\":null}", "{\"RoundTrips\":[]}",
		"{\"RoundTrips\":[],\"PacketsSent\":0,\"PacketsReceived\":0}",
		"{\"RoundTrips\":[{\"RTT\":1}],\"roundtrips\":null}" };
	struct latency_stats s, none;
	struct latency_result r;
	size_t i;

	(void)state;
	memset(&none, 0, sizeof(none));
	for (i = 0; i < NELEM(rows); i++) {
		assert_int_equal(get(rows[i], &r), 0);
		assert_int_equal(latency_result_stats(&r, &s), 0);
		assert_memory_equal(&s, &none, sizeof(s));
		latency_result_free(&r);
	}
	/* All lost. */
	assert_int_equal(get("{\"RoundTrips\":[{\"Lost\":true}],"
	    "\"PacketsSent\":1}", &r), 0);
	assert_int_equal(latency_result_stats(&r, &s), 0);
	near(s.loss, 1);
	near(s.old_loss, 1);
	near(s.max_ms, 0);
	latency_result_free(&r);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = { "", "[]", "x", "{\"ID\":1}",
		"{\"RoundTrips\":{}}", "{\"RoundTrips\":[1]}",
		"{\"RoundTrips\":[{\"RTT\":1},{\"RTT\":\"1\"}]}",
		"{\"RoundTrips\":[{\"Lost\":1}]}", "{\"PacketsSent\":-1}",
		"{\"PacketsReceived\":1.5}", "{\"StartTime\":{}}" };
	struct latency_result r;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		if (get(bad[i], &r) != -1)
			fail_msg("taken: %s", bad[i]);
		latency_result_free(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
