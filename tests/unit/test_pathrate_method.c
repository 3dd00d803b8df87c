/* SPDX-License-Identifier: BSD-2-Clause */
/* Either estimator ended early, by a budget, and fed from a file. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "common/clock.h"
#include "pathrate/replay_fast.h"

#define GAP_NS		(1200 * CLOCK_NS_PER_US)	/* 9.92 Mbit/s */
#define PAYLOAD		1460
#define NOISY		1.0	/* too much to end after the preliminaries */
#define TRAINS_MAX	1600	/* of a whole run */

struct state {
	struct method		m;
	struct replay_fast	f;
	enum classic_kind	last;	/* event */
	int64_t			arrival_ns[TRAIN_LEN_MAX + 1];
	struct rng		rng;
};

static void
say(void *arg, const struct classic_event *e)
{
	((struct state *)arg)->last = e->kind;
}

static void
start(struct state *s, bool ipv6, uint64_t limit_bytes)
{
	struct classic_config config = {
		.ipv6 = ipv6, .max_payload = PAYLOAD, .latency_us = 1
	};

	method_classic(&s->m, &config, limit_bytes, say, s);
}

/* A train through a link whose gaps vary by this part. */
static void
take(struct state *s, double noise)
{
	struct method_train t = {
		.end = TRAIN_GOOD, .arrival_ns = s->arrival_ns
	};
	const struct train_ask *ask = method_ask(&s->m);
	double gap_ns;
	size_t i;

	assert_non_null(ask);
	gap_ns = (double)GAP_NS * (double)(ask->payload + 28) / 1488;
	for (i = 1; i <= ask->len; i++)
		s->arrival_ns[i] = s->arrival_ns[i - 1] + (int64_t)(gap_ns *
		    (1 + noise * (rng_unit(&s->rng) - 0.5)));
	t.now_ns = t.sent_ns = s->arrival_ns[0];
	method_take(&s->m, &t);
}

/* Whenever a run is stopped, it is over, and says what it has. */
static void
classic_stopped(void **state)
{
	struct state *s = *state;
	double lo, hi;
	int i, n, trains;

	unit_seed();
	rng_seed(&s->rng, (uint64_t)random());
	for (i = 0; i < 60; i++) {
		trains = i < 10 ? i : (int)(rng_unit(&s->rng) * TRAINS_MAX);
		start(s, false, 0);
		for (n = 0; n < trains && method_ask(&s->m) != NULL; n++)
			take(s, NOISY);
		method_stop(&s->m);
		assert_null(method_ask(&s->m));
		if (!method_estimate(&s->m, &lo, &hi)) {
			/* the last value of the preliminaries is dropped */
			assert_true(trains < 3);
			assert_int_equal(s->last, CLASSIC_NOTHING);
			continue;
		}
		assert_int_equal(s->last, CLASSIC_FINAL);
		assert_true(lo > 5 && lo <= hi && hi < 20);
		/* once is enough */
		s->last = CLASSIC_SETUP;
		method_stop(&s->m);
		assert_int_equal(s->last, CLASSIC_SETUP);
	}
}

/* In each phase by itself. */
static void
classic_stopped_in(void **state)
{
	static const struct {
		enum classic_phase	phase;
		int			trains;		/* of it */
	} cases[] = {
		{ CLASSIC_IN_TEST, 0 }, { CLASSIC_IN_PRELIMINARY, 5 },
		{ CLASSIC_IN_PHASE_1, 0 }, { CLASSIC_IN_PHASE_1, 500 },
		{ CLASSIC_IN_PHASE_2, 0 }, { CLASSIC_IN_PHASE_2, 21 },
		{ CLASSIC_IN_PHASE_2, 22 }, { CLASSIC_IN_PHASE_2, 499 },
	};
	struct state *s = *state;
	double lo, hi;
	size_t i;
	int n;

	rng_seed(&s->rng, 7);
	for (i = 0; i < NELEM(cases); i++) {
		start(s, false, 0);
		while (s->m.classic.phase != cases[i].phase)
			take(s, NOISY);
		for (n = 0; n < cases[i].trains; n++)
			take(s, NOISY);
		assert_int_equal(s->m.classic.phase, cases[i].phase);
		method_stop(&s->m);
		assert_true(method_estimate(&s->m, &lo, &hi));
		assert_true(lo > 5 && lo <= hi && hi < 20);
		/* the rate of Phase II needs 22 trains */
		assert_int_equal(s->m.classic.adr > 0,
		    cases[i].phase == CLASSIC_IN_PHASE_2 &&
		    cases[i].trains >= 22);
	}
}

/* Packets that are closer than the host can tell: the coalescence method. */
static void
bursts_stopped(void **state)
{
	struct method_train t = { .end = TRAIN_GOOD };
	struct state *s = *state;
	double lo, hi;
	size_t i;
	int trains;

	for (trains = 0; trains < 3; trains++) {
		start(s, false, 0);
		t.arrival_ns = s->arrival_ns;
		for (i = 0; i <= TRAIN_LEN_MAX; i++)
			s->arrival_ns[i] = (int64_t)(i / 10) * 120000 +
			    (int64_t)(i % 10) * 1000;
		while (s->m.classic.phase != CLASSIC_IN_BURSTS)
			method_take(&s->m, &t);
		for (i = 0; i < (size_t)trains; i++)
			method_take(&s->m, &t);
		method_stop(&s->m);
		assert_int_equal(method_estimate(&s->m, &lo, &hi), trains > 0);
		assert_int_equal(s->last, trains > 0 ? CLASSIC_FINAL :
		    CLASSIC_TOO_FEW);
	}
}

static void
classic_bytes_limited(void **state)
{
	struct state *s = *state;
	uint64_t sum;
	double lo, hi;
	size_t limit;

	rng_seed(&s->rng, 7);
	for (limit = 1; limit < 3000000; limit = limit * 3 + 10000) {
		start(s, false, limit);
		for (sum = 0; method_ask(&s->m) != NULL; take(s, 0.4))
			sum += (method_ask(&s->m)->len + 1) *
			    (method_ask(&s->m)->payload + 28);
		/* the longest train is one of 49 */
		assert_in_range(sum, limit > 49 * 1488 ? limit - 49 * 1488 :
		    0, limit);
		assert_int_equal(sum, s->m.bytes);
		/* of 3, 4 and 5 packets: less is too little */
		assert_int_equal(method_estimate(&s->m, &lo, &hi),
		    sum >= 12 * 1488);
	}
}

static void
headers_of_ipv6(void **state)
{
	struct state *s = *state;
	double lo, hi;

	start(s, true, 0);
	while (method_ask(&s->m) != NULL)
		take(s, 0);
	assert_true(method_estimate(&s->m, &lo, &hi));
	assert_true(fabs((lo + hi) / 2 / (1508 * 8 / 1200.0) - 1) < 1e-3);
	assert_int_equal(classic_bytes(&s->m.classic, 1440), 1488);
}

static void
fast_stopped(void **state)
{
	struct fast_config config = {
		.max_payload = PAYLOAD, .headers = 28, .target = 0.01,
		.limit_ns = 20 * CLOCK_NS_PER_S
	};
	struct state *s = *state;
	double lo, hi;
	int i, n, trains;

	unit_seed();
	rng_seed(&s->rng, (uint64_t)random());
	for (i = 0; i < 30; i++) {
		trains = i < 10 ? i : (int)(rng_unit(&s->rng) * 60);
		method_fast(&s->m, &config, s->arrival_ns[0]);
		for (n = 0; n < trains && method_ask(&s->m) != NULL; n++)
			take(s, 0.1);
		assert_false(method_estimate(&s->m, &lo, &hi) &&
		    method_ask(&s->m) != NULL);
		method_stop(&s->m);
		assert_null(method_ask(&s->m));
		if (method_estimate(&s->m, &lo, &hi))
			assert_true(lo > 9 && lo <= hi && hi < 11);
		else
			assert_true(trains < 3);
	}
}

/* A recorded run for the fast estimator. */
static void
replayed(struct state *s, const char *name, double *lo, double *hi)
{
	char *text = vectors_text(name), *at = text, *line;
	struct replay_line l;
	const char *why;

	while ((line = strsep(&at, "\n")) != NULL && *line != '\0') {
		switch (replay_parse(line, strlen(line), &l, &why)) {
		case REPLAY_PARAM:
			replay_fast_begin(&s->f, &s->m,
			    &(struct classic_config){
				.max_payload = l.max_payload,
				.rtt_ms = l.rtt_ms,
				.latency_us = l.min_gap_us / 3 });
			break;
		case REPLAY_TRAIN:
			replay_fast_take(&s->f, &l);
			break;
		case REPLAY_BAD:
		case REPLAY_OTHER:
			break;
		}
	}
	free(text);
	method_stop(&s->m);
	assert_true(method_estimate(&s->m, lo, hi));
}

/* All trains of one size serve; of Phase I, the pairs of half and of full
 * size do. */
static void
fast_from_a_file(void **state)
{
	struct state *s = *state;
	double lo, hi;

	replayed(s, "pathrate/replay-quick-10mbit-x50.jsonl", &lo, &hi);
	assert_int_equal(s->m.fast.trains, 81);
	assert_true(lo > 9.6 && lo <= 9.91 && hi >= 9.91 && hi < 10.1);
	replayed(s, "pathrate/replay-full-100mbit.jsonl", &lo, &hi);
	/* as many as there is room for: all of full size come before */
	assert_true(s->m.fast.trains > 81);
	assert_true(lo > 80 && lo <= hi && hi < 100);
}

static void
fast_takes_what_it_asks_for(void **state)
{
	struct classic_config config = {
		.max_payload = PAYLOAD, .latency_us = 1
	};
	struct replay_line l = { .len = 2, .payload = PAYLOAD, .arrivals = 3 };
	struct state *s = *state;
	const struct fast *f = &s->m.fast;

	replay_fast_begin(&s->f, &s->m, &config);
	replay_fast_take(&s->f, &l);
	assert_int_equal(f->trains, 1);
	assert_int_equal(f->train[0].sort, FAST_PAIR_TRAIN);
	l.end = TRAIN_LOST;
	replay_fast_take(&s->f, &l);
	l.end = TRAIN_GOOD;
	l.payload = PAYLOAD - 1;
	replay_fast_take(&s->f, &l);
	assert_int_equal(f->trains, 1);
	l.payload = PAYLOAD / 2;
	l.len = 20;
	replay_fast_take(&s->f, &l);
	assert_int_equal(f->trains, 2);
	assert_int_equal(f->train[1].sort, FAST_SMALL_TRAIN);
	assert_int_equal(f->train[1].n, 21);
	l.payload = PAYLOAD;
	replay_fast_take(&s->f, &l);
	assert_int_equal(f->train[2].sort, FAST_LONG_TRAIN);
	assert_int_equal(f->train[2].payload, PAYLOAD);
}

static int
setup(void **state)
{
	*state = calloc(1, sizeof(struct state));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classic_stopped),
		cmocka_unit_test(classic_stopped_in),
		cmocka_unit_test(bursts_stopped),
		cmocka_unit_test(classic_bytes_limited),
		cmocka_unit_test(headers_of_ipv6),
		cmocka_unit_test(fast_stopped),
		cmocka_unit_test(fast_from_a_file),
		cmocka_unit_test(fast_takes_what_it_asks_for),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
