/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "tests/unit/udping_play.h"
#include "tests/unit/unit.h"

void
play_note(void *arg, const struct session_record *r)
{
	struct play_heard *h = arg;

	h->len += (size_t)snprintf(h->text + h->len, sizeof(h->text) - h->len,
	    "%c:%llu:%u:%lld ", r->guid[0], (unsigned long long)r->count,
	    r->expected, (long long)r->lost);
	h->last = *r;
	h->reordered += r->reordered;
	if (r->hops > 0) {
		memcpy(h->received, r->hop_received,
		    r->hops * sizeof(h->received[0]));
		memcpy(h->expected, r->hop_expected,
		    r->hops * sizeof(h->expected[0]));
	}
	if (r->delays != NULL)
		h->p50_ns = quant_get(r->delays, 0.5);
}

void
play_begin(struct play *y, unsigned int hops)
{
	struct session_options o = { .keepalive_s = 1,
	    .heard_since_s = PLAY_S, .max_sessions = 8,
	    .hops = hops, .quant_bytes = 1 << 20, .report = play_note,
	    .arg = &y->h };

	memset(y, 0, sizeof(*y));
	y->t = session_new(&o);
	assert_non_null(y->t);
	y->now_ns = PLAY_S * CLOCK_NS_PER_S;
	y->start_s = 1700000000;
	y->layout = WIRE_LP64;
	y->port = 5000;
}

enum session_verdict
play_packet(struct play *y, char guid, uint32_t seq, bool control)
{
	struct wire_probe p = { .layout = y->layout, .control = control,
	    .start_s = y->start_s, .seq = seq, .size = WIRE_PROBE_LEN,
	    .sent_s = y->now_ns / CLOCK_NS_PER_S,
	    .sent_ns = y->now_ns % CLOCK_NS_PER_S - 3000000 };
	struct addr from;

	memset(p.guid, guid, WIRE_GUID);
	assert_int_equal(addr_numeric("2001:db8::7", y->port, &from), 0);
	y->now_ns += 1000000;
	return session_take(y->t, &from, &p, y->now_ns,
	    y->now_ns / CLOCK_NS_PER_S);
}

void
play_range(struct play *y, char guid, uint32_t first, uint32_t last)
{
	uint32_t seq;

	for (seq = first; seq != last + 1; seq++)
		assert_int_equal(play_packet(y, guid, seq, false),
		    SESSION_COUNTED);
}

void
play_quiet(struct play *y, int64_t s)
{
	y->now_ns += s * CLOCK_NS_PER_S;
	session_tick(y->t, y->now_ns / CLOCK_NS_PER_S);
	session_tick(y->t, y->now_ns / CLOCK_NS_PER_S);
}

void
play_ends(struct play *y, const char *want)
{
	session_flush(y->t);
	assert_string_equal(y->h.text, want);
	session_free(y->t);
}
