/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "pathrate/wire.h"

/*
 * Input: a byte whose lowest bit is the width of words, then a stream of
 * words, which is also looked at as a probe packet. A word written again is
 * the same word; a header that was recognised has the round it was asked for.
 */
int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_word(uint32_t value, enum wire_width width)
{
	struct wire_words w = { .width = width };
	uint8_t buf[WIRE_WORD_MAX];
	const uint8_t *p = buf;
	size_t n = wire_word_put(value, width, buf);
	uint32_t again;

	if (n != width || !wire_words_take(&w, &p, &n, &again) || n != 0 ||
	    again != value)
		abort();
	if (wire_argument(value) >= 0 &&
	    wire_value((enum wire_code)wire_code(value),
	    (uint32_t)wire_argument(value)) != value)
		abort();
}

static void
fuzz_words(const uint8_t *data, size_t size, enum wire_width width)
{
	struct wire_words w = { .width = width };
	uint32_t value;
	size_t words = 0, n = size;

	while (wire_words_take(&w, &data, &n, &value)) {
		fuzz_word(value, width);
		words++;
	}
	if (n != 0 || words != size / width)
		abort();
}

static void
fuzz_probe(const uint8_t *data, size_t size)
{
	uint8_t head[WIRE_H4_LEN];
	enum wire_layout layout;
	struct wire_probe p;

	if (wire_probe_get(WIRE_H4, data, size, &p)) {
		if (wire_layout_of(data, size, p.round_id) != WIRE_H4)
			abort();
		wire_probe_put(&p, head, sizeof(head));
		if (memcmp(head, data, 12) != 0)
			abort();
	}
	layout = wire_layout_of(data, size, 2);
	if (layout != WIRE_LAYOUT_UNKNOWN &&
	    (!wire_probe_get(layout, data, size, &p) || p.round_id != 2))
		abort();
	if (wire_nonce_is(1, data, size) && size < 20)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum wire_width width;
	int echoes;

	if (size == 0)
		return 0;
	fuzz_words(data + 1, size - 1, data[0] & 1 ? WIRE_W8 : WIRE_W4);
	fuzz_probe(data + 1, size - 1);
	if (size > WIRE_PROBE_LEN &&
	    wire_width_answer(data + 1, &width, &echoes) &&
	    echoes != (width == WIRE_W8 ? 1 : 2))
		abort();
	return 0;
}
