/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <arpa/inet.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/resolve.h"

#define PATIENCE_NS	(10 * CLOCK_NS_PER_S)
#define STEP_NS		CLOCK_NS_PER_MS

static struct addr
address(uint32_t n)
{
	struct addr a = { .in = { .sin_family = AF_INET,
	    .sin_addr = { htonl(n) } }, .len = sizeof(a.in) };

	return a;
}

/* Whether the slow host is answered, and whether it has been asked for. */
static atomic_bool answered, asked;

/*
 * Hosts of odd numbers have names; number 0xffffffff takes as long as the test
 * wants.
 */
static bool
ask(const struct addr *a, char name[RESOLVE_NAME])
{
	uint32_t n = ntohl(a->in.sin_addr.s_addr);

	if (n == UINT32_MAX) {
		asked = true;
		while (!answered)
			(void)clock_sleep_until(clock_mono() + STEP_NS, 0);
	}
	(void)snprintf(name, RESOLVE_NAME, "host%u.example.net", n);
	return n % 2 == 1;
}

static bool
comes(struct resolver *r, uint32_t n, char name[RESOLVE_NAME])
{
	int64_t end_ns = clock_mono() + PATIENCE_NS;
	struct addr a = address(n);

	while (clock_mono() < end_ns) {
		if (resolve_name(r, &a, name))
			return true;
		(void)clock_sleep_until(clock_mono() + STEP_NS, 0);
	}
	return false;
}

static void
names(void **state)
{
	struct resolver *r = resolve_new(ask);
	struct addr odd = address(7), even = address(8), last = address(9);
	char name[RESOLVE_NAME];

	(void)state;
	assert_non_null(r);
	assert_false(resolve_name(r, &odd, name));
	assert_false(resolve_done(r, &odd));
	resolve_want(r, &even);
	resolve_want(r, &odd);
	resolve_want(r, &odd);
	resolve_want(r, &last);
	assert_true(comes(r, 9, name));
	assert_string_equal(name, "host9.example.net");
	assert_true(resolve_name(r, &odd, name));
	assert_string_equal(name, "host7.example.net");
	assert_false(resolve_name(r, &even, name));
	assert_true(resolve_done(r, &odd));
	assert_true(resolve_done(r, &even));
	resolve_free(r);
}

/*
 * Who asks never waits, however many there are and however slow it goes: or
 * this test would not end.
 */
static void
never_waits(void **state)
{
	struct resolver *r = resolve_new(ask);
	char name[RESOLVE_NAME];
	struct addr a = address(UINT32_MAX);
	uint32_t i;

	(void)state;
	assert_non_null(r);
	answered = false;
	resolve_want(r, &a);
	for (i = 1; i < 100000; i++) {
		a = address(i);
		resolve_want(r, &a);
		(void)resolve_name(r, &a, name);
	}
	answered = true;
	assert_true(comes(r, UINT32_MAX, name));
	resolve_free(r);
}

/* Freed while it asks: neither waits nor touches what is gone. */
static void
freed_at_work(void **state)
{
	struct addr slow = address(UINT32_MAX);
	struct resolver *r = resolve_new(ask);
	int64_t end_ns = clock_mono() + PATIENCE_NS;

	(void)state;
	assert_non_null(r);
	answered = asked = false;
	resolve_want(r, &slow);
	while (!asked && clock_mono() < end_ns)
		(void)clock_sleep_until(clock_mono() + STEP_NS, 0);
	assert_true(asked);
	resolve_free(r);
	answered = true;
	resolve_free(NULL);
	/* For what it does afterwards. */
	(void)clock_sleep_until(clock_mono() + 200 * CLOCK_NS_PER_MS, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(never_waits),
		cmocka_unit_test(freed_at_work)
	};

	/* Should it wait after all. */
	(void)alarm(120);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
