/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of recorded runs, sound and broken. */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "pathrate/replay.h"

static struct replay_line line;

static enum replay_kind
parse(const char *text)
{
	const char *why;
	enum replay_kind k = replay_parse(text, strlen(text), &line, &why);

	assert_int_equal(k == REPLAY_BAD, why != NULL);
	return k;
}

#define TRAIN	"\"type\":\"train\",\"round\":7,\"train_len\":2,\"bad\":"

static void
sound(void **state)
{
	(void)state;
	assert_int_equal(parse(" { \"type\" : \"param\" ,\"rtt_ms\": 0.25 ,"
	    "\"max_payload\":1460, \"min_possible_delta\":4.5}\r"),
	    REPLAY_PARAM);
	assert_true(line.rtt_ms == 0.25 && line.min_gap_us == 4.5);
	assert_int_equal(line.max_payload, 1460);
	assert_int_equal(parse("{" TRAIN "0,\"arrival_us\":[0,-1,2e3]}"),
	    REPLAY_TRAIN);
	assert_int_equal(line.round, 7);
	assert_int_equal(line.len, 2);
	assert_int_equal(line.payload, 0);
	assert_int_equal(line.end, TRAIN_GOOD);
	assert_int_equal(line.arrivals, 3);
	assert_true(line.arrival_ns[1] == -1000);
	assert_true(line.arrival_ns[2] == 2000000);
	assert_int_equal(parse("{" TRAIN "0,\"payload\":600,"
	    "\"arrival_ns\":[ 1 , 2 , 3 ]}"), REPLAY_TRAIN);
	assert_int_equal(line.payload, 600);
	assert_true(line.arrival_ns[2] == 3);
	assert_int_equal(parse("{" TRAIN "2}"), REPLAY_TRAIN);
	assert_int_equal(line.end, TRAIN_LOST);
	assert_int_equal(parse("{" TRAIN "1,\"arrival_us\":[]}"),
	    REPLAY_TRAIN);
	assert_int_equal(line.end, TRAIN_STALE);
	assert_int_equal(parse("{\"type\":\"final\",\"lo\":9.7,"
	    "\"note\":\"any text that is longer than a word may be\","
	    "\"list\":[1.5,2]}"), REPLAY_OTHER);
}

static void
broken(void **state)
{
	static const char *const lines[] = {
		"", "{", "{}", "[]", "null", "{\"type\":\"param\"}",
		"{\"lo\":1}", "{\"type\":7}", "{\"type\":\"train\"}",
		"{\"type\":\"other\"", "{\"type\":\"other\"} x",
		"{\"type\":\"other\",}", "{\"type\":\"oth\\u0065r\"}",
		"{\"type\":\"other\",\"type\":\"other\"}",
		"{\"type\":\"other\",\"x\":{\"y\":1}}",
		"{\"type\":\"other\",\"x\":[[1]]}",
		"{\"type\":\"other\",\"x\":[1,]}",
		"{\"type\":\"other\",\"x\":nan}",
		"{\"type\":\"other\",\"x\":1e999}",
		"{\"type\":\"other\",\"x\":--1}",
		"{\"type\":\"other\",\"x\":}",
		"{\"type\":\"other\",\"x\":0.0000000000000000"
		    "0000000000000001}",
		"{" TRAIN "0}",
		"{" TRAIN "3}",
		"{" TRAIN "0.5,\"arrival_us\":[0,1,2]}",
		"{" TRAIN "0,\"arrival_us\":[0,1]}",
		"{" TRAIN "0,\"arrival_us\":[0,1,2,3]}",
		"{" TRAIN "0,\"arrival_ns\":[0,1,2.5]}",
		"{" TRAIN "0,\"arrival_ns\":[0,1,1e16]}",
		"{" TRAIN "0,\"arrival_ns\":[0,1,2],\"arrival_us\":[0,1,2]}",
		"{" TRAIN "0,\"arrival_us\":7}",
		"{" TRAIN "0,\"payload\":11,\"arrival_us\":[0,1,2]}",
		"{\"type\":\"train\",\"round\":2,\"train_len\":1,\"bad\":2}",
		"{\"type\":\"train\",\"round\":2,\"train_len\":1e9,\"bad\":2}",
		"{\"type\":\"train\",\"round\":-1,\"train_len\":2,\"bad\":2}",
		"{\"type\":\"param\",\"min_possible_delta\":-3,"
		    "\"max_payload\":1460,\"rtt_ms\":0}",
		"{\"type\":\"param\",\"min_possible_delta\":3,"
		    "\"max_payload\":16385,\"rtt_ms\":0}",
		"{\"type\":\"param\",\"min_possible_delta\":3,"
		    "\"max_payload\":[1460],\"rtt_ms\":0}",
	};
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(lines); i++)
		if (parse(lines[i]) != REPLAY_BAD)
			fail_msg("accepted: %s", lines[i]);
}

/* More times than a train has packets do not go past their room. */
static void
too_many_times(void **state)
{
	char text[8192] = "{" TRAIN "2,\"arrival_us\":[0";
	size_t i, n = strlen(text);

	(void)state;
	for (i = 0; i <= TRAIN_LEN_MAX; i++) {
		text[n++] = ',';
		text[n++] = '1';
	}
	memcpy(text + n, "]}", 3);
	assert_int_equal(parse(text), REPLAY_BAD);
	memcpy(text + n - 2, "]}", 3);
	assert_int_equal(parse(text), REPLAY_TRAIN);
	assert_int_equal(line.arrivals, TRAIN_LEN_MAX + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound),
		cmocka_unit_test(broken),
		cmocka_unit_test(too_many_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
