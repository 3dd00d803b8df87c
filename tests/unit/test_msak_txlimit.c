/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <unistd.h>

#include "common/clock.h"
#include "msak/txlimit.h"
#include "tests/unit/unit.h"

#define MS	CLOCK_NS_PER_MS
#define WARNING	"WARNING: tx controller is disabled: "

/* 1,000,000 bytes in 100 ms are 80 Mbit/s. */
#define STEP	1000000
#define STEP_BPS 80e6

static void
near(double got, double want)
{
	if (fabs(got - want) > want * 1e-9)
		fail_msg("%.3f, not %.3f", got, want);
}

static void
test_rises_at_once(void **state)
{
	struct txlimit t = { .max_bps = 0 };

	(void)state;
	txlimit_sample(&t, 123456789, 1000 * MS);
	near(t.rate_bps, 0);
	txlimit_sample(&t, 123456789 + STEP, 1100 * MS);
	near(t.rate_bps, STEP_BPS);
	txlimit_sample(&t, 123456789 + 11 * STEP, 1200 * MS);
	near(t.rate_bps, 10 * STEP_BPS);
}

/* To 5 % in the 58th tenth of a second after the last byte: 0.95^58. */
static void
test_decays(void **state)
{
	struct txlimit t = { .max_bps = 0 };
	int i;

	(void)state;
	txlimit_sample(&t, 0, 0);
	txlimit_sample(&t, STEP, 100 * MS);
	for (i = 1; i <= 58; i++) {
		txlimit_sample(&t, STEP, (100 + 100 * i) * MS);
		near(t.rate_bps, STEP_BPS * pow(0.95, i));
	}
	assert_true(t.rate_bps > 0.05 * STEP_BPS);
	txlimit_sample(&t, STEP, 6000 * MS);
	assert_true(t.rate_bps < 0.05 * STEP_BPS);
}

/* Between the old rate and a lower one: a twentieth of the way. */
static void
test_weight(void **state)
{
	struct txlimit t = { .max_bps = 0 };

	(void)state;
	txlimit_sample(&t, 0, 0);
	txlimit_sample(&t, 10 * STEP, 100 * MS);
	txlimit_sample(&t, 11 * STEP, 200 * MS);
	near(t.rate_bps, 0.95 * 10 * STEP_BPS + 0.05 * STEP_BPS);
}

/* What came too soon is not lost: the next sample counts its bytes. */
static void
test_too_soon(void **state)
{
	struct txlimit t = { .max_bps = 0 };

	(void)state;
	txlimit_sample(&t, 0, 0);
	txlimit_sample(&t, STEP, 50 * MS);
	near(t.rate_bps, 0);
	txlimit_sample(&t, STEP, 50 * MS + 1);
	assert_true(t.rate_bps > 1.9 * STEP_BPS);
	txlimit_sample(&t, 0, 40 * MS);
	assert_true(t.rate_bps > 1.9 * STEP_BPS);
	t = (struct txlimit){ .max_bps = 0 };
	txlimit_sample(&t, 0, 0);
	txlimit_sample(&t, STEP, 20 * MS);
	txlimit_sample(&t, 2 * STEP, 200 * MS);
	near(t.rate_bps, STEP_BPS);
}

/* A device that is made anew counts from 0; that is no rate of 2^64. */
static void
test_back(void **state)
{
	struct txlimit t = { .max_bps = 0 };

	(void)state;
	txlimit_sample(&t, UINT64_MAX - 5, 0);
	txlimit_sample(&t, 10, 100 * MS);
	near(t.rate_bps, 0);
	txlimit_sample(&t, 10 + STEP, 200 * MS);
	near(t.rate_bps, STEP_BPS);
}

static void
test_status(void **state)
{
	struct txlimit t = { .max_bps = 80000000 };

	(void)state;
	assert_int_equal(txlimit_status(&t, false), 0);
	txlimit_sample(&t, 0, 0);
	txlimit_sample(&t, STEP, 100 * MS);
	assert_int_equal(txlimit_status(&t, false), 0);
	txlimit_sample(&t, 2 * STEP + 1, 200 * MS);
	assert_int_equal(txlimit_status(&t, false), 503);
	assert_int_equal(txlimit_status(&t, true), 0);
	t.max_bps = 0;
	assert_int_equal(txlimit_status(&t, false), 0);
}

static void
test_no_device(void **state)
{
	static const struct {
		const char	*device, *message;
	} bad[] = {
		{ "", WARNING "no device found" },
		{ "nosuch", WARNING "Given device not found: \"nosuch\"" },
		{ "../lo", WARNING "Given device not found: \"../lo\"" }
	};
	char message[TXLIMIT_MESSAGE];
	struct txlimit t;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++) {
		txlimit_open(&t, bad[i].device, 1, message, sizeof(message));
		assert_string_equal(message, bad[i].message);
		assert_false(t.watching);
		txlimit_tick(&t, 0);
		txlimit_tick(&t, 1000 * MS);
		assert_int_equal(txlimit_status(&t, false), 0);
		txlimit_close(&t);
	}
}

static void
test_device(void **state)
{
	char message[TXLIMIT_MESSAGE];
	struct txlimit t;

	(void)state;
	txlimit_open(&t, "lo", 1, message, sizeof(message));
	if (!UNIT_LINUX) {
		assert_string_not_equal(message, "");
		assert_false(t.watching);
		return;
	}
	if (access("/sys/class/net/lo", R_OK) == -1) {
		print_message("# SKIP no counters here\n");
		skip();
	}
	assert_string_equal(message, "");
	assert_true(t.watching);
	txlimit_tick(&t, 5 * MS);
	assert_true(t.started);
	assert_int_equal(t.at_ns, 5 * MS);
	/* It is gone. */
	t.rate_bps = STEP_BPS;
	netdev_close(&t.dev);
	txlimit_tick(&t, 105 * MS);
	assert_false(t.started);
	near(t.rate_bps, 0);
	txlimit_close(&t);
	assert_false(t.watching);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rises_at_once),
		cmocka_unit_test(test_decays),
		cmocka_unit_test(test_weight),
		cmocka_unit_test(test_too_soon),
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_no_device),
		cmocka_unit_test(test_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
