/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "pathrate/replay.h"

#define WORD_MAX	32	/* of a key, a string that matters, a number */
/* Of every number that is an integer here; exact in a double. */
#define INTEGER_MAX	9007199254740991.0

/* A line as it is read. */
struct reading {
	struct wire_rd		 r;
	struct replay_line	*out;
	enum replay_kind	 kind;
	unsigned int		 seen;		/* keys, a bit each */
};

/* Keys that mean something, in the order of the bits. */
enum key {
	KEY_TYPE, KEY_GAP, KEY_PAYLOAD_MAX, KEY_RTT, KEY_ROUND, KEY_LEN,
	KEY_BAD, KEY_PAYLOAD, KEY_US, KEY_NS, KEY_OTHER
};
#define BIT(k)		(1U << (k))
#define PARAM_KEYS	(BIT(KEY_GAP) | BIT(KEY_PAYLOAD_MAX) | BIT(KEY_RTT))
#define TRAIN_KEYS	(BIT(KEY_ROUND) | BIT(KEY_LEN) | BIT(KEY_BAD))

static enum key
key_named(const char *name)
{
	static const char *const names[] = {
		"type", "min_possible_delta", "max_payload", "rtt_ms",
		"round", "train_len", "bad", "payload", "arrival_us",
		"arrival_ns"
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return (enum key)i;
	return KEY_OTHER;
}

static void
blank(struct wire_rd *r)
{
	while (wire_rd_take(r, ' ') || wire_rd_take(r, '\t') ||
	    wire_rd_take(r, '\r'))
		continue;
}

static bool
punctuation(struct wire_rd *r, char c)
{
	bool there;

	blank(r);
	there = wire_rd_take(r, c);
	blank(r);
	return there;
}

/* A string without escapes; cut to the word when longer. */
static bool
string(struct wire_rd *r, char word[WORD_MAX])
{
	size_t n = 0;
	char c;

	if (!wire_rd_take(r, '"'))
		return false;
	while (r->left > 0 && (c = (char)wire_rd_u8(r)) != '"') {
		if (c == '\\' || (unsigned char)c < ' ')
			return false;
		if (n < WORD_MAX - 1)
			word[n++] = c;
	}
	word[n] = '\0';
	return r->p[-1] == '"';
}

static bool
number(struct wire_rd *r, double *v)
{
	char word[WORD_MAX], *end;
	size_t n = 0;

	while (r->left > 0 && n < WORD_MAX - 1 &&
	    strchr("+-.0123456789eE", *r->p) != NULL && *r->p != '\0')
		word[n++] = (char)wire_rd_u8(r);
	word[n] = '\0';
	*v = strtod(word, &end);
	return n > 0 && *end == '\0' && isfinite(*v);
}

/* What a number may be. */
static const struct {
	double	lo, hi;
	bool	fraction;
} ranges[] = {
	[KEY_GAP] = { 0, INTEGER_MAX, true },
	[KEY_PAYLOAD_MAX] = { TRAIN_PAYLOAD_MIN, TRAIN_PAYLOAD_MAX, false },
	[KEY_RTT] = { 0, INTEGER_MAX, true },
	[KEY_ROUND] = { 0, UINT32_MAX, false },
	[KEY_LEN] = { 2, TRAIN_LEN_MAX, false },
	[KEY_BAD] = { TRAIN_GOOD, TRAIN_LOST, false },
	[KEY_PAYLOAD] = { TRAIN_PAYLOAD_MIN, UINT16_MAX, false },
	[KEY_TYPE] = { 0, -1, false },	/* never a number */
	[KEY_US] = { 0, -1, false },
	[KEY_NS] = { 0, -1, false },
	[KEY_OTHER] = { -HUGE_VAL, HUGE_VAL, true },
};

static bool
set_number(struct reading *in, enum key key, double v)
{
	struct replay_line *out = in->out;

	if (v < ranges[key].lo || v > ranges[key].hi ||
	    (!ranges[key].fraction && v != floor(v)))
		return false;
	if (key == KEY_GAP)
		out->min_gap_us = v;
	else if (key == KEY_RTT)
		out->rtt_ms = v;
	else if (key == KEY_PAYLOAD_MAX)
		out->max_payload = (size_t)v;
	else if (key == KEY_PAYLOAD)
		out->payload = (size_t)v;
	else if (key == KEY_ROUND)
		out->round = (uint32_t)v;
	else if (key == KEY_LEN)
		out->len = (size_t)v;
	else if (key == KEY_BAD)
		out->end = (enum train_end)v;
	return true;
}

static bool
array(struct reading *in, enum key key)
{
	struct replay_line *out = in->out;
	double unit = key == KEY_US ? CLOCK_NS_PER_US : 1, v;
	bool kept = key == KEY_US || key == KEY_NS;
	size_t n = 0;

	if (punctuation(&in->r, ']'))
		return true;
	do {
		if (!number(&in->r, &v))
			return false;
		v *= unit;
		if (kept && (n > TRAIN_LEN_MAX || v != floor(v) ||
		    fabs(v) > INTEGER_MAX))
			return false;
		if (kept)
			out->arrival_ns[n++] = (int64_t)v;
	} while (punctuation(&in->r, ','));
	if (kept)
		out->arrivals = n;
	return punctuation(&in->r, ']');
}

static bool
value(struct reading *in, enum key key)
{
	char word[WORD_MAX];
	double v;

	if (in->r.left > 0 && *in->r.p == '"') {
		if (!string(&in->r, word))
			return false;
		if (key == KEY_TYPE)
			in->kind = strcmp(word, "param") == 0 ? REPLAY_PARAM :
			    strcmp(word, "train") == 0 ? REPLAY_TRAIN :
			    REPLAY_OTHER;
		return key == KEY_TYPE || key == KEY_OTHER;
	}
	if (punctuation(&in->r, '['))
		return (key == KEY_US || key == KEY_NS || key == KEY_OTHER) &&
		    array(in, key);
	return number(&in->r, &v) && set_number(in, key, v);
}

/* "key": value */
static bool
member(struct reading *in)
{
	char name[WORD_MAX];
	enum key key;

	if (!string(&in->r, name) || !punctuation(&in->r, ':'))
		return false;
	key = key_named(name);
	if (key != KEY_OTHER && (in->seen & BIT(key)))
		return false;
	in->seen |= BIT(key);
	return value(in, key);
}

static bool
object(struct reading *in)
{
	if (!punctuation(&in->r, '{'))
		return false;
	do {
		if (!member(in))
			return false;
	} while (punctuation(&in->r, ','));
	return punctuation(&in->r, '}') && wire_rd_done(&in->r);
}

static const char *
missing(const struct reading *in)
{
	const struct replay_line *out = in->out;

	if (!(in->seen & BIT(KEY_TYPE)))
		return "no type";
	if (in->kind == REPLAY_PARAM && (in->seen & PARAM_KEYS) != PARAM_KEYS)
		return "param without all its keys";
	if (in->kind != REPLAY_TRAIN)
		return NULL;
	if ((in->seen & TRAIN_KEYS) != TRAIN_KEYS)
		return "train without all its keys";
	if ((in->seen & BIT(KEY_US)) && (in->seen & BIT(KEY_NS)))
		return "arrivals twice";
	if (out->end == TRAIN_GOOD && out->arrivals != out->len + 1)
		return "not as many arrivals as packets";
	return NULL;
}

enum replay_kind
replay_parse(const char *line, size_t len, struct replay_line *out,
    const char **why)
{
	struct reading in = { .out = out, .kind = REPLAY_OTHER };

	memset(out, 0, sizeof(*out));
	wire_rd_init(&in.r, line, len);
	*why = object(&in) ? missing(&in) : "not a flat JSON object in range";
	return *why == NULL ? in.kind : REPLAY_BAD;
}
