/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/latency.h"

#define S	CLOCK_NS_PER_S
#define MS	CLOCK_NS_PER_MS
#define US	CLOCK_NS_PER_US
#define TTL	(60 * S)
/* The clock of the kernel's stamps is another one. */
#define STAMPS	(1000 * S)

static struct addr client, stranger, here;

static struct latency *
authorised(int64_t ttl_ns)
{
	struct latency *l = latency_new(ttl_ns, 4, 1);

	assert_non_null(l);
	assert_int_equal(latency_authorise(l, "m", "uuid-m",
	    &client, 0, 5 * S), 0);
	assert_int_equal(latency_count(l), 1);
	return l;
}

static enum latency_verdict
receive(struct latency *l, const char *text, const struct addr *from,
    int64_t now_ns)
{
	return latency_receive(l, text, strlen(text), from, &here, now_ns,
	    now_ns + STAMPS);
}

static enum latency_verdict
echo(struct latency *l, int64_t seq, const struct addr *from, int64_t now_ns)
{
	char text[100];

	snprintf(text, sizeof(text), "{\"Type\":\"s2c\",\"ID\":\"m\","
	    "\"Seq\":%lld}", (long long)seq);
	return receive(l, text, from, now_ns);
}

static struct latency *
started(void)
{
	struct latency *l = authorised(TTL);
	char kickoff[LATENCY_PACKET_MAX + 1];

	assert_true(latency_kickoff("m", kickoff) > 0);
	assert_string_equal(kickoff,
	    "{\"Type\":\"c2s\",\"ID\":\"m\",\"Seq\":0}");
	assert_int_equal(receive(l, kickoff, &client, 0), LATENCY_STARTED);
	return l;
}

/* The next action, when it is due. */
static struct latency_action
act(struct latency *l)
{
	static struct latency_action a;
	int64_t due = latency_due(l);

	latency_act(l, due - 1, 0, &a);
	assert_int_equal(a.act, LATENCY_NOTHING);
	latency_act(l, due, due + STAMPS, &a);
	return a;
}

static void
expect_summary(struct latency_session *s, const char *want)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(s);
	assert_non_null(out);
	latency_summary(s, out);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
	latency_session_free(s);
}

static void
test_session(void **state)
{
	struct latency *l = started();
	struct latency_action a;
	int64_t sent;

	(void)state;
	sent = latency_due(l);
	assert_in_range(sent, 10 * MS, 40 * MS);
	a = act(l);
	assert_int_equal(a.act, LATENCY_SEND);
	assert_string_equal(a.buf,
	    "{\"Type\":\"s2c\",\"ID\":\"m\",\"Seq\":0}");
	assert_int_equal(a.len, strlen(a.buf));
	assert_true(addr_same_host(&a.to, &client));
	assert_int_equal(addr_port(&a.to), 5000);
	assert_int_equal(echo(l, 0, &client, sent + 1999), LATENCY_ECHO);
	a = act(l);
	assert_string_equal(a.buf,
	    "{\"Type\":\"s2c\",\"ID\":\"m\",\"Seq\":1,\"LastRTT\":1}");
	a = act(l);
	assert_int_equal(a.seq, 2);
	assert_string_equal(a.buf,
	    "{\"Type\":\"s2c\",\"ID\":\"m\",\"Seq\":2,\"LastRTT\":1}");
	sent = latency_due(l);
	a = act(l);
	assert_int_equal(echo(l, 3, &client, sent + 345 * US), LATENCY_ECHO);
	expect_summary(latency_take(l, "m", sent + S),
	    "{\"ID\":\"uuid-m\",\"StartTime\":\"1970-01-01T00:00:05Z\","
	    "\"RoundTrips\":[{\"RTT\":1},{\"RTT\":0,\"Lost\":true},"
	    "{\"RTT\":0,\"Lost\":true},{\"RTT\":345}],"
	    "\"PacketsSent\":4,\"PacketsReceived\":2}");
	/* It is gone. */
	assert_null(latency_take(l, "m", sent + S));
	assert_int_equal(latency_due(l), CLOCK_NEVER);
	assert_int_equal(echo(l, 3, &client, sent + S), LATENCY_UNKNOWN);
	latency_free(l);
}

static void
test_before_kickoff(void **state)
{
	struct latency *l = authorised(TTL);

	(void)state;
	assert_int_equal(latency_due(l), TTL);
	assert_int_equal(echo(l, 0, &client, 0), LATENCY_FOREIGN);
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"n\"}",
	    &client, 0), LATENCY_UNKNOWN);
	assert_int_equal(receive(l, "{\"Type\":\"x\",\"ID\":\"m\"}",
	    &client, 0), LATENCY_MALFORMED);
	expect_summary(latency_take(l, "m", 1),
	    "{\"ID\":\"uuid-m\",\"StartTime\":\"1970-01-01T00:00:05Z\","
	    "\"RoundTrips\":[],\"PacketsSent\":0,\"PacketsReceived\":0}");
	latency_free(l);
}

/* Numbers that were never sent, other senders, and echoes that come again. */
static void
test_hostile_echoes(void **state)
{
	static const int64_t bad[] = { -1, INT64_MIN, INT64_MAX, 1, 501,
		INT64_C(1) << 32, UINT32_MAX, -(INT64_C(1) << 32) };
	struct latency *l = started();
	struct latency_session *s;
	int64_t sent = latency_due(l);
	struct addr other_port = client;
	size_t i;

	(void)state;
	assert_int_equal(echo(l, 0, &client, sent), LATENCY_BAD_SEQ);
	act(l);
	for (i = 0; i < NELEM(bad); i++)
		assert_int_equal(echo(l, bad[i], &client, sent + MS),
		    LATENCY_BAD_SEQ);
	addr_set_port(&other_port, 5001);
	assert_int_equal(echo(l, 0, &stranger, sent + MS), LATENCY_FOREIGN);
	assert_int_equal(echo(l, 0, &other_port, sent + MS),
	    LATENCY_FOREIGN);
	assert_int_equal(echo(l, 0, &client, sent + 2 * MS), LATENCY_ECHO);
	assert_int_equal(echo(l, 0, &client, sent + 3 * MS),
	    LATENCY_DUPLICATE);
	/* A later kickoff changes nothing. */
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &stranger, sent + 4 * MS), LATENCY_REPEATED);
	s = latency_take(l, "m", sent + 5 * MS);
	assert_int_equal(s->received, 1);
	assert_int_equal(latency_rtt_us(&s->slots[0]), 2000);
	assert_true(addr_same_host(&s->client, &client));
	latency_session_free(s);
	latency_free(l);
}

/* The kernel's time of sending counts, whether it comes early or late. */
static void
test_stamps(void **state)
{
	struct latency *l = started();
	struct latency_session *s;
	struct latency_action a;
	int64_t sent = latency_due(l);
	uint64_t ref;

	(void)state;
	a = act(l);
	ref = a.ref;
	latency_stamp(l, ref, 0, STAMPS + sent + 100 * US);
	assert_int_equal(echo(l, 0, &client, sent + 250 * US), LATENCY_ECHO);
	sent = latency_due(l);
	a = act(l);
	assert_non_null(strstr(a.buf, "\"LastRTT\":150}"));
	assert_int_equal(echo(l, 1, &client, sent + 250 * US), LATENCY_ECHO);
	latency_stamp(l, ref, 1, STAMPS + sent + 200 * US);
	/* Of nothing that is there. */
	latency_stamp(l, ref, 2, 0);
	latency_stamp(l, ref, -1, 0);
	latency_stamp(l, ref + 1, 0, 0);
	latency_stamp(l, ref + (UINT64_C(1) << 32), 0, 0);
	latency_stamp(l, UINT64_MAX, 0, 0);
	/* A stamp that says it was sent after it came back. */
	act(l);
	assert_int_equal(echo(l, 2, &client, sent), LATENCY_ECHO);
	s = latency_take(l, "m", sent + MS);
	assert_int_equal(latency_rtt_us(&s->slots[0]), 150);
	assert_int_equal(latency_rtt_us(&s->slots[1]), 50);
	assert_int_equal(latency_rtt_us(&s->slots[2]), 0);
	assert_true(s->slots[2].received);
	latency_stamp(l, ref, 0, 0);
	assert_int_equal(latency_rtt_us(&s->slots[0]), 150);
	latency_session_free(s);
	latency_free(l);
}

static void
test_expiry(void **state)
{
	struct latency *l = authorised(TTL);
	struct latency_action a;

	(void)state;
	/* Due but not yet acted upon: it is over already. */
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &client, TTL), LATENCY_UNKNOWN);
	assert_null(latency_take(l, "m", TTL));
	a = act(l);
	assert_int_equal(a.act, LATENCY_EXPIRED);
	assert_string_equal(a.session->mid, "m");
	latency_session_free(a.session);
	assert_int_equal(latency_count(l), 0);
	latency_act(l, 10 * TTL, 0, &a);
	assert_int_equal(a.act, LATENCY_NOTHING);
	latency_free(l);
}

/* Use does not extend it, and a short one ends the sending. */
static void
test_short_life(void **state)
{
	struct latency *l = authorised(1 * S);
	struct latency_action a;
	size_t n = 0;

	(void)state;
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &client, 100 * MS), LATENCY_STARTED);
	while ((a = act(l)).act == LATENCY_SEND) {
		assert_int_equal(a.seq, n++);
		assert_true(latency_due(l) <= S);
	}
	assert_int_equal(a.act, LATENCY_EXPIRED);
	assert_int_equal(a.session->nslots, n);
	assert_in_range(n, 22, 90);
	latency_session_free(a.session);
	latency_free(l);
}

static void
test_for_ever(void **state)
{
	struct latency *l = authorised(0);

	(void)state;
	assert_int_equal(latency_due(l), CLOCK_NEVER);
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &client, INT64_C(1) << 60), LATENCY_STARTED);
	while (latency_due(l) != CLOCK_NEVER)
		assert_int_equal(act(l).act, LATENCY_SEND);
	assert_int_equal(latency_count(l), 1);
	latency_free(l);
	l = authorised(INT64_MAX);
	assert_int_equal(latency_due(l), CLOCK_NEVER);
	latency_free(l);
}

static void
test_replaced(void **state)
{
	struct latency *l = started();
	struct latency_action a = act(l);
	uint64_t ref = a.ref;
	struct latency_session *s;

	(void)state;
	assert_int_equal(latency_authorise(l, "m", "uuid-2",
	    &stranger, S, 9 * S), 0);
	assert_int_equal(latency_count(l), 1);
	assert_int_equal(latency_due(l), S + TTL);
	assert_int_equal(echo(l, 0, &client, S), LATENCY_FOREIGN);
	latency_stamp(l, ref, 0, 7);
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &stranger, S), LATENCY_STARTED);
	s = latency_take(l, "m", S);
	assert_string_equal(s->uuid, "uuid-2");
	assert_int_equal(s->nslots, 0);
	assert_int_equal(s->created_wall_ns, 9 * S);
	latency_session_free(s);
	latency_free(l);
}

static void
test_bounds(void **state)
{
	char mid[LATENCY_PACKET_MAX + 10], text[LATENCY_PACKET_MAX + 1];
	struct latency *l = authorised(TTL);
	struct latency_session *s;
	size_t n;

	(void)state;
	/* The longest id that works; markup takes six times the room. */
	memset(mid, 'x', sizeof(mid));
	mid[sizeof(mid) - 1] = '\0';
	for (n = sizeof(mid) - 1;
	    latency_authorise(l, mid, "u", &client, 0, 0) == -1;
	    mid[--n] = '\0')
		assert_int_equal(errno, ENAMETOOLONG);
	assert_in_range(n, 950, 980);
	assert_true(latency_kickoff(mid, text) > 0);
	memset(mid, '<', 200);
	assert_int_equal(latency_authorise(l, mid, "u", &client, 0, 0), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	assert_int_equal(latency_kickoff(mid, text), 0);
	assert_int_equal(latency_authorise(l, "", "u", &client, 0, 0), 0);
	assert_int_equal(latency_authorise(l, "4", "u", &client, 0, 0), 0);
	assert_int_equal(latency_authorise(l, "5", "u", &client, 0, 0), -1);
	assert_int_equal(errno, ENOSPC);
	/* One that is there can still be replaced. */
	assert_int_equal(latency_authorise(l, "4", "v", &client, 0, 0), 0);
	for (n = 0; (s = latency_take_any(l)) != NULL; n++)
		latency_session_free(s);
	assert_int_equal(n, 4);
	assert_int_equal(latency_authorise(l, "5", "u", &client, 0, 0), 0);
	latency_free(l);
	l = latency_new(TTL, 0, 1);
	assert_int_equal(latency_authorise(l, "1", "u", &client, 0, 0), -1);
	assert_int_equal(errno, ENOSPC);
	latency_free(l);
}

/* A client that is IPv4 to one socket and mapped to another is the same. */
static void
test_mapped(void **state)
{
	struct latency *l = started();
	struct addr mapped = client;
	int64_t sent = latency_due(l);

	(void)state;
	addr_map(&mapped);
	act(l);
	assert_int_equal(echo(l, 0, &mapped, sent + 1), LATENCY_ECHO);
	latency_free(l);
}

/* The next ping at its time; false: there is none for now. */
static bool
ping(struct latency *l, int64_t *now_ns)
{
	if (latency_due(l) >= TTL)
		return false;
	*now_ns = latency_due(l);
	assert_int_equal(act(l).act, LATENCY_SEND);
	return true;
}

/* A kickoff that somebody else may have sent in this host's name. */
static void
test_unproven(void **state)
{
	struct latency *l = authorised(TTL);
	struct latency_session *s;
	struct latency_action a;
	int64_t now = 0;
	size_t n;

	(void)state;
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &stranger, 0), LATENCY_STARTED);
	for (n = 0; ping(l, &now); n++)
		continue;
	assert_int_equal(n, LATENCY_UNPROVEN);
	assert_true(now < S);
	/* Neither time nor asking again brings more. */
	now = S;
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &stranger, now), LATENCY_REPEATED);
	latency_act(l, now, 0, &a);
	assert_int_equal(a.act, LATENCY_NOTHING);
	/* A path of a second's delay: at once, then at the usual times. */
	assert_int_equal(echo(l, 0, &stranger, now), LATENCY_ECHO);
	assert_int_equal(echo(l, 0, &stranger, now), LATENCY_DUPLICATE);
	latency_act(l, now, 0, &a);
	assert_int_equal(a.act, LATENCY_SEND);
	assert_int_equal(a.seq, n++);
	latency_act(l, now, 0, &a);
	assert_int_equal(a.act, LATENCY_NOTHING);
	assert_in_range(latency_due(l), now + 1, now + 40 * MS);
	for (; ping(l, &now); n++)
		continue;
	assert_int_equal(n, LATENCY_UNPROVEN + LATENCY_PER_ECHO);
	/* Two of three lost are not too many. */
	assert_int_equal(echo(l, 1, &stranger, now), LATENCY_ECHO);
	for (; ping(l, &now); n++)
		if (n % 3 == 0)
			assert_int_equal(echo(l, (int64_t)n, &stranger,
			    now), LATENCY_ECHO);
	assert_in_range(now, 5 * S - 40 * MS, 5 * S);
	s = latency_take(l, "m", now);
	assert_int_equal(s->nslots, n);
	latency_session_free(s);
	latency_free(l);
}

/* What waited for an echo until the 5 s were over is not sent any more. */
static void
test_unproven_too_late(void **state)
{
	struct latency *l = authorised(TTL);
	struct latency_action a;
	int64_t now;

	(void)state;
	assert_int_equal(receive(l, "{\"Type\":\"c2s\",\"ID\":\"m\"}",
	    &stranger, 0), LATENCY_STARTED);
	while (ping(l, &now))
		continue;
	assert_int_equal(echo(l, 0, &stranger, 5 * S + 1), LATENCY_ECHO);
	latency_act(l, 5 * S + 1, 0, &a);
	assert_int_equal(a.act, LATENCY_NOTHING);
	assert_int_equal(latency_due(l), TTL);
	latency_free(l);
}

/* Pings leave from the address that the kickoff went to. */
static void
test_own_address(void **state)
{
	struct latency *l = started();
	struct latency_action a = act(l);

	(void)state;
	assert_true(addr_same_host(&a.from, &here));
	assert_true(addr_same_host(&a.to, &client));
	latency_free(l);
}

static int
prepare(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return addr_numeric("192.0.2.1", 5000, &client) |
	    addr_numeric("192.0.2.2", 5000, &stranger) |
	    addr_numeric("198.51.100.1", 0, &here);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_session),
		cmocka_unit_test(test_before_kickoff),
		cmocka_unit_test(test_hostile_echoes),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_expiry),
		cmocka_unit_test(test_short_life),
		cmocka_unit_test(test_for_ever),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_mapped),
		cmocka_unit_test(test_unproven),
		cmocka_unit_test(test_unproven_too_late),
		cmocka_unit_test(test_own_address),
	};

	return cmocka_run_group_tests(tests, prepare, NULL);
}
