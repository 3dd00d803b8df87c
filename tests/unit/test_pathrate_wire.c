/* SPDX-License-Identifier: BSD-2-Clause */
/* Control words and probe headers: messages.json and what is not in it. */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "pathrate/wire.h"


/* The word that a hex string holds, fed at once and byte by byte. */
static uint32_t
word(const struct jv *hex, enum wire_width width)
{
	struct wire_words w = { .width = width };
	uint8_t bytes[WIRE_WORD_MAX];
	const uint8_t *p = bytes;
	uint32_t whole, split;
	size_t n = jv_hex(hex, bytes, sizeof(bytes)), i, one;

	assert_int_equal(n, width);
	assert_true(wire_words_take(&w, &p, &n, &whole));
	assert_int_equal(n, 0);
	for (i = 0, p = bytes; i < width; i++) {
		one = 1;
		assert_int_equal(wire_words_take(&w, &p, &one, &split),
		    i + 1 == width);
	}
	assert_int_equal(whole, split);
	return whole;
}

static void
word_is(const struct jv *message, const char *key, enum wire_width width)
{
	uint32_t value = (uint32_t)jv_uint(jv_get(message, "value"));
	uint8_t want[WIRE_WORD_MAX], got[WIRE_WORD_MAX];
	int64_t data = jv_int(jv_get(message, "data"));
	size_t n = jv_hex(jv_get(message, key), want, sizeof(want));

	assert_int_equal(word(jv_get(message, key), width), value);
	assert_int_equal(wire_code(value), jv_int(jv_get(message, "code")));
	assert_int_equal(wire_argument(value), data);
	assert_int_equal(wire_value((enum wire_code)wire_code(value),
	    (uint32_t)data), value);
	assert_int_equal(wire_word_put(value, width, got), n);
	assert_memory_equal(got, want, n);
}

static void
recorded_words(void **state)
{
	struct jv *file = jv_load("pathrate/messages.json");
	const struct jv *all = jv_get(file, "control");
	size_t i;

	(void)state;
	assert_int_equal(jv_len(all), 16);
	for (i = 0; i < jv_len(all); i++) {
		word_is(jv_at(all, i), "hex_w4", WIRE_W4);
		word_is(jv_at(all, i), "hex_w8", WIRE_W8);
	}
	jv_free(file);
}

static void
special_is(const struct jv *special, uint8_t bytes[WIRE_PROBE_LEN])
{
	assert_int_equal(jv_hex(jv_get(special, "hex"), bytes,
	    WIRE_PROBE_LEN), WIRE_PROBE_LEN);
}

static void
recorded_specials(void **state)
{
	struct jv *file = jv_load("pathrate/messages.json");
	const struct jv *all = jv_get(file, "control_special");
	uint8_t bytes[WIRE_PROBE_LEN], probe[WIRE_PROBE_LEN], features;
	enum wire_width width;
	int echoes;

	(void)state;
	assert_int_equal(jv_len(all), 4);
	special_is(jv_at(all, 0), bytes);
	assert_false(wire_width_answer(bytes, &width, &echoes));
	assert_int_equal(wire_argument(word(jv_get(jv_at(all, 0), "hex"),
	    WIRE_W8)), -1);
	special_is(jv_at(all, 1), bytes);
	wire_width_probe(probe);
	assert_memory_equal(probe, bytes, sizeof(probe));
	assert_true(wire_width_answer(bytes, &width, &echoes));
	assert_int_equal(width, WIRE_W4);
	assert_int_equal(echoes, 2);
	special_is(jv_at(all, 2), bytes);
	assert_true(wire_width_answer(bytes, &width, &echoes));
	assert_int_equal(width, WIRE_W8);
	assert_int_equal(echoes, 1);
	assert_int_equal(word(jv_get(jv_at(all, 3), "hex"), WIRE_W8),
	    WIRE_EXT_ASK);
	assert_false(wire_ext_features(WIRE_EXT_ASK, &features));
	jv_free(file);
}

static void
head_is(const struct jv *head)
{
	enum wire_layout want = strcmp(jv_str(jv_get(head, "layout"), NULL),
	    "H8") == 0 ? WIRE_H8 : WIRE_H4;
	uint32_t round = (uint32_t)jv_uint(jv_get(head, "round_id"));
	uint8_t bytes[24], got[24];
	struct wire_probe p;
	size_t n;

	n = jv_hex(jv_get(head, "hex_first24"), bytes, sizeof(bytes));
	assert_int_equal(n, sizeof(bytes));
	assert_int_equal(wire_layout_of(bytes, n, round), want);
	assert_int_equal(wire_layout_of(bytes, n, round + 5),
	    WIRE_LAYOUT_UNKNOWN);
	assert_true(wire_probe_get(want, bytes, n, &p));
	assert_int_equal(p.pack_id, jv_uint(jv_get(head, "pack_id")));
	assert_int_equal(p.train_id, jv_uint(jv_get(head, "train_id")));
	assert_int_equal(p.round_id, round);
	if (want == WIRE_H8)
		return;
	memcpy(got, bytes, sizeof(got));
	wire_probe_put(&p, got, sizeof(got));
	assert_memory_equal(got, bytes, 12);
	assert_memory_equal(got + 12, "\0\0\0\0", 4);
	assert_memory_equal(got + 16, bytes + 16, 8);
}

static void
recorded_heads(void **state)
{
	struct jv *file = jv_load("pathrate/messages.json");
	const struct jv *all = jv_get(file, "probe_headers");
	size_t i;

	(void)state;
	assert_int_equal(jv_len(all), 6);
	for (i = 0; i < jv_len(all); i++)
		head_is(jv_at(all, i));
	jv_free(file);
}

static void
arguments_have_a_sign(void **state)
{
	(void)state;
	assert_int_equal(wire_argument(0x7fffff05), 0x7fffff);
	assert_int_equal(wire_argument(0x80000005), -0x800000);
	assert_int_equal(wire_argument(0xffffff01), -1);
	assert_int_equal(wire_code(0xffffff01), WIRE_TRAIN_LEN);
}

static void
extension_answers(void **state)
{
	uint8_t features = 0;

	(void)state;
	assert_int_equal(WIRE_EXT_ANSWER, ~WIRE_EXT_ASK & 0xffffff00U);
	assert_true(wire_ext_features(wire_ext_answer(WIRE_EXT_NONCE |
	    WIRE_EXT_DEPARTURE), &features));
	assert_int_equal(features, WIRE_EXT_NONCE | WIRE_EXT_DEPARTURE);
	assert_false(wire_ext_features(0, &features));
}

static void
short_packets(void **state)
{
	struct wire_probe p = { 1, 2, 3 }, q;
	uint8_t b[24] = { 0 };
	size_t n;

	(void)state;
	wire_probe_put(&p, b, 6);
	assert_memory_equal(b, "\0\0\0\1\0\0\0\0", 8);
	wire_probe_put(&p, b, 0);
	wire_probe_put(&p, b, sizeof(b));
	for (n = 0; n <= sizeof(b); n++) {
		assert_int_equal(wire_probe_get(WIRE_H4, b, n, &q), n >= 12);
		assert_int_equal(wire_probe_get(WIRE_H8, b, n, &q), n >= 20);
		assert_int_equal(wire_layout_of(b, n, 3),
		    n >= 12 ? WIRE_H4 : WIRE_LAYOUT_UNKNOWN);
		assert_int_equal(wire_nonce_is(0, b, n), n >= 20);
	}
}

/* Train 0 and one that no run reaches are garbage, not H8. */
static void
implausible_trains(void **state)
{
	uint8_t b[24] = { [19] = 7 };

	(void)state;
	assert_int_equal(wire_layout_of(b, sizeof(b), 7),
	    WIRE_LAYOUT_UNKNOWN);
	b[11] = 1;
	assert_int_equal(wire_layout_of(b, sizeof(b), 7), WIRE_H8);
	b[8] = 1;
	assert_int_equal(wire_layout_of(b, sizeof(b), 7),
	    WIRE_LAYOUT_UNKNOWN);
}

static void
nonces(void **state)
{
	uint8_t b[32] = { 0 };

	(void)state;
	wire_nonce_put(0x0123456789abcdefULL, b, 19);
	assert_true(wire_nonce_is(0, b, sizeof(b)));
	wire_nonce_put(0x0123456789abcdefULL, b, sizeof(b));
	assert_true(wire_nonce_is(0x0123456789abcdefULL, b, sizeof(b)));
	assert_false(wire_nonce_is(0x0123456789abcdeeULL, b, sizeof(b)));
	assert_int_equal(b[12], 0x01);
	assert_int_equal(b[19], 0xef);
}

/* A stream of random words, cut anywhere, comes out as it went in. */
static void
any_cut(void **state)
{
	enum wire_width widths[] = { WIRE_W4, WIRE_W8 };
	uint32_t in[64], out;
	uint8_t stream[64 * WIRE_WORD_MAX];
	const uint8_t *p;
	size_t len, i, n, chunk, words, turn;

	(void)state;
	unit_seed();
	for (turn = 0; turn < 200; turn++) {
		struct wire_words w = { .width = widths[turn % 2] };

		for (i = len = 0; i < NELEM(in); i++) {
			in[i] = (uint32_t)random() << 8 ^ (uint32_t)random();
			len += wire_word_put(in[i], w.width, stream + len);
		}
		for (i = words = 0; i < len; i += chunk) {
			chunk = (size_t)random() % 20 + 1;
			if (chunk > len - i)
				chunk = len - i;
			p = stream + i;
			n = chunk;
			while (wire_words_take(&w, &p, &n, &out))
				assert_int_equal(out, in[words++]);
			assert_int_equal(n, 0);
		}
		assert_int_equal(words, NELEM(in));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_words),
		cmocka_unit_test(recorded_specials),
		cmocka_unit_test(recorded_heads),
		cmocka_unit_test(arguments_have_a_sign),
		cmocka_unit_test(extension_answers),
		cmocka_unit_test(short_packets),
		cmocka_unit_test(implausible_trains),
		cmocka_unit_test(nonces),
		cmocka_unit_test(any_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
