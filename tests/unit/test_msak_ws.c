/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "tests/unit/ws_log.h"

#define STREAM_MAX	400000

static const uint8_t key[WS_KEY_LEN] = { 0x37, 0xfa, 0x21, 0x3d };

struct stream {
	uint8_t	bytes[STREAM_MAX];
	size_t	len;
};

static struct stream stream;

static void
add(struct stream *s, const void *p, size_t n)
{
	assert_true(n <= sizeof(s->bytes) - s->len);
	memcpy(s->bytes + s->len, p, n);
	s->len += n;
}

/* A frame, masked with the key unless that is NULL. */
static void
add_frame(struct stream *s, bool fin, enum ws_opcode opcode, const void *p,
    size_t n, const uint8_t *k)
{
	uint8_t head[WS_HEADER_MAX];

	add(s, head, ws_put_header(head, fin, opcode, n, k));
	add(s, p, n);
	if (k != NULL)
		ws_mask(s->bytes + s->len - n, n, k, 0);
}

/* What one who reads all of the stream in one go sees. */
static char *
log_of(const struct stream *s, bool server, bool drop)
{
	struct ws_log l;

	ws_log_open(&l, server);
	ws_log_read(&l, s->bytes, s->len, drop);
	ws_log_close(&l);
	return l.text;
}

static void
check(const char *hex, bool server, const char *want)
{
	struct stream *s = &stream;
	char *text;
	size_t i;

	for (s->len = 0, i = 0; hex[i] != '\0'; i += 2) {
		char pair[3] = { hex[i], hex[i + 1], '\0' };

		s->bytes[s->len++] = (uint8_t)strtoul(pair, NULL, 16);
	}
	text = log_of(s, server, false);
	assert_string_equal(text, want);
	free(text);
}

/* The examples of RFC 6455 section 5.7. */
static void
test_rfc(void **state)
{
	(void)state;
	check("810548656c6c6f", false, "frame 1 1 0 5\ntext 5 Hello\n");
	check("818537fa213d7f9f4d5158", true, "frame 1 1 1 5\ntext 5 Hello\n");
	check("010348656c80026c6f", false,
	    "frame 1 0 0 3\nframe 0 1 0 2\ntext 5 Hello\n");
	check("890548656c6c6f", false, "frame 9 1 0 5\nping 48656c6c6f\n");
	check("8a8537fa213d7f9f4d5158", true,
	    "frame a 1 1 5\npong 48656c6c6f\n");
	check("827e0100", false, "frame 2 1 0 256\n");
	check("827f0000000000010000", false, "frame 2 1 0 65536\n");
}

/* Bytes of a client, as what a server has to say about them (spec 3.3). */
static void
test_errors(void **state)
{
	static const struct {
		const char *hex, *want;
	} cases[] = {
		{ "8100", "bad 1002 bad MASK\n" },
		{ "c180", "bad 1002 RSV1 set\n" },
		{ "a180", "bad 1002 RSV2 set\n" },
		{ "9180", "bad 1002 RSV3 set\n" },
		{ "f180", "bad 1002 RSV1 set, RSV2 set, RSV3 set\n" },
		{ "c100", "bad 1002 RSV1 set, bad MASK\n" },
		{ "8380", "bad 1002 bad opcode 3\n" },
		{ "8f80", "bad 1002 bad opcode 15\n" },
		{ "89fe", "bad 1002 len > 125 for control\n" },
		{ "0980", "bad 1002 FIN not set on control\n" },
		{ "08ff", "bad 1002 len > 125 for control, "
		    "FIN not set on control\n" },
		{ "8080", "bad 1002 continuation after FIN\n" },
		{ "018000000000" "0180",
		    "frame 1 0 1 0\nbad 1002 data before FIN\n" },
		{ "028000000000" "8180",
		    "frame 2 0 1 0\nbad 1002 data before FIN\n" },
		{ "82ff8000000000000000" "00000000", "bad 1000 \n" },
		{ "82ff7fffffffffffffff" "00000000",
		    "frame 2 1 1 9223372036854775807\n" },
		{ "888000000000", "frame 8 1 1 0\nclose 1005 \n" },
		{ "888100000000" "03", "frame 8 1 1 1\nclose 1005 \n" },
		{ "888200000000" "03e8", "frame 8 1 1 2\nclose 1000 \n" },
		{ "888200000000" "0fa0", "frame 8 1 1 2\nclose 4000 \n" },
		{ "888400000000" "03e84f4b", "frame 8 1 1 4\nclose 1000 OK\n" },
		{ "888200000000" "03e7",
		    "frame 8 1 1 2\nbad 1002 bad close code 999\n" },
		{ "888200000000" "03ed",
		    "frame 8 1 1 2\nbad 1002 bad close code 1005\n" },
		{ "888200000000" "ffff",
		    "frame 8 1 1 2\nbad 1002 bad close code 65535\n" },
		{ "888300000000" "03e8ff", "frame 8 1 1 3\n"
		    "bad 1002 invalid utf8 payload in close frame\n" },
		{ "888400000000" "03e8c3a9",
		    "frame 8 1 1 4\nclose 1000 \303\251\n" },
		/* Nothing counts behind an end. */
		{ "888000000000" "8100", "frame 8 1 1 0\nclose 1005 \n" },
		{ "8100" "8100", "bad 1002 bad MASK\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++)
		check(cases[i].hex, true, cases[i].want);
	check("8180", false, "bad 1002 bad MASK\n");
}

static void
test_long_text(void **state)
{
	static char text[2 * WS_TEXT_MAX];
	struct stream *s = &stream;
	char *got;

	(void)state;
	memset(text, 'x', sizeof(text));
	s->len = 0;
	add_frame(s, true, WS_TEXT, text, WS_TEXT_MAX, key);
	add_frame(s, false, WS_TEXT, text, 10, key);
	add_frame(s, true, WS_CONTINUATION, text, WS_TEXT_MAX - 9, key);
	add_frame(s, true, WS_TEXT, text, sizeof(text), key);
	add_frame(s, true, WS_TEXT, "short", 5, key);
	got = log_of(s, true, false);
	assert_non_null(strstr(got, "text 65536 xxx"));
	assert_string_equal(strstr(got, "xx\n") + 3, "frame 1 0 1 10\n"
	    "frame 0 1 1 65527\nlong text\nframe 1 1 1 131072\nlong text\n"
	    "frame 1 1 1 5\ntext 5 short\n");
	free(got);
}

/* Every kind of frame in one stream, control frames within messages. */
static void
make_mix(struct stream *s, const uint8_t *k)
{
	static uint8_t noise[70000];

	s->len = 0;
	add_frame(s, true, WS_BINARY, noise, 200, k);
	add_frame(s, false, WS_TEXT, "first ", 6, k);
	add_frame(s, true, WS_PING, "in between", 10, k);
	add_frame(s, false, WS_CONTINUATION, "", 0, k);
	add_frame(s, true, WS_PONG, "", 0, k);
	add_frame(s, true, WS_CONTINUATION, "and last", 8, k);
	add_frame(s, false, WS_BINARY, noise, 126, k);
	add_frame(s, true, WS_PING, "", 0, k);
	add_frame(s, true, WS_CONTINUATION, noise, 1, k);
	add_frame(s, true, WS_BINARY, noise, 0, k);
	add_frame(s, true, WS_TEXT, "", 0, k);
	add_frame(s, true, WS_CLOSE, "\003\350bye", 5, k);
}

static const char mix_want[] =
	"frame 2 1 %d 200\nbinary\nframe 1 0 %d 6\n"
	"frame 9 1 %d 10\nping 696e206265747765656e\nframe 0 0 %d 0\n"
	"frame a 1 %d 0\npong \nframe 0 1 %d 8\ntext 14 first and last\n"
	"frame 2 0 %d 126\nframe 9 1 %d 0\nping \nframe 0 1 %d 1\nbinary\n"
	"frame 2 1 %d 0\nbinary\nframe 1 1 %d 0\ntext 0 \n"
	"frame 8 1 %d 5\nclose 1000 bye\n";

static void
check_split(const struct stream *s, size_t at, bool server, bool drop,
    const char *want)
{
	struct ws_log l;

	ws_log_open(&l, server);
	ws_log_read(&l, s->bytes, at, drop);
	ws_log_read(&l, s->bytes + at, s->len - at, drop);
	assert_int_equal(l.parser.payload, 200 + 14 + 126 + 1);
	ws_log_close(&l);
	assert_string_equal(l.text, want);
	free(l.text);
}

static void
test_splits(void **state)
{
	char want[sizeof(mix_want)];
	size_t at, i;
	int m;

	(void)state;
	for (m = 0; m <= 1; m++) {
		make_mix(&stream, m == 1 ? key : NULL);
		snprintf(want, sizeof(want), mix_want, m, m, m, m, m, m, m, m,
		    m, m, m, m);
		for (at = 0; at <= stream.len; at++)
			for (i = 0; i <= 1; i++)
				check_split(&stream, at, m == 1, i == 1, want);
	}
}

static void
test_bytes(void **state)
{
	char want[sizeof(mix_want)];
	struct ws_log l;
	size_t at;

	(void)state;
	make_mix(&stream, key);
	snprintf(want, sizeof(want), mix_want, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	    1, 1);
	ws_log_open(&l, true);
	for (at = 0; at < stream.len; at++)
		ws_log_read(&l, stream.bytes + at, 1, false);
	ws_log_close(&l);
	assert_string_equal(l.text, want);
	free(l.text);
}

/* A random message in random fragments, pings between them. */
static uint64_t
add_message(struct stream *s)
{
	static uint8_t payload[6000];
	size_t len = (size_t)random() % sizeof(payload), at = 0, n;
	enum ws_opcode opcode = random() % 2 == 0 ? WS_TEXT : WS_BINARY;
	uint8_t k[WS_KEY_LEN];
	size_t i;

	for (i = 0; i < len; i++)
		payload[i] = (uint8_t)('a' + random() % 26);
	do {
		n = random() % 3 == 0 ? len - at :
		    (size_t)random() % (len - at + 1);
		ws_fresh_key(k);
		add_frame(s, at + n == len, opcode, payload + at, n, k);
		opcode = WS_CONTINUATION;
		at += n;
		if (random() % 4 == 0)
			add_frame(s, true, WS_PING, payload,
			    (size_t)random() % 126 % (len + 1), k);
	} while (at < len);
	return len;
}

/* However the stream is cut and whether payload is dropped: the same. */
static void
test_random(void **state)
{
	struct ws_log l;
	uint64_t sum;
	size_t at, n;
	char *want;
	int run, i;

	(void)state;
	unit_seed();
	for (run = 0; run < 200; run++) {
		stream.len = 0;
		for (sum = 0, i = 0; i < 10; i++)
			sum += add_message(&stream);
		want = log_of(&stream, true, false);
		ws_log_open(&l, true);
		for (at = 0; at < stream.len; at += n) {
			n = 1 + (size_t)random() % (stream.len - at) %
			    (run % 2 == 0 ? 50 : 5000);
			ws_log_read(&l, stream.bytes + at, n,
			    random() % 2 == 0);
		}
		assert_int_equal(l.parser.payload, sum);
		ws_log_close(&l);
		assert_string_equal(l.text, want);
		free(l.text);
		free(want);
	}
}

/* Recorded text of the original's client. */
static void
test_measurements(void **state)
{
	struct jv *file = jv_load("msak/measurement_frames.json");
	const struct jv *frames = jv_get(file, "frames"), *f;
	struct ws_parser p;
	uint8_t again[4096];
	size_t i, len, used;
	const char *text;

	(void)state;
	ws_init(&p, true);
	assert_int_equal(jv_len(frames), 7);
	for (i = 0; i < jv_len(frames); i++) {
		f = jv_at(frames, i);
		stream.len = jv_hex(jv_get(f, "frame_hex"), stream.bytes,
		    sizeof(stream.bytes));
		text = jv_str(jv_get(f, "payload_utf8"), &len);
		assert_int_equal(ws_read(&p, stream.bytes, stream.len, &used),
		    WS_FRAME);
		assert_int_equal(ws_read(&p, stream.bytes + used,
		    stream.len - used, &used), WS_GOT_TEXT);
		assert_int_equal(p.text_len, len);
		assert_memory_equal(p.text, text, len);
		assert_int_equal(ws_put_frame(again, sizeof(again), WS_TEXT,
		    text, len, p.frame.key), stream.len);
		assert_memory_equal(again, stream.bytes, stream.len);
	}
	ws_free(&p);
	jv_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_splits),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_measurements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
