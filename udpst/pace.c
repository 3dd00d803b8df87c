/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udpst/pace.h"
#include "udpst/srate.h"

/* What one transmitter of a row does; transmitter 1 has no add-on. */
struct transmitter {
	int64_t		interval_ns;	/* 0: idle */
	uint32_t	size, burst, addon;
};

static void
transmitter_get(const struct wire_row *row, unsigned int k,
    struct transmitter *t)
{
	t->interval_ns = CLOCK_NS_PER_US *
	    (k == 0 ? row->interval1_us : row->interval2_us);
	t->size = k == 0 ? row->payload1 : row->payload2;
	t->burst = k == 0 ? row->burst1 : row->burst2;
	t->addon = k == 0 ? 0 : row->addon2;
	if (t->burst > SRATE_BURST_MAX)
		t->burst = SRATE_BURST_MAX;
	if (t->burst == 0 && t->addon == 0)
		t->interval_ns = 0;
}

/* Uniform in [min, max], to one part in 2^32. */
static uint64_t
draw(struct rng *r, uint64_t min, uint64_t max)
{
	return min + ((rng_u64(r) >> 32) * (max - min + 1) >> 32);
}

static uint32_t
size_min(bool ipv6)
{
	return ipv6 ? SRATE_MIN_IPV6 : SRATE_MIN_IPV4;
}

static uint32_t
size_draw(struct pace *p, uint32_t size)
{
	bool random;
	const uint32_t max = srate_size(size, p->ipv6, &random);

	return random ? (uint32_t)draw(&p->rng, size_min(p->ipv6), max) : max;
}

/* IP bytes of a datagram; the mean of a random size. */
static uint64_t
size_l3(uint32_t size, bool ipv6)
{
	bool random;
	uint64_t bytes = srate_size(size, ipv6, &random);

	if (random)
		bytes = (bytes + size_min(ipv6)) / 2;
	return bytes + SRATE_OVERHEAD_L3 + (ipv6 ? SRATE_IPV6_MORE : 0);
}

void
pace_init(struct pace *p, const struct wire_row *row, bool ipv6,
    uint64_t seed, int64_t now_ns)
{
	struct transmitter t;
	unsigned int k;

	memset(p, 0, sizeof(*p));
	p->row = *row;
	p->ipv6 = ipv6;
	rng_seed(&p->rng, seed);
	for (k = 0; k < 2; k++) {
		transmitter_get(row, k, &t);
		p->due_ns[k] = t.interval_ns == 0 ? CLOCK_NEVER : now_ns +
		    (int64_t)draw(&p->rng, PACE_START_MIN_NS,
		    PACE_START_MAX_NS);
	}
}

void
pace_set_row(struct pace *p, const struct wire_row *row, int64_t now_ns)
{
	struct transmitter t;
	unsigned int k;

	/* What is owed, is owed of one row. */
	if (memcmp(&p->row, row, sizeof(*row)) != 0)
		p->owed[0] = p->owed[1] = 0;
	p->row = *row;
	for (k = 0; k < 2; k++) {
		transmitter_get(row, k, &t);
		if (t.interval_ns == 0)
			p->due_ns[k] = CLOCK_NEVER;
		else if (p->due_ns[k] == CLOCK_NEVER)
			p->due_ns[k] = now_ns + t.interval_ns;
	}
}

int64_t
pace_due(const struct pace *p)
{
	return p->due_ns[0] < p->due_ns[1] ? p->due_ns[0] : p->due_ns[1];
}

void
pace_owe(struct pace *p, int64_t owe_ns)
{
	p->owe_ns = owe_ns;
}

/* How many of n late expiries are owed from now on. */
static int64_t
owe(struct pace *p, unsigned int k, const struct transmitter *t, int64_t n)
{
	int64_t room = p->owe_ns / t->interval_ns - p->owed[k];

	if (room < 0)
		room = 0;
	if (n > room)
		n = room;
	p->owed[k] += (unsigned int)n;
	return n;
}

/*
 * Give up what is too late: the expiries that are late by more than
 * PACE_CATCH_UP_NS, but never the last one, so that a slow transmitter still
 * sends when its caller is late.
 */
static void
give_up(struct pace *p, unsigned int k, const struct transmitter *t,
    int64_t late_ns)
{
	int64_t n, last = late_ns / t->interval_ns;
	uint64_t bytes;

	n = (late_ns - PACE_CATCH_UP_NS + t->interval_ns - 1) / t->interval_ns;
	if (n > last)
		n = last;
	bytes = t->burst * size_l3(t->size, p->ipv6);
	if (t->addon > 0)
		bytes += size_l3(t->addon, p->ipv6);
	p->due_ns[k] += n * t->interval_ns;
	n -= owe(p, k, t, n);
	p->missed += (uint64_t)n;
	p->missed_bytes += (uint64_t)n * bytes;
}

/* Whether an expiry in time brings a late one with it. */
static bool
repay(struct pace *p, unsigned int k)
{
	if (p->owed[k] == 0 || ++p->since[k] < PACE_REPAY)
		return false;
	p->since[k] = 0;
	p->owed[k]--;
	return true;
}

/* The transmitter that has been due for longer comes first. */
bool
pace_next(struct pace *p, int64_t now_ns, struct pace_burst *b)
{
	const unsigned int k = p->due_ns[0] <= p->due_ns[1] ? 0 : 1;
	struct transmitter t;
	int64_t late_ns;

	if (p->due_ns[k] == CLOCK_NEVER || p->due_ns[k] > now_ns)
		return false;
	transmitter_get(&p->row, k, &t);
	late_ns = now_ns - p->due_ns[k];
	if (late_ns > p->late_max_ns)
		p->late_max_ns = late_ns;
	if (late_ns > PACE_CATCH_UP_NS)
		give_up(p, k, &t, late_ns);
	if (!repay(p, k))
		p->due_ns[k] += t.interval_ns;
	p->expiries++;
	b->count = t.burst;
	b->size = t.burst > 0 ? size_draw(p, t.size) : 0;
	b->addon = t.addon > 0 ? size_draw(p, t.addon) : 0;
	return true;
}
