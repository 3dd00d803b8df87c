/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/latency.h"
#include "msak/latency_set.h"
#include "msak/stamp.h"

#define SLOTS_FIRST	128

struct latency {
	struct latency_set	sessions;
	struct rng		rng;		/* seeds of tickers */
	int64_t			ttl_ns;
};

struct latency *
latency_new(int64_t ttl_ns, size_t max_sessions, uint64_t seed)
{
	struct latency *l = calloc(1, sizeof(*l));

	if (l == NULL || max_sessions >= UINT32_MAX ||
	    latency_set_init(&l->sessions, max_sessions, seed) == -1) {
		free(l);
		errno = ENOMEM;
		return NULL;
	}
	l->ttl_ns = ttl_ns;
	rng_seed(&l->rng, seed);
	return l;
}

void
latency_free(struct latency *l)
{
	if (l == NULL)
		return;
	latency_set_clear(&l->sessions);
	free(l);
}

size_t
latency_count(const struct latency *l)
{
	return l->sessions.n;
}

void
latency_session_free(struct latency_session *s)
{
	if (s == NULL)
		return;
	free(s->mid);
	free(s->slots);
	free(s);
}

/* Does the longest packet of this id fit into a datagram? */
static bool
fits(const char *mid)
{
	struct latency_packet p = { .type = LATENCY_S2C,
		.seq = LATENCY_SLOTS_MAX, .last_rtt_us = INT64_MAX };
	char buf[LATENCY_PACKET_MAX + 1];
	size_t n = strlen(mid);

	if (n >= sizeof(p.id))
		return false;
	memcpy(p.id, mid, n + 1);
	return latency_packet_put(&p, buf) > 0;
}

size_t
latency_kickoff(const char *mid, char *buf)
{
	struct latency_packet p = { .type = LATENCY_C2S };
	size_t n = strlen(mid);

	if (n >= sizeof(p.id))
		return 0;
	memcpy(p.id, mid, n + 1);
	return latency_packet_put(&p, buf);
}

static struct latency_session *
session_new(const char *mid, const char *uuid)
{
	struct latency_session *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->mid = strdup(mid);
	if (s->mid == NULL) {
		latency_session_free(s);
		return NULL;
	}
	snprintf(s->uuid, sizeof(s->uuid), "%s", uuid);
	return s;
}

int
latency_authorise(struct latency *l, const char *mid, const char *uuid,
    const struct addr *peer, int64_t now_ns, int64_t wall_ns)
{
	struct latency_session *old = latency_set_find(&l->sessions, mid), *s;

	if (!fits(mid)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (old == NULL && l->sessions.n == l->sessions.max) {
		errno = ENOSPC;
		return -1;
	}
	if ((s = session_new(mid, uuid)) == NULL)
		return -1;
	s->peer = *peer;
	s->created_wall_ns = wall_ns;
	s->expires_ns = CLOCK_NEVER;
	if (l->ttl_ns > 0 && l->ttl_ns < CLOCK_NEVER - now_ns)
		s->expires_ns = now_ns + l->ttl_ns;
	s->due_ns = s->expires_ns;
	if (old != NULL) {
		latency_set_remove(&l->sessions, old);
		latency_session_free(old);
	}
	latency_set_add(&l->sessions, s);
	return 0;
}

/* The next ping, or the session's end. */
static void
schedule(struct latency *l, struct latency_session *s)
{
	int64_t due = s->expires_ns;

	if (s->nslots < s->allowed && s->ticker.due_ns <= s->end_ns &&
	    s->ticker.due_ns < due)
		due = s->ticker.due_ns;
	latency_set_due(&l->sessions, s, due);
}

static enum latency_verdict
start(struct latency *l, struct latency_session *s, const struct addr *from,
    const struct addr *to, int64_t now_ns)
{
	static const struct ticker_law law = TICKER_LATENCY;

	if (s->started)
		return LATENCY_REPEATED;
	s->started = true;
	s->client = *from;
	s->local = *to;
	s->allowed = addr_same_host(from, &s->peer) ? LATENCY_SLOTS_MAX :
	    LATENCY_UNPROVEN;
	s->end_ns = now_ns + LATENCY_SEND_NS;
	ticker_init(&s->ticker, law, rng_u64(&l->rng), now_ns);
	schedule(l, s);
	return LATENCY_STARTED;
}

static bool
same_address(const struct addr *a, const struct addr *b)
{
	return addr_port(a) == addr_port(b) && addr_same_host(a, b);
}

/* Where pings had to wait for an echo they go on. */
static void
allow_more(struct latency *l, struct latency_session *s)
{
	s->allowed += LATENCY_PER_ECHO;
	schedule(l, s);
}

static enum latency_verdict
echo(struct latency *l, struct latency_session *s, int64_t seq,
    const struct addr *from, int64_t stamp_ns)
{
	struct latency_slot *slot;

	if (!s->started || !same_address(from, &s->client))
		return LATENCY_FOREIGN;
	if (seq < 0 || (uint64_t)seq >= s->nslots)
		return LATENCY_BAD_SEQ;
	slot = &s->slots[seq];
	if (slot->received)
		return LATENCY_DUPLICATE;
	slot->received = true;
	slot->received_ns = stamp_ns;
	s->received++;
	s->last_rtt_us = latency_rtt_us(slot);
	if (s->allowed < LATENCY_SLOTS_MAX)
		allow_more(l, s);
	return LATENCY_ECHO;
}

static struct latency_session *
find(const struct latency *l, const char *mid, int64_t now_ns)
{
	struct latency_session *s = latency_set_find(&l->sessions, mid);

	return s != NULL && s->expires_ns > now_ns ? s : NULL;
}

enum latency_verdict
latency_receive(struct latency *l, const void *buf, size_t len,
    const struct addr *from, const struct addr *to, int64_t now_ns,
    int64_t stamp_ns)
{
	struct latency_session *s;
	struct latency_packet p;

	if (!latency_packet_get(buf, len, &p))
		return LATENCY_MALFORMED;
	if ((s = find(l, p.id, now_ns)) == NULL)
		return LATENCY_UNKNOWN;
	if (p.type == LATENCY_C2S)
		return start(l, s, from, to, now_ns);
	return echo(l, s, p.seq, from, stamp_ns);
}

int64_t
latency_due(const struct latency *l)
{
	return l->sessions.n > 0 ? l->sessions.heap[0]->due_ns : CLOCK_NEVER;
}

/* NULL: no memory, or more than there is time for. */
static struct latency_slot *
next_slot(struct latency_session *s)
{
	size_t room = s->room > 0 ? 2 * s->room : SLOTS_FIRST;
	struct latency_slot *slots;

	if (s->nslots == LATENCY_SLOTS_MAX)
		return NULL;
	if (s->nslots == s->room) {
		slots = realloc(s->slots, room * sizeof(*slots));
		if (slots == NULL)
			return NULL;
		s->slots = slots;
		s->room = room;
	}
	return &s->slots[s->nslots];
}

/* False: nothing to send after all, the tick is lost. */
static bool
ping(struct latency_session *s, int64_t stamp_ns, struct latency_action *out)
{
	struct latency_packet p = { .type = LATENCY_S2C,
		.seq = (int64_t)s->nslots, .last_rtt_us = s->last_rtt_us };
	struct latency_slot *slot = next_slot(s);

	if (slot == NULL)
		return false;
	memcpy(p.id, s->mid, strlen(s->mid) + 1);
	out->len = latency_packet_put(&p, out->buf);
	if (out->len == 0)
		return false;
	*slot = (struct latency_slot){ .sent_ns = stamp_ns };
	s->nslots++;
	out->act = LATENCY_SEND;
	out->to = s->client;
	out->from = s->local;
	out->ref = s->ref;
	out->seq = p.seq;
	return true;
}

void
latency_act(struct latency *l, int64_t now_ns, int64_t stamp_ns,
    struct latency_action *out)
{
	struct latency_session *s;
	bool sent = false;

	out->act = LATENCY_NOTHING;
	while (!sent && latency_due(l) <= now_ns) {
		s = l->sessions.heap[0];
		if (s->expires_ns <= now_ns) {
			latency_set_remove(&l->sessions, s);
			out->act = LATENCY_EXPIRED;
			out->session = s;
			return;
		}
		/* It may have waited for an echo until now. */
		sent = now_ns <= s->end_ns && ping(s, stamp_ns, out);
		ticker_take(&s->ticker, now_ns);
		schedule(l, s);
	}
}

void
latency_stamp(struct latency *l, uint64_t ref, int64_t seq, int64_t stamp_ns)
{
	struct latency_session *s = latency_set_ref(&l->sessions, ref);

	if (s != NULL && seq >= 0 && (uint64_t)seq < s->nslots)
		s->slots[seq].sent_ns = stamp_ns;
}

struct latency_session *
latency_take(struct latency *l, const char *mid, int64_t now_ns)
{
	struct latency_session *s = find(l, mid, now_ns);

	if (s != NULL)
		latency_set_remove(&l->sessions, s);
	return s;
}

struct latency_session *
latency_take_any(struct latency *l)
{
	struct latency_session *s;

	if (l->sessions.n == 0)
		return NULL;
	s = l->sessions.heap[0];
	latency_set_remove(&l->sessions, s);
	return s;
}

int64_t
latency_rtt_us(const struct latency_slot *slot)
{
	int64_t ns = slot->received_ns - slot->sent_ns;

	return slot->received && ns > 0 ? ns / CLOCK_NS_PER_US : 0;
}

void
latency_put_trips(struct json *j, const struct latency_session *s)
{
	size_t i;

	json_begin_array(j, "RoundTrips");
	for (i = 0; i < s->nslots; i++) {
		json_begin_object(j, NULL);
		json_int(j, "RTT", latency_rtt_us(&s->slots[i]));
		if (!s->slots[i].received)
			json_bool(j, "Lost", true);
		json_end_object(j);
	}
	json_end_array(j);
	json_uint(j, "PacketsSent", s->nslots);
	json_uint(j, "PacketsReceived", s->received);
}

void
latency_summary(const struct latency_session *s, FILE *out)
{
	char started[STAMP_MAX];
	struct json j;

	json_init(&j, out, 0);
	j.go = true;
	json_begin_object(&j, NULL);
	json_str(&j, "ID", s->uuid);
	json_str(&j, "StartTime", stamp_rfc3339(s->created_wall_ns, started));
	latency_put_trips(&j, s);
	json_end_object(&j);
}
