/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "udping/sender.h"

/* Sequence numbers begin anew with each GUID, at 1. */
#define FIRST_SEQ	1

static void
draw_guid(const struct sender *s, struct sender_port *p)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[WIRE_GUID];
	size_t i;

	s->conf.random(bytes, sizeof(bytes));
	for (i = 0; i < WIRE_GUID; i++)
		p->guid[i] = digits[bytes[i] & 0xf];
	p->guids++;
}

/* The whole second, also before 1970. */
static int64_t
floor_s(int64_t wall_ns)
{
	return wall_ns / CLOCK_NS_PER_S - (wall_ns % CLOCK_NS_PER_S < 0);
}

static int64_t
period_of(const struct sender *s, int64_t wall_ns)
{
	int64_t now_s = floor_s(wall_ns), in = now_s % s->conf.period_s;

	return now_s - (in < 0 ? in + s->conf.period_s : in);
}

int
sender_init(struct sender *s, const struct sender_conf *c, int64_t mono_ns,
    int64_t wall_ns)
{
	struct sender_port *p;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->conf = *c;
	s->ports = calloc(c->nports, sizeof(*s->ports));
	if (s->ports == NULL)
		return -1;
	for (i = 0; i < c->nports; i++) {
		p = &s->ports[i];
		p->number = c->ports[i];
		p->start_s = floor_s(wall_ns);
		p->period_s = period_of(s, wall_ns);
		p->seq = c->generation == 1 ? FIRST_SEQ : 0;
		draw_guid(s, p);
	}
	s->conf.ports = NULL;
	sched_constant(&s->sched, (double)c->mean_ns, mono_ns);
	gaps_init(&s->gaps, (double)c->mean_ns, c->seed);
	rng_seed(&s->sizes, ~c->seed);
	return 0;
}

void
sender_free(struct sender *s)
{
	free(s->ports);
	s->ports = NULL;
}

size_t
sender_floor(int generation)
{
	return generation == 1 ? WIRE_FIRST_MIN : WIRE_PROBE_LEN;
}

int64_t
sender_due(const struct sender *s)
{
	return s->conf.mean_ns == 0 ? INT64_MIN : sched_due(&s->sched);
}

void
sender_advance(struct sender *s, int64_t mono_ns)
{
	int64_t late_ns = mono_ns - sched_due(&s->sched);

	if (s->conf.mean_ns == 0)
		return;
	if (late_ns > SENDER_LATE_NS) {
		s->missed_ns += (uint64_t)late_ns;
		sched_restart(&s->sched, mono_ns);
	}
	sched_step(&s->sched, gaps_next(&s->gaps));
}

static size_t
draw_size(struct sender *s)
{
	size_t size = (size_t)(rng_u64(&s->sizes) % s->conf.max);
	size_t least = sender_floor(s->conf.generation);

	if (size < least)
		size = least;
	return size < s->conf.fit ? size : s->conf.fit;
}

static void
fill_control(const struct sender_port *p, struct sender_packet *out)
{
	out->control = true;
	out->hop = 0;
	out->seq = p->seq;
	out->size = WIRE_FIRST_LEN;
}

/* A period ended: its control packet is due where there are such, then a new
 * GUID. True when the former goes out now. */
static bool
turn_period(struct sender *s, struct sender_port *p, int64_t wall_ns)
{
	int64_t period_s = period_of(s, wall_ns);

	if (p->period_s == period_s)
		return false;
	if (s->conf.generation == 1 && p->seq != FIRST_SEQ && !p->closing) {
		p->closing = true;
		return true;
	}
	p->closing = false;
	p->period_s = period_s;
	if (s->conf.generation == 1)
		p->seq = FIRST_SEQ;
	draw_guid(s, p);
	return false;
}

void
sender_next(struct sender *s, int64_t wall_ns, struct sender_packet *out)
{
	struct sender_port *p = &s->ports[s->turn];

	out->port = out->turn = s->turn;
	out->before = *p;
	if (turn_period(s, p, wall_ns)) {
		fill_control(p, out);
	} else {
		out->control = false;
		out->hop = p->cursor++ % s->conf.hops;
		out->seq = p->seq++;
		out->size = draw_size(s);
		p->sent++;
		sender_pass(s);
	}
}

void
sender_undo(struct sender *s, const struct sender_packet *p)
{
	s->ports[p->port] = p->before;
	s->turn = p->turn;
}

void
sender_pass(struct sender *s)
{
	if (++s->turn == s->conf.nports)
		s->turn = 0;
}

bool
sender_last(const struct sender *s, size_t port, struct sender_packet *out)
{
	const struct sender_port *p = &s->ports[port];

	if (s->conf.generation != 1 || p->seq == FIRST_SEQ)
		return false;
	out->port = port;
	out->turn = s->turn;
	out->before = *p;
	fill_control(p, out);
	return true;
}

void
sender_set_hops(struct sender *s, size_t hops)
{
	s->conf.hops = hops;
}
