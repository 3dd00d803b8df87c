/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "thrulay/reorder.h"

/* How many of the last packets, newest first, have larger numbers, up to the
 * first that has not. */
static size_t
reorder_run(const struct reorder *r, uint64_t sequence)
{
	size_t n;

	for (n = 0; n < THRULAY_REORDER_MAX && n < r->count; n++)
		if (r->recent[(r->count - 1 - n) % REORDER_RECENT] < sequence)
			break;
	return n;
}

static void
reorder_gap_add(struct reorder *r, uint64_t sequence)
{
	struct reorder_gap *g = &r->gaps[r->gap_count++ % REORDER_GAPS];

	g->sequence = sequence;
	g->index = r->count;
}

/*
 * RFC 4737 section 4.2.2: how far back the first packet with a larger number
 * came. That was one which opened a gap, and those rise; so the first such
 * gap, or the oldest that is still known.
 */
static uint64_t
reorder_extent(const struct reorder *r, uint64_t sequence)
{
	uint64_t lo = 0, hi = r->gap_count, mid;

	if (hi > REORDER_GAPS)
		lo = hi - REORDER_GAPS;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (r->gaps[mid % REORDER_GAPS].sequence > sequence)
			hi = mid;
		else
			lo = mid + 1;
	}
	return r->count - r->gaps[lo % REORDER_GAPS].index;
}

void
reorder_add(struct reorder *r, uint64_t sequence)
{
	uint64_t extent;

	r->runs[reorder_run(r, sequence)]++;
	if (sequence < r->next) {
		r->reordered++;
		extent = reorder_extent(r, sequence);
		if (extent > r->extent_max)
			r->extent_max = extent;
	} else {
		if (sequence > r->next)
			reorder_gap_add(r, sequence);
		r->next = sequence + 1;
	}
	r->recent[r->count++ % REORDER_RECENT] = sequence;
}

void
reorder_counts(const struct reorder *r, uint64_t m[THRULAY_REORDER_MAX])
{
	uint64_t more = 0;
	size_t j;

	for (j = THRULAY_REORDER_MAX; j > 0; j--) {
		more += r->runs[j];
		m[j - 1] = more;
	}
}

uint64_t
reorder_holes(const struct reorder *r)
{
	return r->next - r->count;
}
