/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "udpst/rxstat.h"

/*
 * The receiver of spec 4.3 and 4.4 once more, as slow and as plain as can be,
 * against the real one: same PDUs in, same status PDUs out.
 */
#define MOST	5000		/* PDUs of a run */

struct model_count {
	uint32_t	datagrams, loss, ooo, dup, ce;
	uint64_t	bytes;
	uint32_t	owd[MOST], owds, rtt[MOST], rtts;
};

struct model {
	uint32_t	accepted[MOST];		/* all, oldest first */
	uint32_t	accepts, highest;
	struct model_count trial, active, saved;
	bool		owd_known, rtt_known, updated, started, bleached;
	int64_t		owd_minimum, rtt_minimum, last_status;
	int64_t		sent[MOST];
	uint32_t	sents;
	int64_t		status_ns, start_ns, delta_us, accum, subints;
	int64_t		period_ms, trial_ms;
};

/* Half up: of a number that is not negative, the division does it. */
static int64_t
model_ms(int64_t ns)
{
	const int64_t more_ms = INT64_C(1000000000000);

	return (ns + 500000 + more_ms * 1000000) / 1000000 - more_ms;
}

static bool
model_dup(const struct model *m, uint32_t seq)
{
	uint32_t i;

	for (i = 0; i < 32; i++)
		if ((i < m->accepts ? m->accepted[m->accepts - 1 - i] : 0) ==
		    seq)
			return true;
	return false;
}

static void
model_delays(struct model *m, const struct wire_load *p, int64_t wall_ns)
{
	const int64_t sent = wire_time_to_ns(p->status_time);
	int64_t delta = model_ms(wall_ns - wire_time_to_ns(p->time)), rtt;
	bool known = false;
	uint32_t i;

	if (!m->owd_known || delta < m->owd_minimum) {
		m->owd_minimum = delta;
		m->updated = true;
	}
	if (m->owd_known) {
		m->trial.owd[m->trial.owds++] = (uint32_t)(delta -
		    m->owd_minimum);
		m->active.owd[m->active.owds++] = (uint32_t)(delta -
		    m->owd_minimum);
	}
	m->owd_known = true;
	for (i = 0; i < 64 && i < m->sents; i++)
		known |= m->sent[m->sents - 1 - i] == sent;
	if (!known || sent == m->last_status)
		return;
	m->last_status = sent;
	rtt = model_ms(wall_ns - sent);
	if (p->rtt_delay_ms <= rtt)
		rtt -= p->rtt_delay_ms;
	else if (p->rtt_delay_ms == rtt + 1)
		rtt = 0;
	if (!m->rtt_known || rtt < m->rtt_minimum) {
		m->rtt_minimum = rtt;
		m->updated = true;
	}
	m->rtt_known = true;
	m->trial.rtt[m->trial.rtts++] = (uint32_t)(rtt - m->rtt_minimum);
	m->active.rtt[m->active.rtts++] = (uint32_t)(rtt - m->rtt_minimum);
}

/* Everything of one of the two intervals that needs no delay. */
static void
model_counts(const struct model *m, struct model_count *c,
    const struct wire_load *p, size_t len, int tos)
{
	c->datagrams++;
	c->bytes += p->payload < len ? p->payload : len;
	c->ce += (tos & 3) == 3;
	if (p->seq > m->highest)
		c->loss += p->seq - m->highest - 1;
	else if (model_dup(m, p->seq))
		c->dup++;
	else {
		c->ooo++;
		c->loss -= c->loss > 0;
	}
}

static void
model_load(struct model *m, const struct wire_load *p, size_t len,
    int64_t wall_ns, int tos)
{
	model_counts(m, &m->trial, p, len, tos);
	model_counts(m, &m->active, p, len, tos);
	m->bleached |= (tos & 3) == 0;
	if (p->seq <= m->highest) {
		if (!model_dup(m, p->seq))
			m->accepted[m->accepts++] = p->seq;
		return;
	}
	m->highest = p->seq;
	m->accepted[m->accepts++] = p->seq;
	model_delays(m, p, wall_ns);
}

static void
model_tick(struct model *m, int64_t now_ns)
{
	int64_t elapsed_ms = model_ms(now_ns - m->start_ns);

	memset(&m->trial, 0, sizeof(m->trial));
	m->updated = false;
	m->status_ns = now_ns;
	if (m->started && elapsed_ms <= m->period_ms - m->trial_ms / 2)
		return;
	if (m->started) {
		m->saved = m->active;
		m->subints++;
		m->accum += elapsed_ms;
		m->delta_us = (now_ns - m->start_ns) / 1000;
	}
	memset(&m->active, 0, sizeof(m->active));
	m->start_ns = now_ns;
	m->started = true;
}

static void
figures(const uint32_t *v, uint32_t n, uint32_t *min, uint32_t *max,
    uint32_t *sum)
{
	uint32_t i;

	*min = UINT32_MAX;
	*max = *sum = 0;
	for (i = 0; i < n; i++) {
		*min = v[i] < *min ? v[i] : *min;
		*max = v[i] > *max ? v[i] : *max;
		*sum += v[i];
	}
}

static void
compare_trial(const struct model *m, const struct wire_status *s,
    int64_t now_ns)
{
	const struct model_count *c = &m->trial;
	uint32_t min, max, sum;

	assert_int_equal(s->ti_datagrams, c->datagrams);
	assert_int_equal(s->ti_bytes, c->bytes);
	assert_int_equal(s->ti_ce, c->ce);
	assert_int_equal(s->loss, c->loss);
	assert_int_equal(s->ooo, c->ooo);
	assert_int_equal(s->dup, c->dup);
	assert_int_equal(s->clock_delta_min, m->owd_minimum);
	figures(c->owd, c->owds, &min, &max, &sum);
	assert_int_equal(s->owd_min, min);
	assert_int_equal(s->owd_max, max);
	assert_int_equal(s->owd_sum, sum);
	assert_int_equal(s->owd_cnt, c->owds);
	assert_int_equal(s->rtt_sample, c->rtts == 0 ? UINT32_MAX :
	    c->rtt[c->rtts - 1]);
	assert_int_equal(s->rtt_minimum, m->rtt_known ?
	    (uint32_t)m->rtt_minimum : UINT32_MAX);
	assert_int_equal(s->min_updated, m->updated);
	assert_int_equal(s->ti_delta_us, (now_ns - m->status_ns) / 1000);
	assert_int_equal(s->modifier, m->bleached);
}

static void
compare_subint(const struct model *m, const struct wire_status *s)
{
	const struct model_count *c = &m->saved;
	uint32_t min = 0, max = 0, sum = 0;

	assert_int_equal(s->subint_seq, m->subints);
	assert_int_equal(s->subint.datagrams, c->datagrams);
	assert_int_equal(s->subint.bytes, c->bytes);
	assert_int_equal(s->subint_ce, c->ce);
	assert_int_equal(s->subint.delta_us, m->delta_us);
	assert_int_equal(s->subint.accum_ms, m->accum);
	assert_int_equal(s->subint.loss, c->loss);
	assert_int_equal(s->subint.ooo, c->ooo);
	assert_int_equal(s->subint.dup, c->dup);
	if (m->subints > 0)
		figures(c->owd, c->owds, &min, &max, &sum);
	assert_int_equal(s->subint.owd_min, min);
	assert_int_equal(s->subint.owd_max, max);
	assert_int_equal(s->subint.owd_sum, sum);
	assert_int_equal(s->subint.owd_cnt, c->owds);
	if (m->subints > 0)
		figures(c->rtt, c->rtts, &min, &max, &sum);
	assert_int_equal(s->subint.rtt_min, min);
	assert_int_equal(s->subint.rtt_max, max);
}

/* What the network does to the next PDU, and when. */
struct path {
	uint32_t	next;
	int64_t		now_ns, shift_ns;	/* of the sender's clock */
};

static uint32_t
random_seq(struct path *path)
{
	const long kind = random() % 100;
	uint32_t back;

	if (kind < 80)
		return path->next++;
	if (kind < 88) {
		path->next += 1 + (uint32_t)random() % 20;
		return path->next++;
	}
	/* Late or again, within what is remembered or beyond. */
	back = 1 + (uint32_t)random() % (kind < 96 ? 32 : 100);
	return back < path->next ? path->next - back : 0;
}

static void
random_load(struct path *path, const struct model *m, struct wire_load *p)
{
	uint32_t back = (uint32_t)random() % 80;

	memset(p, 0, sizeof(*p));
	path->now_ns += random() % (4 * CLOCK_NS_PER_MS);
	if (random() % 500 == 0)
		path->shift_ns += random() % 40000000 - 20000000;
	p->seq = random_seq(path);
	p->payload = (uint16_t)(random() % 1500);
	p->time = wire_time_from_ns(path->now_ns + path->shift_ns -
	    random() % (8 * CLOCK_NS_PER_MS));
	if (m->sents == 0)
		return;
	if (random() % 10 != 0)
		back = 0;
	if (back < m->sents)
		p->status_time = wire_time_from_ns(
		    m->sent[m->sents - 1 - back]);
	if (random() % 50 == 0)
		p->status_time.nsec ^= 1;
	p->rtt_delay_ms = (uint16_t)(random() % 60);
}

static void
compare_run(struct model *m, unsigned int period_ms, unsigned int trial_ms)
{
	const int64_t begin = INT64_C(1795313794000000000);
	struct path path = { 1, begin, random() % 2000000000 - 1000000000 };
	struct wire_status out;
	struct wire_load p;
	struct rxstat r;
	size_t len;
	int i, tos;

	memset(m, 0, sizeof(*m));
	m->period_ms = period_ms;
	m->trial_ms = trial_ms;
	m->status_ns = begin;
	rxstat_init(&r, period_ms, trial_ms, 1, begin);
	for (i = 0; i < 5000; i++) {
		random_load(&path, m, &p);
		len = random() % 9 == 0 ? 700 : 1500;
		tos = random() % 1000 == 0 ? 0 : 1 + (int)(random() % 3);
		model_load(m, &p, len, path.now_ns, tos);
		rxstat_load(&r, &p, len, path.now_ns, tos, NULL);
		if (path.now_ns - m->status_ns < trial_ms * CLOCK_NS_PER_MS)
			continue;
		memset(&out, 0xa5, sizeof(out));
		rxstat_status(&r, path.now_ns, &out);
		compare_trial(m, &out, path.now_ns);
		compare_subint(m, &out);
		model_tick(m, path.now_ns);
		m->sent[m->sents++] = path.now_ns;
		rxstat_sent(&r, wire_time_from_ns(path.now_ns));
	}
	/* The random input was worth something. */
	assert_true(m->subints > 10 && m->rtt_known);
}

static void
same_as_the_model(void **state)
{
	struct model *m = malloc(sizeof(*m));
	int i;

	(void)state;
	assert_non_null(m);
	unit_seed();
	for (i = 0; i < 10; i++) {
		compare_run(m, 500, 50);
		compare_run(m, 100, 5);
	}
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
