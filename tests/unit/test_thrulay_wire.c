/* SPDX-License-Identifier: BSD-2-Clause */
/* Properties of the parsers, beyond the recorded messages. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "thrulay/wire.h"

#define ROOM	2048
#define ROUNDS	20000

enum kind { GREETING, PROPOSAL, TCP_RESPONSE, UDP_RESPONSE, END, KINDS };

/* What any of the parsers makes of some bytes. */
struct outcome {
	enum wire_status	status;
	size_t			used;
	bool			enough;
	enum wire_fault		fault;
	union {
		struct wire_proposal	proposal;
		struct wire_tcp_response tcp;
		struct wire_udp_response udp;
		uint64_t		sent;
	} u;
};

/* From a copy that ends where the bytes end, so that a sanitizer sees every
 * look beyond. */
static void
get(enum kind kind, const void *bytes, size_t len, bool final,
    struct outcome *o)
{
	uint8_t *p = malloc(len > 0 ? len : 1);

	assert_non_null(p);
	if (len > 0)
		memcpy(p, bytes, len);
	memset(o, 0, sizeof(*o));
	if (kind == GREETING)
		o->status = wire_greeting_get(p, len);
	else if (kind == PROPOSAL)
		o->status = wire_proposal_get(p, len, final, &o->u.proposal,
		    &o->fault, &o->enough);
	else if (kind == TCP_RESPONSE)
		o->status = wire_tcp_response_get(p, len, final, &o->u.tcp,
		    &o->used);
	else if (kind == UDP_RESPONSE)
		o->status = wire_udp_response_get(p, len, final, &o->u.udp,
		    &o->used);
	else
		o->status = wire_end_get(p, len, final, &o->u.sent, &o->used);
	free(p);
}

static bool
same(const struct outcome *a, const struct outcome *b, enum kind kind)
{
	const struct wire_proposal *p = &a->u.proposal, *q = &b->u.proposal;
	const struct wire_udp_response *u = &a->u.udp, *v = &b->u.udp;

	if (a->status != b->status)
		return false;
	if (a->status != WIRE_OK)
		return true;
	if (kind == PROPOSAL)
		return p->udp == q->udp && p->extended == q->extended &&
		    p->window == q->window && p->block == q->block &&
		    p->port == q->port && p->size == q->size &&
		    p->rate == q->rate && p->packets == q->packets;
	if (kind == TCP_RESPONSE)
		return a->u.tcp.extended == b->u.tcp.extended &&
		    a->u.tcp.window == b->u.tcp.window &&
		    a->u.tcp.block == b->u.tcp.block;
	if (kind == UDP_RESPONSE)
		return u->extended == v->extended && u->port == v->port &&
		    u->size == v->size && u->rate == v->rate &&
		    u->packets == v->packets &&
		    wire_nonce_equal(u->nonce, v->nonce);
	return kind == GREETING || a->u.sent == b->u.sent;
}

static const struct {
	enum kind		kind;
	const char		*text;
	size_t			len;	/* 0: up to the NUL */
	enum wire_status	status;
} samples[] = {
	{ GREETING, "thrulay/2+", 0, WIRE_OK },
	{ GREETING, "thrulay/2-", 0, WIRE_REJECTED },
	{ GREETING, "thrulay/2*", 0, WIRE_REJECTED },
	{ PROPOSAL, "thrulay/2:t:4194304:65536+", 0, WIRE_OK },
	{ PROPOSAL, "thrulay/2:t:04194304:065536+", 0, WIRE_OK },
	{ PROPOSAL, "thrulay/2:t: \n+65536:\t+8192+", 0, WIRE_OK },
	{ PROPOSAL, "thrulay/2:t:-1:-8192+", 0, WIRE_BAD },
	{ PROPOSAL, "thrulay/2:u:5004:1500:10000:10+", 0, WIRE_OK },
	{ PROPOSAL, "thrulay/2:u:05004:01500:010000:00+", 0, WIRE_OK },
	{ TCP_RESPONSE, "8388608:65536+", 0, WIRE_OK },
	{ TCP_RESPONSE, "08388608:065536+", 0, WIRE_OK },
	{ UDP_RESPONSE, "5003:1500:10000:10:ABCDEFGH+", 0, WIRE_OK },
	{ UDP_RESPONSE, "05003:01500:010000:010:+:\0\0:+99+", 32, WIRE_OK },
	{ UDP_RESPONSE, "u:-", 0, WIRE_REJECTED },
	{ END, "+10:", 0, WIRE_OK },
	{ END, "+18446744073709551615:", 0, WIRE_OK },
	{ END, "-", 0, WIRE_REJECTED },
};

static size_t
sample_len(size_t i)
{
	return samples[i].len > 0 ? samples[i].len : strlen(samples[i].text);
}

static void
test_every_split_waits_for_the_rest(void **state)
{
	struct outcome whole, part;
	size_t i, n, len;

	(void)state;
	for (i = 0; i < NELEM(samples); i++) {
		len = sample_len(i);
		get(samples[i].kind, samples[i].text, len, false, &whole);
		assert_int_equal(whole.status, samples[i].status);
		if (whole.used != 0)
			assert_int_equal(whole.used, len);
		for (n = 0; n < len; n++) {
			get(samples[i].kind, samples[i].text, n, false, &part);
			/* a negative number is known before the '+' */
			if (part.status != WIRE_MORE &&
			    whole.status != WIRE_BAD)
				fail_msg("%s cut to %zu: %d", samples[i].text,
				    n, (int)part.status);
			if (part.status == WIRE_MORE)
				assert_int_equal(part.fault, WIRE_FAULT_NONE);
		}
		get(samples[i].kind, samples[i].text, len, true, &part);
		assert_true(same(&whole, &part, samples[i].kind));
	}
}

/* What the last byte is missing of is accepted when nothing more comes,
 * except where the spec wants the whole message. */
static void
test_final_without_terminator(void **state)
{
	struct outcome whole, part;
	enum kind kind;
	size_t i, n;

	(void)state;
	for (i = 0; i < NELEM(samples); i++) {
		kind = samples[i].kind;
		if (samples[i].status != WIRE_OK || kind == GREETING)
			continue;
		n = sample_len(i) - 1;
		get(kind, samples[i].text, n, false, &part);
		assert_int_equal(part.status, WIRE_MORE);
		assert_int_equal(part.enough, kind == PROPOSAL);
		get(kind, samples[i].text, n, true, &part);
		if (kind == UDP_RESPONSE) {
			assert_int_equal(part.status, WIRE_BAD);
			continue;
		}
		get(kind, samples[i].text, n + 1, true, &whole);
		assert_true(same(&whole, &part, kind));
		assert_int_equal(part.enough, false);
		for (; n > 0; n--) {
			get(kind, samples[i].text, n - 1, true, &part);
			assert_int_not_equal(part.status, WIRE_MORE);
		}
	}
}

static void
test_bytes_after_the_message(void **state)
{
	struct outcome o;

	(void)state;
	get(TCP_RESPONSE, "65536:8192+x:3:a=1", 18, false, &o);
	assert_int_equal(o.status, WIRE_OK);
	assert_int_equal(o.used, 11);
	/* no terminator: 0.9 threw away what it had read */
	get(TCP_RESPONSE, "65536:8192\r\n", 12, false, &o);
	assert_int_equal(o.status, WIRE_OK);
	assert_int_equal(o.used, 12);
	get(UDP_RESPONSE, "5003:60:1:1:ABCDEFGH+x", 22, false, &o);
	assert_int_equal(o.status, WIRE_BAD);
	get(UDP_RESPONSE, "u:-\n", 4, false, &o);
	assert_int_equal(o.status, WIRE_BAD);
	get(END, "+7:x:", 5, false, &o);
	assert_int_equal(o.status, WIRE_OK);
	assert_int_equal(o.used, 3);
	get(END, "-+", 2, false, &o);
	assert_int_equal(o.status, WIRE_REJECTED);
	assert_int_equal(o.used, 1);
}

static void
test_bad_messages(void **state)
{
	static const struct {
		enum kind	kind;
		const char	*text;
	} rows[] = {
		{ GREETING, "thrulay/1+" },
		{ GREETING, "SSH-2.0-OpenSSH" },
		{ TCP_RESPONSE, "abc" },
		{ TCP_RESPONSE, "-5:8192+" },
		{ TCP_RESPONSE, "5:-8192+" },
		{ TCP_RESPONSE, "65536+" },
		{ TCP_RESPONSE, "65536 :8192+" },
		{ TCP_RESPONSE, "+ 65536:8192+" },
		{ UDP_RESPONSE, "5003:1500:10000:10;ABCDEFGH+" },
		{ UDP_RESPONSE, "5003:1500:10000:10:ABCDEFGH-" },
		{ UDP_RESPONSE, "5003:65537:10000:10:ABCDEFGH+" },
		{ UDP_RESPONSE, "5003:1500:0:10:ABCDEFGH+" },
		{ UDP_RESPONSE, "0:1500:10000:10:ABCDEFGH+" },
		{ UDP_RESPONSE, "65536:1500:10000:10:ABCDEFGH+" },
		{ UDP_RESPONSE, "5003:-1500:10000:10:ABCDEFGH+" },
		{ UDP_RESPONSE, "u:+" },
		{ END, "+:" },
		{ END, "+x" },
		{ END, "+-1:" },
		{ END, "10:" },
		{ END, "x" },
		{ PROPOSAL, "thrulay/2:t65536:8192+" },
		{ PROPOSAL, "thrulay/2:t:65536 :8192+" },
		{ PROPOSAL, "thrulay/2:t:+-5:8192+" },
		{ PROPOSAL, "thrulay/2:u:5004:1500:-1:10+" },
		{ PROPOSAL, "thrulay/2:u5004:1500:1:10+" },
	};
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		get(rows[i].kind, rows[i].text, strlen(rows[i].text), false,
		    &o);
		if (o.status != WIRE_BAD)
			fail_msg("%s: %d", rows[i].text, (int)o.status);
	}
}

/* strtoull(3) saturates; a text of up to forty digits. */
static void
test_numbers_saturate(void **state)
{
	char text[ROOM], digits[41];
	unsigned long long want;
	struct outcome o;
	int i, n, k;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		n = 1 + (int)(random() % 40);
		for (k = 0; k < n; k++)
			digits[k] = (char)('0' + random() % 10);
		digits[n] = '\0';
		want = strtoull(digits, NULL, 10);
		snprintf(text, sizeof(text), "+%s:", digits);
		get(END, text, strlen(text), false, &o);
		assert_int_equal(o.status, WIRE_OK);
		assert_true(o.u.sent == want);
		snprintf(text, sizeof(text), "%s:%s+", digits, digits);
		get(TCP_RESPONSE, text, strlen(text), false, &o);
		assert_int_equal(o.status, WIRE_OK);
		assert_true(o.u.tcp.window ==
		    (want > INT64_MAX ? INT64_MAX : (int64_t)want));
	}
}

/* One number without the mark and the peer is taken for an original. */
static void
test_mark_must_be_on_every_number(void **state)
{
	static const struct {
		const char	*text;
		bool		 extended;
	} rows[] = {
		{ "thrulay/2:t:01:016+", true },
		{ "thrulay/2:t:00:00+", true },
		{ "thrulay/2:t:0:016+", false },
		{ "thrulay/2:t:01:16+", false },
		{ "thrulay/2:t:1:016+", false },
		{ "thrulay/2:t: 01:016+", false },
		{ "thrulay/2:t:01:+016+", false },
		{ "thrulay/2:u:01:02:03:04+", true },
		{ "thrulay/2:u:01:02:03:4+", false },
		{ "thrulay/2:u:1:02:03:04+", false },
	};
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		get(PROPOSAL, rows[i].text, strlen(rows[i].text), false, &o);
		assert_int_equal(o.status, WIRE_OK);
		assert_int_equal(o.u.proposal.extended, rows[i].extended);
	}
}

/* A message with a few bytes changed, or nothing but noise. */
static size_t
noise(uint8_t *buf)
{
	size_t i = (size_t)random() % NELEM(samples), len, n;

	if (random() % 4 == 0) {
		len = (size_t)random() % 64;
		for (n = 0; n < len; n++)
			buf[n] = (uint8_t)random();
		return len;
	}
	len = sample_len(i);
	memcpy(buf, samples[i].text, len);
	for (n = (size_t)random() % 4; n > 0; n--)
		buf[(size_t)random() % len] = random() % 2 == 0 ?
		    (uint8_t)random() : (uint8_t)"0123456789+-: tu"[
		    random() % 16];
	return len;
}

/*
 * Whatever comes: an answer without WIRE_MORE when nothing more will come,
 * and one that later bytes do not change. (Of a UDP response the length is
 * part of the message.)
 */
static void
test_noise(void **state)
{
	struct outcome o, before;
	enum kind kind;
	uint8_t buf[ROOM];
	size_t len, n;
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < ROUNDS; i++) {
		len = noise(buf);
		for (kind = GREETING; kind < KINDS; kind++) {
			get(kind, buf, len, true, &o);
			if (kind != GREETING)
				assert_int_not_equal(o.status, WIRE_MORE);
			assert_in_range(o.used, 0, len);
			memset(&before, 0, sizeof(before));
			before.status = WIRE_MORE;
			for (n = 0; n <= len; n++) {
				get(kind, buf, n, false, &o);
				if (before.status != WIRE_MORE &&
				    kind != UDP_RESPONSE)
					assert_true(same(&before, &o, kind));
				before = o;
			}
		}
	}
}

/* No message grows beyond WIRE_CONTROL_MAX. */
static void
test_endless_messages_are_cut(void **state)
{
	static const char *const starts[] = { "thrulay/2:t:", "thrulay/2:u:",
		"thrulay/2:t:1:", "", "1:", "+", "5003:60:1:1" };
	static const char fill[] = " 01";
	struct outcome o;
	enum kind kind;
	uint8_t buf[ROOM];
	size_t i, f;

	(void)state;
	for (i = 0; i < NELEM(starts); i++) {
		for (f = 0; fill[f] != '\0'; f++) {
			memset(buf, fill[f], sizeof(buf));
			memcpy(buf, starts[i], strlen(starts[i]));
			for (kind = PROPOSAL; kind < KINDS; kind++) {
				get(kind, buf, WIRE_CONTROL_MAX, false, &o);
				assert_int_not_equal(o.status, WIRE_MORE);
				get(kind, buf, sizeof(buf), false, &o);
				assert_int_not_equal(o.status, WIRE_MORE);
			}
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_split_waits_for_the_rest),
		cmocka_unit_test(test_final_without_terminator),
		cmocka_unit_test(test_bytes_after_the_message),
		cmocka_unit_test(test_bad_messages),
		cmocka_unit_test(test_numbers_saturate),
		cmocka_unit_test(test_mark_must_be_on_every_number),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_endless_messages_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
