/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "udpst/srate.h"

static void
print_size(char *buf, size_t len, uint32_t size, bool ipv6)
{
	bool random;
	uint32_t bytes;

	if (size == 0) {
		snprintf(buf, len, "0");
		return;
	}
	bytes = srate_size(size, ipv6, &random);
	if (random)
		snprintf(buf, len, "%d-%u",
		    ipv6 ? SRATE_MIN_IPV6 : SRATE_MIN_IPV4, bytes);
	else
		snprintf(buf, len, "%u", bytes);
}

/* A row as the recorded tables show it. */
static void
print_row(char *buf, size_t len, unsigned int n, const struct wire_row *row,
    bool ipv6)
{
	char one[32], two[32], addon[32];
	bool random = ((row->payload1 | row->payload2 | row->addon2) &
	    WIRE_RANDOM_SIZE) != 0;

	print_size(one, sizeof(one), row->payload1, ipv6);
	print_size(two, sizeof(two), row->payload2, ipv6);
	print_size(addon, sizeof(addon), row->addon2, ipv6);
	snprintf(buf, len, "%u,%u,%s,%u,%u,%s,%u,%s,%s%.2f\n", n,
	    row->interval1_us, one, row->burst1, row->interval2_us, two,
	    row->burst2, addon, random ? "~" : "", srate_mbps(row, ipv6));
}

static void
check_table(const char *options)
{
	bool ipv6 = strchr(options, '6') != NULL;
	struct srate_table t;
	char name[64], line[256], *text, *at;
	unsigned int n;

	snprintf(name, sizeof(name), "udpst/srates/%s.csv", options);
	text = vectors_text(name);
	at = strchr(text, '\n') + 1;
	srate_build(&t, strchr(options, 'j') == NULL,
	    strchr(options, 'T') != NULL);
	for (n = 0; n < SRATE_ROWS; n++) {
		print_row(line, sizeof(line), n, &t.rows[n], ipv6);
		if (strncmp(at, line, strlen(line)) != 0)
			fail_msg("%s row %u: is %s", name, n, line);
		at += strlen(line);
	}
	assert_string_equal(at, "");
	free(text);
}

static void
tables_are_the_recorded_ones(void **state)
{
	static const char *const options[] = { "default", "6", "j", "T", "jT",
	    "j6", "T6", "jT6" };
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(options); i++)
		check_table(options[i]);
}

static void
payloads_of_the_banner(void **state)
{
	(void)state;
	assert_int_equal(srate_payload_default(false), 1222);
	assert_int_equal(srate_payload_default(true), 1472);
	assert_int_equal(srate_payload_max(true, false), 8972);
	assert_int_equal(srate_payload_max(true, true), 8972);
	assert_int_equal(srate_payload_max(false, false), 1222);
	assert_int_equal(srate_payload_max(false, true), 1472);
}

static void
sizes_stay_in_bounds(void **state)
{
	static const struct {
		uint32_t size, ipv4, ipv6;
	} cases[] = {
		{ 0, 52, 32 }, { 31, 52, 32 }, { 33, 52, 33 }, { 51, 52, 51 },
		{ 52, 52, 32 }, { 53, 53, 33 }, { 1222, 1222, 1202 },
		{ 65507, 65507, 65487 }, { 65508, 65507, 65487 },
		{ INT32_MAX, 65507, 65487 },
	};
	bool random;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		random = true;
		assert_int_equal(srate_size(cases[i].size, false, &random),
		    cases[i].ipv4);
		assert_false(random);
		assert_int_equal(srate_size(cases[i].size | WIRE_RANDOM_SIZE,
		    true, &random), cases[i].ipv6);
		assert_true(random);
	}
}

static void
limits(void **state)
{
	struct srate_table t;

	(void)state;
	srate_build(&t, true, false);
	assert_int_equal(srate_limit_index(&t, 1), 1);
	assert_int_equal(srate_limit_index(&t, 1000), 1000);
	assert_int_equal(srate_limit_index(&t, 1001), 1001);
	assert_int_equal(srate_limit_index(&t, 1100), 1001);
	assert_int_equal(srate_limit_index(&t, 1101), 1002);
	assert_int_equal(srate_limit_index(&t, 7200), 1062);
	assert_int_equal(srate_limit_index(&t, 7201), 1063);
	assert_int_equal(srate_limit_index(&t, 72000), 1152);
	assert_int_equal(srate_limit_index(&t, 100000), 1152);
	srate_build(&t, false, false);
	assert_int_equal(srate_limit_index(&t, 10000), 1090);
	assert_int_equal(srate_limit_index(&t, 10001), 1152);
}

/* A row of nothing, and ones with nonsense that a peer may send. */
static void
rates_of_odd_rows(void **state)
{
	struct wire_row row = { 0 };

	(void)state;
	assert_true(srate_mbps(&row, false) == 0);
	row.burst1 = row.burst2 = row.addon2 = UINT32_MAX;
	assert_true(srate_mbps(&row, false) == 0);
	row.interval1_us = 1;
	assert_true(srate_mbps(&row, true) > 1e12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_the_recorded_ones),
		cmocka_unit_test(payloads_of_the_banner),
		cmocka_unit_test(sizes_stay_in_bounds),
		cmocka_unit_test(limits),
		cmocka_unit_test(rates_of_odd_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
