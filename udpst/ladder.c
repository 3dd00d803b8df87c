/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "udpst/ladder.h"

/*
 * When a rung sends, in ms since its base; the first entry alone may be 0, and
 * a 0 after it ends the list. All of a ladder that negotiates:
 *
 *	s     0   0.25  0.5   0.75  1.0   1.25  1.5   2.0   2.25
 *	20    *    *                       *           *          first port
 *	20               *     *                                  other port
 *	10                           *           *          *     other port
 *
 * and, once a server has named an older version, one more rung that begins
 * then, while those above are given up.
 */
static const uint16_t at_first[] = { 0, 250, 1250, 2000, 0 };
static const uint16_t at_other[] = { 500, 750, 0 };
static const uint16_t at_old[] = { 1000, 1500, 2250, 0 };
/* With one port, and where protocol 20 is all that may be asked for. */
static const uint16_t at_one_port[] = { 0, 250, 750, 1500, 0 };
static const uint16_t at_other_only[] = { 500, 750, 1500, 2250, 0 };
/* With one version, pinned or named by the server. */
static const uint16_t at_pinned[] = { 0, 250, 500, 1000, 2000, 0 };
static const uint16_t at_named[] = { 0, 250, 500, 1000, 0 };

static int64_t
later(const struct ladder_rung *r, unsigned int n)
{
	return r->base_ns + r->at_ms[n] * CLOCK_NS_PER_MS;
}

static void
add_rung(struct ladder *l, unsigned int version, uint16_t port,
    const uint16_t *at_ms, int64_t base_ns)
{
	struct ladder_rung *r = &l->rungs[l->nrungs++];

	memset(r, 0, sizeof(*r));
	r->version = version;
	r->port = port;
	r->at_ms = at_ms;
	r->base_ns = base_ns;
	r->next_ns = later(r, 0);
}

static void
kill_rung(struct ladder_rung *r)
{
	r->dead = true;
	r->next_ns = CLOCK_NEVER;
}

/* Where servers that speak protocol 10 are. */
static uint16_t
old_port(const struct ladder_conf *conf)
{
	if (conf->port_other == 0)
		return conf->port;
	return conf->port_old != 0 ? conf->port_old : conf->port_other;
}

void
ladder_init(struct ladder *l, const struct ladder_conf *conf, int64_t now_ns)
{
	bool old = !conf->have_key || conf->allow_downgrade;
	uint16_t other = conf->port_other;

	memset(l, 0, sizeof(*l));
	l->conf = *conf;
	l->start_ns = now_ns;
	l->end_ns = now_ns + LADDER_TIMEOUT_NS;
	l->believe_ns = CLOCK_NEVER;
	if (conf->protocol != 0) {
		add_rung(l, conf->protocol, conf->port, at_pinned, now_ns);
		return;
	}
	add_rung(l, WIRE_V_CURRENT, conf->port,
	    other != 0 ? at_first : at_one_port, now_ns);
	if (other != 0)
		add_rung(l, WIRE_V_CURRENT, other,
		    old ? at_other : at_other_only, now_ns);
	if (old)
		add_rung(l, WIRE_V_OLD, old_port(conf), at_old, now_ns);
}

/* What is reported at the end, if nothing better comes. */
static void
remember(struct ladder *l, unsigned int code, unsigned int version)
{
	l->rejection = code;
	l->server_version = version;
}

/* May a server that is only known to speak this version be asked with it? */
static bool
may_descend(const struct ladder *l, const struct ladder_rung *r,
    unsigned int version)
{
	return l->conf.protocol == 0 && !l->downgraded &&
	    (!l->conf.have_key || l->conf.allow_downgrade) &&
	    version >= WIRE_V_OLD && version < WIRE_V_CURRENT &&
	    version != r->version;
}

/* The server has spoken: it is asked what it knows, and nothing else is. */
static void
descend(struct ladder *l, const struct ladder_rung *r, unsigned int version,
    int64_t now_ns)
{
	uint16_t port = r->port;
	size_t i;

	for (i = 0; i < l->nrungs; i++)
		kill_rung(&l->rungs[i]);
	l->downgraded = true;
	l->believe_ns = CLOCK_NEVER;
	remember(l, WIRE_SETUP_NONE, version);
	add_rung(l, version, port, at_named, now_ns);
}

static void
believe(struct ladder *l, size_t rung, unsigned int code, unsigned int version,
    int64_t now_ns)
{
	struct ladder_rung *r = &l->rungs[rung];

	if (code == WIRE_SETUP_VERSION && may_descend(l, r, version)) {
		descend(l, r, version, now_ns);
	} else if (code == WIRE_SETUP_VERSION && l->conf.protocol == 0 &&
	    !l->downgraded && r->version < WIRE_V_CURRENT &&
	    version >= WIRE_V_CURRENT) {
		/* Too old for it; the rungs of protocol 20 go on. */
		kill_rung(r);
		if (l->rejection == WIRE_SETUP_NONE)
			remember(l, code, version);
	} else {
		remember(l, code, version);
		l->over = true;
	}
}

static bool
is_of_keys(unsigned int code)
{
	return code == WIRE_SETUP_VERSION || code == WIRE_SETUP_NO_KEY_HERE ||
	    code == WIRE_SETUP_AUTH_FAILED;
}

/* A rejection that anybody may have sent. */
static void
doubt(struct ladder *l, size_t rung, unsigned int code, unsigned int version,
    int64_t now_ns)
{
	if (l->believe_ns != CLOCK_NEVER)
		return;		/* the first one is as good */
	if (is_of_keys(code)) {
		l->believe_ns = now_ns + LADDER_BELIEVE_NS;
		l->believe_rung = rung;
		l->believe_code = code;
		l->believe_version = version;
		remember(l, code, version);
	} else if (l->rejection == WIRE_SETUP_NONE) {
		remember(l, code, version);
	}
}

void
ladder_rejected(struct ladder *l, size_t rung, unsigned int code,
    unsigned int version, bool verified, int64_t now_ns)
{
	if (rung >= l->nrungs || l->rungs[rung].dead || l->over ||
	    code == WIRE_SETUP_NONE || code == WIRE_SETUP_ACCEPTED)
		return;
	if (verified || !l->conf.have_key ||
	    l->rungs[rung].version < WIRE_V_CURRENT)
		believe(l, rung, code, version, now_ns);
	else
		doubt(l, rung, code, version, now_ns);
}

/* Sent now; when again? A caller that came late keeps the distance. */
static void
reschedule(struct ladder *l, struct ladder_rung *r, int64_t now_ns)
{
	int64_t next;

	r->sent++;
	r->next_ns = CLOCK_NEVER;
	if (r->at_ms[r->sent] == 0)
		return;
	next = later(r, r->sent);
	if (next < now_ns + LADDER_GAP_NS)
		next = now_ns + LADDER_GAP_NS;
	if (next < l->end_ns)
		r->next_ns = next;
}

enum ladder_step
ladder_next(struct ladder *l, int64_t now_ns, size_t *rung, int64_t *when)
{
	size_t i;

	if (!l->over && now_ns >= l->believe_ns && now_ns < l->end_ns) {
		l->believe_ns = CLOCK_NEVER;
		believe(l, l->believe_rung, l->believe_code,
		    l->believe_version, now_ns);
	}
	if (l->over)
		return LADDER_REJECTED;
	if (now_ns >= l->end_ns)
		return l->rejection != 0 ? LADDER_REJECTED : LADDER_TIMEOUT;
	*when = l->end_ns < l->believe_ns ? l->end_ns : l->believe_ns;
	for (i = 0; i < l->nrungs; i++) {
		if (l->rungs[i].next_ns <= now_ns) {
			*rung = i;
			reschedule(l, &l->rungs[i], now_ns);
			return LADDER_SEND;
		}
		if (l->rungs[i].next_ns < *when)
			*when = l->rungs[i].next_ns;
	}
	return LADDER_WAIT;
}
