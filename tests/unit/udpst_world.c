/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/udpst_world.h"

#define MS	CLOCK_NS_PER_MS
#define START	WORLD_START

struct answer {
	int64_t		at_ns;
	size_t		rung;
	unsigned int	code, version;
	bool		verified;
};

struct run {
	const struct world *w;
	struct ladder	l;
	struct answer	answers[2 * LADDER_SENDS + 1];
	size_t		n;
	int64_t		now, last[LADDER_RUNGS];
	unsigned int	datagrams;
	struct outcome	out;
};

unsigned int
world_reply(enum release server, unsigned int version, unsigned int *named)
{
	static const struct {
		unsigned int low, high, names;
		bool	 old;		/* takes 52 bytes */
	} kinds[] = {
		[NOBODY] = { 0, 0, 0, false },
		[R81] = { 10, 10, 10, true },
		[R82] = { 10, 11, 11, true },
		[R90] = { 11, 20, 20, false },
		[OURS] = { 10, 20, 20, true },
	};

	*named = version;
	if (server == NOBODY || (version == 10 && !kinds[server].old) ||
	    (version > 10 && server == R81))
		return WIRE_SETUP_NONE;
	if (version >= kinds[server].low && version <= kinds[server].high)
		return WIRE_SETUP_ACCEPTED;
	*named = kinds[server].names;
	return WIRE_SETUP_VERSION;
}

static bool
lost(struct run *r)
{
	return ++r->datagrams == r->w->lost ||
	    (unsigned int)random() % 100 < r->w->loss_pct;
}

static void
push(struct run *r, int64_t at_ns, size_t rung, unsigned int code,
    unsigned int version, bool verified)
{
	struct answer *a = &r->answers[r->n++];

	assert_true(r->n <= NELEM(r->answers));
	a->at_ns = at_ns;
	a->rung = rung;
	a->code = code;
	a->version = version;
	a->verified = verified;
}

static void
send_request(struct run *r, size_t i)
{
	const struct ladder_rung *g = &r->l.rungs[i];
	unsigned int code, named;

	assert_true(i < r->l.nrungs);
	assert_true(r->last[i] == 0 || r->now - r->last[i] >= 100 * MS);
	assert_true(r->now < START + 3000 * MS);
	r->last[i] = r->now;
	r->out.sends++;
	assert_in_range(r->out.sends, 1, LADDER_SENDS);
	if (lost(r))
		return;
	code = world_reply(g->port == WORLD_FIRST ? r->w->first :
	    r->w->other, g->version, &named);
	if (code == WIRE_SETUP_ACCEPTED && r->w->reject != 0)
		code = r->w->reject;
	if (code == WIRE_SETUP_NONE || lost(r))
		return;
	push(r, r->now + r->w->rtt_ms * MS, i, code, named,
	    !r->w->unsigned_rejects);
}

/* The earliest answer in flight; r->n when there is none. */
static size_t
earliest(const struct run *r)
{
	size_t i, best = r->n;

	for (i = 0; i < r->n; i++) {
		if (best == r->n ||
		    r->answers[i].at_ns < r->answers[best].at_ns)
			best = i;
	}
	return best;
}

/* False when it ended the ladder: accepted. */
static bool
deliver(struct run *r, size_t i)
{
	struct answer a = r->answers[i];

	r->answers[i] = r->answers[--r->n];
	if (a.code != WIRE_SETUP_ACCEPTED) {
		ladder_rejected(&r->l, a.rung, a.code, a.version, a.verified,
		    r->now);
		return true;
	}
	if (r->l.rungs[a.rung].dead)
		return true;
	r->out.step = LADDER_SEND;
	r->out.version = r->l.rungs[a.rung].version;
	r->out.port = r->l.rungs[a.rung].port;
	return false;
}

/* Until there is nothing to send now. */
static enum ladder_step
send_all(struct run *r, int64_t *when)
{
	enum ladder_step step;
	size_t rung = LADDER_RUNGS;

	while ((step = ladder_next(&r->l, r->now, &rung, when)) == LADDER_SEND)
		send_request(r, rung);
	return step;
}

static void
play(struct run *r)
{
	int64_t when = 0;
	size_t i;

	while ((r->out.step = send_all(r, &when)) == LADDER_WAIT) {
		assert_true(when > r->now && when <= START + 3000 * MS);
		i = earliest(r);
		if (r->w->late_ms != 0)
			when += random() % (r->w->late_ms * MS);
		if (i < r->n && r->answers[i].at_ns < when) {
			if (r->answers[i].at_ns > r->now)
				r->now = r->answers[i].at_ns;
			if (!deliver(r, i))
				return;
		} else {
			r->now = when;
		}
	}
	r->out.code = r->l.rejection;
}

struct outcome
world_run(const struct ladder_conf *conf, const struct world *w)
{
	struct run r;

	memset(&r, 0, sizeof(r));
	r.w = w;
	r.now = START;
	ladder_init(&r.l, conf, START);
	if (w->forged != 0)
		push(&r, START + w->forged_ms * MS, 0, w->forged, 20, false);
	play(&r);
	r.out.at_ms = (r.now - START) / MS;
	return r.out;
}
