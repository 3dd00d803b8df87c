/* SPDX-License-Identifier: BSD-2-Clause */
/* Every word and probe header of two recorded sessions through the codec. */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "pathrate/wire.h"

static const struct {
	const char	*name;
	enum wire_code	 code;
} codes[] = {
	{ "RTT", WIRE_RTT },
	{ "TRAIN_LEN", WIRE_TRAIN_LEN },
	{ "GAME_OVER", WIRE_GAME_OVER },
	{ "ACK_TRAIN", WIRE_ACK_TRAIN },
	{ "PCK_LEN", WIRE_PCK_LEN },
	{ "MAX_PCK_LEN", WIRE_MAX_PCK_LEN },
	{ "SEND", WIRE_SEND },
	{ "CONTINUE", WIRE_CONTINUE },
	{ "TRAIN_SPACING", WIRE_TRAIN_SPACING },
	{ "SENT_TRAIN", WIRE_SENT_TRAIN },
};

/* What a line was, so that both files are known to hold a whole session. */
struct seen {
	int		words, trains;
	uint32_t	round;
	size_t		train_len;
};

static enum wire_code
code_named(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(codes); i++)
		if (strcmp(name, codes[i].name) == 0)
			return codes[i].code;
	fail_msg("%s: no such code", name);
	return WIRE_RTT;
}

static void
word_line(const struct jv *line, enum wire_width width, struct seen *seen)
{
	struct wire_words w = { .width = width };
	uint8_t bytes[WIRE_WORD_MAX], again[WIRE_WORD_MAX];
	const uint8_t *p = bytes;
	size_t n = jv_hex(jv_get(line, "hex"), bytes, sizeof(bytes));
	uint32_t value;

	assert_int_equal(n, width);
	assert_true(wire_words_take(&w, &p, &n, &value));
	assert_int_equal(wire_code(value),
	    code_named(jv_str(jv_get(line, "code"), NULL)));
	assert_int_equal(wire_argument(value),
	    jv_int(jv_get(line, "data")));
	assert_int_equal(wire_word_put(value, width, again), width);
	assert_memory_equal(again, bytes, width);
	if (wire_code(value) == WIRE_SEND)
		seen->round = (uint32_t)wire_argument(value);
	if (wire_code(value) == WIRE_TRAIN_LEN)
		seen->train_len = (size_t)wire_argument(value);
	seen->words++;
}

/* First and last packet of a train: the round asked for, one train more. */
static void
train_line(const struct jv *train, struct seen *seen)
{
	const struct jv *heads = jv_get(train, "hdr");
	struct wire_probe p;
	uint8_t bytes[24];
	size_t i;

	assert_int_equal(jv_uint(jv_get(train, "n")), seen->train_len + 1);
	seen->trains++;
	for (i = 0; i < 2; i++) {
		jv_hex(jv_at(heads, i), bytes, sizeof(bytes));
		assert_int_equal(wire_layout_of(bytes, sizeof(bytes),
		    seen->round), WIRE_H4);
		assert_true(wire_probe_get(WIRE_H4, bytes, sizeof(bytes), &p));
		assert_int_equal(p.pack_id, i == 0 ? 0 : seen->train_len);
		assert_int_equal(p.train_id, seen->trains);
	}
}

static void
session(const char *name, enum wire_width width)
{
	char *text = vectors_text(name), *at = text, *line;
	struct seen seen = { 0 };
	struct jv *v;

	while ((line = strsep(&at, "\n")) != NULL && *line != '\0') {
		v = jv_parse(name, line);
		if (jv_find(v, "hex") != NULL)
			word_line(v, width, &seen);
		else if (jv_find(v, "udp_train") != NULL)
			train_line(jv_get(v, "udp_train"), &seen);
		jv_free(v);
	}
	/* 20 RTT, 81 trains of SEND, SENT and ACK, 3 and 2 around them */
	assert_int_equal(seen.trains, 81);
	assert_int_equal(seen.round, 82);
	assert_true(seen.words >= 20 + 3 * 81 + 5);
	free(text);
}

static void
session_w4(void **state)
{
	(void)state;
	session("pathrate/session-w4-10mbit-Q.jsonl", WIRE_W4);
}

static void
session_w8(void **state)
{
	(void)state;
	session("pathrate/session-w8-10mbit-Q.jsonl", WIRE_W8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(session_w4),
		cmocka_unit_test(session_w8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
