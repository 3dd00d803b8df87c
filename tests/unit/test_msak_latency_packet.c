/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "msak/latency_packet.h"

static bool
get(const char *text, struct latency_packet *p)
{
	return latency_packet_get(text, strlen(text), p);
}

/* The payload says c2s where dir says who sent it: echoes are as they came. */
static void
test_recorded(void **state)
{
	struct jv *file = jv_load("msak/latency_packets.json");
	const struct jv *packets = jv_get(file, "packets");
	char text[LATENCY_PACKET_MAX + 1];
	struct latency_packet p;
	const char *want;
	size_t i, len;
	int64_t seq = 0;

	(void)state;
	assert_int_equal(jv_len(packets), 40);
	for (i = 0; i < jv_len(packets); i++) {
		want = jv_str(jv_get(jv_at(packets, i), "payload"), &len);
		assert_true(latency_packet_get(want, len, &p));
		assert_string_equal(p.id, "vecmid3");
		assert_int_equal(p.type, i == 0 ? LATENCY_C2S : LATENCY_S2C);
		assert_true(p.seq == seq || (p.seq == seq + 1 && i > 1));
		seq = p.seq;
		assert_int_equal(latency_packet_put(&p, text), len);
		assert_string_equal(text, want);
	}
	assert_int_equal(seq, 19);
	jv_free(file);
}

static void
test_tolerated(void **state)
{
	struct latency_packet p;

	(void)state;
	assert_true(get(" {\"TYPE\":\"s2c\",\"id\":\"m\",\"seq\":-1,"
	    "\"lastrtt\":-7,\"x\":[{}]} \n", &p));
	assert_int_equal(p.type, LATENCY_S2C);
	assert_string_equal(p.id, "m");
	assert_int_equal(p.seq, -1);
	assert_int_equal(p.last_rtt_us, -7);
	assert_true(get("{\"Type\":\"c2s\",\"ID\":null,\"Seq\":null}", &p));
	assert_string_equal(p.id, "");
	assert_int_equal(p.seq, 0);
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"", "null", "{}", "[]", "x", "{\"Type\":\"x\"}",
		"{\"Type\":\"S2C\"}", "{\"Type\":\"s2cs2cs2c\"}",
		"{\"Type\":\"s2c \"}", "{\"Type\":\"s2c\"}x",
		"{\"Type\":\"s2c\"}{}", "{\"Type\":\"s2c\",\"Seq\":\"1\"}",
		"{\"Type\":\"s2c\",\"Seq\":1.0}", "{\"Type\":\"s2c\",\"ID\":1}",
		"{\"Type\":\"s2c\",\"LastRTT\":[]}", "{\"Type\":1}",
		"{\"Type\":\"s2c\",\"Seq\":9223372036854775808}",
		"{\"Type\":\"s2c\",\"ID\":\"m\"", "{\"Type\":\"s2c\0\"}",
	};
	struct latency_packet p;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++)
		if (get(bad[i], &p))
			fail_msg("taken: %s", bad[i]);
}

/* What lies beyond 1024 bytes was never read: blanks do not matter there. */
static void
test_cut(void **state)
{
	static const char packet[] = "{\"Type\":\"s2c\",\"ID\":\"m\"}";
	size_t len = sizeof(packet) - 1;
	char text[2 * LATENCY_PACKET_MAX];
	struct latency_packet p;

	(void)state;
	memset(text, ' ', sizeof(text));
	memcpy(text, packet, len);
	text[sizeof(text) - 1] = 'x';
	assert_true(latency_packet_get(text, sizeof(text), &p));
	memset(text, ' ', sizeof(text));
	memcpy(text + LATENCY_PACKET_MAX - len, packet, len);
	assert_true(latency_packet_get(text, sizeof(text), &p));
	memset(text, ' ', sizeof(text));
	memcpy(text + LATENCY_PACKET_MAX - len + 1, packet, len);
	assert_false(latency_packet_get(text, sizeof(text), &p));
}

/* {"Type":"c2s","ID":"","Seq":0} has 30 bytes. */
static void
test_room(void **state)
{
	struct latency_packet p = { .type = LATENCY_C2S };
	char *text = malloc(LATENCY_PACKET_MAX + 1);

	(void)state;
	assert_non_null(text);
	memset(p.id, 'x', LATENCY_PACKET_MAX - 30);
	assert_int_equal(latency_packet_put(&p, text), LATENCY_PACKET_MAX);
	assert_int_equal(text[LATENCY_PACKET_MAX - 1], '}');
	p.seq = 10;
	assert_int_equal(latency_packet_put(&p, text), 0);
	memset(p.id, '<', sizeof(p.id) - 1);
	assert_int_equal(latency_packet_put(&p, text), 0);
	free(text);
}

static void
test_escapes(void **state)
{
	struct latency_packet p = { .id = "a<\"\xff\n", .seq = -3 }, back;
	char text[LATENCY_PACKET_MAX + 1];

	(void)state;
	assert_true(latency_packet_put(&p, text) > 0);
	assert_string_equal(text, "{\"Type\":\"c2s\","
	    "\"ID\":\"a\\u003c\\\"\\ufffd\\n\",\"Seq\":-3}");
	assert_true(get(text, &back));
	assert_string_equal(back.id, "a<\"\xef\xbf\xbd\n");
	assert_int_equal(back.seq, -3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded),
		cmocka_unit_test(test_tolerated),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
