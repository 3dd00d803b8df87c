/* SPDX-License-Identifier: BSD-2-Clause */
/* Models of the two programs of 2.4.1, as they behave on the wire. */
#include "config.h"

#include <string.h>

#include "tests/unit/pathrate_sim.h"
#include "tests/unit/unit.h"

#include "common/clock.h"

#define ECHOES		10
#define LOSSES_MAX	30
/* A second small segment is held back until the first is acknowledged. */
#define NAGLE_NS	(40 * CLOCK_NS_PER_MS)
#define OLD_TRAINS	40
#define OLD_LEN		20

/* The next word that was not read yet. */
static bool
next_word(struct sim *m, uint32_t *value)
{
	struct wire_words w = { .width = m->config.width };
	const uint8_t *p = m->old.in;
	size_t n = m->old.in_len;

	if (n < w.width)
		return false;
	assert_true(wire_words_take(&w, &p, &n, value));
	memmove(m->old.in, p, n);
	m->old.in_len = n;
	return true;
}

static void
more(struct sim *m, const uint8_t *p, size_t n)
{
	assert_true(m->old.in_len + n <= SIM_STREAM);
	memcpy(m->old.in + m->old.in_len, p, n);
	m->old.in_len += n;
}

/*
 * The sender reads a word at a time, sends trains while nothing is read, and
 * retransmits at once after NEG_ACK.
 */

static void
old_train(struct sim *m)
{
	struct sim_old *o = &m->old;
	struct snd_train t = {
		.round_id = o->round, .train_id = ++o->train_id, .len = o->len,
		.payload = o->payload
	};

	sim_emit(m, &t);
	o->wake_ns = m->now_ns + o->spacing_ns + 1;
}

static void
old_command(struct sim *m, uint32_t value)
{
	struct sim_old *o = &m->old;
	int32_t n = wire_argument(value);

	switch (wire_code(value)) {
	case WIRE_TRAIN_LEN:
		o->len = (size_t)n;
		break;
	case WIRE_PCK_LEN:
		o->payload = (size_t)n;
		break;
	case WIRE_TRAIN_SPACING:
		o->spacing_ns = n * CLOCK_NS_PER_MS;
		break;
	case WIRE_SEND:
		m->sends++;
		o->round = (uint32_t)n;
		old_train(m);
		break;
	case WIRE_GAME_OVER:
		o->over = true;
		break;
	case WIRE_MAX_PCK_LEN:
	case WIRE_CONTINUE:
	case WIRE_ACK_TRAIN:
	case WIRE_NEG_ACK_TRAIN:
		break;
	default:
		m->unknown++;
		o->over = true;
		break;
	}
}

static void
old_verdict(struct sim *m, uint32_t value)
{
	struct sim_old *o = &m->old;

	o->verdict = false;
	if (wire_code(value) == WIRE_NEG_ACK_TRAIN) {
		if (++o->losses > LOSSES_MAX) {
			m->congestion = true;
			sim_write(m, &m->to_rcv, WIRE_GAME_OVER, 0);
			o->over = true;
			return;
		}
		old_train(m);
		return;
	}
	o->losses = 0;
	if (wire_code(value) != WIRE_ACK_TRAIN)
		fail_msg("code %d in place of a verdict", wire_code(value));
}

static void
old_reads(struct sim *m)
{
	uint32_t value;

	while (!m->old.over && m->old.wake_ns == 0 && next_word(m, &value)) {
		if (m->old.echoes < ECHOES) {
			m->old.echoes++;
			sim_write(m, &m->to_rcv, value, 0);
		} else if (m->old.verdict) {
			old_verdict(m, value);
		} else {
			old_command(m, value);
		}
	}
}

void
sim_old_sender(struct sim *m, const uint8_t *p, size_t n)
{
	more(m, p, n);
	old_reads(m);
}

void
sim_old_sender_wakes(struct sim *m)
{
	if (m->old.wake_ns == 0 || m->now_ns < m->old.wake_ns)
		return;
	m->old.wake_ns = 0;
	m->old.verdict = true;
	sim_write(m, &m->to_rcv, WIRE_SENT_TRAIN, 0);
	old_reads(m);
}

/*
 * The receiver asks for the same round again right behind its NEG_ACK, in a
 * segment that arrives later.
 */

void
sim_old_receiver_starts(struct sim *m)
{
	sim_write(m, &m->to_snd, WIRE_RTT, 0);
}

static void
old_send(struct sim *m, int64_t delay_ns)
{
	m->seen = 0;
	sim_write(m, &m->to_snd, wire_value(WIRE_SEND, m->old.round),
	    delay_ns);
}

static void
old_begins(struct sim *m)
{
	sim_write(m, &m->to_snd, wire_value(WIRE_TRAIN_SPACING, 10), 0);
	sim_write(m, &m->to_snd, wire_value(WIRE_PCK_LEN, 1460), 0);
	sim_write(m, &m->to_snd, wire_value(WIRE_TRAIN_LEN, OLD_LEN), 0);
	m->old.round = 2;
	old_send(m, 0);
}

static void
old_judges(struct sim *m)
{
	if (m->seen != OLD_LEN + 1) {
		sim_write(m, &m->to_snd, WIRE_NEG_ACK_TRAIN, 0);
		old_send(m, NAGLE_NS);
		return;
	}
	sim_write(m, &m->to_snd, WIRE_ACK_TRAIN, 0);
	m->trains++;
	m->old.round++;
	if (m->trains < OLD_TRAINS) {
		old_send(m, 0);
		return;
	}
	sim_write(m, &m->to_snd, WIRE_CONTINUE, 0);
	sim_write(m, &m->to_snd, WIRE_GAME_OVER, 0);
	m->old.over = true;
}

void
sim_old_receiver(struct sim *m, const uint8_t *p, size_t n)
{
	uint32_t value;

	more(m, p, n);
	while (!m->old.over && next_word(m, &value)) {
		if (m->old.echoes < ECHOES) {
			assert_int_equal(value, WIRE_RTT);
			if (++m->old.echoes < ECHOES)
				sim_write(m, &m->to_snd, WIRE_RTT, 0);
			else
				old_begins(m);
		} else if (value == WIRE_SENT_TRAIN) {
			old_judges(m);
		} else {
			assert_int_equal(value, WIRE_GAME_OVER);
			m->terminated = m->old.over = true;
		}
	}
}

void
sim_old_receiver_packet(struct sim *m, const struct sim_packet *p)
{
	assert_int_equal(p->nonce, 0);
	if (p->p.round_id != m->old.round)
		return;
	if (p->p.pack_id == 0)
		m->seen = 1;
	else if (p->p.pack_id == m->seen)
		m->seen++;
}
