/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/conn_sim.h"
#include "tests/unit/unit.h"

#define MILLION		1000000
#define ACTION_OFFSET	2

static uint64_t
below(struct sim *s, uint64_t n)
{
	return n == 0 ? 0 : rng_u64(&s->rng) % n;
}

int
sim_sender(const struct sim *s)
{
	return s->conf[SIM_CLIENT].upstream ? SIM_CLIENT : SIM_SERVER;
}

int64_t
sim_wall(const struct sim *s, int side)
{
	return s->now_ns + s->wall_ns[side];
}

unsigned int
sim_action(const struct sim_packet *p)
{
	return p->data[ACTION_OFFSET];
}

/* The heap of what is under way, earliest first. */

static bool
earlier(const struct sim_packet *a, const struct sim_packet *b)
{
	return a->when_ns != b->when_ns ? a->when_ns < b->when_ns :
	    a->order < b->order;
}

static void
heap_put(struct sim *s, struct sim_packet *p)
{
	size_t i = s->count++;

	if (s->count > s->size) {
		s->size = s->size * 2 + 64;
		s->heap = realloc(s->heap, s->size * sizeof(*s->heap));
		assert_non_null(s->heap);
	}
	for (; i > 0 && earlier(p, s->heap[(i - 1) / 2]); i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = p;
}

static struct sim_packet *
heap_take(struct sim *s)
{
	struct sim_packet *first = s->heap[0], *last = s->heap[--s->count];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < s->count) {
		if (k + 1 < s->count && earlier(s->heap[k + 1], s->heap[k]))
			k++;
		if (!earlier(s->heap[k], last))
			break;
		s->heap[i] = s->heap[k];
		i = k;
	}
	s->heap[i] = last;
	return first;
}

/* The line. */

static bool
is_load(const struct sim_packet *p)
{
	return wire_id(p->data, p->have) == WIRE_LOAD &&
	    sim_action(p) == WIRE_TEST;
}

/* Stops are lost only where a test says so; figures likewise. */
static bool
is_spared(const struct sim_packet *p)
{
	return sim_action(p) != WIRE_TEST;
}

/* Its place behind the queue; -1 when that is full. */
static int64_t
line_time(struct sim *s, struct sim_link *l, const struct sim_packet *p)
{
	size_t ip = p->len + SRATE_OVERHEAD_L3 +
	    (s->conf[0].ipv6 ? SRATE_IPV6_MORE : 0);
	double waiting;

	if (l->mbps <= 0)
		return s->now_ns;
	if (l->free_ns < s->now_ns)
		l->free_ns = s->now_ns;
	waiting = (double)(l->free_ns - s->now_ns) * l->mbps / 8000;
	if (waiting + (double)ip > (double)l->queue && !is_spared(p))
		return -1;
	l->free_ns += (int64_t)((double)ip * 8000 / l->mbps);
	return l->free_ns;
}

static void
enqueue(struct sim *s, struct sim_link *l, const struct sim_packet *p,
    int64_t when_ns)
{
	struct sim_packet *q = malloc(sizeof(*q));

	assert_non_null(q);
	*q = *p;
	q->order = s->order++;
	q->when_ns = when_ns + l->delay_ns +
	    (int64_t)below(s, (uint64_t)l->jitter_ns + 1);
	if (!l->reorders && q->when_ns < l->last_ns)
		q->when_ns = l->last_ns;
	l->last_ns = q->when_ns;
	heap_put(s, q);
}

static void
transmit(struct sim *s, struct sim_packet *p)
{
	struct sim_link *l = &s->link[p->from];
	bool load = is_load(p);
	int64_t when_ns;

	p->sent_ns = s->now_ns;
	p->tos = l->tos;
	l->load += load;
	l->bytes += load ? p->len : 0;
	if ((s->sending != NULL && s->sending(s, p)) || l->cut ||
	    (below(s, MILLION) < l->loss_ppm && !is_spared(p)) ||
	    (when_ns = line_time(s, l, p)) == -1) {
		l->load_lost += load;
		return;
	}
	enqueue(s, l, p, when_ns);
	if (below(s, MILLION) < l->copy_ppm) {
		l->load_copied += load;
		enqueue(s, l, p, when_ns);
	}
}

/* The ends. */

static void
drain(struct sim *s, int side)
{
	struct conn_news n;

	while (conn_next_news(&s->conn[side], &n)) {
		if (n.kind == CONN_NEWS_END)
			s->ended_ns[side] = s->now_ns;
		if (s->news != NULL)
			s->news(s, side, &n);
	}
}

static void
set_wake(struct sim *s, int side)
{
	int64_t due_ns = conn_due(&s->conn[side]);

	if (due_ns < s->now_ns)
		due_ns = s->now_ns;
	if (due_ns != CLOCK_NEVER)
		due_ns += (int64_t)below(s, (uint64_t)s->late_ns + 1);
	s->wake_ns[side] = due_ns;
}

static void
send_burst(struct sim *s, int side, const struct conn_out *out)
{
	struct sim_packet p;
	unsigned int i;

	for (i = 0; i < out->count; i++) {
		memset(&p, 0, sizeof(p));
		p.from = side;
		p.len = i + 1 == out->count && out->last != 0 ? out->last :
		    out->size;
		p.have = CONN_HEADER_LEN;
		conn_fill(&s->conn[side], out, i, p.data);
		transmit(s, &p);
	}
	conn_sent(&s->conn[side], out, out->count);
}

static void
send_pdu(struct sim *s, int side, const struct conn_out *out)
{
	struct sim_packet p;

	memset(&p, 0, sizeof(p));
	p.from = side;
	p.have = p.len = out->len;
	memcpy(p.data, out->pdu, out->len);
	transmit(s, &p);
}

/* Everything that is due; whoever waits then has to wait for something. */
static void
poll_side(struct sim *s, int side)
{
	struct conn *c = &s->conn[side];
	struct conn_out out;
	enum conn_step step;

	while ((step = conn_poll(c, s->now_ns, sim_wall(s, side), &out)) !=
	    CONN_WAIT) {
		if (step == CONN_SEND_BURST)
			send_burst(s, side, &out);
		else
			send_pdu(s, side, &out);
		drain(s, side);
	}
	drain(s, side);
	assert_true(conn_due(c) > s->now_ns);
	assert_int_equal(conn_due(c) == CLOCK_NEVER,
	    c->ended != CONN_RUNNING);
	set_wake(s, side);
}

static bool
take(struct sim *s, struct conn *c, const struct sim_packet *p,
    struct wire_load *load)
{
	int64_t wall_ns = sim_wall(s, !p->from);
	struct rxstat_event e;

	if (wire_id(p->data, p->have) == WIRE_FIGURES)
		return conn_figures(c, p->data, p->have);
	if (c->sends_load)
		return conn_status(c, p->data, p->len, wall_ns, s->now_ns);
	if (!conn_load(c, p->data, p->have, p->len, wall_ns, s->now_ns,
	    p->tos, load, &e))
		return false;
	s->delivered += load->action == WIRE_TEST && !c->confirm;
	return true;
}

static void
deliver(struct sim *s, const struct sim_packet *p)
{
	struct conn *c = &s->conn[!p->from];
	struct wire_load load;
	bool valid;

	if (c->ended != CONN_RUNNING)
		return;
	valid = take(s, c, p, &load);
	drain(s, !p->from);
	s->invalid += !valid;
	if (valid && s->taken != NULL &&
	    wire_id(p->data, p->have) != WIRE_FIGURES)
		s->taken(s, p, c->sends_load ? NULL : &load);
	set_wake(s, !p->from);
}

/* Time goes to the next event, at most to until_ns. */
static bool
step(struct sim *s, int64_t until_ns)
{
	int side = s->wake_ns[SIM_CLIENT] <= s->wake_ns[SIM_SERVER] ?
	    SIM_CLIENT : SIM_SERVER;
	struct sim_packet *p;

	if (s->count > 0 && s->heap[0]->when_ns <= s->wake_ns[side]) {
		if (s->heap[0]->when_ns > until_ns)
			return false;
		p = heap_take(s);
		s->now_ns = p->when_ns;
		deliver(s, p);
		free(p);
		return true;
	}
	if (s->wake_ns[side] > until_ns)
		return false;
	s->now_ns = s->wake_ns[side];
	poll_side(s, side);
	return true;
}

static bool
is_over(const struct sim *s)
{
	return s->conn[SIM_CLIENT].ended != CONN_RUNNING &&
	    s->conn[SIM_SERVER].ended != CONN_RUNNING;
}

void
sim_run(struct sim *s, int64_t until_ns)
{
	while (!is_over(s) && step(s, until_ns))
		;
	if (!is_over(s))
		s->now_ns = until_ns;
}

/* Life. */

static void
init_conf(struct conn_conf *c, bool upstream, unsigned int version, bool ours)
{
	c->upstream = upstream;
	c->version = version;
	c->ours = ours;
	c->test_s = 5;
	c->period_ms = 1000;
	c->trial_ms = 50;
	c->adjust.low_ms = 30;
	c->adjust.upper_ms = 90;
	c->adjust.seq_thresh = 10;
	c->adjust.slow_thresh = 3;
	c->adjust.high_speed_delta = 10;
	c->adjust.fixed_index = -1;
	c->adjust.limit_index = -1;
}

void
sim_init(struct sim *s, bool upstream, unsigned int version, bool ours,
    unsigned int seed)
{
	int side;

	memset(s, 0, sizeof(*s));
	srate_build(&s->table, true, false);
	rng_seed(&s->rng, seed);
	for (side = SIM_CLIENT; side <= SIM_SERVER; side++) {
		init_conf(&s->conf[side], upstream, version, ours);
		s->conf[side].seed = rng_u64(&s->rng);
		s->link[side].delay_ns = 5 * CLOCK_NS_PER_MS;
		s->wall_ns[side] = SIM_WALL_NS;
	}
	s->conf[SIM_SERVER].is_server = true;
}

void
sim_start(struct sim *s)
{
	s->now_ns = SIM_START_NS;
	s->conf[SIM_SERVER].table = &s->table;
	conn_init(&s->conn[SIM_SERVER], &s->conf[SIM_SERVER], s->now_ns,
	    sim_wall(s, SIM_SERVER));
	set_wake(s, SIM_SERVER);
	conn_first_row(&s->conn[SIM_SERVER], &s->conf[SIM_CLIENT].first_row);
	s->now_ns += s->link[SIM_SERVER].delay_ns;
	conn_init(&s->conn[SIM_CLIENT], &s->conf[SIM_CLIENT], s->now_ns,
	    sim_wall(s, SIM_CLIENT));
	set_wake(s, SIM_CLIENT);
}

void
sim_free(struct sim *s)
{
	while (s->count > 0)
		free(s->heap[--s->count]);
	free(s->heap);
}
