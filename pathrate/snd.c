/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/clock.h"
#include "pathrate/snd_private.h"
#include "pathrate/train.h"

#define ECHOES		10
#define WIDTH_NS	(200 * CLOCK_NS_PER_MS)	/* for the second half */
/* A receiver has nothing to think about before the RTT rounds are over. */
#define HELLO_NS	(10 * CLOCK_NS_PER_S)
#define FIRST_PAYLOAD	1500	/* before any command */
#define FIRST_LEN	3

void
snd_enter(struct snd *s, enum snd_state state, int64_t deadline_ns)
{
	s->state = state;
	s->deadline_ns = deadline_ns;
}

void
snd_end(struct snd *s, enum snd_kind why)
{
	snd_enter(s, SND_OVER, INT64_MAX);
	s->say(s->arg, why, 0);
}

void
snd_word(struct snd *s, uint32_t value)
{
	uint8_t word[WIRE_WORD_MAX];
	size_t n = wire_word_put(value, s->width, word);

	/* a receiver that takes nothing is silent too, and will be left */
	if (n > SND_OUT_MAX - s->out_len)
		return;
	memcpy(s->out + s->out_len, word, n);
	s->out_len += n;
}

static int64_t
hello_ns(const struct snd *s)
{
	return s->config.idle_ns < HELLO_NS ? s->config.idle_ns : HELLO_NS;
}

void
snd_start(struct snd *s, const struct snd_config *config, snd_say *say,
    void *arg, int64_t now_ns)
{
	memset(s, 0, sizeof(*s));
	s->config = *config;
	s->say = say;
	s->arg = arg;
	s->end_ns = config->limit_ns > 0 ? now_ns + config->limit_ns :
	    INT64_MAX;
	s->train.payload = FIRST_PAYLOAD;
	s->train.len = FIRST_LEN;
	s->train.port = WIRE_UDP_PORT;
	s->rtt_ns = INT64_MAX;
	snd_enter(s, SND_IN_WIDTH, now_ns + hello_ns(s));
}

size_t
snd_room(const struct snd *s)
{
	return s->state == SND_OVER || s->state == SND_IN_GOODBYE ? 0 :
	    SND_IN_MAX - s->in_len;
}

static void
echo(struct snd *s, int64_t now_ns, uint32_t value)
{
	bool last = ++s->echoes == ECHOES;
	int64_t rtt_ns = now_ns - s->echoed_ns;

	if (s->echoes > 1 && rtt_ns < s->rtt_ns)
		s->rtt_ns = rtt_ns;
	s->extended = last && value == WIRE_EXT_ASK && s->config.features != 0;
	snd_word(s, s->extended ? wire_ext_answer(s->config.features) : value);
	s->echoed_ns = now_ns;
	snd_enter(s, last ? SND_IN_COMMAND : SND_IN_RTT,
	    now_ns + (last ? s->config.idle_ns : hello_ns(s)));
	if (last)
		s->say(s->arg, SND_STARTED, 0);
}

/* Not its turn yet, and the receiver is not to lose its patience. */
static void
queued(struct snd *s, int64_t now_ns)
{
	if (s->extended && (s->config.features & WIRE_EXT_QUEUED))
		snd_word(s, wire_value(WIRE_QUEUED, 0));
	s->deadline_ns = now_ns + SND_QUEUED_NS;
}

/* With what a receiver of ours wants to know of it. */
static void
say_sent(struct snd *s)
{
	uint8_t features = s->extended ? s->config.features : 0;
	int64_t us = s->departed_ns / CLOCK_NS_PER_US;

	if ((features & WIRE_EXT_CLOCK) && s->departure_us > 0)
		snd_word(s, wire_value(WIRE_DEPARTED,
		    (uint32_t)us & WIRE_ARGUMENT_MAX));
	snd_word(s, wire_value(WIRE_SENT_TRAIN,
	    features & WIRE_EXT_DEPARTURE ? s->departure_us : 0));
}

/* Is this a moment to read words? */
static bool
reads(const struct snd *s)
{
	return s->state == SND_IN_RTT || s->state == SND_IN_COMMAND ||
	    s->state == SND_IN_VERDICT || s->state == SND_IN_GRACE;
}

static bool
is_verdict(uint32_t value)
{
	return wire_code(value) == WIRE_ACK_TRAIN ||
	    wire_code(value) == WIRE_NEG_ACK_TRAIN;
}

static void
word(struct snd *s, int64_t now_ns, uint32_t value)
{
	if (s->state == SND_IN_RTT) {
		echo(s, now_ns, value);
		return;
	}
	if (s->state == SND_IN_VERDICT) {
		snd_verdict(s, now_ns, value);
		return;
	}
	if (s->state == SND_IN_GRACE && is_verdict(value)) {
		snd_command(s, now_ns, value);
		return;
	}
	/* in the grace: what it asks for goes before the retransmission */
	snd_enter(s, SND_IN_COMMAND, now_ns + s->config.idle_ns);
	snd_command(s, now_ns, value);
}

/* The words that are there, as far as the state lets them be read. */
static void
work(struct snd *s, int64_t now_ns)
{
	struct wire_words w = { .width = s->width };
	const uint8_t *p = s->in;
	size_t left = s->in_len;
	uint32_t value;

	while (reads(s) && left >= s->width &&
	    wire_words_take(&w, &p, &left, &value))
		word(s, now_ns, value);
	memmove(s->in, p, left);
	s->in_len = left;
}

static void
width_known(struct snd *s, int64_t now_ns, enum wire_width width)
{
	s->width = width;
	snd_enter(s, SND_IN_RTT, now_ns + hello_ns(s));
	work(s, now_ns);
}

void
snd_bytes(struct snd *s, int64_t now_ns, const uint8_t *p, size_t n)
{
	bool first = s->in_len < WIRE_W4;

	if (n > snd_room(s))
		n = snd_room(s);
	if (n == 0)
		return;
	memcpy(s->in + s->in_len, p, n);
	s->in_len += n;
	if (s->state != SND_IN_WIDTH)
		work(s, now_ns);
	else if (s->in_len >= WIRE_W8)
		width_known(s, now_ns, WIRE_W8);
	else if (first && s->in_len >= WIRE_W4)
		s->deadline_ns = now_ns + WIDTH_NS;
}

/* Is there a GAME_OVER among the words that were not read yet? A receiver may
 * end while its train is under way. */
static bool
took_leave(const struct snd *s)
{
	struct wire_words w = { .width = s->width };
	const uint8_t *p = s->in;
	size_t left = s->in_len;
	uint32_t value;

	while (s->width != 0 && wire_words_take(&w, &p, &left, &value))
		if (wire_code(value) == WIRE_GAME_OVER)
			return true;
	return false;
}

void
snd_closed(struct snd *s)
{
	/* the original takes what it cannot read for an unknown code */
	if (s->state == SND_IN_GOODBYE)
		s->state = SND_OVER;
	else if (s->state != SND_OVER)
		snd_end(s, took_leave(s) ? SND_TERMINATED : SND_UNKNOWN);
}

void
snd_timer(struct snd *s, int64_t now_ns)
{
	if (s->state == SND_OVER)
		return;
	if (now_ns >= s->end_ns) {
		snd_end(s, SND_SILENT);
		return;
	}
	if (now_ns < s->deadline_ns)
		return;
	if (s->state == SND_IN_WIDTH && s->in_len >= WIRE_W4) {
		width_known(s, now_ns, WIRE_W4);
	} else if (s->state == SND_IN_SPACING) {
		say_sent(s);
		snd_enter(s, SND_IN_VERDICT, now_ns + s->config.idle_ns);
		work(s, now_ns);
	} else if (s->state == SND_IN_TRAIN) {
		queued(s, now_ns);
	} else if (s->state == SND_IN_GRACE) {
		snd_begin_train(s, now_ns);
	} else if (s->state == SND_IN_GOODBYE) {
		s->state = SND_OVER;
	} else {
		snd_end(s, SND_SILENT);
	}
}

int64_t
snd_deadline_ns(const struct snd *s)
{
	if (s->state == SND_OVER)
		return INT64_MAX;
	return s->deadline_ns < s->end_ns ? s->deadline_ns : s->end_ns;
}

void
snd_written(struct snd *s, size_t n)
{
	if (n > s->out_len)
		n = s->out_len;
	s->out_len -= n;
	memmove(s->out, s->out + n, s->out_len);
}

const struct snd_train *
snd_train(const struct snd *s)
{
	return s->state == SND_IN_TRAIN ? &s->train : NULL;
}

void
snd_sent(struct snd *s, int64_t now_ns, int64_t departed_ns,
    uint32_t departure_us)
{
	if (s->state != SND_IN_TRAIN)
		return;
	s->departure_us = departure_us < WIRE_ARGUMENT_MAX ? departure_us :
	    WIRE_ARGUMENT_MAX;
	s->departed_ns = departed_ns;
	snd_enter(s, SND_IN_SPACING, now_ns + s->spacing_ns);
	if (s->spacing_ns == 0)
		snd_timer(s, now_ns);
}

bool
snd_is_over(const struct snd *s)
{
	return s->state == SND_OVER;
}
