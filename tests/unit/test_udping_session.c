/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: what the recorded scenarios do not show. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/unit.h"
#include "udping/session.h"

#define START_S	INT64_C(1800000000)

struct heard {
	char			 text[2000];
	size_t			 len;
	struct session_record	 last;
	uint64_t		 received[SESSION_HOPS];
	uint64_t		 expected[SESSION_HOPS];
	int64_t			 p50_ns;
	uint64_t		 reordered;	/* of all */
};

struct play {
	struct session_table	*t;
	struct heard		 h;
	int64_t			 now_ns;
	int64_t			 start_s;
	enum wire_layout	 layout;
	uint16_t		 port;
};

static void
note(void *arg, const struct session_record *r)
{
	struct heard *h = arg;

	h->len += (size_t)snprintf(h->text + h->len, sizeof(h->text) - h->len,
	    "%c:%llu:%u:%lld ", r->guid[0], (unsigned long long)r->count,
	    r->expected, (long long)r->lost);
	h->last = *r;
	h->reordered += r->reordered;
	if (r->hops > 0) {
		memcpy(h->received, r->hop_received,
		    r->hops * sizeof(h->received[0]));
		memcpy(h->expected, r->hop_expected,
		    r->hops * sizeof(h->expected[0]));
	}
	if (r->delays != NULL)
		h->p50_ns = quant_get(r->delays, 0.5);
}

static void
begin(struct play *y, unsigned int hops)
{
	struct session_options o = { .keepalive_s = 1,
	    .heard_since_s = START_S, .max_sessions = 8,
	    .hops = hops, .quant_bytes = 1 << 20, .report = note,
	    .arg = &y->h };

	memset(y, 0, sizeof(*y));
	y->t = session_new(&o);
	assert_non_null(y->t);
	y->now_ns = START_S * CLOCK_NS_PER_S;
	y->start_s = 1700000000;
	y->layout = WIRE_LP64;
	y->port = 5000;
}

static enum session_verdict
packet(struct play *y, char guid, uint32_t seq, bool control)
{
	struct wire_probe p = { .layout = y->layout, .control = control,
	    .start_s = y->start_s, .seq = seq, .size = WIRE_PROBE_LEN,
	    .sent_s = y->now_ns / CLOCK_NS_PER_S,
	    .sent_ns = y->now_ns % CLOCK_NS_PER_S - 3000000 };
	struct addr from;

	memset(p.guid, guid, WIRE_GUID);
	assert_int_equal(addr_numeric("2001:db8::7", y->port, &from), 0);
	y->now_ns += 1000000;
	return session_take(y->t, &from, &p, y->now_ns,
	    y->now_ns / CLOCK_NS_PER_S);
}

/* first..last, each counted. */
static void
range(struct play *y, char guid, uint32_t first, uint32_t last)
{
	uint32_t seq;

	for (seq = first; seq != last + 1; seq++)
		assert_int_equal(packet(y, guid, seq, false), SESSION_COUNTED);
}

static void
quiet(struct play *y, int64_t s)
{
	y->now_ns += s * CLOCK_NS_PER_S;
	session_tick(y->t, y->now_ns / CLOCK_NS_PER_S);
	session_tick(y->t, y->now_ns / CLOCK_NS_PER_S);
}

static void
ends(struct play *y, const char *want)
{
	session_flush(y->t);
	assert_string_equal(y->h.text, want);
	session_free(y->t);
}

/* A gap longer than -k, over which the period goes on, or ends. */
static void
resumed(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 0);
	range(&y, 'a', 0, 9);
	quiet(&y, 5);
	range(&y, 'a', 25, 29);
	quiet(&y, 5);
	range(&y, 'b', 3000, 3009);
	ends(&y, "a:10:10:0 a:5:20:15 b:10:2980:2970 ");
}

/* All that comes of b is overtaken by c; a is over by then, or not. */
static void
wholly_overtaken(void **state)
{
	struct play y;
	int64_t quiet_s;

	(void)state;
	for (quiet_s = 0; quiet_s <= 5; quiet_s += 5) {
		begin(&y, 0);
		range(&y, 'a', 0, 9);
		quiet(&y, quiet_s);
		range(&y, 'c', 21, 24);
		range(&y, 'b', 20, 20);
		range(&y, 'c', 25, 29);
		ends(&y, quiet_s == 0 ? "a:10:20:10 b:1:1:0 c:9:9:0 " :
		    "a:10:10:0 b:1:11:10 c:9:9:0 ");
	}
}

static void
late(void **state)
{
	struct session_counts c;
	struct play y;

	(void)state;
	begin(&y, 0);
	range(&y, 'a', 0, 3);
	range(&y, 'a', 5, 9);
	quiet(&y, 5);
	range(&y, 'b', 10, 19);
	assert_int_equal(packet(&y, 'a', 4, false), SESSION_LATE);
	range(&y, 'b', 20, 20);
	session_counts(y.t, &c);
	assert_int_equal(c.late, 1);
	session_flush(y.t);
	assert_int_equal(y.h.last.late, 1);
	ends(&y, "a:9:10:1 b:11:11:0 ");
}

/* A packet overtaken by one of the next period is reordered, once. */
static void
overtaken(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 0);
	y.start_s = START_S;
	packet(&y, 'b', 3, false);
	packet(&y, 'a', 0, false);
	packet(&y, 'a', 2, false);
	packet(&y, 'a', 1, false);
	packet(&y, 'a', 1, false);
	packet(&y, 'b', 5, false);
	packet(&y, 'c', 7, false);
	packet(&y, 'b', 4, false);
	packet(&y, 'b', 6, false);
	packet(&y, 'c', 8, false);
	session_flush(y.t);
	assert_int_equal(y.h.reordered, 5);
	ends(&y, "a:4:3:0 b:4:4:0 c:2:2:0 ");
}

/* The beginning of a run is lost, where a start is known as one. */
static void
head(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 0);
	y.start_s = START_S;
	range(&y, 'a', 10000, 10009);
	packet(&y, 'a', 5000, false);
	quiet(&y, 5);
	range(&y, 'b', 10010, 10019);
	/* Again, from the same port; a single one; one that is no more new. */
	y.start_s++;
	range(&y, 'c', 9, 9);
	y.start_s++;
	range(&y, 'd', 10, 10);
	quiet(&y, 5);
	range(&y, 'e', 11, 20);
	/* Before the server; not yet, by its clock. */
	y.start_s = START_S - 1;
	range(&y, 'f', 100, 101);
	y.start_s = START_S + 100;
	range(&y, '0', 100, 101);
	ends(&y, "a:11:10010:9999 b:10:10:0 c:1:10:9 d:1:1:0 0:2:2:0 "
	    "e:10:10:0 f:2:2:0 ");
	/* A single one, and the next period goes on from there. */
	begin(&y, 0);
	y.start_s = START_S;
	range(&y, 'b', 50, 50);
	range(&y, 'a', 51, 52);
	ends(&y, "a:2:2:0 b:1:51:50 ");
}

/* What was forgotten or refused meanwhile is not lost. */
static void
head_missed(void **state)
{
	struct play y;
	int i;

	(void)state;
	begin(&y, 0);
	y.start_s = START_S;
	range(&y, 'a', 0, 9);
	quiet(&y, 5);
	for (i = 0; i < 20; i++) {
		y.port++;
		range(&y, 'a', 0, 0);
		quiet(&y, 5);
	}
	y.h.len = 0;
	y.port = 5000;
	range(&y, 'b', 10, 19);
	for (i = 0; i < 7; i++) {
		y.port++;
		range(&y, (char)('2' + i), 0, 0);
	}
	y.start_s = y.now_ns / CLOCK_NS_PER_S;
	assert_int_equal(packet(&y, '9', 0, false), SESSION_FULL);
	session_flush(y.t);
	assert_null(strstr(y.h.text, "b:10:20"));
	assert_non_null(strstr(y.h.text, "b:10:10"));
	y.h.len = 0;
	range(&y, 'a', 1, 3);
	ends(&y, "a:3:3:0 ");
}

/* A single number far ahead weighs nothing, wherever it is. */
static void
forged(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 0);
	range(&y, 'a', 0, 99);
	packet(&y, 'a', 1000000, false);
	range(&y, 'a', 100, 199);
	packet(&y, 'a', 0x7fffffff, false);
	packet(&y, 'f', 5000000, false);
	range(&y, 'b', 200, 299);
	ends(&y, "a:202:200:0 b:100:100:0 f:1:1:0 ");
	assert_int_equal(y.h.last.odd, 0);
}

/* What time allows counts at once, what a second one says too. */
static void
plausible(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 0);
	range(&y, 'a', 0, 99);
	y.now_ns += 900 * CLOCK_NS_PER_MS;
	packet(&y, 'a', 1000, false);
	ends(&y, "a:101:1001:900 ");
	begin(&y, 0);
	range(&y, 'a', 0, 99);
	range(&y, 'a', 1000, 1001);
	ends(&y, "a:102:1002:900 ");
	/* The second one may be of the next period. */
	begin(&y, 0);
	range(&y, 'a', 0, 99);
	range(&y, 'a', 1000, 1000);
	range(&y, 'b', 1003, 1004);
	ends(&y, "a:101:1003:902 b:2:2:0 ");
}

/* The same port twice in -s: two sequences, side by side. */
static void
twins(void **state)
{
	struct play y;
	uint32_t i;

	(void)state;
	begin(&y, 0);
	for (i = 0; i < 100; i++) {
		packet(&y, 'a', i, false);
		packet(&y, 'b', i, false);
	}
	/* The period changes between the two; one is lost. */
	packet(&y, 'a', 100, false);
	packet(&y, 'd', 100, false);
	packet(&y, 'd', 101, false);
	for (i = 102; i < 200; i++) {
		packet(&y, 'c', i, false);
		packet(&y, 'd', i, false);
	}
	ends(&y, "a:101:102:1 b:100:100:0 c:98:98:0 d:100:100:0 ");
}

/* Another run of the client begins anew. */
static void
restarted(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 0);
	range(&y, 'a', 1000, 1009);
	y.start_s++;
	range(&y, 'b', 0, 9);
	y.start_s++;
	range(&y, 'c', 5000, 5009);
	ends(&y, "a:10:10:0 b:10:10:0 c:10:10:0 ");
}

static void
first_generation(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 0);
	y.layout = WIRE_FIRST;
	y.start_s = 0;
	range(&y, 'a', 1, 10);
	assert_int_equal(packet(&y, 'a', 11, true), SESSION_COUNTED);
	assert_string_equal(y.h.text, "a:10:10:0 ");
	assert_int_equal(packet(&y, 'a', 3, false), SESSION_LATE);
	/* Loss: closed after -k. */
	range(&y, 'b', 1, 3);
	range(&y, 'b', 5, 5);
	packet(&y, 'b', 10, true);
	quiet(&y, 3);
	/* A late one completes it; the control packet is lost; all is. */
	range(&y, 'c', 1, 3);
	packet(&y, 'c', 5, true);
	range(&y, 'c', 4, 4);
	range(&y, 'd', 1, 3);
	packet(&y, 'e', 8, true);
	ends(&y, "a:10:10:0 b:4:9:5 c:4:4:0 d:3:0:0 e:0:7:7 ");
}

static void
figures(void **state)
{
	struct play y;

	(void)state;
	begin(&y, 3);
	range(&y, 'a', 0xfffffff0, 0xfffffff4);		/* 11 lost */
	range(&y, 'a', 0, 9);
	packet(&y, 'a', 9, false);
	packet(&y, 'a', 12, false);
	packet(&y, 'a', 11, false);
	ends(&y, "a:18:29:12 ");
	assert_int_equal(y.h.last.duplicates, 1);
	assert_int_equal(y.h.last.reordered, 1);
	assert_int_equal(y.h.last.bursts, 2);
	assert_int_equal(y.h.last.longest, 11);
	assert_true(y.h.last.min == 4 && y.h.last.max == 4);
	assert_true(y.h.last.sum == 72 && y.h.last.sos == 288);
	assert_int_equal(y.h.p50_ns, 4000000);
}

static void
next_hops(void **state)
{
	struct play y;
	uint32_t i;

	(void)state;
	begin(&y, 3);
	for (i = 0; i < 100; i++)
		if (i % 3 != 1 || i > 90)
			packet(&y, 'a', i, false);
	ends(&y, "a:70:100:30 ");
	assert_int_equal(y.h.last.hops, 3);
	assert_int_equal(y.h.expected[0], 34);
	assert_int_equal(y.h.expected[1], 33);
	assert_int_equal(y.h.expected[2], 33);
	assert_int_equal(y.h.received[0], 34);
	assert_int_equal(y.h.received[1], 3);
	assert_int_equal(y.h.received[2], 33);
}

/* Sessions and sources are bounded; old sources make room. */
static void
bounded(void **state)
{
	struct session_counts c;
	struct play y;
	int i;

	(void)state;
	begin(&y, 0);
	for (i = 0; i < 8; i++)
		range(&y, (char)('0' + i), 0, 0);
	assert_int_equal(packet(&y, 'a', 1, false), SESSION_FULL);
	range(&y, '3', 1, 1);
	session_counts(y.t, &c);
	assert_int_equal(c.sessions, 8);
	assert_int_equal(c.refused, 1);
	for (i = 0; i < 1000; i++) {
		if (i % 8 == 0)
			quiet(&y, 4);
		y.port = (uint16_t)(6000 + i);
		y.h.len = 0;
		range(&y, 'a', 0, 0);
	}
	session_counts(y.t, &c);
	assert_in_range(c.sources, 8, 16);
	session_free(y.t);
}

/* Shown as they are, and reported later all the same. */
static void
shown(void **state)
{
	struct heard now = { .len = 0 };
	struct play y;

	(void)state;
	begin(&y, 0);
	range(&y, 'b', 0, 4);
	y.port++;
	range(&y, 'a', 7, 7);
	session_each(y.t, note, &now);
	assert_string_equal(now.text, "a:1:1:0 b:5:5:0 ");
	assert_true(now.last.open);
	ends(&y, "a:1:1:0 b:5:5:0 ");
	assert_false(y.h.last.open);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(resumed),
		cmocka_unit_test(wholly_overtaken),
		cmocka_unit_test(late),
		cmocka_unit_test(overtaken),
		cmocka_unit_test(head),
		cmocka_unit_test(head_missed),
		cmocka_unit_test(forged),
		cmocka_unit_test(plausible),
		cmocka_unit_test(twins),
		cmocka_unit_test(restarted),
		cmocka_unit_test(first_generation),
		cmocka_unit_test(figures),
		cmocka_unit_test(next_hops),
		cmocka_unit_test(bounded),
		cmocka_unit_test(shown)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
