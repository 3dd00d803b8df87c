/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#include "msak/measurement.h"
#include "msak/peerjson.h"

static bool
get(const char *text, struct measurement *m, struct measurement_first *f)
{
	return measurement_get(text, strlen(text), m, f);
}

static bool
refused(const char *text)
{
	struct measurement m;

	return !get(text, &m, NULL);
}

/* What clients sent, and how the original's archive shows it. */
static void
test_reserialised(void **state)
{
	struct jv *file = jv_load("msak/client_measurement_reserialised.json");
	const struct jv *sent = jv_get(file, "sent");
	struct measurement_first f;
	struct measurement m;
	char *text = NULL;
	struct json j;
	size_t i, len = 0;

	(void)state;
	json_init(&j, open_memstream(&text, &len), 0);
	j.go = true;
	json_begin_array(&j, NULL);
	for (i = 0; i < jv_len(sent); i++) {
		assert_true(get(jv_str(jv_at(sent, i), NULL), &m, &f));
		assert_string_equal(f.cc, i == 0 ? "foo" : "");
		measurement_put(&j, NULL, &m, NULL);
	}
	json_end_array(&j);
	fclose(j.out);
	assert_string_equal(text, jv_str(jv_get(file, "archived_text"), NULL));
	free(text);
	jv_free(file);
}

static void
test_tolerated(void **state)
{
	static const char *const empty[] = {
		"null", "{}", " {} \r\n\t", "{\"Application\":null}",
		"{\"Application\":{}}", "{\"ElapsedTime\":null}",
		"{\"BBRInfo\":null,\"TCPInfo\":null}", "{\"CC\":null}",
		"{\"x\":{\"rtt\":-5},\"y\":[1.5,true,\"z\"]}", "{\"\":1}",
		"{\"TCPInfo\":{\"RTT\":7},\"tcpinfo\":null}",
	};
	struct measurement m, none;
	struct measurement_first f;
	size_t i;

	(void)state;
	memset(&none, 0, sizeof(none));
	for (i = 0; i < NELEM(empty); i++) {
		if (!get(empty[i], &m, &f))
			fail_msg("%s", empty[i]);
		assert_int_equal(m.app_sent, 0);
		assert_int_equal(m.elapsed_us, 0);
		assert_false(m.has_bbr);
		assert_false(m.has_tcp);
		assert_memory_equal(&m.tcp, &none.tcp, sizeof(m.tcp));
		assert_string_equal(f.cc, "");
	}
	/* What a browser sends. */
	assert_true(get("{\"Application\":{\"BytesReceived\":7},"
	    "\"ElapsedTime\":9}", &m, &f));
	assert_int_equal(m.app_received, 7);
	assert_int_equal(m.elapsed_us, 9);
	/* Spelling does not matter; the last word does. */
	assert_true(get("{\"TCPINFO\":{\"rtt\":1,\"RTT\":2,\"bytesACKED\":3},"
	    "\"bbrinfo\":{\"bw\":4,\"minrtt\":5,\"pacinggain\":6,"
	    "\"cwndgain\":7},\"network\":{\"bytessent\":8}}", &m, &f));
	assert_int_equal(tcpinfo_at(&m.tcp, TCPINFO_RTT), 2);
	assert_int_equal(tcpinfo_at(&m.tcp, TCPINFO_BYTES_ACKED), 3);
	assert_int_equal(m.bbr.bw + m.bbr.min_rtt_us + m.bbr.pacing_gain +
	    m.bbr.cwnd_gain, 22);
	assert_int_equal(m.net_sent, 8);
	/* A null among figures is no change. */
	assert_true(get("{\"TCPInfo\":{\"RTT\":6,\"rtt\":null}}", &m, &f));
	assert_int_equal(tcpinfo_at(&m.tcp, TCPINFO_RTT), 6);
}

static void
test_texts(void **state)
{
	static const struct {
		const char *in, *cc;
	} rows[] = {
		{ "{\"CC\":\"a\xff\xfe\"}", "a\xef\xbf\xbd\xef\xbf\xbd" },
		{ "{\"cc\":\"\xe2\x82\"}", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "{\"cc\":\"\\ud800x\"}", "\xef\xbf\xbdx" },
		{ "{\"cc\":\"\\udc00\"}", "\xef\xbf\xbd" },
		{ "{\"cc\":\"\\uD83D\\uDE00\"}", "\xf0\x9f\x98\x80" },
		{ "{\"cc\":\"\\ud83d\\ud83d\\ude00\"}",
		    "\xef\xbf\xbd\xf0\x9f\x98\x80" },
		{ "{\"cc\":\"\\\\ud800\"}", "\\ud800" },
		{ "{\"cc\":\"\\u0000\"}", "\xef\xbf\xbd" },
		{ "{\"\\u0000\":1,\"cc\":\"x\"}", "x" },
		{ "{\"\xff\":1,\"cc\":\"\\\"\\u0041\"}", "\"A" },
	};
	struct measurement_first f;
	struct measurement m;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		if (!get(rows[i].in, &m, &f))
			fail_msg("%s", rows[i].in);
		assert_string_equal(f.cc, rows[i].cc);
	}
}

/* A name that is too long is cut between two characters. */
static void
test_long_text(void **state)
{
	char text[400] = "{\"cc\":\"x";
	struct measurement_first f;
	struct measurement m;
	size_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		strlcat(text, "\xc3\xa4", sizeof(text));
	strlcat(text, "\"}", sizeof(text));
	assert_true(get(text, &m, &f));
	assert_int_equal(strlen(f.cc), 63);
	assert_int_equal(f.cc[61], '\xc3');
	assert_int_equal(f.cc[62], '\xa4');
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "[]", "1", "true", "\"x\"", "{", "{}x", "{}{}", "nul",
		"{\"a\":1,}", "{'a':1}", "{\"a\":01}", "{a:1}",
		"\xef\xbb\xbf{}",
		"{\xff}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}",
		"{\"a\":\"\\u12\"}",
		"{\"a\":\"\\", "{\"a\":\"\\u", "{\"a\":\"", "{\"a\":\"\\ud800",
		"{\"ElapsedTime\":\"9\"}", "{\"ElapsedTime\":9.0}",
		"{\"ElapsedTime\":1e3}", "{\"ElapsedTime\":true}",
		"{\"ElapsedTime\":9223372036854775808}",
		"{\"ElapsedTime\":-9223372036854775809}",
		"{\"Application\":[]}", "{\"Application\":7}",
		"{\"Application\":{\"BytesSent\":\"7\"}}",
		"{\"Network\":{\"BytesReceived\":{}}}",
		"{\"TCPInfo\":{\"RTT\":-5}}",
		"{\"TCPInfo\":{\"RTT\":4294967296}}",
		"{\"TCPInfo\":{\"State\":256}}", "{\"TCPInfo\":{\"State\":-1}}",
		"{\"TCPInfo\":{\"SegsOut\":2147483648}}",
		"{\"TCPInfo\":{\"SegsOut\":-2147483649}}",
		"{\"TCPInfo\":[]}", "{\"TCPInfo\":{\"ElapsedTime\":[]}}",
		"{\"BBRInfo\":{\"MinRTT\":-1}}",
		"{\"BBRInfo\":{\"CwndGain\":4294967296}}",
		"{\"BBRInfo\":\"\"}", "{\"CC\":7}", "{\"UUID\":{}}",
		"{\"LocalAddr\":[]}", "{\"RemoteAddr\":false}",
	};
	static const char *const good[] = {
		"{\"ElapsedTime\":9223372036854775807}",
		"{\"ElapsedTime\":-9223372036854775808}",
		"{\"TCPInfo\":{\"RTT\":4294967295,\"State\":255}}",
		"{\"TCPInfo\":{\"SegsOut\":-2147483648}}",
		"{\"TCPInfo\":{\"SegsIn\":2147483647}}",
		"{\"BBRInfo\":{\"MinRTT\":4294967295}}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(bad); i++)
		if (!refused(bad[i]))
			fail_msg("taken: %s", bad[i]);
	for (i = 0; i < NELEM(good); i++)
		if (refused(good[i]))
			fail_msg("refused: %s", good[i]);
	/* A NUL ends nothing. */
	assert_false(measurement_get("{}\0", 3, &(struct measurement){ 0 },
	    NULL));
}

/* {"a":{"a": ... {} ... }} */
static bool
nested(int depth, bool in_string)
{
	char text[PEERJSON_DEPTH * 8 + 64];
	size_t n = 0;
	int i;

	n += (size_t)snprintf(text, sizeof(text), "{\"x\":%s",
	    in_string ? "\"" : "");
	for (i = 1; i < depth; i++)
		text[n++] = '[';
	for (i = 1; i < depth && !in_string; i++)
		text[n++] = ']';
	snprintf(text + n, sizeof(text) - n, "%s}", in_string ? "\"" : "");
	return !refused(text);
}

static void
test_bounds(void **state)
{
	char *text = malloc(PEERJSON_MAX + 2);
	struct measurement m;

	(void)state;
	assert_true(nested(PEERJSON_DEPTH, false));
	assert_false(nested(PEERJSON_DEPTH + 1, false));
	assert_true(nested(2 * PEERJSON_DEPTH, true));
	assert_non_null(text);
	memset(text, ' ', PEERJSON_MAX + 2);
	memcpy(text, "{}", 2);
	assert_true(measurement_get(text, PEERJSON_MAX, &m, NULL));
	assert_false(measurement_get(text, PEERJSON_MAX + 1, &m, NULL));
	/* Every byte grows. */
	memset(text, 0xff, PEERJSON_MAX);
	memcpy(text, "{\"x\":\"", 6);
	memcpy(text + PEERJSON_MAX - 2, "\"}", 2);
	assert_true(measurement_get(text, PEERJSON_MAX, &m, NULL));
	free(text);
}

/* Bytes at random, most of them from a message, in memory of their size. */
static void
test_any_bytes(void **state)
{
	static const char seed[] =
	    "{\"CC\":\"b\\u00e4\\ud83d\\ude00\",\"UUID\":null,"
	    "\"Application\":{\"BytesSent\":12},\"TCPInfo\":{\"RTT\":5}}";
	struct measurement m;
	size_t len, i;
	char *text;
	int round, taken = 0;

	(void)state;
	unit_seed();
	for (round = 0; round < 20000; round++) {
		len = (size_t)random() % sizeof(seed);
		if (random() % 4 == 0)
			len = sizeof(seed) - 1;
		text = malloc(len + (len == 0));
		assert_non_null(text);
		memcpy(text, seed, len);
		for (i = (size_t)random() % 4; i > 0 && len > 0; i--)
			text[(size_t)random() % len] = (char)random();
		taken += measurement_get(text, len, &m, NULL);
		free(text);
	}
	assert_true(taken > 1000 && taken < 19000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reserialised),
		cmocka_unit_test(test_tolerated),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
