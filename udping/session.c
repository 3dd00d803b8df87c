/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of sessions: look-up, statistics, expiry. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "udping/session_private.h"

/* A histogram begins when this many delays are kept one by one. */
#define DELAYS_EXACT	2048
#define NS_PER_MS	1e6

struct session_table *
session_new(const struct session_options *o)
{
	struct session_table *t = calloc(1, sizeof(*t));
	uint32_t buckets = 64;

	if (t == NULL)
		return NULL;
	t->o = *o;
	while (buckets < o->max_sessions && buckets < UINT32_C(1) << 24)
		buckets *= 2;
	t->mask = buckets - 1;
	t->sessions = calloc(buckets, sizeof(t->sessions[0]));
	t->sources = calloc(buckets, sizeof(t->sources[0]));
	t->sorted = calloc(o->max_sessions, sizeof(t->sorted[0]));
	if (t->sessions == NULL || t->sources == NULL || t->sorted == NULL) {
		session_free(t);
		errno = ENOMEM;
		return NULL;
	}
	return t;
}

static void
forget(struct session *s)
{
	quant_free(s->delays);
	free(s->hops);
	free(s);
}

void
session_free(struct session_table *t)
{
	struct session *s;
	struct source *source;

	while ((s = t->oldest) != NULL) {
		t->oldest = s->newer;
		source_release(t, s->source);
		forget(s);
	}
	while ((source = t->stale) != NULL) {
		t->stale = source->newer;
		source_free(source);
	}
	free(t->sessions);
	free(t->sources);
	free(t->sorted);
	free(t);
}

void
session_counts(const struct session_table *t, struct session_counts *c)
{
	*c = t->counts;
}

static void
unlink_age(struct session_table *t, struct session *s)
{
	*(s->older != NULL ? &s->older->newer : &t->oldest) = s->newer;
	*(s->newer != NULL ? &s->newer->older : &t->newest) = s->older;
}

static void
link_age(struct session_table *t, struct session *s)
{
	s->newer = NULL;
	s->older = t->newest;
	*(t->newest != NULL ? &t->newest->newer : &t->oldest) = s;
	t->newest = s;
}

/* The secret keeps a sender from choosing GUIDs that collide. */
static uint32_t
hash_guid(const struct session_table *t, const struct source *source,
    const char *guid)
{
	uint64_t h = t->o.secret ^ source->hash, v[3] = { 0 };
	size_t i;

	memcpy(v, guid, WIRE_GUID);
	for (i = 0; i < 3; i++) {
		h = (h ^ v[i]) * UINT64_C(0xd6e8feb86659fd93);
		h ^= h >> 32;
		h += t->o.secret;
	}
	return (uint32_t)(h >> 16);
}

static struct session *
find_hashed(const struct session_table *t, const struct source *source,
    const char *guid, uint32_t hash)
{
	struct session *s;

	for (s = t->sessions[hash & t->mask]; s != NULL; s = s->hash_next)
		if (s->hash == hash && s->source == source &&
		    memcmp(s->guid, guid, WIRE_GUID) == 0)
			return s;
	return NULL;
}

/* Mostly it is that of the source's packet before. */
static struct session *
find(const struct session_table *t, struct source *source, const char *guid,
    uint32_t *hash)
{
	if (source->recent != NULL &&
	    memcmp(source->recent->guid, guid, WIRE_GUID) == 0)
		return source->recent;
	*hash = hash_guid(t, source, guid);
	source->recent = find_hashed(t, source, guid, *hash);
	return source->recent;
}

static struct session *
make(struct session_table *t, struct source *source,
    const struct wire_probe *p, uint32_t hash)
{
	struct session *s;

	if (t->counts.sessions == t->o.max_sessions ||
	    (s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	if (t->o.hops > 0) {
		s->hops = calloc(t->o.hops, sizeof(s->hops[0]));
		if (s->hops == NULL) {
			free(s);
			return NULL;
		}
	}
	memcpy(s->guid, p->guid, sizeof(s->guid));
	s->source = source;
	s->hash = hash;
	s->layout = p->layout;
	s->start_s = p->start_s;
	s->hash_next = t->sessions[hash & t->mask];
	t->sessions[hash & t->mask] = s;
	link_age(t, s);
	source->recent = s;
	source->strays = 0;
	source_hold(t, source);
	t->counts.sessions++;
	if (t->o.opened != NULL)
		t->o.opened(t->o.arg, &source->from);
	return s;
}

/* Quantiles are for those that fit in the memory set aside for all. */
static void
keep_delay(struct session_table *t, struct session *s, int64_t delay_ns)
{
	size_t bytes;

	if (t->o.quant_bytes == 0)
		return;
	if (s->delays == NULL) {
		if (s->count > 1 || t->quant_bytes >= t->o.quant_bytes ||
		    (s->delays = quant_new(DELAYS_EXACT)) == NULL)
			return;
	}
	(void)quant_add(s->delays, delay_ns);
	bytes = quant_memory(s->delays);
	t->quant_bytes += bytes - s->delays_bytes;
	s->delays_bytes = bytes;
}

static int64_t
delay(int64_t arrival_ns, int64_t sent_ns)
{
	if (sent_ns < 0 && arrival_ns > INT64_MAX + sent_ns)
		return INT64_MAX;
	if (sent_ns > 0 && arrival_ns < INT64_MIN + sent_ns)
		return INT64_MIN;
	return arrival_ns - sent_ns;
}

/* Figures as the original has them: doubles, in order of arrival (4.3). */
static void
measure(struct session_table *t, struct session *s,
    const struct wire_probe *p, int64_t arrival_ns)
{
	int64_t delay_ns = delay(arrival_ns, wire_sent(p));
	double ms = (double)delay_ns / NS_PER_MS;

	if (s->count == 0)
		s->max_ms = s->min_ms = ms;
	s->count++;
	s->sum += ms;
	s->sos += ms * ms;
	if (ms > s->max_ms)
		s->max_ms = ms;
	if (ms < s->min_ms)
		s->min_ms = ms;
	s->last_ns = arrival_ns;
	keep_delay(t, s, delay_ns);
}

/* Numbers of the first generation begin at 1 with each period. */
static void
number(struct session_table *t, struct session *s, const struct wire_probe *p,
    int64_t arrival_ns)
{
	uint64_t before = s->duplicates;
	bool in_order = seq_take(s, p->seq, arrival_ns);

	if (s->hops != NULL && s->duplicates == before)
		s->hops[p->seq % t->o.hops]++;
	if (s->lane == NULL)
		(void)lane_link(s);
	else
		lane_check(s);
	if (in_order && s->succ != NULL)
		seq_overtaken(s, p->seq);
}

/* In a control packet of the first generation: one more than were sent. */
static void
control(struct session *s, const struct wire_probe *p)
{
	if (p->seq == 0 || p->seq > INT32_MAX)
		return;
	s->control = true;
	s->base_known = s->end_known = true;
	s->base = 1;
	s->end = p->seq;
}

static uint32_t
expected(const struct session *s)
{
	if (s->layout == WIRE_FIRST)
		return s->control ? s->end - 1 : 0;
	return s->seen == 0 ? 0 : lane_end(s) - lane_base(s);
}

/* How many of first..end-1 are n modulo hops. */
static uint64_t
share(uint32_t first, uint32_t end, unsigned int n, unsigned int hops)
{
	uint64_t from = first, to = from + (uint32_t)(end - first);

	return (to + hops - 1 - n) / hops - (from + hops - 1 - n) / hops;
}

static void
fill_loss(const struct session *s, struct session_record *r)
{
	uint32_t base = s->layout == WIRE_FIRST ? 1 : lane_base(s);
	int64_t lost;

	r->expected_known = s->layout != WIRE_FIRST || s->control;
	if (!r->expected_known)
		return;
	lost = (int64_t)r->expected -
	    (int64_t)(s->count - s->duplicates - s->odd);
	r->lost = lost > 0 ? lost : 0;
	seq_bursts(s, base, base + r->expected, &r->bursts, &r->longest);
}

static void
fill_hops(const struct session_table *t, const struct session *s,
    struct session_record *r, uint64_t hop_expected[SESSION_HOPS])
{
	uint32_t base = s->layout == WIRE_FIRST ? 1 : lane_base(s);
	unsigned int i;

	if (t->o.hops == 0 || !r->expected_known)
		return;
	for (i = 0; i < t->o.hops; i++)
		hop_expected[i] = share(base, base + r->expected, i,
		    t->o.hops);
	r->hops = t->o.hops;
	r->hop_received = s->hops;
	r->hop_expected = hop_expected;
}

static void
show(struct session_table *t, const struct session *s, bool open,
    void (*cb)(void *, const struct session_record *), void *arg)
{
	uint64_t hop_expected[SESSION_HOPS];
	struct session_record r = {
		.from = &s->source->from,
		.guid = s->guid,
		.start_s = s->start_s,
		.layout = s->layout,
		.count = s->count,
		.expected = expected(s),
		.sum = s->sum,
		.sos = s->sos,
		.max = s->max_ms,
		.min = s->min_ms,
		.duplicates = s->duplicates,
		.reordered = s->reordered,
		.odd = s->odd,
		.late = s->source->late,
		.first_ns = s->first_ns,
		.last_ns = s->last_ns,
		.delays = s->delays,
		.open = open
	};

	fill_loss(s, &r);
	fill_hops(t, s, &r, hop_expected);
	cb(arg, &r);
}

static void
end(struct session_table *t, struct session *s)
{
	struct session **at = &t->sessions[s->hash & t->mask];

	seq_settle(s);
	show(t, s, false, t->o.report, t->o.arg);
	t->counts.reports++;
	s->source->late = 0;
	lane_retire(s);
	while (*at != s)
		at = &(*at)->hash_next;
	*at = s->hash_next;
	unlink_age(t, s);
	if (s->source->recent == s)
		s->source->recent = NULL;
	source_release(t, s->source);
	t->counts.sessions--;
	t->quant_bytes -= s->delays_bytes;
	forget(s);
}

static int
by_guid(const void *a, const void *b)
{
	const struct session *x = *(const struct session *const *)a;
	const struct session *y = *(const struct session *const *)b;
	int d = memcmp(x->guid, y->guid, WIRE_GUID);

	if (d == 0)
		d = memcmp(x->source->host, y->source->host,
		    sizeof(x->source->host));
	return d != 0 ? d : x->source->port - y->source->port;
}

/* The sessions before this one, sorted; returns how many. */
static size_t
sort(struct session_table *t, const struct session *until)
{
	struct session *s;
	size_t n = 0;

	for (s = t->oldest; s != until; s = s->newer)
		t->sorted[n++] = s;
	if (n > 1)
		qsort(t->sorted, n, sizeof(t->sorted[0]), by_guid);
	return n;
}

static void
end_until(struct session_table *t, const struct session *until)
{
	size_t i, n = sort(t, until);

	for (i = 0; i < n; i++)
		end(t, t->sorted[i]);
}

static void
sweep(struct session_table *t, int64_t now_s)
{
	const struct session *s = t->oldest;

	while (s != NULL && now_s - s->last_s > t->o.keepalive_s)
		s = s->newer;
	if (s != t->oldest)
		end_until(t, s);
}

void
session_tick(struct session_table *t, int64_t now_s)
{
	if (!t->busy)
		sweep(t, now_s);
	t->busy = false;
}

void
session_flush(struct session_table *t)
{
	end_until(t, NULL);
}

void
session_each(struct session_table *t,
    void (*cb)(void *, const struct session_record *), void *arg)
{
	size_t i, n = sort(t, NULL);

	for (i = 0; i < n; i++)
		show(t, t->sorted[i], true, cb, arg);
}

static void
add(struct session_table *t, struct session *s, const struct wire_probe *p,
    int64_t arrival_ns, int64_t now_s)
{
	if (s->last_s != now_s) {
		s->last_s = now_s;
		unlink_age(t, s);
		link_age(t, s);
	}
	if (p->control) {
		control(s, p);
	} else {
		number(t, s, p, arrival_ns);
		measure(t, s, p, arrival_ns);
	}
	if (s->control && s->count - s->duplicates >= s->end - 1)
		end(t, s);
}

enum session_verdict
session_take(struct session_table *t, const struct addr *from,
    const struct wire_probe *p, int64_t arrival_ns, int64_t now_s)
{
	enum session_verdict v = SESSION_COUNTED;
	int64_t arrival_s = arrival_ns / CLOCK_NS_PER_S;
	struct source *source = source_get(t, from, arrival_s);
	struct session *s = NULL;
	uint32_t hash = 0;

	t->counts.packets++;
	t->busy = true;
	if (source != NULL) {
		s = find(t, source, p->guid, &hash);
		if (s == NULL && source_is_late(source, p)) {
			source->late++;
			t->counts.late++;
			v = SESSION_LATE;
		} else if (s == NULL) {
			s = make(t, source, p, hash);
		}
	}
	if (s != NULL) {
		add(t, s, p, arrival_ns, now_s);
	} else if (v != SESSION_LATE) {
		source_missed(source != NULL ? &source->heard_since_s :
		    &t->o.heard_since_s, arrival_s);
		t->counts.refused++;
		v = SESSION_FULL;
	}
	sweep(t, now_s);
	return v;
}
