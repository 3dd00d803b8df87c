/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 31 recorded scenarios: records in the order and with the counts of the
 * original, but for those where it is wrong.
 */
#include "config.h"

#include <arpa/inet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "udping/session.h"

#define START_NS	(INT64_C(1800000000) * CLOCK_NS_PER_S + 200000000)
#define GAP_NS		(2 * CLOCK_NS_PER_MS)

/* What we report in place of what the original did, and why. */
static const struct {
	const char	*name, *why, *records;
} deviations[] = {
	{ "gap9", "7 B3: bursts of 9 and more",
	    "00000000000000000001:5000:12:21 " },
	{ "tail_loss5_guidorder", "7 B4: successor reported first",
	    "00000000000000000002:5000:5:5 00000000000000000009:5000:10:15 " },
	{ "guid_noterm", "7 B18: no GUID", "" },
	{ "guid_empty_interaction", "7 B18: no GUID",
	    "00000000000000000001:5000:5:5 " },
	{ "guid_shared", "7 B10: key (address, port, GUID)",
	    "00000000000000000001:5000:2:2 00000000000000000001:5001:2:2 " },
	{ "late_straggler_after_sweep_while_successor_alive",
	    "7 B20: a late packet makes no record",
	    "00000000000000000001:5000:10:10 "
	    "00000000000000000002:5000:18:18 " },
	{ "whole_period_lost", "7 B3: 10 and more at an edge",
	    "00000000000000000001:5000:10:20 "
	    "00000000000000000003:5000:8:8 " },
	/* No JSON of it to compare with. */
	{ "guid_inject", "7 B18: no GUID", "" },
	{ "verbose_quiet", "-q: nothing printed, yet there is a record",
	    "00000000000000000001:5000:2:2 " }
};

struct heard {
	char	text[1000];
	size_t	len;
};

static void
note(void *arg, const struct session_record *r)
{
	struct heard *h = arg;

	h->len += (size_t)snprintf(h->text + h->len, sizeof(h->text) - h->len,
	    "%s:%u:%llu:%u ", r->guid, addr_port(r->from),
	    (unsigned long long)r->count, r->expected);
	assert_in_range(h->len, 1, sizeof(h->text) - 1);
}

static void
wanted(const struct jv *scenario, struct heard *h)
{
	const struct jv *all = jv_get(scenario, "expect"), *e;
	const char *name = jv_str(jv_get(scenario, "name"), NULL);
	size_t i;

	h->len = 0;
	h->text[0] = '\0';
	for (i = 0; i < NELEM(deviations); i++)
		if (strcmp(deviations[i].name, name) == 0) {
			(void)snprintf(h->text, sizeof(h->text), "%s",
			    deviations[i].records);
			return;
		}
	for (i = 0; i < jv_len(all); i++) {
		e = jv_at(all, i);
		h->len += (size_t)snprintf(h->text + h->len,
		    sizeof(h->text) - h->len, "%s:%s:%s:%s ",
		    jv_str(jv_get(e, "guid"), NULL),
		    jv_str(jv_get(e, "from_port"), NULL),
		    jv_str(jv_get(e, "count"), NULL),
		    jv_str(jv_get(e, "targetCount"), NULL));
	}
}

static void
deliver(struct session_table *t, const struct jv *packet, int64_t now_ns)
{
	uint8_t buf[3000];
	size_t len = jv_hex(jv_get(packet, "hex"), buf, sizeof(buf));
	struct wire_probe p;
	struct addr from;
	int64_t value;

	assert_int_equal(addr_numeric("10.77.0.1",
	    (uint16_t)jv_int(jv_get(packet, "sport")), &from), 0);
	if (wire_get(buf, len, &p, &value) == WIRE_OK)
		assert_int_not_equal(session_take(t, &from, &p, now_ns,
		    now_ns / CLOCK_NS_PER_S), SESSION_FULL);
}

/* Ticks come once a second as long as nothing else does: -k 1. */
static int64_t
wait_for(struct session_table *t, int64_t now_ns, int64_t until_ns,
    int64_t *tick_ns)
{
	while (*tick_ns <= until_ns) {
		session_tick(t, *tick_ns / CLOCK_NS_PER_S);
		*tick_ns += CLOCK_NS_PER_S;
	}
	return until_ns > now_ns ? until_ns : now_ns;
}

static void
play(const struct jv *scenario)
{
	const struct jv *all = jv_get(scenario, "packets");
	struct heard heard = { "", 0 }, want;
	struct session_options o = { .keepalive_s = 1, .max_sessions = 10,
	    .report = note, .arg = &heard };
	struct session_table *t = session_new(&o);
	int64_t now_ns = START_NS, tick_ns = START_NS + 300000000;
	struct session_counts c;
	size_t i;

	assert_non_null(t);
	for (i = 0; i < jv_len(all); i++) {
		now_ns = wait_for(t, now_ns, now_ns + GAP_NS +
		    (int64_t)(jv_num(jv_get(jv_at(all, i), "delay_before_s")) *
		    1e9), &tick_ns);
		deliver(t, jv_at(all, i), now_ns);
	}
	(void)wait_for(t, now_ns, now_ns + 4 * CLOCK_NS_PER_S, &tick_ns);
	session_counts(t, &c);
	assert_int_equal(c.sessions, 0);
	wanted(scenario, &want);
	print_message("# %s\n", jv_str(jv_get(scenario, "name"), NULL));
	assert_string_equal(heard.text, want.text);
	session_free(t);
}

static void
recorded(void **state)
{
	struct jv *file = jv_load("udping/server_scenarios.json");
	size_t i;

	(void)state;
	assert_int_equal(jv_len(file), 31);
	for (i = 0; i < jv_len(file); i++)
		play(jv_at(file, i));
	jv_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(recorded) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
