/* SPDX-License-Identifier: BSD-2-Clause */
/* Many receivers at one sender: whose turn it is, for how long, and that who
 * waits does not lose patience. */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "pathrate/rcv.h"
#include "pathrate/snd.h"
#include "pathrate/turn.h"

#define MS		CLOCK_NS_PER_MS
#define CLASSIC		16
#define CLASSIC_NS	(501 * MS)	/* a turn: spacing and round trip */
#define FAST_NS		(3 * MS)
#define FAST_PAUSE_NS	(2 * MS)
#define RUN_NS		(60 * CLOCK_NS_PER_S)
#define FAST_RUN_NS	(18 * CLOCK_NS_PER_S)	/* of the default method */
#define CREDIT_NS	CLOCK_NS_PER_S

/* A receiver that asks for its next train when one is over. */
struct one {
	struct turn_share	share;
	int64_t			turn_ns, pause_ns;
	int64_t			asks_ns;	/* then */
	int64_t			waited_ns;	/* the longest time */
	int			trains;
};

/* Of those that have asked by now, who is next; when nobody has, the clock
 * goes on until somebody does. */
static struct one *
next(struct one *o, size_t n, int64_t *now_ns, int64_t floor_ns)
{
	struct one *best = NULL, *soonest = o;
	size_t i;

	for (i = 0; i < n; i++) {
		if (o[i].asks_ns < soonest->asks_ns)
			soonest = &o[i];
		if (o[i].asks_ns > *now_ns)
			continue;
		turn_join(&o[i].share, floor_ns);
		if (best == NULL || turn_before(&o[i].share, &best->share))
			best = &o[i];
	}
	if (best == NULL) {
		*now_ns = soonest->asks_ns;
		best = soonest;
	}
	return best;
}

static void
share(struct one *o, size_t n, int64_t run_ns)
{
	int64_t now_ns = 0, floor_ns = 0;
	struct one *b;

	while (now_ns < run_ns) {
		b = next(o, n, &now_ns, floor_ns);
		if (now_ns - b->asks_ns > b->waited_ns)
			b->waited_ns = now_ns - b->asks_ns;
		floor_ns = b->share.tag_ns;
		now_ns += b->turn_ns;
		turn_used(&b->share, b->turn_ns);
		b->trains++;
		b->asks_ns = now_ns + b->pause_ns;
	}
}

/* Their trains come one by one, as often for each. */
static void
classic_receivers(void **state)
{
	struct one o[CLASSIC] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < CLASSIC; i++)
		o[i].turn_ns = CLASSIC_NS;
	share(o, CLASSIC, RUN_NS);
	for (i = 0; i < CLASSIC; i++) {
		assert_in_range(o[i].trains, 7, 8);
		assert_true(o[i].waited_ns <= CLASSIC * CLASSIC_NS);
	}
}

/* One with short trains waits for another one each time, not for all, once
 * those have had their first turn. They have their part too. */
static void
a_fast_one_among_them(void **state)
{
	struct one o[CLASSIC] = { 0 };
	size_t i;

	(void)state;
	for (i = 1; i < CLASSIC; i++)
		o[i].turn_ns = CLASSIC_NS;
	o[0].turn_ns = FAST_NS;
	o[0].pause_ns = FAST_PAUSE_NS;
	share(o, CLASSIC, FAST_RUN_NS);
	assert_true(o[0].trains >= (FAST_RUN_NS - CLASSIC * CLASSIC_NS) /
	    (CLASSIC_NS + FAST_NS) - 1);
	for (i = 1; i < CLASSIC; i++)
		assert_in_range(o[i].trains, 2, 3);
}

/* Who was away or comes late has a second before the others, no more. */
static void
no_more_credit(void **state)
{
	struct turn_share old = { .tag_ns = 90 * CLOCK_NS_PER_S },
	    away = { .tag_ns = 5 }, fresh = { 0 };

	(void)state;
	turn_join(&fresh, old.tag_ns);
	turn_join(&away, old.tag_ns);
	turn_join(&old, 7);
	assert_true(old.tag_ns == 90 * CLOCK_NS_PER_S);
	assert_false(turn_before(&away, &fresh) || turn_before(&fresh, &away));
	turn_used(&fresh, CREDIT_NS);
	assert_false(turn_before(&fresh, &old) || turn_before(&old, &fresh));
	turn_used(&fresh, 1);
	assert_true(turn_before(&old, &fresh));
	/* a second while nobody else is there costs nothing later */
	turn_join(&fresh, fresh.tag_ns);
	assert_true(fresh.tag_ns == old.tag_ns + 1);
}

/* Never sooner than the train can be through, at any rate of a link. */
static void
how_long_a_train_may_take(void **state)
{
	struct turn_share t = { 0 };
	int64_t rate_bps, ns;
	size_t n, bytes;

	(void)state;
	assert_true(turn_hold_ns(&t, 0) == 2000 * MS);
	assert_true(turn_hold_ns(&t, 6000) == 5000 * MS);
	assert_true(turn_hold_ns(&t, 1 << 30) == 20000 * MS);
	for (rate_bps = 32000; rate_bps < 100000000000; rate_bps *= 3) {
		t = (struct turn_share){ 0 };
		/* the trains of the classic schedule */
		for (n = 3; n <= 49; n++) {
			bytes = n * 1488;
			ns = (int64_t)bytes * 8 * CLOCK_NS_PER_S / rate_bps +
			    200 * MS;
			assert_true(ns < turn_hold_ns(&t, bytes));
			turn_judged(&t, bytes, ns);
			assert_true(turn_hold_ns(&t, bytes) >= 2000 * MS);
		}
	}
	/* who was quick does not keep others for long when it is gone */
	turn_judged(&t, 1 << 30, 5);
	assert_true(turn_hold_ns(&t, 49 * 1488) < 2001 * MS);
	turn_judged(&t, 0, 5);
	assert_true(turn_hold_ns(&t, 1500) < 2001 * MS);
	turn_judged(&t, 1, INT64_MAX / 2);
	assert_true(turn_hold_ns(&t, 0) == 2000 * MS);
	assert_true(turn_hold_ns(&t, 1) == 20000 * MS);
}

/* What each side has to say reaches the other at once. */
static void
carry(struct snd *s, struct rcv *r, int64_t now_ns)
{
	uint8_t bytes[RCV_OUT_MAX];
	size_t n;

	while (s->out_len + r->out_len > 0) {
		n = r->out_len;
		memcpy(bytes, r->out, n);
		rcv_written(r, n);
		snd_bytes(s, now_ns, bytes, n);
		n = s->out_len;
		memcpy(bytes, s->out, n);
		snd_written(s, n);
		rcv_bytes(r, now_ns, bytes, n);
	}
}

static void
unsaid(void *arg, enum snd_kind kind, int number)
{
	(void)arg;
	(void)kind;
	(void)number;
}

/* A train is asked for, and the sender has not sent it yet. */
static void
asked(struct snd *s, struct rcv *r, uint8_t features)
{
	const struct snd_config sc = {
		.max_payload = 1500, .max_len = 50, .idle_ns = 60000 * MS,
		.features = features
	};
	const struct rcv_config rc = {
		.extend = true, .data_port = 1, .first_ns = 10000 * MS
	};
	const struct train_ask ask = { .round = 2, .len = 3, .payload = 1500 };

	snd_start(s, &sc, unsaid, NULL, 0);
	rcv_start(r, &rc, 0);
	carry(s, r, 0);
	assert_int_equal(rcv_next(r), RCV_READY);
	rcv_begin(r, 0, 1500);
	rcv_ask(r, 0, &ask);
	carry(s, r, 0);
	assert_non_null(snd_train(s));
}

/* Whatever is due first, until then; how long the receiver waits. */
static int64_t
wait_in_queue(struct snd *s, struct rcv *r, int64_t end_ns)
{
	int64_t now_ns = 0;

	while (now_ns < end_ns && r->state == RCV_IN_TRAIN) {
		now_ns = snd_deadline_ns(s) < rcv_deadline_ns(r) ?
		    snd_deadline_ns(s) : rcv_deadline_ns(r);
		snd_timer(s, now_ns);
		carry(s, r, now_ns);
		rcv_timer(r, now_ns);
	}
	return now_ns;
}

static void
patience(void **state)
{
	static struct rcv r;
	struct snd s;
	int64_t now_ns;

	(void)state;
	asked(&s, &r, WIRE_EXT_QUEUED);
	now_ns = wait_in_queue(&s, &r, 600000 * MS);
	assert_true(now_ns >= 600000 * MS);
	assert_int_equal(r.state, RCV_IN_TRAIN);
	/* sent at last */
	snd_sent(&s, now_ns, now_ns, 0);
	carry(&s, &r, now_ns);
	assert_int_equal(r.state, RCV_IN_GRACE);
	/* a word that was under way meanwhile changes nothing */
	rcv_bytes(&r, now_ns, (const uint8_t[8]){ 0, 0, 0, WIRE_QUEUED }, 8);
	assert_int_equal(r.state, RCV_IN_GRACE);
	rcv_timer(&r, rcv_deadline_ns(&r));
	assert_int_equal(rcv_next(&r), RCV_TRAIN);
	/* one that says nothing is waited for as long as ever */
	asked(&s, &r, WIRE_EXT_NONCE);
	assert_true(wait_in_queue(&s, &r, 600000 * MS) == 10000 * MS);
	assert_int_equal(rcv_next(&r), RCV_FAILED);
	assert_int_equal(r.why, RCV_SILENT);
	/* and the word means nothing from it */
	asked(&s, &r, WIRE_EXT_NONCE);
	rcv_bytes(&r, 0, (const uint8_t[8]){ 0, 0, 0, WIRE_QUEUED }, 8);
	assert_int_equal(rcv_next(&r), RCV_TERMINATED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classic_receivers),
		cmocka_unit_test(a_fast_one_among_them),
		cmocka_unit_test(no_more_credit),
		cmocka_unit_test(how_long_a_train_may_take),
		cmocka_unit_test(patience),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
