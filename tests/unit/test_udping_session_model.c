/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random senders, losses, duplicates and reordering: over all records, what
 * is reported equals what a model counts that keeps every packet.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/unit.h"
#include "udping/session.h"

#define START_NS	(INT64_C(1000000000) * CLOCK_NS_PER_S)
#define MAX		60000		/* packets of one sender */
#define SENDERS		3
#define END		4		/* packets */
#define KEEPALIVE_S	2
#define HEARD_S		(START_NS / CLOCK_NS_PER_S - 5)

struct packet {
	uint32_t	seq, period;
	int64_t		sent_ns, arrival_ns;	/* -1: lost */
};

struct totals {
	int64_t	received, expected, lost, duplicates, reordered, odd, late;
};

struct world {
	struct packet	*packets[SENDERS];
	struct packet	*order;
	size_t		 n;
	bool		 known[SENDERS];	/* started since HEARD_S */
	struct totals	 truth, heard;
	struct rng	 rng;
};

static void
note(void *arg, const struct session_record *r)
{
	struct totals *h = arg;

	h->received += (int64_t)(r->count - r->duplicates);
	h->expected += r->expected;
	h->lost += (int64_t)r->expected -
	    (int64_t)(r->count - r->duplicates - r->odd);
	h->duplicates += (int64_t)r->duplicates;
	h->reordered += (int64_t)r->reordered;
	h->odd += (int64_t)r->odd;
}

static unsigned int
below(struct world *w, unsigned int n)
{
	return (unsigned int)(rng_u64(&w->rng) % n);
}

static unsigned int
burst(struct world *w)
{
	return 1 + below(w, below(w, 2) == 0 ? 20 : 10000);
}

/*
 * Some single losses, some bursts of any length; at the start only of clients
 * that are known, and there the first two to come are of one period. Nothing
 * at the ends: one packet alone says nothing of the rate, by which a burst is
 * believed.
 */
static void
lose(struct world *w, struct packet *p, size_t n, bool known)
{
	size_t i, at, len, first = 0;
	unsigned int bursts = below(w, 6), one_in = 2 + below(w, 50);

	if (known && below(w, 2) == 0) {
		first = burst(w) % (n / 2);
		while (p[first].period != p[first + 1].period)
			first++;
	}
	for (i = 0; i + END < n; i++)
		if (i < first || (i >= first + END && below(w, one_in) == 0))
			p[i].arrival_ns = -1;
	while (bursts-- > 0) {
		len = burst(w);
		at = first + END +
		    below(w, (unsigned int)(n - first) - 2 * END);
		for (i = at; i < at + len && i + END < n; i++)
			p[i].arrival_ns = -1;
	}
}

/* Poisson gaps; periods of whole seconds; a start anywhere. */
static size_t
sender(struct world *w, struct packet *p, bool *known)
{
	double mean_ns = 1e6 * (1 + below(w, 20));
	int64_t at_ns = START_NS + below(w, 1000000), jitter_ns;
	uint32_t seq = below(w, 3) == 0 ? 0 : (uint32_t)rng_u64(&w->rng);
	unsigned int period_s = 1 + below(w, 20);
	size_t i, n = 200 + below(w, MAX - 200);

	*known = seq == 0 && below(w, 4) > 0;
	jitter_ns = (int64_t)(mean_ns * below(w, 8));
	for (i = 0; i < n; i++) {
		at_ns += (int64_t)rng_exp(&w->rng, mean_ns);
		p[i].seq = seq++;
		p[i].period = (uint32_t)(at_ns / CLOCK_NS_PER_S) / period_s;
		p[i].sent_ns = at_ns;
		p[i].arrival_ns = at_ns + 1000000 + (jitter_ns == 0 ? 0 :
		    (int64_t)(rng_u64(&w->rng) % (uint64_t)jitter_ns));
	}
	lose(w, p, n, *known);
	return n;
}

static int
by_arrival(const void *a, const void *b)
{
	int64_t x = ((const struct packet *)a)->arrival_ns;
	int64_t y = ((const struct packet *)b)->arrival_ns;

	return (x > y) - (x < y);
}

/* What arrived, some of it twice, in order; who it was from in the period. */
static void
arrive(struct world *w, const struct packet *p, size_t n, unsigned int who,
    bool twice)
{
	uint32_t low = 0, high = 0;
	bool any = false;
	size_t i;
	int copies;

	for (i = 0; i < n; i++) {
		if (p[i].arrival_ns == -1)
			continue;
		low = any || w->known[who] ? low : p[i].seq;
		high = p[i].seq;
		any = true;
		copies = twice && below(w, 40) == 0 ? 2 : 1;
		w->truth.received++;
		w->truth.duplicates += copies - 1;
		while (copies-- > 0) {
			w->order[w->n] = p[i];
			w->order[w->n].period = p[i].period * SENDERS + who;
			w->order[w->n++].arrival_ns += copies * 500000;
		}
	}
	w->truth.expected += high - low + 1;
}

static void
play(struct world *w, struct session_table *t, unsigned int ports)
{
	struct wire_probe p = { .layout = WIRE_LP64, .size = WIRE_PROBE_LEN };
	struct addr from[SENDERS];
	unsigned int who;
	size_t i;

	for (i = 0; i < SENDERS; i++)
		assert_int_equal(addr_numeric("192.0.2.7",
		    (uint16_t)(5000 + i % ports), &from[i]), 0);
	for (i = 0; i < w->n; i++) {
		who = w->order[i].period % SENDERS;
		p.start_s = HEARD_S - !w->known[who];
		p.seq = w->order[i].seq;
		p.sent_s = w->order[i].sent_ns / CLOCK_NS_PER_S;
		p.sent_ns = w->order[i].sent_ns % CLOCK_NS_PER_S;
		/* GUIDs in no order. */
		(void)snprintf(p.guid, sizeof(p.guid), "%08x000011112222",
		    w->order[i].period * 2654435761u);
		w->heard.late += session_take(t, &from[who], &p,
		    w->order[i].arrival_ns, w->order[i].arrival_ns /
		    CLOCK_NS_PER_S) == SESSION_LATE;
	}
	session_flush(t);
}

/* RFC 4737, of the first arrival of each number. */
static void
count_reordered(struct world *w)
{
	uint32_t next[SENDERS] = { 0 };
	bool any[SENDERS] = { false };
	unsigned char *seen = calloc(SENDERS, MAX);
	unsigned int who;
	uint32_t seq;
	size_t i;

	assert_non_null(seen);
	for (i = 0; i < w->n; i++) {
		who = w->order[i].period % SENDERS;
		seq = w->order[i].seq;
		if (seen[who * MAX + (seq - w->packets[who]->seq)]++ > 0)
			continue;
		if (any[who] && (int32_t)(seq - next[who]) < 0)
			w->truth.reordered++;
		else
			next[who] = seq + 1;
		any[who] = true;
	}
	free(seen);
}

/*
 * A packet can be late only where the edge of a period comes right after a
 * pause of more than KEEPALIVE_S: it was overtaken by one of the next period,
 * with which its own was reported; or all that came of a short period came
 * after its numbers had been reported as lost. That is rare, and is said.
 */
static void
judge(struct world *w, bool twice)
{
	const struct totals *h = &w->heard;

	assert_in_range(h->late, 0, 8);
	assert_int_equal(h->expected, w->truth.expected);
	if (twice && h->late > 0)
		return;
	w->truth.lost = w->truth.expected - w->truth.received;
	assert_int_equal(h->received + h->late, w->truth.received);
	if (h->late == 0)
		assert_int_equal(h->reordered, w->truth.reordered);
	assert_int_equal(h->duplicates, w->truth.duplicates);
	assert_int_equal(h->odd, 0);
	assert_int_equal(h->lost - h->late, w->truth.lost);
}

static void
run(struct world *w, unsigned int senders, unsigned int ports, bool twice)
{
	struct session_options o = { .keepalive_s = KEEPALIVE_S,
	    .heard_since_s = HEARD_S, .max_sessions = 1000, .report = note,
	    .arg = &w->heard };
	struct session_table *t = session_new(&o);
	unsigned int i;
	size_t n;

	assert_non_null(t);
	w->n = 0;
	memset(&w->truth, 0, sizeof(w->truth));
	memset(&w->heard, 0, sizeof(w->heard));
	for (i = 0; i < senders; i++) {
		n = sender(w, w->packets[i], &w->known[i]);
		arrive(w, w->packets[i], n, i, twice);
	}
	qsort(w->order, w->n, sizeof(w->order[0]), by_arrival);
	count_reordered(w);
	play(w, t, ports);
	session_free(t);
	judge(w, twice);
}

static struct world *
world(void)
{
	struct world *w = calloc(1, sizeof(*w));
	size_t i;

	assert_non_null(w);
	for (i = 0; i < SENDERS; i++) {
		w->packets[i] = calloc(MAX, sizeof(struct packet));
		assert_non_null(w->packets[i]);
	}
	w->order = calloc((size_t)2 * SENDERS * MAX, sizeof(struct packet));
	assert_non_null(w->order);
	unit_seed();
	rng_seed(&w->rng, (uint64_t)random());
	return w;
}

static void
end(struct world *w)
{
	size_t i;

	for (i = 0; i < SENDERS; i++)
		free(w->packets[i]);
	free(w->order);
	free(w);
}

static void
one_sender(void **state)
{
	struct world *w = world();
	int i;

	(void)state;
	for (i = 0; i < 60; i++)
		run(w, 1, 1, i % 2 == 0);
	end(w);
}

static void
three_ports(void **state)
{
	struct world *w = world();
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		run(w, SENDERS, SENDERS, i % 2 == 0);
	end(w);
}

/* One burst of each of these lengths, at each place around an edge. */
static void
bursts(void **state)
{
	static const uint32_t lengths[] = { 1, 2, 8, 9, 10, 11, 99, 1000, 1023,
	    1024, 1025, 5000, 10000 };
	struct world *w = world();
	struct session_table *t;
	struct session_options o = { .keepalive_s = KEEPALIVE_S,
	    .max_sessions = 10, .report = note, .arg = &w->heard };
	size_t i, j, at;

	(void)state;
	for (i = 0; i < NELEM(lengths); i++)
		for (at = 980; at < 1010; at++) {
			t = session_new(&o);
			memset(&w->heard, 0, sizeof(w->heard));
			for (w->n = j = 0; j < at + lengths[i] + 500; j++) {
				if (j >= at && j < at + lengths[i])
					continue;
				w->order[w->n++] = (struct packet){
				    .seq = (uint32_t)j,
				    .period = (uint32_t)j / 1000 * SENDERS,
				    .sent_ns = START_NS,
				    .arrival_ns = START_NS +
				    (int64_t)j * 1000000 };
			}
			play(w, t, 1);
			session_free(t);
			assert_int_equal(w->heard.lost, lengths[i]);
			assert_int_equal(w->heard.odd, 0);
		}
	end(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_sender),
		cmocka_unit_test(three_ports),
		cmocka_unit_test(bursts)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
