/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "msak/latency.h"

/*
 *	server engine ---- line: delay, loss, duplicates ---- echoing client
 *
 * Many sessions at once, on one clock; what the line did to each ping is
 * written down, and has to be what the engine reports.
 */
#define S		CLOCK_NS_PER_S
#define MS		CLOCK_NS_PER_MS
#define US		CLOCK_NS_PER_US
#define SESSIONS	60
#define PINGS		512

struct fate {
	int64_t	sent_ns, rtt_ns;
	bool	lost;
};

struct peer {
	char		mid[16];
	struct addr	addr;
	struct fate	pings[PINGS];
	size_t		n;
	int64_t		kickoff_ns;
};

/* A datagram on its way to the server. */
struct flight {
	int64_t	at_ns;
	size_t	peer;
	size_t	len;
	char	buf[LATENCY_PACKET_MAX];
};

struct world {
	struct latency	*l;
	struct peer	 peers[SESSIONS];
	struct flight	*flights;
	size_t		 nflights, room;
};

static int64_t
between(int64_t from, int64_t to)
{
	return from + (int64_t)(random() % (to - from + 1));
}

static void
launch(struct world *w, size_t peer, const char *buf, size_t len,
    int64_t at_ns)
{
	struct flight *f;

	if (w->nflights == w->room) {
		w->room = w->room > 0 ? 2 * w->room : 64;
		w->flights = realloc(w->flights,
		    w->room * sizeof(*w->flights));
		assert_non_null(w->flights);
	}
	f = &w->flights[w->nflights++];
	f->at_ns = at_ns;
	f->peer = peer;
	f->len = len;
	memcpy(f->buf, buf, len);
}

static size_t
next_flight(const struct world *w)
{
	size_t i, least = 0;

	for (i = 1; i < w->nflights; i++)
		if (w->flights[i].at_ns < w->flights[least].at_ns)
			least = i;
	return least;
}

static void
land(struct world *w)
{
	static const struct addr unset;
	struct flight *f = &w->flights[next_flight(w)];
	struct peer *p = &w->peers[f->peer];
	enum latency_verdict v;

	v = latency_receive(w->l, f->buf, f->len, &p->addr, &unset, f->at_ns,
	    f->at_ns);
	assert_true(v == LATENCY_STARTED || v == LATENCY_REPEATED ||
	    v == LATENCY_ECHO || v == LATENCY_DUPLICATE);
	if (v == LATENCY_STARTED)
		p->kickoff_ns = f->at_ns;
	*f = w->flights[--w->nflights];
}

/* The line and the client between them, as one. */
static void
travel(struct world *w, const struct latency_action *a, int64_t now_ns)
{
	size_t peer = addr_port(&a->to) - 1000;
	struct peer *p = &w->peers[peer];
	struct fate *f = &p->pings[p->n];

	assert_int_equal(a->seq, p->n);
	assert_true(p->n < PINGS);
	p->n++;
	f->sent_ns = now_ns;
	f->lost = random() % 10 == 0;
	f->rtt_ns = between(0, 80 * MS);
	if (f->lost)
		return;
	launch(w, peer, a->buf, a->len, now_ns + f->rtt_ns);
	if (random() % 10 == 0)
		launch(w, peer, a->buf, a->len,
		    now_ns + f->rtt_ns + between(1, 50 * MS));
}

static void
run(struct world *w)
{
	static struct latency_action a;
	int64_t due;

	for (;;) {
		due = latency_due(w->l);
		if (w->nflights > 0 &&
		    w->flights[next_flight(w)].at_ns <= due) {
			land(w);
			continue;
		}
		if (due > 30 * S)
			return;
		latency_act(w->l, due, due, &a);
		assert_int_equal(a.act, LATENCY_SEND);
		travel(w, &a, due);
	}
}

static void
begin(struct world *w)
{
	char kickoff[LATENCY_PACKET_MAX + 1];
	struct peer *p;
	size_t i, len;

	memset(w, 0, sizeof(*w));
	w->l = latency_new(60 * S, SESSIONS, (uint64_t)random());
	assert_non_null(w->l);
	for (i = 0; i < SESSIONS; i++) {
		p = &w->peers[i];
		snprintf(p->mid, sizeof(p->mid), "m%zu", i);
		assert_int_equal(addr_numeric("192.0.2.1",
		    (uint16_t)(1000 + i), &p->addr), 0);
		assert_int_equal(latency_authorise(w->l, p->mid, "u",
		    &p->addr, 0, 0), 0);
		len = latency_kickoff(p->mid, kickoff);
		launch(w, i, kickoff, len, between(0, 3 * S));
		launch(w, i, kickoff, len, between(0, 3 * S));
	}
}

/* Gaps within 10..40 ms, for 5 s, and to the microsecond what the line did. */
static void
check(const struct peer *p, const struct latency_session *s)
{
	int64_t last = p->kickoff_ns, gap;
	size_t i, came = 0;

	assert_int_equal(s->nslots, p->n);
	for (i = 0; i < p->n; i++) {
		gap = p->pings[i].sent_ns - last;
		assert_in_range(gap, 10 * MS, 40 * MS);
		last = p->pings[i].sent_ns;
		assert_int_equal(s->slots[i].received, !p->pings[i].lost);
		assert_int_equal(latency_rtt_us(&s->slots[i]),
		    p->pings[i].lost ? 0 : p->pings[i].rtt_ns / US);
		came += !p->pings[i].lost;
	}
	assert_int_equal(s->received, came);
	assert_in_range(last - p->kickoff_ns, 5 * S - 40 * MS, 5 * S);
}

static void
test_many_sessions(void **state)
{
	struct world *w = malloc(sizeof(*w));
	struct latency_session *s;
	size_t i, pings = 0;

	(void)state;
	unit_seed();
	assert_non_null(w);
	begin(w);
	run(w);
	for (i = 0; i < SESSIONS; i++) {
		s = latency_take(w->l, w->peers[i].mid, 30 * S);
		assert_non_null(s);
		check(&w->peers[i], s);
		pings += s->nslots;
		latency_session_free(s);
	}
	/* 230 a session: the true mean gap is 21.7 ms. */
	assert_in_range(pings / SESSIONS, 225, 235);
	latency_free(w->l);
	free(w->flights);
	free(w);
}

/* Sessions come, are replaced, taken and expire: a model of arrays agrees. */
static void
test_set(void **state)
{
	enum { IDS = 40, MAX = 25 };
	int64_t ends[IDS] = { 0 }, now = 0;
	struct latency *l = latency_new(50, MAX, 3);
	static const struct addr peer;
	static struct latency_action a;
	struct latency_session *s;
	size_t id, n = 0;
	char mid[8];
	int step, rc;

	(void)state;
	unit_seed();
	for (step = 0; step < 200000; step++) {
		now += random() % 3;
		for (;;) {
			latency_act(l, now, now, &a);
			if (a.act == LATENCY_NOTHING)
				break;
			assert_int_equal(a.act, LATENCY_EXPIRED);
			id = (size_t)strtoul(a.session->mid, NULL, 10);
			assert_in_range(ends[id], 1, now);
			ends[id] = 0;
			n--;
			latency_session_free(a.session);
		}
		id = (size_t)random() % IDS;
		snprintf(mid, sizeof(mid), "%zu", id);
		if (random() % 3 > 0) {
			rc = latency_authorise(l, mid, "u", &peer, now, 0);
			assert_int_equal(rc == 0, ends[id] > 0 || n < MAX);
			n += rc == 0 && ends[id] == 0;
			if (rc == 0)
				ends[id] = now + 50;
		} else {
			s = latency_take(l, mid, now);
			assert_int_equal(s != NULL, ends[id] > 0);
			n -= s != NULL;
			ends[id] = 0;
			latency_session_free(s);
		}
		assert_int_equal(latency_count(l), n);
	}
	latency_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_sessions),
		cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
