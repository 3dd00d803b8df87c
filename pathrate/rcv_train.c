/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

/* Asking for a train and judging what came of it (spec 3.4 and 3.5). */

#include "common/clock.h"
#include "pathrate/rcv_private.h"

#define SENT_NS		(10 * CLOCK_NS_PER_S)	/* for SENT_TRAIN */
#define GRACE_MIN_NS	(50 * CLOCK_NS_PER_MS)
#define GRACE_BLIND_NS	CLOCK_NS_PER_S	/* how fast the link is: no idea */
#define GRACE_GAPS	3
#define STEP_NS		CLOCK_NS_PER_MS	/* of the clock of the stamps */

static int64_t
rtt_ns(const struct rcv *r)
{
	return (int64_t)(r->rtt_ms * (double)CLOCK_NS_PER_MS);
}

static int64_t
larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* How long to wait for the next packet when SENT_TRAIN has overtaken it. */
static int64_t
grace_ns(const struct rcv *r)
{
	int64_t gap_ns, ns = larger(GRACE_MIN_NS, 2 * rtt_ns(r));

	if (r->received < 2)
		return larger(ns, GRACE_BLIND_NS);
	gap_ns = (r->newest_ns - r->oldest_ns) / ((int64_t)r->received - 1);
	return larger(ns, GRACE_GAPS * gap_ns);
}

/* Nothing has come of the train yet. */
static void
forget(struct rcv *r)
{
	size_t i;

	r->expected = r->received = 0;
	r->stale = r->begun = false;
	for (i = 0; i <= r->ask.len; i++)
		r->arrival_ns[i] = TRAIN_MISSING;
}

/* A sender that is there says something within this time. */
static int64_t
patience_ns(const struct rcv *r)
{
	return r->ask.spacing_ns + rtt_ns(r) + SENT_NS;
}

static void
await(struct rcv *r, int64_t now_ns)
{
	forget(r);
	r->departure_us = 0;
	r->departed_us = -1;
	r->state = RCV_IN_TRAIN;
	r->deadline_ns = now_ns + patience_ns(r);
}

static void
request(struct rcv *r, int64_t now_ns)
{
	size_t i;

	for (i = 0; i < r->ask.nwords; i++)
		rcv_word(r, r->ask.words[i]);
	rcv_word(r, wire_value(WIRE_SEND, r->ask.round));
	await(r, now_ns);
}

void
rcv_ask(struct rcv *r, int64_t now_ns, const struct train_ask *ask)
{
	if (r->state != RCV_IDLE)
		return;
	r->ask = *ask;
	if (r->unanswered)
		rcv_word(r, wire_value(ask->again ? WIRE_NEG_ACK_TRAIN :
		    WIRE_ACK_TRAIN, 0));
	if (r->unanswered && ask->again) {
		await(r, now_ns);
	} else if (ask->pause_ns > 0) {
		r->state = RCV_IN_PAUSE;
		r->deadline_ns = now_ns + ask->pause_ns;
	} else {
		request(r, now_ns);
	}
	r->unanswered = false;
}

/* The train is over: what was it worth? */
static void
judge(struct rcv *r)
{
	if (r->expected != r->ask.len + 1)
		r->end = TRAIN_LOST;
	else
		r->end = r->stale ? TRAIN_STALE : TRAIN_GOOD;
	r->unanswered = r->end == TRAIN_LOST;
	if (!r->unanswered)
		rcv_word(r, wire_value(WIRE_ACK_TRAIN, 0));
	rcv_emit(r, RCV_TRAIN);
}

/* What only a sender with the extension says before SENT_TRAIN. */
static bool
extended_word(struct rcv *r, int64_t now_ns, uint32_t value)
{
	if (wire_code(value) == WIRE_QUEUED &&
	    (r->features & WIRE_EXT_QUEUED)) {
		/* others share the sender: the train waits for its turn */
		if (r->state == RCV_IN_TRAIN)
			r->deadline_ns = now_ns + patience_ns(r);
		return true;
	}
	if (wire_code(value) == WIRE_DEPARTED &&
	    (r->features & WIRE_EXT_CLOCK)) {
		if (r->state == RCV_IN_TRAIN)
			r->departed_us = wire_argument(value);
		return true;
	}
	return false;
}

void
rcv_train_word(struct rcv *r, int64_t now_ns, uint32_t value)
{
	if (extended_word(r, now_ns, value))
		return;
	if (wire_code(value) != WIRE_SENT_TRAIN) {
		rcv_emit(r, RCV_TERMINATED);
		return;
	}
	/* one too many: from a sender that is out of step */
	if (r->state != RCV_IN_TRAIN)
		return;
	if ((r->features & WIRE_EXT_DEPARTURE) && wire_argument(value) > 0)
		r->departure_us = (uint32_t)wire_argument(value);
	if (r->expected == r->ask.len + 1) {
		judge(r);
		return;
	}
	r->state = RCV_IN_GRACE;
	r->deadline_ns = now_ns + grace_ns(r);
}

void
rcv_train_timer(struct rcv *r, int64_t now_ns)
{
	if (r->state == RCV_IN_PAUSE)
		request(r, now_ns);
	else if (r->state == RCV_IN_TRAIN)
		rcv_fail(r, RCV_SILENT);
	else if (r->state == RCV_IN_GRACE)
		judge(r);
}

/* Does it hold the nonce, when the sender knows it and it fits? */
static bool
authentic(const struct rcv *r, const void *data, size_t len)
{
	return !(r->features & WIRE_EXT_NONCE) ||
	    len < WIRE_NONCE_OFFSET + WIRE_NONCE_LEN ||
	    wire_nonce_is(r->config.nonce, data, len);
}

/* Its ids, as the layout says that has this round; false: not a probe. */
static bool
identify(struct rcv *r, const void *data, size_t len, struct wire_probe *p)
{
	enum wire_layout found;

	if (r->layout != WIRE_LAYOUT_UNKNOWN &&
	    wire_probe_get(r->layout, data, len, p) &&
	    p->round_id == r->ask.round)
		return true;
	found = wire_layout_of(data, len, r->ask.round);
	if (found != WIRE_LAYOUT_UNKNOWN)
		r->layout = found;
	return wire_probe_get(r->layout == WIRE_H8 ? WIRE_H8 : WIRE_H4, data,
	    len, p);
}

/* The packet belongs to this train: when did it come, and in its place? */
static void
place(struct rcv *r, int64_t now_ns, int64_t arrival_ns, uint32_t id)
{
	if (id > r->ask.len || r->arrival_ns[id] != TRAIN_MISSING)
		return;
	r->arrival_ns[id] = arrival_ns;
	if (r->received++ == 0)
		r->oldest_ns = now_ns;
	r->newest_ns = now_ns;
	if (id == r->expected)
		r->expected++;
	/* a slow link: the rest is still on its way */
	if (r->state == RCV_IN_TRAIN)
		r->deadline_ns = now_ns + patience_ns(r);
	else
		r->deadline_ns = now_ns + grace_ns(r);
	if (r->state == RCV_IN_GRACE && r->expected == r->ask.len + 1)
		judge(r);
}

void
rcv_packet(struct rcv *r, int64_t now_ns, int64_t arrival_ns,
    const void *data, size_t len)
{
	struct wire_probe p;

	if (r->state != RCV_IN_TRAIN && r->state != RCV_IN_GRACE)
		return;
	if (len != r->ask.payload || !authentic(r, data, len) ||
	    !identify(r, data, len, &p))
		return;
	if (p.round_id != r->ask.round) {
		r->stale = true;
		return;
	}
	if (!r->begun || p.train_id > r->train_id) {
		forget(r);
		r->begun = true;
		r->train_id = p.train_id;
	} else if (p.train_id < r->train_id) {
		r->stale = true;
		return;
	}
	place(r, now_ns, arrival_ns, p.pack_id);
}

void
rcv_clock_stepped(struct rcv *r, int64_t step_ns)
{
	size_t i;

	if (step_ns < STEP_NS && step_ns > -STEP_NS)
		return;
	r->end = TRAIN_STALE;
	for (i = 0; i <= r->ask.len; i++)
		r->arrival_ns[i] = TRAIN_MISSING;
}
