/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "tests/unit/monitor_run.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

/* The process of the recorded file. */
static pid_t
fake_getpid(void)
{
	return 26757;
}

#define getpid	fake_getpid
#include "udpst/monitor_file.c"
#undef getpid

#define RECORDED	"udpst/outputs/server-stats-file-9.0.0.json"
#define S		CLOCK_NS_PER_S

/* A number with six decimals, as ns. */
static int64_t
stamp_ns(const struct jv *object, const char *key)
{
	const char *text = jv_get(object, key)->text;
	char *point;
	int64_t s = strtoll(text, &point, 10);

	assert_int_equal(*point, '.');
	assert_int_equal(strlen(point + 1), 6);
	return s * S + strtoll(point + 1, NULL, 10) * CLOCK_NS_PER_US;
}

static uint64_t
merged_ticks(const struct jv *r)
{
	return jv_uint(jv_get(jv_get(jv_get(r, "maximum"), "system"),
	    "timer_coalesce_size"));
}

/* What happened in the recorded run happens again, at the same times. */
static void
replay(struct run *r, const struct jv *recorded)
{
	const struct jv *records = jv_get(recorded, "data_records"), *one;
	size_t i;

	for (i = 0; i < 24; i++)
		assert_int_equal(run_tick(r, 10 * S), 0);
	r->c.setup_received = r->c.setup_accepted = 1;
	r->c.activation_received = r->c.activation_accepted = 1;
	for (i = 0; i < jv_len(records); i++) {
		one = jv_at(records, i);
		if (merged_ticks(one) > 0)
			monitor_size(&r->c, MONITOR_TIMER, merged_ticks(one));
		assert_int_equal(run_tick(r, stamp_ns(one, "end_timestamp") -
		    r->wall_ns), 0);
	}
}

static void
test_recorded_file(void **state)
{
	struct jv *recorded = jv_load(RECORDED);
	char *want = vectors_text(RECORDED), *got;
	struct run r;

	(void)state;
	run_begin(&r, "127.0.0.61", 24);
	/* The 24 records before it were another file's. */
	r.wall_ns = r.m->record_wall_ns = r.m->start_wall_ns =
	    stamp_ns(recorded, "start_timestamp") - 240 * S;
	replay(&r, recorded);
	got = run_file("20261122-020000.json");
	assert_non_null(got);
	assert_string_equal(got, want);
	/* The file before it and the Prometheus file; no .tmp is left. */
	assert_int_equal(run_files(), 3);
	run_end(&r);
	free(got);
	free(want);
	jv_free(recorded);
}

/* The last record of the only statistics file; *all owns it. */
static const struct jv *
only_record(const char *name, struct jv **all)
{
	char *text = run_file(name);
	const struct jv *records;

	assert_non_null(text);
	*all = jv_parse(name, text);
	free(text);
	records = jv_get(*all, "data_records");
	assert_int_equal(jv_len(records),
	    jv_int(jv_get(*all, "data_record_count")));
	return jv_at(records, jv_len(records) - 1);
}

static void
expect_number(const struct jv *v, const char *group, const char *key,
    const char *want)
{
	assert_string_equal(jv_get(jv_get(v, group), key)->text, want);
}

/* 10 s of counters, each with a number of its own. */
static void
count(struct monitor_counters *c)
{
	c->load_sent += 10010;
	c->load_sent_bytes += 12500000;
	c->delivered += 20020;
	c->delivered_bytes += 25000000;
	c->delivered_loss += 31;
	c->delivered_ooo_dup += 42;
	c->load_received += 50050;
	c->load_received_bytes += 62500000;
	c->load_received_loss += 61;
	c->load_received_ooo_dup += 72;
	c->status_sent += 83;
	c->status_received += 94;
	c->status_lost_local += 105;
	c->status_lost_remote += 116;
	c->stopped_local += 127;
	c->stopped_remote += 138;
}

static void
test_averages(void **state)
{
	static const struct {
		const char	*group, *key, *want;
	} rows[] = {
		{ "queued", "tx_ip_rate_mbps", "10.00" },
		{ "queued", "tx_datagram_rate", "1001.00" },
		{ "delivered", "tx_ip_rate_mbps", "20.00" },
		{ "delivered", "tx_datagram_rate", "2002.00" },
		{ "delivered", "tx_loss_rate", "3.10" },
		{ "delivered", "tx_ooo_dup_rate", "4.20" },
		{ "delivered", "rx_ip_rate_mbps", "50.00" },
		{ "delivered", "rx_datagram_rate", "5005.00" },
		{ "delivered", "rx_loss_rate", "6.10" },
		{ "delivered", "rx_ooo_dup_rate", "7.20" },
		{ "status", "tx_message_rate", "8.30" },
		{ "status", "rx_message_rate", "9.40" },
		{ "status", "loc_message_loss_rate", "10.50" },
		{ "status", "rem_message_loss_rate", "11.60" },
		{ "status", "loc_traffic_stop_rate", "12.70" },
		{ "status", "rem_traffic_stop_rate", "13.80" }
	};
	const struct jv *record;
	struct jv *all;
	struct run r;
	size_t i;

	(void)state;
	run_begin(&r, "h", 2);
	/* The first record has other numbers; each counts for itself. */
	count(&r.c);
	count(&r.c);
	run_tick(&r, 10 * S);
	count(&r.c);
	run_tick(&r, 10 * S);
	record = only_record("20261122-015500.json", &all);
	for (i = 0; i < NELEM(rows); i++)
		expect_number(jv_get(record, "average"), rows[i].group,
		    rows[i].key, rows[i].want);
	jv_free(all);
	run_end(&r);
}

static void
test_sizes(void **state)
{
	static const char *const keys[] = { "tx_overrun", "tx_burst",
	    "rx_burst", "fd_ready", "timer_coalesce" };
	const struct jv *record;
	struct jv *all;
	char key[32], want[32];
	unsigned int i;
	struct run r;

	(void)state;
	run_begin(&r, "h", 2);
	for (i = 0; i < MONITOR_EVENTS; i++)
		monitor_size(&r.c, (enum monitor_event)i, 1000);
	run_tick(&r, 10 * S);
	for (i = 0; i < MONITOR_EVENTS; i++) {
		monitor_size(&r.c, (enum monitor_event)i, i + 3);
		monitor_size(&r.c, (enum monitor_event)i, i);
	}
	run_tick(&r, 10 * S);
	record = only_record("20261122-015500.json", &all);
	for (i = 0; i < MONITOR_EVENTS; i++) {
		snprintf(key, sizeof(key), "%s_rate", keys[i]);
		expect_number(jv_get(record, "average"), "system", key,
		    "0.20");
		snprintf(key, sizeof(key), "%s_size", keys[i]);
		snprintf(want, sizeof(want), "%u.50", i + 1);
		expect_number(jv_get(record, "average"), "system", key, want);
		snprintf(want, sizeof(want), "%u", i + 3);
		expect_number(jv_get(record, "maximum"), "system", key, want);
	}
	jv_free(all);
	run_end(&r);
}

/* The maximum of a record begins with what is in use when it begins. */
static void
test_allocated(void **state)
{
	const struct jv *record;
	struct jv *all;
	struct run r;

	(void)state;
	run_begin(&r, "h", 2);
	monitor_sample(r.m, 9, 900, 90);
	monitor_sample(r.m, 2, 30, 40);
	run_tick(&r, 10 * S);
	monitor_sample(r.m, 1, 50, 10);
	run_tick(&r, 10 * S);
	record = only_record("20261122-015500.json", &all);
	expect_number(jv_get(record, "maximum"), "allocated",
	    "connection_count", "2");
	expect_number(jv_get(record, "maximum"), "allocated",
	    "upstream_bandwidth", "50");
	expect_number(jv_get(record, "maximum"), "allocated",
	    "downstream_bandwidth", "40");
	jv_free(all);
	run_end(&r);
}

static void
expect_counter(const struct jv *all, const char *group, const char *key,
    uint64_t want)
{
	const struct jv *v = jv_get(jv_get(jv_get(all, "counters"), group),
	    key);

	assert_int_equal(jv_uint(v), want);
}

/* Powers of two: each sum tells what is in it. */
static void
test_counters(void **state)
{
	struct run r;
	struct jv *all;
	size_t i;

	(void)state;
	run_begin(&r, "h", 1);
	for (i = 2; i < MONITOR_CODES; i++)
		r.c.setup_rejected[i] = UINT64_C(1) << i;
	r.c.setup_received = UINT64_MAX;
	r.c.setup_legacy = 3;
	r.c.activation_auth = 1 << 20;
	r.c.activation_time = 1 << 21;
	r.c.activation_timeout = 4;
	for (i = 0; i < MONITOR_FAULTS; i++) {
		r.c.control_invalid[i] = 10 + i;
		r.c.load_invalid[i] = 20 + i;
		r.c.status_invalid[i] = 30 + i;
	}
	run_tick(&r, 10 * S);
	only_record("20261122-015500.json", &all);
	expect_counter(all, "setup", "requests_received", UINT64_MAX);
	expect_counter(all, "setup", "rejects_sent", (1 << 14) - 4);
	expect_counter(all, "setup", "invalid_protocol_ver", 1 << 2);
	expect_counter(all, "setup", "invalid_setup_option",
	    1 << 3 | 1 << 9 | 1 << 11 | 1 << 12);
	expect_counter(all, "setup", "bandwidth_exceeded", 1 << 10);
	expect_counter(all, "setup", "connection_create_fail", 1 << 13);
	expect_counter(all, "setup", "legacy_protocol_ver", 3);
	expect_counter(all, "activation", "timeout_waiting", 4);
	expect_counter(all, "control", "auth_failure",
	    1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 20);
	expect_counter(all, "control", "bad_auth_time", 1 << 8 | 1 << 21);
	expect_counter(all, "control", "invalid_size", 10);
	expect_counter(all, "control", "invalid_format", 11);
	expect_counter(all, "control", "invalid_checksum", 12);
	expect_counter(all, "data", "load_invalid_format", 21);
	expect_counter(all, "data", "status_invalid_checksum", 32);
	jv_free(all);
	run_end(&r);
}

/* Local time with its offset; any operand makes valid JSON. */
static void
test_zone_and_host(void **state)
{
	static const char host[] = "a\"b\\c\n\x01\xff.example";
	struct run r;
	struct jv *all;
	const struct jv *record;

	(void)state;
	run_zone("XXX3:30");
	run_begin(&r, host, 1);
	run_tick(&r, 10 * S);
	record = only_record("20261121-222500.json", &all);
	assert_string_equal(jv_str(jv_get(record, "start_datetime"), NULL),
	    "2026-11-21T22:29:23.099760-03:30");
	assert_string_equal(jv_str(jv_get(all, "end_datetime"), NULL),
	    "2026-11-21T22:29:33.099760-03:30");
	jv_free(all);
	run_end(&r);
}

static void
test_host_text(void **state)
{
	static const char host[] = "a\"b\\c\n\x01.example";
	struct run r;
	struct jv *all;

	(void)state;
	run_begin(&r, host, 1);
	run_tick(&r, 10 * S);
	only_record("20261122-015500.json", &all);
	assert_string_equal(jv_str(jv_get(all, "host_name"), NULL), host);
	jv_free(all);
	run_end(&r);
	run_begin(&r, NULL, 1);
	run_tick(&r, 10 * S);
	only_record("20261122-015500.json", &all);
	assert_string_equal(jv_str(jv_get(all, "host_name"), NULL), "");
	jv_free(all);
	run_end(&r);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, run_folder, run_clean)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_recorded_file),
		TEST(test_averages),
		TEST(test_sizes),
		TEST(test_allocated),
		TEST(test_counters),
		TEST(test_zone_and_host),
		TEST(test_host_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
