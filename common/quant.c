/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/stats.h"

/*
 * Bins of one side of the base, by distance d from it: one each for d below
 * 2 * QUANT_SUB, then QUANT_SUB for every further power of two up to 2^64.
 */
#define SUB_BITS	7
#define SIDE		((size_t)(64 - SUB_BITS + 1) * QUANT_SUB)
#define SLOTS		(2 * SIDE)
#define FIRST_ROOM	256

_Static_assert(1 << SUB_BITS == QUANT_SUB, "SUB_BITS is the log of QUANT_SUB");

struct quant {
	uint64_t	 n;
	int64_t		 min, max;
	uint64_t	 sum_low;	/* 128 bit, two's complement */
	int64_t		 sum_high;
	int64_t		*exact;		/* n values while not binned */
	size_t		 room, exact_max;
	/* Slot SIDE is the base itself; slots rise with the value. */
	uint64_t	*slots;
	bool		 binned;
	int64_t		 base;
	unsigned int	 roundings;	/* times a value was put into a bin */
};

struct quant *
quant_new(size_t exact_max)
{
	struct quant *q = calloc(1, sizeof(*q));

	if (q != NULL)
		q->exact_max = exact_max;
	return q;
}

void
quant_free(struct quant *q)
{
	if (q == NULL)
		return;
	free(q->exact);
	free(q->slots);
	free(q);
}

void
quant_reset(struct quant *q)
{
	struct quant kept = { .exact = q->exact, .room = q->room,
		.exact_max = q->exact_max, .slots = q->slots };

	*q = kept;
}

/* hi - lo, which an int64_t cannot always hold. */
static uint64_t
distance(int64_t hi, int64_t lo)
{
	return (uint64_t)hi - (uint64_t)lo;
}

static size_t
bin_of(uint64_t d)
{
	unsigned int shift;

	if (d < QUANT_SUB)
		return (size_t)d;
	shift = 63 - SUB_BITS - (unsigned int)__builtin_clzll(d);
	return shift * QUANT_SUB + (size_t)(d >> shift);
}

/* Both ends of the bin are off by no more than half its width. */
static uint64_t
bin_middle(size_t bin)
{
	unsigned int shift = 0;

	if (bin >= 2 * QUANT_SUB)
		shift = (unsigned int)(bin / QUANT_SUB - 1);
	return ((uint64_t)(bin - shift * QUANT_SUB) << shift) +
	    ((UINT64_C(1) << shift) - 1) / 2;
}

static size_t
slot_of(const struct quant *q, int64_t v)
{
	if (v >= q->base)
		return SIDE + bin_of(distance(v, q->base));
	return SIDE - bin_of(distance(q->base, v));
}

/* The middle of a slot, kept within minimum and maximum. */
static int64_t
slot_value(const struct quant *q, size_t slot)
{
	uint64_t d, most;

	if (slot >= SIDE) {
		d = bin_middle(slot - SIDE);
		most = distance(q->max, q->base);
		return (int64_t)((uint64_t)q->base + (d < most ? d : most));
	}
	d = bin_middle(SIDE - slot);
	most = distance(q->base, q->min);
	return (int64_t)((uint64_t)q->base - (d < most ? d : most));
}

/* From values to bins. 0, or -1 with errno and nothing changed. */
static int
to_bins(struct quant *q, int64_t base)
{
	uint64_t i;

	if (q->slots == NULL) {
		q->slots = calloc(SLOTS, sizeof(*q->slots));
		if (q->slots == NULL)
			return -1;
	} else
		memset(q->slots, 0, SLOTS * sizeof(*q->slots));
	q->base = base;
	q->binned = true;
	q->roundings = 1;
	for (i = 0; i < q->n; i++)
		q->slots[slot_of(q, q->exact[i])]++;
	free(q->exact);
	q->exact = NULL;
	q->room = 0;
	return 0;
}

/* Room for one more value, v, in whichever form. 0, or -1 with errno. */
static int
make_room(struct quant *q, int64_t v)
{
	int64_t base = q->n > 0 ? q->min : v, *p;
	size_t room;

	if (q->n >= q->exact_max)
		return to_bins(q, base);
	room = q->room < FIRST_ROOM ? FIRST_ROOM : q->room * 2;
	if (room > q->exact_max)
		room = q->exact_max;
	p = reallocarray(q->exact, room, sizeof(*p));
	if (p == NULL) {
		to_bins(q, base);
		errno = ENOMEM;
		return -1;
	}
	q->exact = p;
	q->room = room;
	return 0;
}

static void
add_sum(struct quant *q, uint64_t low, int64_t high)
{
	q->sum_low += low;
	q->sum_high += high + (q->sum_low < low);
}

static void
widen(struct quant *q, int64_t min, int64_t max)
{
	if (q->n == 0 || min < q->min)
		q->min = min;
	if (q->n == 0 || max > q->max)
		q->max = max;
}

int
quant_add(struct quant *q, int64_t v)
{
	int rc = 0;

	if (!q->binned && q->n == q->room) {
		rc = make_room(q, v);
		if (rc == -1 && !q->binned)
			return -1;
	}
	if (q->binned)
		q->slots[slot_of(q, v)]++;
	else
		q->exact[q->n] = v;
	widen(q, v, v);
	add_sum(q, (uint64_t)v, v < 0 ? -1 : 0);
	q->n++;
	return rc;
}

/*
 * The middles of the other's bins are put into ours, which with one base are
 * the same bins.
 */
static int
merge_bins(struct quant *q, const struct quant *other)
{
	unsigned int roundings = other->roundings;
	size_t i;

	if (!q->binned && to_bins(q, other->base) == -1)
		return -1;
	if (q->base != other->base)
		roundings++;
	if (roundings > q->roundings)
		q->roundings = roundings;
	for (i = 0; i < SLOTS; i++)
		if (other->slots[i] > 0)
			q->slots[slot_of(q, slot_value(other, i))] +=
			    other->slots[i];
	widen(q, other->min, other->max);
	add_sum(q, other->sum_low, other->sum_high);
	q->n += other->n;
	return 0;
}

int
quant_merge(struct quant *q, const struct quant *other)
{
	uint64_t i;
	int rc = 0;

	if (other->binned)
		return merge_bins(q, other);
	for (i = 0; i < other->n; i++)
		if (quant_add(q, other->exact[i]) == -1)
			rc = -1;
	return rc;
}

uint64_t
quant_count(const struct quant *q)
{
	return q->n;
}

/*
 * ceil(n * p), for p above 0. p as a double is mostly not the decimal that was
 * meant, so a product that is above a whole number by no more than rounding
 * counts as that number: 0.07 of 100 is number 7, not 8.
 */
static uint64_t
rank_of(uint64_t n, double p)
{
	double x = (double)n * p, below = floor(x);

	if (x >= (double)n)
		return n;
	return (uint64_t)below + (x - below > x * DBL_EPSILON);
}

/* How often each next eight bits follow prefix in the distances from min. */
static void
count_digits(const struct quant *q, uint64_t prefix, unsigned int shift,
    uint64_t count[256])
{
	uint64_t d, i;

	memset(count, 0, 256 * sizeof(count[0]));
	for (i = 0; i < q->n; i++) {
		d = distance(q->exact[i], q->min) >> shift;
		if (d >> 8 == prefix)
			count[d & 255]++;
	}
}

/*
 * The value of a rank, eight bits a pass from the top: no more than eight
 * passes whatever the values, where sorting a million would hold up the other
 * sessions of a server for a tenth of a second.
 */
static int64_t
select_exact(const struct quant *q, uint64_t rank)
{
	uint64_t count[256], prefix = 0, digit;
	unsigned int shift = 0;

	while (shift < 56 && distance(q->max, q->min) >> shift > 255)
		shift += 8;
	for (;; shift -= 8) {
		count_digits(q, prefix, shift, count);
		for (digit = 0; rank > count[digit]; digit++)
			rank -= count[digit];
		prefix = prefix << 8 | digit;
		if (shift == 0)
			return (int64_t)((uint64_t)q->min + prefix);
	}
}

static int64_t
select_bin(const struct quant *q, uint64_t rank)
{
	size_t slot;

	for (slot = 0; rank > q->slots[slot]; slot++)
		rank -= q->slots[slot];
	return slot_value(q, slot);
}

int64_t
quant_get(const struct quant *q, double p)
{
	uint64_t rank;

	if (q->n == 0)
		return 0;
	if (!(p > 0))
		return q->min;
	rank = rank_of(q->n, p);
	if (rank == 1)
		return q->min;
	if (rank == q->n)
		return q->max;
	return q->binned ? select_bin(q, rank) : select_exact(q, rank);
}

int64_t
quant_min(const struct quant *q)
{
	return q->min;
}

int64_t
quant_max(const struct quant *q)
{
	return q->max;
}

double
quant_mean(const struct quant *q)
{
	uint64_t low = q->sum_low, high = (uint64_t)q->sum_high;
	double sign = 1;

	if (q->n == 0)
		return 0;
	if (q->sum_high < 0) {
		sign = -1;
		low = -low;
		high = ~high + (low == 0);
	}
	return sign * ((double)high * 0x1p64 + (double)low) / (double)q->n;
}

double
quant_error(const struct quant *q)
{
	double error = 0;
	unsigned int i;

	for (i = 0; i < q->roundings; i++)
		error += (1 + error) / (2 * QUANT_SUB);
	return error;
}

size_t
quant_memory(const struct quant *q)
{
	size_t held = sizeof(*q) + q->room * sizeof(*q->exact);

	if (q->slots != NULL)
		held += SLOTS * sizeof(*q->slots);
	return held;
}
