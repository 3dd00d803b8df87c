/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "msak/ws.h"
#include "tests/unit/unit.h"

static const uint8_t key[WS_KEY_LEN] = { 1, 2, 3, 4 };

static void
check_header(uint64_t len, const char *want, size_t n)
{
	uint8_t head[WS_HEADER_MAX];

	assert_int_equal(ws_put_header(head, true, WS_BINARY, len, NULL), n);
	assert_memory_equal(head, want, n);
}

/* As recorded, and where the length changes its form. */
static void
test_header(void **state)
{
	static const uint8_t client[] = { 0x02, 0xfe, 0x10, 0x00, 1, 2, 3, 4 };
	uint8_t head[WS_HEADER_MAX];

	(void)state;
	check_header(125, "\x82\x7d", 2);
	check_header(126, "\x82\x7e\0\x7e", 4);
	check_header(1024, "\x82\x7e\x04\0", 4);
	check_header(65535, "\x82\x7e\xff\xff", 4);
	check_header(65536, "\x82\x7f\0\0\0\0\0\1\0\0", 10);
	check_header(1048576, "\x82\x7f\0\0\0\0\0\x10\0\0", 10);
	assert_int_equal(ws_put_header(head, false, WS_BINARY, 4096, key),
	    sizeof(client));
	assert_memory_equal(head, client, sizeof(client));
}

static void
test_close(void **state)
{
	static const uint8_t want[] = "\x88\x0e\x03\xe8" "Done sending";
	uint8_t out[WS_CLOSE_MAX];
	char reason[200];
	size_t n;

	(void)state;
	assert_int_equal(ws_put_close(out, WS_NORMAL, "Done sending", NULL),
	    16);
	assert_memory_equal(out, want, 16);
	assert_int_equal(ws_put_close(out, WS_NO_CODE, "", NULL), 2);
	assert_memory_equal(out, "\x88\0", 2);
	assert_int_equal(ws_put_close(out, WS_NORMAL, "", key), 8);
	assert_memory_equal(out, "\x88\x82\1\2\3\4\x02\xea", 8);
	/* 122 bytes, and a character of two that does not fit any more. */
	memset(reason, 'x', sizeof(reason));
	memcpy(reason + 122, "\303\251\303\251", sizeof("\303\251\303\251"));
	n = ws_put_close(out, WS_PROTOCOL, reason, NULL);
	assert_int_equal(n, 2 + 2 + 122);
	assert_int_equal(out[n - 1], 'x');
}

static void
test_room(void **state)
{
	uint8_t out[200] = { 0 };

	(void)state;
	assert_int_equal(ws_put_frame(out, 9, WS_TEXT, "text", 4, key), 0);
	assert_int_equal(ws_put_frame(out, 5, WS_TEXT, "text", 4, NULL), 0);
	assert_int_equal(ws_put_frame(out, 1, WS_TEXT, "", 0, NULL), 0);
	assert_int_equal(out[0], 0);
	assert_int_equal(ws_put_frame(out, 6, WS_TEXT, "text", 4, NULL), 6);
	assert_int_equal(ws_put_frame(out, 200, WS_PONG, out, 126, NULL), 0);
	assert_int_equal(ws_put_frame(out, 200, WS_PING, NULL, 0, NULL), 2);
}

/* Against the definition, a byte at a time, at any place and alignment. */
static void
test_mask(void **state)
{
	uint8_t in[100], out[100], k[WS_KEY_LEN];
	size_t i, from, n;
	uint64_t at;
	int run;

	(void)state;
	unit_seed();
	for (run = 0; run < 2000; run++) {
		ws_fresh_key(k);
		for (i = 0; i < sizeof(in); i++)
			in[i] = out[i] = (uint8_t)random();
		from = (size_t)random() % 20;
		n = (size_t)random() % (sizeof(in) - from);
		at = (uint64_t)random() % 9;
		ws_mask(out + from, n, k, at);
		for (i = 0; i < sizeof(in); i++)
			assert_int_equal(out[i], i < from || i >= from + n ?
			    in[i] : in[i] ^ k[(at + i - from) % 4]);
	}
}

/* Keys do not repeat: four equal ones in a row are no chance. */
static void
test_fresh(void **state)
{
	char nonce[WS_NONCE_STRLEN], other[WS_NONCE_STRLEN];
	uint8_t k[4][WS_KEY_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		ws_fresh_key(k[i]);
	assert_true(memcmp(k[0], k[1], 4) != 0 || memcmp(k[1], k[2], 4) != 0 ||
	    memcmp(k[2], k[3], 4) != 0);
	ws_nonce(nonce);
	ws_nonce(other);
	assert_int_equal(strlen(nonce), 24);
	assert_string_equal(nonce + 22, "==");
	assert_string_not_equal(nonce, other);
}

/* Of the RFC, and recorded. */
static void
test_accept(void **state)
{
	static const struct {
		const char *nonce, *accept;
	} cases[] = {
		{ "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" },
		{ "Gk61R/+OuENNCP5W/i9Jvg==", "lTpwOy1wPcXJyzq9nnzu2u9tKi4=" },
		{ "x4NWxUNX4iJi3AlmlhgKBw==", "a5rjVugkMMakVcIkbDcKal6bgpU=" },
	};
	char out[WS_ACCEPT_STRLEN];
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(cases); i++) {
		assert_int_equal(ws_accept(cases[i].nonce,
		    strlen(cases[i].nonce), out), 0);
		assert_string_equal(out, cases[i].accept);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_mask),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
