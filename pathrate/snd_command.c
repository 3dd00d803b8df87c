/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

/* Commands and verdicts of the receiver (spec 3.3, 3.4, 3.5 and 6). */

#include "common/clock.h"
#include "pathrate/snd_private.h"
#include "pathrate/train.h"

#define LOSSES_MAX	30	/* trains in a row */
#define GRACE_MIN_NS	(100 * CLOCK_NS_PER_MS)
#define GOODBYE_NS	CLOCK_NS_PER_S
#define NONCE_BITS	24	/* a word */

void
snd_begin_train(struct snd *s, int64_t now_ns)
{
	s->train.train_id++;
	s->say(s->arg, SND_TRAIN, ++s->number);
	snd_enter(s, SND_IN_TRAIN, now_ns + SND_QUEUED_NS);
}

/* A number that the session will use; false ends it. */
static bool
set(struct snd *s, enum wire_code code, int32_t n)
{
	switch ((int)code) {
	case WIRE_TRAIN_LEN:
		if (n < 0 || (size_t)n > s->config.max_len)
			return false;
		s->train.len = (size_t)n;
		s->say(s->arg, SND_LENGTH, n);
		return true;
	case WIRE_PCK_LEN:
		if (n < TRAIN_PAYLOAD_MIN || (size_t)n > s->config.max_payload)
			return false;
		s->train.payload = (size_t)n;
		s->say(s->arg, SND_SIZE, n);
		return true;
	case WIRE_TRAIN_SPACING:
		if (n < 0 || n * CLOCK_NS_PER_MS > s->config.max_spacing_ns)
			return false;
		s->spacing_ns = n * CLOCK_NS_PER_MS;
		s->say(s->arg, SND_SPACING, n);
		return true;
	case WIRE_MAX_PCK_LEN:
		s->say(s->arg, SND_MAX_SIZE, n);
		return true;
	case WIRE_NO_TRAINS:
		s->say(s->arg, SND_NUMBER, 1);
		return true;
	default:
		return false;
	}
}

/* The extension's commands, from those only who asked for it. */
static bool
set_extended(struct snd *s, enum wire_code code, uint32_t argument)
{
	uint8_t features = s->extended ? s->config.features : 0;

	if (code == WIRE_NONCE && (features & WIRE_EXT_NONCE)) {
		s->train.nonce = s->train.nonce << NONCE_BITS | argument;
		s->train.has_nonce = true;
		return true;
	}
	if (code == WIRE_DATA_PORT && (features & WIRE_EXT_DATA_PORT) &&
	    argument > 0 && argument <= UINT16_MAX) {
		s->train.port = (uint16_t)argument;
		return true;
	}
	return false;
}

static void
send_round(struct snd *s, int64_t now_ns, uint32_t round)
{
	s->train.round_id = round;
	s->number = 0;
	s->say(s->arg, SND_ROUND, (int)round);
	snd_begin_train(s, now_ns);
}

void
snd_command(struct snd *s, int64_t now_ns, uint32_t value)
{
	enum wire_code code = (enum wire_code)wire_code(value);

	switch ((int)code) {
	case WIRE_SEND:
		send_round(s, now_ns, value >> 8);
		return;
	case WIRE_ACK_TRAIN:
		s->say(s->arg, SND_REDUNDANT_ACK, 0);
		return;
	case WIRE_NEG_ACK_TRAIN:
		s->say(s->arg, SND_REDUNDANT_NEG_ACK, 0);
		return;
	case WIRE_CONTINUE:
		s->say(s->arg, SND_CONTINUE, 0);
		return;
	case WIRE_GAME_OVER:
		snd_end(s, SND_TERMINATED);
		return;
	default:
		break;
	}
	if (!set(s, code, wire_argument(value)) &&
	    !set_extended(s, code, value >> 8))
		snd_end(s, SND_UNKNOWN);
}

static void
lossy(struct snd *s, int64_t now_ns)
{
	int64_t grace_ns = GRACE_MIN_NS;

	if (++s->losses > LOSSES_MAX) {
		s->say(s->arg, SND_CONGESTION, 0);
		snd_word(s, wire_value(WIRE_GAME_OVER, 0));
		snd_enter(s, SND_IN_GOODBYE, now_ns + GOODBYE_NS);
		return;
	}
	s->say(s->arg, SND_RETRANSMIT, 0);
	/* ours never asks itself; an old one's SEND may be under way */
	if (s->extended) {
		snd_begin_train(s, now_ns);
		return;
	}
	if (s->rtt_ns < s->config.idle_ns / 2 && 2 * s->rtt_ns > grace_ns)
		grace_ns = 2 * s->rtt_ns;
	snd_enter(s, SND_IN_GRACE, now_ns + grace_ns);
}

void
snd_verdict(struct snd *s, int64_t now_ns, uint32_t value)
{
	enum wire_code code = (enum wire_code)wire_code(value);

	if (code == WIRE_NEG_ACK_TRAIN) {
		lossy(s, now_ns);
		return;
	}
	snd_enter(s, SND_IN_COMMAND, now_ns + s->config.idle_ns);
	s->losses = 0;
	if (code == WIRE_ACK_TRAIN) {
		s->say(s->arg, SND_ACKED, 0);
		return;
	}
	s->say(s->arg, SND_UNEXPECTED, code);
	snd_command(s, now_ns, value);
}
