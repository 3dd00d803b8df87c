/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "common/clock.h"
#include "tests/linkem/sched.h"

#define BITS_NS		(8 * CLOCK_NS_PER_S)
#define CROSS_SEED	UINT64_C(0x9e3779b97f4a7c15)
#define PI		3.14159265358979323846
#define SIGMA_MAX	4.0

struct draws {
	double	move, burst;	/* Gilbert-Elliott: change state, lose */
	double	loss, dup, reorder;
	double	a, b;		/* jitter */
};

int64_t
sched_tx_ns(int64_t size, int64_t rate_bps)
{
	int64_t limit = INT64_MAX / BITS_NS;

	if (size <= limit)
		return size * BITS_NS / rate_bps;
	return (int64_t)((double)size * (double)BITS_NS / (double)rate_bps);
}

/* Take a packet, or refuse it when what waits and it exceed the queue. */
static bool
line_take(struct sched_line *l, int64_t at_ns, uint32_t size)
{
	int64_t bits_ns = size * BITS_NS;

	if (l->rate_bps == 0) {
		l->last_ns = at_ns;
		return true;
	}
	if (at_ns > l->last_ns) {
		if (l->begun)
			l->idle_ns += at_ns - l->last_ns;
		l->last_ns = at_ns;
		l->frac = 0;
	}
	if (l->last_ns - at_ns + bits_ns / l->rate_bps > l->queue_ns)
		return false;
	l->begun = true;
	l->last_ns += bits_ns / l->rate_bps;
	l->frac += bits_ns % l->rate_bps;
	if (l->frac >= l->rate_bps) {
		l->frac -= l->rate_bps;
		l->last_ns++;
	}
	return true;
}

void
sched_init(struct sched *s, const struct sched_conf *conf, uint64_t seed,
    int64_t start_ns)
{
	*s = (struct sched){ .conf = *conf, .arrival_ns = start_ns,
		.due_ns = start_ns };
	s->line.rate_bps = conf->rate_bps;
	s->line.queue_ns = conf->queue_ns;
	s->line.last_ns = start_ns;
	rng_seed(&s->rng, seed);
	cross_init(&s->cross, &conf->cross, seed ^ CROSS_SEED, start_ns);
}

void
sched_advance(struct sched *s, int64_t now_ns)
{
	int64_t at_ns;
	uint32_t size;

	while (cross_next(&s->cross, now_ns, &at_ns, &size)) {
		s->cross_packets++;
		s->cross_bytes += size;
		if (!line_take(&s->line, at_ns, size))
			s->cross_drops++;
	}
}

static struct draws
sched_draw(struct sched *s)
{
	struct draws d;

	d.move = rng_unit(&s->rng);
	d.burst = rng_unit(&s->rng);
	d.loss = rng_unit(&s->rng);
	d.dup = rng_unit(&s->rng);
	d.reorder = rng_unit(&s->rng);
	d.a = rng_unit(&s->rng);
	d.b = rng_unit(&s->rng);
	return d;
}

/* Step the two-state chain; whether this packet is lost in it. */
static bool
sched_burst(struct sched *s, const struct draws *d)
{
	const struct sched_conf *c = &s->conf;

	if (d->move <= (s->bad ? c->burst_leave : c->burst_enter))
		s->bad = !s->bad;
	return d->burst <= (s->bad ? c->burst_loss_bad : c->burst_loss_good);
}

static int64_t
sched_jitter_ns(const struct sched_conf *c, const struct draws *d)
{
	double x;

	if (c->jitter == SCHED_UNIFORM)
		x = 2 * d->a - 1;
	else
		x = fmax(-SIGMA_MAX, fmin(SIGMA_MAX,
		    sqrt(-2 * log(d->a)) * cos(2 * PI * d->b)));
	return (int64_t)(x * (double)c->jitter_ns);
}

static int64_t
later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

static int64_t
sched_due(struct sched *s, const struct draws *d, int64_t depart_ns)
{
	const struct sched_conf *c = &s->conf;
	int64_t due_ns = depart_ns + c->delay_ns + sched_jitter_ns(c, d);

	due_ns = later(due_ns, depart_ns);
	if (!c->jitter_reorders)
		due_ns = later(due_ns, s->due_ns);
	if (d->reorder <= c->reorder)
		return later(due_ns + c->reorder_ns, depart_ns);
	s->due_ns = later(due_ns, s->due_ns);
	return due_ns;
}

struct sched_fate
sched_packet(struct sched *s, int64_t arrival_ns, uint32_t size)
{
	struct sched_fate fate = { .verdict = SCHED_PASS };
	struct draws d = sched_draw(s);
	bool in_burst = sched_burst(s, &d);

	arrival_ns = s->arrival_ns = later(arrival_ns, s->arrival_ns);
	sched_advance(s, arrival_ns);
	if (!line_take(&s->line, arrival_ns, size)) {
		fate.verdict = SCHED_QUEUE_DROP;
		return fate;
	}
	fate.depart_ns = s->line.last_ns;
	if (d.loss <= s->conf.loss) {
		fate.verdict = SCHED_LOSS;
	} else if (in_burst) {
		fate.verdict = SCHED_BURST;
	} else {
		fate.copies = d.dup <= s->conf.dup ? 2 : 1;
		fate.due_ns = sched_due(s, &d, fate.depart_ns);
	}
	return fate;
}
