/* SPDX-License-Identifier: BSD-2-Clause */
/* The recorded messages of the 0.9 programs through the codec. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "common/clock.h"
#include "thrulay/wire.h"

#define ROOM	2048

struct bytes {
	uint8_t	b[ROOM];
	size_t	len;
};

/*
 * messages.json: one UDP session message by message.
 */

static void
proposal_is(const struct bytes *m, const struct wire_proposal *want)
{
	struct wire_proposal p;
	enum wire_fault fault;
	uint8_t out[ROOM];
	bool enough;

	assert_int_equal(wire_proposal_get(m->b, m->len, false, &p, &fault,
	    &enough), WIRE_OK);
	assert_int_equal(fault, WIRE_FAULT_NONE);
	assert_int_equal(p.udp, want->udp);
	assert_false(p.extended);
	assert_true(p.window == want->window);
	assert_true(p.block == want->block);
	assert_true(p.port == want->port);
	assert_true(p.size == want->size);
	assert_true(p.rate == want->rate);
	assert_true(p.packets == want->packets);
	assert_int_equal(wire_proposal_put(want, out, ROOM), m->len);
	assert_memory_equal(out, m->b, m->len);
}

static void
udp_proposal_message(const struct bytes *m, const struct jv *decoded)
{
	struct wire_proposal want = { .udp = true };

	want.port = jv_uint(jv_get(decoded, "client_port"));
	want.size = jv_uint(jv_get(decoded, "packet_size"));
	want.rate = jv_uint(jv_get(decoded, "rate_pkts_per_1000s"));
	want.packets = jv_uint(jv_get(decoded, "packets"));
	proposal_is(m, &want);
}

static void
udp_response_message(const struct bytes *m, const struct jv *decoded)
{
	struct wire_udp_response r, want = { .extended = false };
	uint8_t out[ROOM];
	size_t used;

	want.port = jv_uint(jv_get(decoded, "server_port"));
	want.size = jv_uint(jv_get(decoded, "packet_size"));
	want.rate = jv_uint(jv_get(decoded, "rate_pkts_per_1000s"));
	want.packets = jv_uint(jv_get(decoded, "packets"));
	jv_hex(jv_get(decoded, "nonce"), want.nonce, WIRE_NONCE_LEN);
	assert_int_equal(wire_udp_response_get(m->b, m->len, false, &r, &used),
	    WIRE_OK);
	assert_int_equal(used, m->len);
	assert_false(r.extended);
	assert_true(r.port == want.port && r.size == want.size);
	assert_true(r.rate == want.rate && r.packets == want.packets);
	assert_true(wire_nonce_equal(r.nonce, want.nonce));
	assert_int_equal(wire_udp_response_put(&want, out, ROOM), m->len);
	assert_memory_equal(out, m->b, m->len);
}

/* "1795313771.156013" as ns. */
static int64_t
unix_ns(const char *text)
{
	long long s;
	long us;

	assert_int_equal(sscanf(text, "%lld.%6ld", &s, &us), 2);
	return s * CLOCK_NS_PER_S + us * CLOCK_NS_PER_US;
}

static void
udp_packet_message(const struct bytes *m, const struct jv *decoded)
{
	struct wire_packet p, want;
	uint8_t out[WIRE_PACKET_LEN];
	int64_t sent, wall;

	jv_hex(jv_get(decoded, "nonce"), want.nonce, WIRE_NONCE_LEN);
	want.sequence = jv_uint(jv_get(decoded, "sequence"));
	want.ntp_seconds = (uint32_t)jv_uint(jv_get(decoded, "ntp_seconds"));
	want.ntp_fraction = (uint32_t)jv_uint(jv_get(decoded, "ntp_fraction"));
	assert_int_equal(m->len,
	    WIRE_PACKET_LEN + jv_uint(jv_get(decoded, "padding_len")));
	assert_true(wire_packet_get(m->b, m->len, &p));
	assert_true(wire_nonce_equal(p.nonce, want.nonce));
	assert_true(p.sequence == want.sequence);
	assert_int_equal(p.ntp_seconds, want.ntp_seconds);
	assert_int_equal(p.ntp_fraction, want.ntp_fraction);
	wire_packet_put(&want, out);
	assert_memory_equal(out, m->b, sizeof(out));
	/* 0.9 cuts the fraction of a microsecond down, by less than 1 ns */
	wall = unix_ns(jv_str(jv_get(decoded, "unix_time"), NULL));
	sent = wire_ntp_to_unix(p.ntp_seconds, p.ntp_fraction, wall);
	assert_true(sent <= wall && sent >= wall - 1);
}

static void
end_message(const struct bytes *m, const struct jv *decoded)
{
	uint8_t out[ROOM];
	uint64_t sent, want = jv_uint(jv_get(decoded, "packets_sent"));
	size_t used;

	assert_int_equal(wire_end_get(m->b, m->len, false, &sent, &used),
	    WIRE_OK);
	assert_int_equal(used, m->len);
	assert_true(sent == want);
	assert_int_equal(wire_end_put(want, out, ROOM), m->len);
	assert_memory_equal(out, m->b, m->len);
}

static void
greeting_message(const struct bytes *m, const struct jv *decoded)
{
	uint8_t out[ROOM];

	(void)decoded;
	assert_int_equal(wire_greeting_get(m->b, m->len), WIRE_OK);
	assert_int_equal(wire_greeting_put(out, ROOM), m->len);
	assert_memory_equal(out, m->b, m->len);
}

static void
test_udp_session(void **state)
{
	static const struct {
		const char	*name;
		void		(*check)(const struct bytes *,
				    const struct jv *);
	} kinds[] = {
		{ "greeting", greeting_message },
		{ "udp_proposal", udp_proposal_message },
		{ "udp_response", udp_response_message },
		{ "udp_test_packet", udp_packet_message },
		{ "udp_end", end_message },
	};
	struct jv *file = jv_load("thrulay/messages.json");
	const struct jv *all = jv_get(file, "udp_session_in_order"), *one;
	size_t i, k, seen = 0;
	struct bytes m;

	(void)state;
	for (i = 0; i < jv_len(all); i++) {
		one = jv_at(all, i);
		m.len = jv_hex(jv_get(one, "hex"), m.b, ROOM);
		for (k = 0; k < NELEM(kinds); k++) {
			if (strcmp(jv_str(jv_get(one, "message"), NULL),
			    kinds[k].name) != 0)
				continue;
			kinds[k].check(&m, jv_find(one, "decoded"));
			seen++;
		}
	}
	/* the report is not for this codec */
	assert_int_equal(seen, jv_len(all) - 1);
	jv_free(file);
}

static void
test_tcp_session(void **state)
{
	static const struct wire_proposal want = { .window = 8000,
		.block = 1000 };
	struct jv *file = jv_load("thrulay/messages.json");
	const struct jv *tcp = jv_get(file, "tcp_session"), *heads;
	struct wire_tcp_response r;
	uint8_t head[WIRE_HEADER_LEN], out[ROOM];
	struct bytes m;
	const char *text;
	uint64_t seq;
	int64_t ns;
	size_t i, used;

	(void)state;
	text = jv_str(jv_get(tcp, "greeting"), &m.len);
	assert_int_equal(wire_greeting_get(text, m.len), WIRE_OK);
	text = jv_str(jv_get(tcp, "proposal"), &m.len);
	memcpy(m.b, text, m.len);
	proposal_is(&m, &want);

	text = jv_str(jv_get(tcp, "response"), &m.len);
	assert_int_equal(wire_tcp_response_get(text, m.len, false, &r, &used),
	    WIRE_OK);
	assert_int_equal(used, m.len);
	assert_true(r.window == 16000 && !r.extended);
	assert_true(r.block == jv_int(jv_get(tcp, "block_size")));
	assert_int_equal(wire_tcp_response_put(&r, out, ROOM), m.len);
	assert_memory_equal(out, text, m.len);

	/* any header survives ours, since a server sends back what it got */
	heads = jv_get(tcp, "first_block_headers");
	for (i = 0; i < jv_len(heads); i++) {
		assert_int_equal(jv_hex(jv_get(jv_at(heads, i), "hex"), head,
		    sizeof(head)), sizeof(head));
		wire_header_get(head, &seq, &ns);
		wire_header_put(out, seq, ns);
		assert_memory_equal(out, head, sizeof(head));
	}
	jv_free(file);
}

/*
 * server_replies.json: proposals, and whether the server answered.
 */

static const struct {
	const char	*name;
	const char	*fault;		/* as the 0.9 server logs it */
} refusals[] = {
	{ "tcp window -1", "window size in client proposal is negative" },
	{ "tcp block -1", "block size in client proposal is negative" },
	{ "tcp missing block", "malformed session proposal from client" },
	{ "version 1", "malformed protocol version" },
	{ "version 20", "protocol version not followed by ':'" },
	{ "bad indicator", "malformed protocol indicator" },
	{ "bad type", "unknown test proposal type" },
	{ "type T", "unknown test proposal type" },
	{ "no slash", "protocol indicator not followed by '/'" },
	{ "no colon", "protocol version not followed by ':'" },
	{ "empty then close", "malformed protocol indicator" },
	{ "udp malformed", "malformed parameters in UDP proposal" },
};

static void
refused(const char *name, const char *send, size_t len)
{
	struct wire_proposal p;
	enum wire_fault fault;
	bool enough;
	size_t i;

	for (i = 0; i < NELEM(refusals); i++)
		if (strcmp(refusals[i].name, name) == 0)
			break;
	if (i == NELEM(refusals))
		fail_msg("%s: refused, reason not listed", name);
	assert_int_equal(wire_proposal_get(send, len, false, &p, &fault,
	    &enough), WIRE_BAD);
	assert_string_equal(wire_fault_text(fault), refusals[i].fault);
	assert_false(enough);
}

/* What the server answered must fit what we read, and be what we write. */
static void
answered(const struct wire_proposal *p, const struct jv *reply)
{
	struct wire_tcp_response t;
	struct wire_udp_response u;
	uint8_t in[ROOM], out[ROOM];
	size_t len = jv_hex(reply, in, ROOM), used = 0;
	enum wire_status s;

	if (!p->udp) {
		s = wire_tcp_response_get(in, len, false, &t, &used);
		assert_int_equal(s, WIRE_OK);
		assert_true(t.block >= 16 && t.block <= 1048576);
		assert_true(t.block == p->block || p->block < 16 ||
		    p->block > 1048576);
		assert_int_equal(wire_tcp_response_put(&t, out, ROOM), len);
	} else {
		s = wire_udp_response_get(in, len, false, &u, &used);
		/* the client refuses what it could not send */
		if (p->size > 65536) {
			assert_int_equal(s, WIRE_BAD);
			return;
		}
		assert_int_equal(s, WIRE_OK);
		assert_true(u.size == p->size && u.rate == p->rate);
		assert_true(u.packets == p->packets && u.port == 5003);
		assert_int_equal(wire_udp_response_put(&u, out, ROOM), len);
	}
	assert_int_equal(used, len);
	assert_memory_equal(out, in, len);
}

static void
test_server_replies(void **state)
{
	struct jv *file = jv_load("thrulay/server_replies.json");
	const struct jv *cases = jv_get(file, "cases"), *one, *reply;
	struct wire_proposal p;
	enum wire_fault fault;
	const char *name, *send;
	size_t i, len, split = 0;
	bool enough;

	(void)state;
	assert_int_equal(jv_len(cases), 34);
	for (i = 0; i < jv_len(cases); i++) {
		one = jv_at(cases, i);
		name = jv_str(jv_get(one, "case"), NULL);
		send = jv_str(jv_get(one, "send"), &len);
		reply = jv_get(one, "reply_hex");
		/* 0.9 read the first of two segments only: ours waits */
		if (strncmp(name, "split proposal", 14) == 0)
			split++;
		else if (jv_is_null(reply)) {
			refused(name, send, len);
			continue;
		}
		assert_int_equal(wire_proposal_get(send, len, true, &p,
		    &fault, &enough), WIRE_OK);
		assert_int_equal(fault, WIRE_FAULT_NONE);
		assert_false(p.extended);
		if (!jv_is_null(reply))
			answered(&p, reply);
		/* without an end, more digits could follow */
		assert_int_equal(wire_proposal_get(send, len, false, &p,
		    &fault, &enough),
		    strstr(name, "no plus") == NULL ? WIRE_OK : WIRE_MORE);
		assert_int_equal(enough, strstr(name, "no plus") != NULL);
	}
	assert_int_equal(split, 2);
	jv_free(file);
}

static void
test_proposal_values(void **state)
{
	static const struct {
		const char	*text;
		int64_t		 window, block;
	} rows[] = {
		{ "thrulay/2:t:4194304:65536+", 4194304, 65536 },
		{ "thrulay/2:t: 65536: 8192+", 65536, 8192 },
		{ "thrulay/2:t:\t\r\n\v\f +65536:+8192+", 65536, 8192 },
		{ "thrulay/2:t:-0:8192+", 0, 8192 },
		{ "thrulay/2:t:65536:8192+junk", 65536, 8192 },
		{ "thrulay/2:t:65536:8192 +", 65536, 8192 },
		{ "thrulay/2:t:99999999999:1+", 99999999999, 1 },
		{ "thrulay/2:t:9223372036854775808:00000001+", INT64_MAX, 1 },
	};
	struct wire_proposal p;
	enum wire_fault fault;
	bool enough;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		assert_int_equal(wire_proposal_get(rows[i].text,
		    strlen(rows[i].text), false, &p, &fault, &enough),
		    WIRE_OK);
		assert_false(p.udp);
		assert_true(p.window == rows[i].window);
		assert_true(p.block == rows[i].block);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_udp_session),
		cmocka_unit_test(test_tcp_session),
		cmocka_unit_test(test_server_replies),
		cmocka_unit_test(test_proposal_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
