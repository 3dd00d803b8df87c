/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/latency.h"

/*
 * Input: steps of a server, each a byte of what (its low three bits) and how
 * (the others), a byte of length, and so many bytes. The server keeps its
 * bounds, and what it sends is what it reads.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { AUTHORISE, CLIENT, STRANGER, WAIT, TAKE, ECHO, STAMP };

#define SESSIONS	3
#define TTL_NS		(7 * CLOCK_NS_PER_S)
#define STEP_NS		(40 * CLOCK_NS_PER_MS)

struct server {
	struct latency		*l;
	struct addr		 client, stranger, here;
	int64_t			 now_ns;
	struct latency_action	 last;	/* sent */
};

static void
check_session(struct latency_session *s)
{
	if (s == NULL)
		return;
	if (s->nslots > LATENCY_SLOTS_MAX || s->received > s->nslots ||
	    s->nslots > s->allowed || (!s->started && s->nslots > 0))
		abort();
	/* Who did not ask is not sent much. */
	if (s->started && !addr_same_host(&s->client, &s->peer) &&
	    s->nslots > LATENCY_UNPROVEN + LATENCY_PER_ECHO * s->received)
		abort();
	latency_session_free(s);
}

static void
let_act(struct server *v)
{
	static const struct latency_action none;
	struct latency_action a = none;
	struct latency_packet p;

	for (;;) {
		latency_act(v->l, v->now_ns, v->now_ns, &a);
		if (a.act == LATENCY_NOTHING)
			break;
		if (a.act == LATENCY_EXPIRED) {
			check_session(a.session);
			continue;
		}
		if (!latency_packet_get(a.buf, a.len, &p) ||
		    p.type != LATENCY_S2C || p.seq != a.seq)
			abort();
		v->last = a;
	}
	if (latency_due(v->l) <= v->now_ns || latency_count(v->l) > SESSIONS)
		abort();
}

static void
step(struct server *v, uint8_t what, const uint8_t *data, size_t len)
{
	char mid[256];

	memcpy(mid, data, len);
	mid[len] = '\0';
	switch (what & 7) {
	case AUTHORISE:
		latency_authorise(v->l, mid, mid, &v->client, v->now_ns,
		    v->now_ns);
		break;
	case CLIENT:
	case STRANGER:
		latency_receive(v->l, data, len, (what & 7) == CLIENT ?
		    &v->client : &v->stranger, &v->here, v->now_ns,
		    v->now_ns);
		break;
	case WAIT:
		v->now_ns += (what >> 3) * STEP_NS;
		break;
	case TAKE:
		check_session(latency_take(v->l, mid, v->now_ns));
		break;
	case ECHO:
		latency_receive(v->l, v->last.buf, v->last.len, &v->last.to,
		    &v->here, v->now_ns, v->now_ns);
		break;
	case STAMP:
		latency_stamp(v->l, v->last.ref, v->last.seq, v->now_ns);
		break;
	default:
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct server v;
	size_t len;

	memset(&v, 0, sizeof(v));
	if (addr_numeric("192.0.2.1", 5000, &v.client) == -1 ||
	    addr_numeric("2001:db8::1", 5000, &v.stranger) == -1 ||
	    (v.l = latency_new(TTL_NS, SESSIONS, 1)) == NULL)
		abort();
	while (size >= 2) {
		len = data[1] < size - 2 ? data[1] : size - 2;
		step(&v, data[0], data + 2, len);
		let_act(&v);
		data += 2 + len;
		size -= 2 + len;
	}
	latency_free(v.l);
	return 0;
}
