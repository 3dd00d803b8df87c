/* SPDX-License-Identifier: BSD-2-Clause */
/* Sequence numbers of one period: extent, duplicates, order, loss periods. */
#include "config.h"

#include <string.h>

#include "udping/session_private.h"

bool
seq_fits(uint32_t ahead, int64_t elapsed_ns, double rate)
{
	double allowed = SESSION_STEP;

	if (elapsed_ns > 0)
		allowed += SESSION_HASTE * rate * (double)elapsed_ns;
	return ahead <= allowed;
}

/* The lane's when that is faster: a few packets say little. */
double
seq_rate(const struct session *s)
{
	int64_t span_ns = s->max_ns - s->first_ns;
	double rate = 0;

	if (s->seen > 1 && span_ns > 0)
		rate = (double)(s->max - s->min) / (double)span_ns;
	if (s->lane != NULL && s->lane->rate > rate)
		rate = s->lane->rate;
	return rate;
}

static bool
is_set(const struct session *s, uint32_t seq)
{
	return (s->bits[seq % WINDOW / 64] >> seq % 64 & 1) != 0;
}

static void
set(struct session *s, uint32_t seq)
{
	s->bits[seq % WINDOW / 64] |= UINT64_C(1) << seq % 64;
}

static void
clear(struct session *s, uint32_t seq)
{
	s->bits[seq % WINDOW / 64] &= ~(UINT64_C(1) << seq % 64);
}

static void
run_ends(uint32_t *run, uint64_t *bursts, uint32_t *longest)
{
	if (*run == 0)
		return;
	++*bursts;
	if (*run > *longest)
		*longest = *run;
	*run = 0;
}

/* The number seq leaves the window for good. */
static void
leaves(struct session *s, uint32_t seq)
{
	if (serial(seq, s->min) < 0)
		return;
	if (is_set(s, seq))
		run_ends(&s->run, &s->bursts, &s->longest);
	else
		s->run++;
}

/* Make seq the highest number. */
static void
advance(struct session *s, uint32_t seq)
{
	uint32_t ahead = seq - s->max, i;

	for (i = 1; i <= ahead && i <= WINDOW; i++) {
		leaves(s, s->max + i - WINDOW);
		clear(s, s->max + i);
	}
	if (ahead > WINDOW)
		s->run += ahead - WINDOW;
	s->max = seq;
}

static void
first(struct session *s, uint32_t seq, int64_t arrival_ns)
{
	s->min = s->max = seq;
	s->first_ns = s->max_ns = arrival_ns;
	s->seen = 1;
	set(s, seq);
}

static void
forward(struct session *s, uint32_t seq, int64_t arrival_ns)
{
	advance(s, seq);
	set(s, seq);
	s->max_ns = arrival_ns;
	s->seen++;
}

/* Overtaken by the one that waits: both say that there was a jump, to here. */
static bool
agrees(const struct session *s, uint32_t seq)
{
	return s->jumped && serial(s->jump, seq) > 0 &&
	    s->jump - seq <= SESSION_NEAR;
}

/* Too far ahead to be believed at once. */
static void
doubtful(struct session *s, uint32_t seq, int64_t arrival_ns)
{
	s->odd++;
	s->jumped = true;
	s->overtaken = 0;
	s->jump = seq;
	s->jump_ns = arrival_ns;
}

/* The packets at the start overtook this one. */
static void
lower(struct session *s, uint32_t seq)
{
	s->min = seq;
	s->reordered++;
	s->seen++;
	if (s->max - seq < WINDOW)
		set(s, seq);
}

/* Before all others: the start, late, or nonsense. */
static void
before(struct session *s, uint32_t seq, int64_t arrival_ns)
{
	bool known = (s->base_known && serial(seq, s->base) >= 0) ||
	    (s->pred != NULL && serial(seq, s->pred->max) > 0) ||
	    lane_from_start(s);

	if (known || seq_fits(s->min - seq, arrival_ns - s->first_ns,
	    seq_rate(s))) {
		lower(s, seq);
		return;
	}
	s->odd++;
	s->dived = true;
	s->dive = seq;
	s->dive_ns = arrival_ns;
}

/* At most max. */
static void
behind(struct session *s, uint32_t seq, int64_t arrival_ns)
{
	bool tracked = s->max - seq < WINDOW;

	if (tracked && is_set(s, seq)) {
		s->duplicates++;
		return;
	}
	if (serial(seq, s->min) < 0) {
		before(s, seq, arrival_ns);
		return;
	}
	s->reordered++;
	s->seen++;
	if (tracked)
		set(s, seq);
}

/* The jump counts, from when it came: what has come since, from below it, was
 * overtaken. */
static void
take_jump(struct session *s)
{
	uint64_t reordered = s->reordered;

	s->jumped = false;
	s->odd--;
	if (serial(s->jump, s->max) > 0)
		forward(s, s->jump, s->jump_ns);
	else
		behind(s, s->jump, s->jump_ns);
	s->reordered = reordered + s->overtaken;
}

void
seq_confirm(struct session *s, uint32_t seq)
{
	int32_t ahead = serial(seq, s->jump);

	if (s->jumped && ahead >= 1 && ahead <= SESSION_NEAR)
		take_jump(s);
}

static bool
below_jump(const struct session *s, uint32_t seq)
{
	return s->jumped && serial(s->jump, seq) > 0;
}

bool
seq_take(struct session *s, uint32_t seq, int64_t arrival_ns)
{
	int32_t ahead;

	if (s->seen == 0) {
		first(s, seq, arrival_ns);
		return true;
	}
	if (s->jumped && seq == s->jump) {
		s->duplicates++;
		return false;
	}
	seq_confirm(s, seq);
	ahead = serial(seq, s->max);
	if (ahead <= 0) {
		behind(s, seq, arrival_ns);
		return false;
	}
	if (ahead > SESSION_STEP && !seq_fits((uint32_t)ahead,
	    arrival_ns - s->max_ns, seq_rate(s)) && !agrees(s, seq)) {
		doubtful(s, seq, arrival_ns);
		return false;
	}
	forward(s, seq, arrival_ns);
	s->overtaken += below_jump(s, seq);
	return true;
}

void
seq_overtaken(struct session *s, uint32_t seq)
{
	s->reordered++;
	/* Not for two reasons. */
	s->overtaken -= below_jump(s, seq);
}

void
seq_settle(struct session *s)
{
	double rate = seq_rate(s);

	if (s->dived && seq_fits(s->min - s->dive, s->dive_ns - s->first_ns,
	    rate) && serial(s->dive, s->min) < 0) {
		lower(s, s->dive);
		s->odd--;
	}
	if (s->jumped && (serial(s->jump, s->max) <= 0 || seq_fits(
	    s->jump - s->max, s->jump_ns - s->max_ns, rate)))
		take_jump(s);
	s->dived = s->jumped = false;
}

/*
 * What is still in the window, on both sides of what was seen: the numbers
 * from base to min, and from max to end, are lost.
 */
void
seq_bursts(const struct session *s, uint32_t base, uint32_t end,
    uint64_t *bursts, uint32_t *longest)
{
	uint32_t i, seq, run = s->run, head;

	*bursts = s->bursts;
	*longest = s->longest;
	if (s->seen == 0)
		return;
	if (serial(s->min, base) > 0) {
		head = s->min - base;
		run_ends(&head, bursts, longest);
	}
	for (i = WINDOW; i-- > 0;) {
		seq = s->max - i;
		if (serial(seq, s->min) < 0)
			continue;
		if (is_set(s, seq))
			run_ends(&run, bursts, longest);
		else
			run++;
	}
	if (serial(end, s->max) > 1)
		run += end - s->max - 1;
	run_ends(&run, bursts, longest);
}
