/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/stats.h"
#include "thrulay/arrival.h"
#include "thrulay/reorder.h"
#include "thrulay/seqmap.h"
#include "thrulay/tally.h"
#include "thrulay/variation.h"

/* Of delays within an interval, and of delay differences, fewer are kept
 * exactly than the caller allows for delays: these are asked for while packets
 * arrive, or on top of the delays. */
#define ARRIVAL_EXACT	16384

struct arrival_counts {
	uint64_t	total, unique, duplicates, reordered;
	uint64_t	lost;
};

struct arrival {
	uint64_t		packets;
	uint64_t		total, unique, duplicates, bad_sequence;
	int64_t			first_ns, last_ns;	/* of unique ones */
	struct quant		*delay;
	struct quant		*recent;	/* since the last feedback */
	bool			feedback;	/* was asked for */
	struct arrival_counts	told;		/* by feedback so far */
	struct seqmap		seen;
	struct variation	variation;
	struct reorder		reorder;
};

struct arrival *
arrival_new(uint64_t packets, size_t exact)
{
	struct arrival *a;

	if ((a = calloc(1, sizeof(*a))) == NULL)
		return NULL;
	a->packets = packets;
	if ((a->delay = quant_new(exact)) == NULL ||
	    variation_init(&a->variation, ARRIVAL_EXACT) == -1 ||
	    seqmap_init(&a->seen, packets) == -1) {
		arrival_free(a);
		return NULL;
	}
	return a;
}

void
arrival_free(struct arrival *a)
{
	if (a == NULL)
		return;
	seqmap_free(&a->seen);
	variation_free(&a->variation);
	quant_free(a->delay);
	quant_free(a->recent);
	free(a);
}

/* a - b, at the end of the range where it has no room: stamps of a hostile
 * peer must not overflow. */
static int64_t
difference(int64_t a, int64_t b)
{
	if (b < 0)
		return a > INT64_MAX + b ? INT64_MAX : a - b;
	return a < INT64_MIN + b ? INT64_MIN : a - b;
}

/* A delay for which quant finds no memory is missing there alone. */
static void
arrival_unique(struct arrival *a, uint64_t sequence, int64_t delay_ns,
    int64_t received_wall_ns)
{
	if (a->unique++ == 0)
		a->first_ns = received_wall_ns;
	a->last_ns = received_wall_ns;
	quant_add(a->delay, delay_ns);
	if (a->recent != NULL)
		quant_add(a->recent, delay_ns);
	reorder_add(&a->reorder, sequence);
	variation_add(&a->variation, sequence, delay_ns);
}

enum arrival_verdict
arrival_add(struct arrival *a, uint64_t sequence, int64_t sent_wall_ns,
    int64_t received_wall_ns)
{
	a->total++;
	if (sequence >= a->packets) {
		a->bad_sequence++;
		return ARRIVAL_BAD_SEQUENCE;
	}
	switch (seqmap_set(&a->seen, sequence)) {
	case SEQMAP_NO_MEMORY:
		return ARRIVAL_NO_MEMORY;
	case SEQMAP_SEEN:
		a->duplicates++;
		return ARRIVAL_DUPLICATE;
	case SEQMAP_NEW:
		break;
	}
	arrival_unique(a, sequence, difference(received_wall_ns, sent_wall_ns),
	    received_wall_ns);
	return ARRIVAL_UNIQUE;
}

uint64_t
arrival_next(const struct arrival *a)
{
	return a->reorder.next;
}

size_t
arrival_memory(const struct arrival *a)
{
	size_t n = sizeof(*a) + seqmap_memory(&a->seen) +
	    quant_memory(a->delay) + quant_memory(a->variation.ipdv);

	return a->recent == NULL ? n : n + quant_memory(a->recent);
}

/* Until feedback is asked for the first time, what came is all that came, and
 * a second quant would be a waste. */
static void
arrival_recent(struct arrival *a, struct thrulay_times *out)
{
	if (!a->feedback)
		tally_times(a->delay, out);
	else if (a->recent != NULL)
		tally_times(a->recent, out);
	else
		memset(out, 0, sizeof(*out));
	if (a->recent == NULL)
		a->recent = quant_new(ARRIVAL_EXACT);
	else
		quant_reset(a->recent);
	a->feedback = true;
}

void
arrival_feedback(struct arrival *a, struct ext_feedback *out)
{
	struct arrival_counts now;

	now.total = a->total;
	now.unique = a->unique;
	now.duplicates = a->duplicates;
	now.reordered = a->reorder.reordered;
	now.lost = reorder_holes(&a->reorder);
	if (now.lost < a->told.lost)
		now.lost = a->told.lost;
	out->received = now.total - a->told.total;
	out->unique = now.unique - a->told.unique;
	out->duplicates = now.duplicates - a->told.duplicates;
	out->reordered = now.reordered - a->told.reordered;
	out->lost = now.lost - a->told.lost;
	a->told = now;
	arrival_recent(a, &out->delay);
}

/* 100 part / all, 0 of nothing. */
static double
percent(uint64_t part, uint64_t all)
{
	return all == 0 ? 0 : 100 * (double)part / (double)all;
}

static void
arrival_loss(const struct arrival *a, uint64_t sent,
    struct thrulay_udp_result *out)
{
	struct seqmap_gaps gaps;

	out->lost = sent > a->unique ? sent - a->unique : 0;
	out->loss_pct = percent(out->lost, sent);
	seqmap_gaps(&a->seen, sent, &gaps);
	out->loss_periods = gaps.runs;
	out->loss_period_max = gaps.longest;
}

static void
arrival_delay(struct arrival *a, struct thrulay_udp_result *out)
{
	tally_times(a->delay, &out->delay);
	out->jitter_ns = difference(out->delay.p75, out->delay.p25);
	out->jitter_rfc3550_ns = llround(fmin(a->variation.jitter_ns, 9e18));
	tally_times(a->variation.ipdv, &out->ipdv);
}

static void
arrival_order(const struct arrival *a, struct thrulay_udp_result *out)
{
	out->reordered = a->reorder.reordered;
	out->reorder_extent_max = a->reorder.extent_max;
	reorder_counts(&a->reorder, out->reorder_j);
	out->reordering_pct = a->unique < 2 ? 0 :
	    percent(out->reorder_j[0], a->unique - 1);
}

void
arrival_result(struct arrival *a, uint64_t sent,
    struct thrulay_udp_result *out)
{
	out->complete = true;
	out->sent = sent;
	out->total = a->total;
	out->unique = a->unique;
	out->duplicates = a->duplicates;
	out->bad_sequence = a->bad_sequence;
	out->duplication_pct = percent(a->duplicates, a->total);
	out->first_ns = a->first_ns;
	out->last_ns = a->last_ns;
	arrival_loss(a, sent, out);
	arrival_delay(a, out);
	arrival_order(a, out);
}
