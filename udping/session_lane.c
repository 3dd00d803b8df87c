/* SPDX-License-Identifier: BSD-2-Clause */
/* Sources, and which period of a source follows which. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "udping/session_private.h"

static void
unlink_age(struct session_table *t, struct source *s)
{
	*(s->older != NULL ? &s->older->newer : &t->stale) = s->newer;
	*(s->newer != NULL ? &s->newer->older : &t->fresh) = s->older;
}

static void
link_age(struct session_table *t, struct source *s)
{
	s->newer = NULL;
	s->older = t->fresh;
	*(t->fresh != NULL ? &t->fresh->newer : &t->stale) = s;
	t->fresh = s;
}

void
source_free(struct source *s)
{
	struct lane *l;

	while ((l = s->lanes) != NULL) {
		s->lanes = l->next;
		free(l);
	}
	free(s);
}

void
source_hold(struct session_table *t, struct source *s)
{
	if (s->open++ == 0)
		unlink_age(t, s);
}

void
source_release(struct session_table *t, struct source *s)
{
	if (--s->open == 0)
		link_age(t, s);
}

void
source_missed(int64_t *heard_since_s, int64_t arrival_s)
{
	if (*heard_since_s != 0 && *heard_since_s <= arrival_s)
		*heard_since_s = arrival_s + 1;
}

/* Forget the source that has said nothing for the longest time. Should it
 * come back, it must not look like one that is new. */
static bool
give_up_one(struct session_table *t, int64_t arrival_s)
{
	struct source *s = t->stale, **at;

	if (s == NULL)
		return false;
	unlink_age(t, s);
	for (at = &t->sources[s->hash & t->mask]; *at != s;
	    at = &(*at)->hash_next)
		;
	*at = s->hash_next;
	source_free(s);
	t->counts.sources--;
	source_missed(&t->o.heard_since_s, arrival_s);
	return true;
}

/* IPv4 as v4-mapped IPv6. */
static void
host_key(const struct addr *a, uint8_t host[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->sa.sa_family == AF_INET6) {
		memcpy(host, &a->in6.sin6_addr, 16);
		return;
	}
	memcpy(host, mapped, sizeof(mapped));
	memcpy(host + sizeof(mapped), &a->in.sin_addr, 4);
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint32_t
hash_host(uint64_t secret, const uint8_t host[16], uint16_t port)
{
	uint64_t a, b;

	memcpy(&a, host, sizeof(a));
	memcpy(&b, host + sizeof(a), sizeof(b));
	return (uint32_t)(mix(mix(mix(secret, a), b), port) >> 32);
}

uint32_t
source_hash(const struct session_table *t, const struct addr *from)
{
	uint8_t host[16];

	host_key(from, host);
	return hash_host(t->o.secret, host, addr_port(from));
}

static struct source *
source_make(struct session_table *t, const struct addr *from,
    const uint8_t host[16], uint32_t hash, int64_t arrival_s)
{
	struct source *s;

	if (t->counts.sources >= 2 * t->o.max_sessions &&
	    !give_up_one(t, arrival_s))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->from = *from;
	memcpy(s->host, host, sizeof(s->host));
	s->port = addr_port(from);
	s->heard_since_s = t->o.heard_since_s;
	s->hash = hash;
	s->hash_next = t->sources[hash & t->mask];
	t->sources[hash & t->mask] = s;
	link_age(t, s);
	t->counts.sources++;
	return s;
}

struct source *
source_get(struct session_table *t, const struct addr *from,
    int64_t arrival_s)
{
	uint16_t port = addr_port(from);
	uint8_t host[16];
	struct source *s;
	uint32_t hash;

	host_key(from, host);
	hash = hash_host(t->o.secret, host, port);
	for (s = t->sources[hash & t->mask]; s != NULL; s = s->hash_next)
		if (s->hash == hash && s->port == port &&
		    memcmp(s->host, host, sizeof(host)) == 0)
			break;
	if (s == NULL)
		return source_make(t, from, host, hash, arrival_s);
	if (s->open == 0 && s != t->fresh) {
		unlink_age(t, s);
		link_age(t, s);
	}
	return s;
}

/* The number that this sender sends next. */
static uint32_t
lane_next(const struct lane *l)
{
	return l->tail != NULL ? l->tail->max + 1 : l->accounted;
}

/* Has all up to here, excluded, been reported? False: nothing has. */
static bool
lane_reported(const struct lane *l, uint32_t *end)
{
	const struct session *s = l->tail;

	if (s == NULL) {
		*end = l->accounted;
		return true;
	}
	while (s->pred != NULL)
		s = s->pred;
	*end = s->base;
	return s->base_known;
}

/* Of a sender of this client, has this number been reported? */
static bool
was_reported(const struct source *s, const struct wire_probe *p)
{
	const struct lane *l;
	bool any = false;
	uint32_t end;

	if (p->layout == WIRE_FIRST)
		return false;
	for (l = s->lanes; l != NULL; l = l->next) {
		if (l->start_s != p->start_s)
			continue;
		if (!lane_reported(l, &end) || serial(p->seq, end) >= 0)
			return false;
		any = true;
	}
	return any;
}

bool
source_is_late(struct source *s, const struct wire_probe *p)
{
	const struct retired *r = s->retired, *end = r + RETIRED;

	while (r < end && memcmp(r->guid, p->guid, WIRE_GUID) != 0)
		r++;
	if (r == end)
		return was_reported(s, p) && s->strays++ < SESSION_STEP;
	if (r->all || p->control || serial(p->seq, r->next) < 0)
		return true;
	return r->lane != NULL && r->lane->start_s == r->start_s &&
	    serial(p->seq, lane_next(r->lane)) < 0;
}

/*
 * The sender whose next number is closest below the first of s; of equals the
 * one whose period began first.
 */
static struct lane *
closest(const struct session *s, const struct lane *but)
{
	struct lane *l, *best = NULL;
	int32_t gap, best_gap = 0;

	for (l = s->source->lanes; l != NULL; l = l->next) {
		if (l == but || l->start_s != s->start_s)
			continue;
		if (l->tail != NULL)
			seq_confirm(l->tail, s->min);
		gap = serial(s->min, lane_next(l));
		if (gap >= 0 && (best == NULL || gap < best_gap ||
		    (gap == best_gap && l->last_ns < best->last_ns))) {
			best = l;
			best_gap = gap;
		}
	}
	return best;
}

/* Room for another sender: a new one, or that of the one silent longest. */
static struct lane *
lane_room(struct source *source, int64_t arrival_ns)
{
	struct lane *l, *old = NULL;

	if (source->nlanes < LANES) {
		l = calloc(1, sizeof(*l));
		if (l == NULL)
			return NULL;
		l->next = source->lanes;
		source->lanes = l;
		source->nlanes++;
		return l;
	}
	for (l = source->lanes; l != NULL; l = l->next)
		if (l->tail == NULL && (old == NULL ||
		    l->last_ns < old->last_ns))
			old = l;
	source_missed(&source->heard_since_s, arrival_ns / CLOCK_NS_PER_S);
	return old;
}

/* Nothing of this client was missed, and no period of it is over. */
static bool
is_first(const struct session *s)
{
	const struct lane *l;

	if (s->source->heard_since_s == 0 ||
	    s->start_s < s->source->heard_since_s ||
	    s->start_s > s->first_ns / CLOCK_NS_PER_S)
		return false;
	for (l = s->source->lanes; l != NULL; l = l->next)
		if (l->start_s == s->start_s &&
		    (l->tail == NULL || !l->tail->first))
			return false;
	return true;
}

/* A sender of its own. Without memory, or with too many, s has none. */
static void
lane_new(struct session *s)
{
	struct lane *l = lane_room(s->source, s->first_ns);

	if (l == NULL)
		return;
	l->start_s = s->start_s;
	l->tail = s;
	l->last_ns = s->first_ns;
	l->rate = 0;
	s->lane = l;
}

/* May the numbers between the two have been lost? */
static bool
gap_fits(const struct lane *l, const struct session *s)
{
	uint32_t gap = s->min - lane_next(l);
	int64_t since_ns = l->tail != NULL ? l->tail->max_ns : l->last_ns;
	double rate = l->tail != NULL ? seq_rate(l->tail) : l->rate;

	return s->seen > 1 || seq_fits(gap, s->first_ns - since_ns, rate);
}

static void
follow(struct lane *l, struct session *s)
{
	if (l->tail != NULL) {
		s->pred = l->tail;
		l->tail->succ = s;
	} else {
		s->base_known = true;
		s->base = l->accounted;
	}
	l->tail = s;
	l->last_ns = s->first_ns;	/* when this one took over */
	s->lane = l;
}

/* Is s from the numbers that next has below its own, or was it the client's
 * first? */
static bool
is_before(const struct session *s, const struct session *next)
{
	if (next->start_s != s->start_s || serial(s->min, next->min) >= 0)
		return false;
	if (next->pred != NULL)
		return serial(s->min, next->pred->max) > 0;
	if (next->base_known)
		return serial(s->min, next->base) >= 0;
	return s->first;
}

/* All that came of this period was overtaken by the next, which took over
 * what was lost before both. */
static bool
precede(struct session *s)
{
	struct session *next;
	struct lane *l = s->source->lanes;

	while (l != NULL && (l->tail == NULL || !is_before(s, l->tail)))
		l = l->next;
	if (l == NULL)
		return false;
	next = l->tail;
	s->pred = next->pred;
	if (s->pred != NULL)
		s->pred->succ = s;
	s->base_known = next->base_known;
	s->base = next->base;
	next->base_known = false;
	next->pred = s;
	s->succ = next;
	s->lane = l;
	return true;
}

bool
lane_link(struct session *s)
{
	struct lane *l;

	if (s->lane != NULL || s->layout == WIRE_FIRST || s->seen == 0)
		return s->lane != NULL;
	l = closest(s, NULL);
	if (l == NULL) {
		s->first = is_first(s);
		if (!precede(s))
			lane_new(s);
	} else if (gap_fits(l, s)) {
		follow(l, s);
	}
	return s->lane != NULL;
}

void
lane_check(struct session *s)
{
	struct session *wrong = s->succ;
	struct lane *l;

	if (wrong == NULL || serial(s->max, wrong->min) < 0)
		return;
	s->succ = wrong->pred = NULL;
	if (s->lane->tail != wrong)
		return;		/* it has been succeeded itself: leave it */
	s->lane->tail = s;
	wrong->lane = NULL;
	l = closest(wrong, s->lane);
	if (l == NULL)
		lane_new(wrong);
	else
		follow(l, wrong);
}

bool
lane_from_start(const struct session *s)
{
	return s->first && (s->seen > 1 || s->min <= SESSION_STEP ||
	    s->succ != NULL || s->end_known);
}

uint32_t
lane_base(const struct session *s)
{
	if (s->base_known)
		return s->base;
	return s->pred == NULL && lane_from_start(s) ? 0 : s->min;
}

uint32_t
lane_end(const struct session *s)
{
	uint32_t end = s->max + 1;

	if (s->end_known && serial(s->end, end) > 0)
		end = s->end;
	else if (!s->end_known && s->succ != NULL &&
	    serial(s->succ->min, end) > 0)
		end = s->succ->min;
	return end;
}

static void
remember(struct session *s, uint32_t next)
{
	struct source *source = s->source;
	struct retired *r = NULL;
	size_t i;

	for (i = 0; i < RETIRED && r == NULL; i++)
		if (memcmp(source->retired[i].guid, s->guid, WIRE_GUID) == 0)
			r = &source->retired[i];
	if (r == NULL)
		r = &source->retired[source->retired_at++ % RETIRED];
	memcpy(r->guid, s->guid, sizeof(r->guid));
	r->start_s = s->start_s;
	r->next = next;
	r->lane = s->lane;
	r->all = s->control;
}

void
lane_retire(struct session *s)
{
	uint32_t end = lane_end(s);

	if (s->pred != NULL) {
		s->pred->end_known = true;
		s->pred->end = s->min;
		s->pred->succ = NULL;
	}
	if (s->succ != NULL) {
		s->succ->base_known = true;
		s->succ->base = end;
		s->succ->pred = NULL;
	}
	if (s->lane != NULL) {
		s->lane->rate = seq_rate(s);
		if (s->lane->tail == s) {
			s->lane->tail = NULL;
			s->lane->accounted = end;
			s->lane->last_ns = s->max_ns;
		}
	}
	remember(s, end);
}
