/* SPDX-License-Identifier: BSD-2-Clause */
/* What is encoded is decoded again, by ours and by the 0.9 scanner. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/wire.h"

#define ROOM	256
#define ROUNDS	20000

static uint64_t
random_u64(void)
{
	uint64_t v = (uint64_t)random() << 42 ^ (uint64_t)random() << 21 ^
	    (uint64_t)random();

	return v >> random() % 64;
}

static int64_t
random_size(void)
{
	return (int64_t)(random_u64() >> 1);
}

/* The text of p, with a NUL, and what our parser makes of it. */
static void
round_trip(const struct wire_proposal *p, char text[ROOM],
    struct wire_proposal *back)
{
	enum wire_fault fault;
	bool enough;
	size_t len;

	len = wire_proposal_put(p, text, ROOM - 1);
	assert_in_range(len, 1, WIRE_CONTROL_MAX);
	text[len] = '\0';
	assert_int_equal(wire_proposal_get(text, len, false, back, &fault,
	    &enough), WIRE_OK);
	assert_int_equal(back->udp, p->udp);
	assert_int_equal(back->extended, p->extended);
}

/*
 * The mark of the extension channel: a peer of ours sees it, and the scanner
 * of a 0.9 peer (scanf, base 10) reads the same numbers as without it.
 */
static void
test_tcp_mark_is_invisible_to_scanf(void **state)
{
	struct wire_proposal p = { .udp = false }, q;
	unsigned long long window, block;
	char text[ROOM];
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		p.extended = i % 2 == 0;
		p.window = random_size();
		p.block = random_size();
		round_trip(&p, text, &q);
		assert_true(q.window == p.window && q.block == p.block);
		assert_int_equal(sscanf(text, "thrulay/2:t:%llu:%llu+",
		    &window, &block), 2);
		assert_true(window == (uint64_t)p.window);
		assert_true(block == (uint64_t)p.block);
	}
}

static void
test_udp_mark_is_invisible_to_scanf(void **state)
{
	struct wire_proposal p = { .udp = true }, q;
	unsigned long long v[4];
	char text[ROOM];
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		p.extended = i % 2 == 0;
		p.port = random_u64();
		p.size = random_u64();
		p.rate = random_u64();
		p.packets = random_u64();
		round_trip(&p, text, &q);
		assert_true(q.port == p.port && q.size == p.size);
		assert_true(q.rate == p.rate && q.packets == p.packets);
		assert_int_equal(sscanf(text,
		    "thrulay/2:u:%llu:%llu:%llu:%llu+", &v[0], &v[1], &v[2],
		    &v[3]), 4);
		assert_true(v[0] == p.port && v[1] == p.size);
		assert_true(v[2] == p.rate && v[3] == p.packets);
	}
}

/* The server's answer carries the mark back. */
static void
test_tcp_response_round_trip(void **state)
{
	struct wire_tcp_response r, back;
	uint8_t text[ROOM];
	size_t i, len, used;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		r.extended = i % 2 == 0;
		r.window = random_size();
		r.block = random_size();
		len = wire_tcp_response_put(&r, text, sizeof(text));
		assert_int_equal(wire_tcp_response_get(text, len, false, &back,
		    &used), WIRE_OK);
		assert_int_equal(used, len);
		assert_true(back.window == r.window && back.block == r.block);
		assert_int_equal(back.extended, r.extended);
	}
}

static void
test_udp_response_round_trip(void **state)
{
	struct wire_udp_response r, back;
	uint8_t text[ROOM];
	size_t i, k, len, used;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		r.extended = i % 2 == 0;
		r.port = 1 + (uint64_t)random() % 65535;
		r.size = (uint64_t)random() % 65537;
		r.rate = random_u64() | 1;
		r.packets = random_u64();
		for (k = 0; k < WIRE_NONCE_LEN; k++)
			r.nonce[k] = (uint8_t)random();
		len = wire_udp_response_put(&r, text, sizeof(text));
		assert_int_equal(wire_udp_response_get(text, len, false, &back,
		    &used), WIRE_OK);
		assert_int_equal(used, len);
		assert_true(back.port == r.port && back.size == r.size);
		assert_true(back.rate == r.rate && back.packets == r.packets);
		assert_int_equal(back.extended, r.extended);
		assert_memory_equal(back.nonce, r.nonce, WIRE_NONCE_LEN);
	}
}

static size_t
put_greeting(void *buf, size_t size)
{
	return wire_greeting_put(buf, size);
}

static size_t
put_rejection(void *buf, size_t size)
{
	return wire_rejection_put("busy", buf, size);
}

static size_t
put_tcp_proposal(void *buf, size_t size)
{
	static const struct wire_proposal p = { .window = 4194304,
		.block = 65536 };

	return wire_proposal_put(&p, buf, size);
}

static size_t
put_udp_proposal(void *buf, size_t size)
{
	static const struct wire_proposal p = { .udp = true, .extended = true,
		.port = 5004, .size = 1500, .rate = 10000, .packets = 10 };

	return wire_proposal_put(&p, buf, size);
}

static size_t
put_tcp_response(void *buf, size_t size)
{
	static const struct wire_tcp_response r = { .extended = true,
		.window = 3000, .block = 16 };

	return wire_tcp_response_put(&r, buf, size);
}

static size_t
put_udp_response(void *buf, size_t size)
{
	static const struct wire_udp_response r = { .port = 5003,
		.size = 1500, .rate = 10000, .packets = 10,
		.nonce = "ABCDEFGH" };

	return wire_udp_response_put(&r, buf, size);
}

static size_t
put_end(void *buf, size_t size)
{
	return wire_end_put(UINT64_MAX, buf, size);
}

/* Nothing is written past the room, and what does not fit is no message. */
static void
test_exact_texts_and_no_room(void **state)
{
	static const struct {
		size_t		(*put)(void *, size_t);
		const char	*text;
	} rows[] = {
		{ put_greeting, "thrulay/2+" },
		{ put_rejection, "thrulay/2-busy" },
		{ put_tcp_proposal, "thrulay/2:t:4194304:65536+" },
		{ put_udp_proposal, "thrulay/2:u:05004:01500:010000:010+" },
		{ put_tcp_response, "03000:016+" },
		{ put_udp_response, "5003:1500:10000:10:ABCDEFGH+" },
		{ wire_udp_refusal_put, "u:-" },
		{ put_end, "+18446744073709551615:" },
	};
	uint8_t *part;
	size_t i, len, n;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		len = strlen(rows[i].text);
		for (n = 0; n <= len; n++) {
			part = malloc(n > 0 ? n : 1);
			assert_non_null(part);
			assert_int_equal(rows[i].put(part, n),
			    n < len ? 0 : len);
			if (n == len)
				assert_memory_equal(part, rows[i].text, len);
			free(part);
		}
	}
}

static void
test_negative_sizes_are_not_written(void **state)
{
	static const struct wire_tcp_response window = { .window = -1 };
	static const struct wire_tcp_response block = { .block = INT64_MIN };
	static const struct wire_proposal p = { .window = 3000, .block = -1 };
	uint8_t text[ROOM];

	(void)state;
	assert_int_equal(wire_tcp_response_put(&window, text, ROOM), 0);
	assert_int_equal(wire_tcp_response_put(&block, text, ROOM), 0);
	assert_int_equal(wire_proposal_put(&p, text, ROOM), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_mark_is_invisible_to_scanf),
		cmocka_unit_test(test_udp_mark_is_invisible_to_scanf),
		cmocka_unit_test(test_tcp_response_round_trip),
		cmocka_unit_test(test_udp_response_round_trip),
		cmocka_unit_test(test_exact_texts_and_no_room),
		cmocka_unit_test(test_negative_sizes_are_not_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
