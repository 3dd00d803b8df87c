/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/stats.h"
#include "msak/server_peers.h"
#include "tests/unit/unit.h"

#define HOSTS	200
#define MAX	3
#define ROUNDS	20000

/* Half of them are IPv4, every second one of those mapped. */
static struct addr
host(unsigned int i)
{
	struct addr a;
	char text[64];

	if (i % 2 == 0)
		snprintf(text, sizeof(text), "192.0.2.%u", i / 2);
	else
		snprintf(text, sizeof(text), "2001:db8::%x", i);
	assert_int_equal(addr_numeric(text, (uint16_t)i, &a), 0);
	if (i % 4 == 0)
		addr_map(&a);
	return a;
}

static void
test_counts(void **state)
{
	struct peers *p = calloc(1, sizeof(*p));
	uint64_t seed = (uint64_t)clock_wall();
	int n[HOSTS] = { 0 };
	struct rng rng;
	struct addr a;
	int round;

	(void)state;
	assert_non_null(p);
	print_message("seed %llu\n", (unsigned long long)seed);
	rng_seed(&rng, seed);
	p->seed = seed;
	for (round = 0; round < ROUNDS; round++) {
		unsigned int i = (unsigned int)(rng_u64(&rng) % HOSTS);

		a = host(i);
		if (rng_u64(&rng) % 2 == 0) {
			assert_int_equal(peers_add(p, &a, MAX), n[i] < MAX);
			n[i] += n[i] < MAX;
		} else if (n[i] > 0) {
			peers_remove(p, &a);
			n[i]--;
		}
	}
	peers_clear(p);
	free(p);
}

static void
test_mapped_is_the_same(void **state)
{
	struct peers *p = calloc(1, sizeof(*p));
	struct addr a, mapped;

	(void)state;
	assert_non_null(p);
	assert_int_equal(addr_numeric("192.0.2.1", 1, &a), 0);
	mapped = a;
	addr_map(&mapped);
	addr_set_port(&mapped, 2);
	assert_true(peers_add(p, &a, 1));
	assert_false(peers_add(p, &mapped, 1));
	peers_remove(p, &mapped);
	assert_true(peers_add(p, &mapped, 1));
	/* One that is not there is nobody's loss. */
	peers_remove(p, &a);
	peers_remove(p, &a);
	peers_clear(p);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_mapped_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
