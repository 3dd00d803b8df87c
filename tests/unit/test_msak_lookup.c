/* SPDX-License-Identifier: BSD-2-Clause */
/* Hosts that are looked up while a loop runs. */
#include "config.h"

#include <sys/socket.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/lookup.h"

#define PATIENCE_NS	(60 * CLOCK_NS_PER_S)

/* A look-up in a loop of its own. */
struct asked {
	struct loop	*l;
	struct lookup	*k;
	int		 done;
	const struct addr *first;
	size_t		 n;
};

static void
on_done(void *arg)
{
	struct asked *a = arg;

	a->done++;
	a->n = lookup_addresses(a->k, &a->first);
}

static void
start(struct asked *a, const char *host, int family)
{
	*a = (struct asked){ .l = loop_new() };
	assert_non_null(a->l);
	a->k = lookup_start(a->l, host, 8080, family, on_done, a);
	assert_non_null(a->k);
	assert_int_equal(a->done, 0);
}

static void
finish(struct asked *a)
{
	int64_t end_ns = clock_mono() + PATIENCE_NS;

	while (a->done == 0 && clock_mono() < end_ns)
		assert_int_equal(loop_once(a->l, end_ns), 0);
	assert_int_equal(a->done, 1);
}

static void
stop(struct asked *a)
{
	lookup_free(a->k);
	loop_free(a->l);
}

static void
check_numeric(const char *host, const char *text)
{
	char got[ADDR_STRLEN];
	struct asked a;

	start(&a, host, AF_UNSPEC);
	finish(&a);
	assert_int_equal(a.n, 1);
	assert_string_equal(addr_format(a.first, got, sizeof(got)), text);
	assert_string_equal(lookup_host(a.k), host);
	stop(&a);
}

static void
test_numeric(void **state)
{
	(void)state;
	check_numeric("192.0.2.1", "192.0.2.1:8080");
	check_numeric("2001:db8::1", "[2001:db8::1]:8080");
}

static void
test_name(void **state)
{
	struct asked a;

	(void)state;
	start(&a, "localhost", AF_INET);
	finish(&a);
	if (a.n > 0)
		assert_int_equal(addr_family(a.first), AF_INET);
	stop(&a);
}

static void
test_failure(void **state)
{
	struct asked a;
	char why[128];

	(void)state;
	/* No name server needs to be asked for that. */
	start(&a, "a..b", AF_UNSPEC);
	finish(&a);
	assert_int_equal(a.n, 0);
	assert_true(*lookup_failure(a.k, why, sizeof(why)) != '\0');
	stop(&a);
	start(&a, "192.0.2.1", AF_INET6);
	finish(&a);
	assert_int_equal(a.n, 0);
	stop(&a);
}

/* Whoever does not wait leaves nothing behind, and hears nothing. */
static void
test_forgotten(void **state)
{
	static const char *const hosts[] = { "192.0.2.1", "localhost", "a..b" };
	struct asked a;
	size_t i;

	(void)state;
	lookup_free(NULL);
	for (i = 0; i < NELEM(hosts); i++) {
		start(&a, hosts[i], AF_UNSPEC);
		stop(&a);
		assert_int_equal(a.done, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numeric),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
