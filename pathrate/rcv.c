/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "pathrate/rcv_private.h"

#define ECHOES		10	/* RTT messages, the probe included */
#define ANSWER_NS	(10 * CLOCK_NS_PER_S)

void
rcv_emit(struct rcv *r, enum rcv_event event)
{
	r->event = event;
	r->deadline_ns = INT64_MAX;
	r->state = event == RCV_READY || event == RCV_TRAIN ? RCV_IDLE :
	    RCV_OVER;
}

void
rcv_fail(struct rcv *r, enum rcv_failure why)
{
	if (r->state == RCV_OVER)
		return;
	r->why = why;
	rcv_emit(r, RCV_FAILED);
}

void
rcv_word(struct rcv *r, uint32_t value)
{
	uint8_t word[WIRE_WORD_MAX];
	size_t n = wire_word_put(value, r->words.width, word);

	/* a peer that takes nothing is silent too, and that has a deadline */
	if (n > RCV_OUT_MAX - r->out_len)
		return;
	memcpy(r->out + r->out_len, word, n);
	r->out_len += n;
}

void
rcv_start(struct rcv *r, const struct rcv_config *config, int64_t now_ns)
{
	memset(r, 0, sizeof(*r));
	r->config = *config;
	r->end_ns = config->limit_ns > 0 ? now_ns + config->limit_ns :
	    INT64_MAX;
	r->deadline_ns = now_ns + config->first_ns;
	wire_width_probe(r->out);
	r->out_len = WIRE_PROBE_LEN;
}

/* The next RTT message; the last one asks for the extension. */
static void
rtt_ask(struct rcv *r, int64_t now_ns)
{
	bool last = r->echoes == ECHOES - 1;

	rcv_word(r, last && r->config.extend ? WIRE_EXT_ASK : WIRE_RTT);
	r->asked_ns = now_ns;
	r->deadline_ns = now_ns + ANSWER_NS;
}

static void
rtt_echo(struct rcv *r, int64_t now_ns, uint32_t value)
{
	r->echoes++;
	r->timed++;
	r->sum_us += (now_ns - r->asked_ns) / CLOCK_NS_PER_US;
	if (r->echoes < ECHOES) {
		rtt_ask(r, now_ns);
		return;
	}
	if (!r->config.extend || !wire_ext_features(value, &r->features))
		r->features = 0;
	r->rtt_ms = (double)r->sum_us / (r->timed * 1000.0);
	rcv_emit(r, RCV_READY);
}

/* The answer to the first message tells the width; its time does not count,
 * as ever. */
static void
width_bytes(struct rcv *r, int64_t now_ns, const uint8_t **p, size_t *n)
{
	for (; *n > 0 && r->probe_len < WIRE_PROBE_LEN; ++*p, --*n)
		r->probe[r->probe_len++] = **p;
	if (r->probe_len < WIRE_PROBE_LEN)
		return;
	if (!wire_width_answer(r->probe, &r->words.width, &r->echoes)) {
		rcv_fail(r, RCV_NOT_A_SENDER);
		return;
	}
	r->state = RCV_IN_RTT;
	rtt_ask(r, now_ns);
}

static void
word(struct rcv *r, int64_t now_ns, uint32_t value)
{
	if (r->state == RCV_IN_RTT)
		rtt_echo(r, now_ns, value);
	else
		rcv_train_word(r, now_ns, value);
}

void
rcv_bytes(struct rcv *r, int64_t now_ns, const uint8_t *p, size_t n)
{
	uint32_t value;

	if (r->state == RCV_IN_WIDTH)
		width_bytes(r, now_ns, &p, &n);
	while (r->state != RCV_IN_WIDTH && r->state != RCV_OVER &&
	    wire_words_take(&r->words, &p, &n, &value))
		word(r, now_ns, value);
}

void
rcv_closed(struct rcv *r)
{
	rcv_fail(r, RCV_CLOSED);
}

void
rcv_timer(struct rcv *r, int64_t now_ns)
{
	if (r->state == RCV_OVER)
		return;
	if (now_ns >= r->end_ns)
		rcv_fail(r, RCV_LATE);
	else if (now_ns < r->deadline_ns)
		return;
	else if (r->state == RCV_IN_WIDTH || r->state == RCV_IN_RTT)
		rcv_fail(r, RCV_SILENT);
	else
		rcv_train_timer(r, now_ns);
}

int64_t
rcv_deadline_ns(const struct rcv *r)
{
	if (r->state == RCV_OVER)
		return INT64_MAX;
	return r->deadline_ns < r->end_ns ? r->deadline_ns : r->end_ns;
}

void
rcv_written(struct rcv *r, size_t n)
{
	if (n > r->out_len)
		n = r->out_len;
	r->out_len -= n;
	memmove(r->out, r->out + n, r->out_len);
}

enum rcv_event
rcv_next(struct rcv *r)
{
	enum rcv_event event = r->event;

	r->event = RCV_NOTHING;
	return event;
}

/* What only a sender with the extension understands. */
static void
begin_extended(struct rcv *r)
{
	int shift;

	if (r->features & WIRE_EXT_DATA_PORT)
		rcv_word(r, wire_value(WIRE_DATA_PORT, r->config.data_port));
	if (r->features & WIRE_EXT_NONCE)
		for (shift = 48; shift >= 0; shift -= 24)
			rcv_word(r, wire_value(WIRE_NONCE,
			    (r->config.nonce >> shift) & 0xffffff));
}

void
rcv_begin(struct rcv *r, int64_t spacing_ns, size_t max_payload)
{
	begin_extended(r);
	rcv_word(r, wire_value(WIRE_TRAIN_SPACING,
	    (uint32_t)(spacing_ns / CLOCK_NS_PER_MS)));
	rcv_word(r, wire_value(WIRE_MAX_PCK_LEN, (uint32_t)max_payload));
	rcv_word(r, wire_value(WIRE_PCK_LEN, (uint32_t)max_payload));
}

void
rcv_finish(struct rcv *r)
{
	if (r->state == RCV_OVER)
		return;
	if (r->unanswered)
		rcv_word(r, wire_value(WIRE_ACK_TRAIN, 0));
	rcv_word(r, wire_value(WIRE_CONTINUE, 0));
	rcv_word(r, wire_value(WIRE_GAME_OVER, 0));
	r->state = RCV_OVER;
}
