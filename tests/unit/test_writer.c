/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/writer.h"

/* What a back end writes into memory. */
struct sink {
	FILE		*out;
	char		*text;
	size_t		 len;
	struct writer	*w;
};

static struct writer *
json_lines(FILE *out)
{
	return writer_json(out, 0);
}

static struct writer *
json_pretty(FILE *out)
{
	return writer_json(out, 2);
}

static struct writer *(*const back_ends[])(FILE *) = {
	json_lines, json_pretty, writer_csv, writer_text
};

static void
start(struct sink *s, struct writer *(*back_end)(FILE *))
{
	s->text = NULL;
	s->out = open_memstream(&s->text, &s->len);
	assert_non_null(s->out);
	s->w = back_end(s->out);
	assert_non_null(s->w);
}

/* Everything is written when writer_finish returns, and out is not closed. */
static void
expect(struct sink *s, const char *want)
{
	assert_int_equal(writer_finish(s->w), 0);
	assert_string_equal(s->text, want);
	assert_int_equal(fclose(s->out), 0);
	free(s->text);
}

/* One of everything. */
static void
write_run(struct writer *w)
{
	writer_start(w, NULL);
	writer_str(w, "tool", "thrulay");
	writer_num(w, "loss_pct", 2.0 / 3, 3);
	writer_null(w, "peer");
	writer_str(w, "reason", NULL);
	writer_start(w, "rtt_ms");
	writer_num(w, "p50", 20.25, 1);
	writer_num(w, "max", (double)INFINITY, 1);
	writer_end(w);
	writer_list(w, "streams");
	writer_start(w, NULL);
	writer_int(w, "id", 0);
	writer_bool(w, "ok", true);
	writer_end(w);
	writer_start(w, NULL);
	writer_start(w, "tcp");
	writer_int(w, "cwnd", INT64_MAX);
	writer_end(w);
	writer_bool(w, "ok", false);
	writer_end(w);
	writer_end(w);
	writer_list(w, "none");
	writer_end(w);
	writer_int(w, "last", INT64_MIN);
	writer_end(w);
}

static void
test_json_document(void **state)
{
	struct sink s;

	(void)state;
	start(&s, json_pretty);
	write_run(s.w);
	expect(&s,
	    "{\n"
	    "  \"tool\": \"thrulay\",\n"
	    "  \"loss_pct\": 0.667,\n"
	    "  \"peer\": null,\n"
	    "  \"reason\": null,\n"
	    "  \"rtt_ms\": {\n"
	    "    \"p50\": 20.2,\n"
	    "    \"max\": null\n"
	    "  },\n"
	    "  \"streams\": [\n"
	    "    {\n"
	    "      \"id\": 0,\n"
	    "      \"ok\": true\n"
	    "    },\n"
	    "    {\n"
	    "      \"tcp\": {\n"
	    "        \"cwnd\": 9223372036854775807\n"
	    "      },\n"
	    "      \"ok\": false\n"
	    "    }\n"
	    "  ],\n"
	    "  \"none\": [],\n"
	    "  \"last\": -9223372036854775808\n"
	    "}\n");
}

static void
test_csv_rows(void **state)
{
#define ROW "thrulay,0.667,,,20.2,,0,true,9223372036854775807,false," \
	"-9223372036854775808\n"
	struct sink s;

	(void)state;
	start(&s, writer_csv);
	write_run(s.w);
	write_run(s.w);
	expect(&s, "tool,loss_pct,peer,reason,rtt_ms.p50,rtt_ms.max,"
	    "streams.0.id,streams.0.ok,streams.1.tcp.cwnd,streams.1.ok,last\n"
	    ROW ROW);
#undef ROW
}

static void
test_text_lines(void **state)
{
	struct sink s;

	(void)state;
	start(&s, writer_text);
	write_run(s.w);
	expect(&s,
	    "tool: thrulay\n"
	    "loss_pct: 0.667\n"
	    "peer: -\n"
	    "reason: -\n"
	    "rtt_ms:\n"
	    "  p50: 20.2\n"
	    "  max: inf\n"
	    "streams:\n"
	    "  - id: 0\n"
	    "    ok: true\n"
	    "  - tcp:\n"
	    "      cwnd: 9223372036854775807\n"
	    "    ok: false\n"
	    "none:\n"
	    "last: -9223372036854775808\n");
}

static void
write_event(struct writer *w, const char *name, const char *key, int64_t v)
{
	writer_start(w, name);
	writer_int(w, key, v);
	writer_end(w);
}

static void
write_events(struct writer *w)
{
	write_event(w, "interval", "n", 1);
	write_event(w, "interval", "n", 2);
	write_event(w, "interval", "m", 3);
	write_event(w, NULL, "total", 4);
}

/* With the header of the CSV again whenever the keys change. */
static void
test_events(void **state)
{
	struct sink s;

	(void)state;
	start(&s, json_lines);
	write_events(s.w);
	expect(&s, "{\"event\":\"interval\",\"n\":1}\n"
	    "{\"event\":\"interval\",\"n\":2}\n"
	    "{\"event\":\"interval\",\"m\":3}\n"
	    "{\"total\":4}\n");
	start(&s, writer_csv);
	write_events(s.w);
	expect(&s, "event,n\ninterval,1\ninterval,2\n"
	    "event,m\ninterval,3\n"
	    "total\n4\n");
	start(&s, writer_text);
	write_events(s.w);
	expect(&s, "interval:\n  n: 1\n\ninterval:\n  n: 2\n\n"
	    "interval:\n  m: 3\n\ntotal: 4\n");
}

/* Who watches sees each interval as it ends. */
static void
test_lines_come_as_they_happen(void **state)
{
	struct sink s;
	int turn;

	(void)state;
	for (turn = 0; turn < 2; turn++) {
		start(&s, turn == 0 ? json_lines : writer_text);
		write_event(s.w, NULL, "n", 1);
		assert_string_equal(s.text, turn == 0 ? "{\"n\":1}\n" :
		    "n: 1\n");
		assert_int_equal(writer_finish(s.w), 0);
		fclose(s.out);
		free(s.text);
	}
}

static void
test_nothing_is_nothing(void **state)
{
	struct sink s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(back_ends); i++) {
		start(&s, back_ends[i]);
		expect(&s, "");
	}
	start(&s, writer_csv);
	writer_start(s.w, NULL);
	writer_list(s.w, "none");
	writer_end(s.w);
	writer_end(s.w);
	expect(&s, "");
}

static void
test_csv_quotes(void **state)
{
	struct sink s;

	(void)state;
	start(&s, writer_csv);
	writer_start(s.w, NULL);
	writer_str(s.w, "a,b", "x,y");
	writer_str(s.w, "q", "say \"hi\"");
	writer_str(s.w, "quote", "\"");
	writer_str(s.w, "lf", "1\n2");
	writer_str(s.w, "cr", "1\r2");
	writer_str(s.w, "empty", "");
	writer_null(s.w, "null");
	writer_num(s.w, "nan", (double)NAN, 2);
	writer_str(s.w, "plain", " a;b'c ");
	writer_end(s.w);
	expect(&s, "\"a,b\",q,quote,lf,cr,empty,null,nan,plain\n"
	    "\"x,y\",\"say \"\"hi\"\"\",\"\"\"\",\"1\n2\",\"1\r2\",\"\",,,"
	    " a;b'c \n");
}

/* The key of the caller may be gone when the next one comes. */
static void
test_keys_are_not_kept(void **state)
{
	char key[8] = "outer";
	struct sink s;

	(void)state;
	start(&s, writer_csv);
	writer_start(s.w, NULL);
	writer_start(s.w, key);
	memcpy(key, "inner", 6);
	writer_int(s.w, key, 1);
	memcpy(key, "xxxxx", 6);
	writer_end(s.w);
	writer_end(s.w);
	expect(&s, "outer.inner\n1\n");
}

static void
test_csv_long_rows(void **state)
{
	static char want[100000];
	char key[24];
	struct sink s;
	size_t n = 0;
	int i;

	(void)state;
	start(&s, writer_csv);
	writer_start(s.w, NULL);
	for (i = 0; i < 5000; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		writer_int(s.w, key, i);
		n += (size_t)snprintf(want + n, sizeof(want) - n, "%s%s",
		    i > 0 ? "," : "", key);
	}
	for (i = 0; i < 5000; i++)
		n += (size_t)snprintf(want + n, sizeof(want) - n, "%s%d",
		    i > 0 ? "," : "\n", i);
	snprintf(want + n, sizeof(want) - n, "\n");
	writer_end(s.w);
	expect(&s, want);
}

/* The row that could not be is left out, not cut. */
static void
test_csv_path_too_long(void **state)
{
	char key[257];
	struct sink s;

	(void)state;
	memset(key, 'k', sizeof(key));
	start(&s, writer_csv);
	key[255] = '\0';
	write_event(s.w, NULL, key, 7);
	key[255] = 'k';
	key[256] = '\0';
	write_event(s.w, NULL, key, 8);
	assert_int_equal(writer_finish(s.w), -1);
	assert_int_equal(errno, ENAMETOOLONG);
	fclose(s.out);
	assert_int_equal(s.len, 255 + strlen("\n7\n"));
	assert_string_equal(s.text + 255, "\n7\n");
	free(s.text);
}

static void
test_text_is_escaped(void **state)
{
	struct sink s;

	(void)state;
	start(&s, writer_text);
	writer_start(s.w, NULL);
	writer_str(s.w, "peer", "a\\b\n\033[2J\177\xc3\xa4");
	writer_str(s.w, "empty", "");
	writer_list(s.w, "members");
	writer_start(s.w, NULL);
	writer_end(s.w);
	writer_end(s.w);
	writer_end(s.w);
	expect(&s, "peer: a\\\\b\\n\\033[2J\\177\xc3\xa4\nempty: \n"
	    "members:\n  - \n");
}

/*
 * Calls in the order of the letters: g and l start a group or list without a
 * name, G and L one with a name, v and V put a value, e ends.
 */
static void
perform(struct writer *w, const char *calls)
{
	const char *name;

	for (; *calls != '\0'; calls++) {
		name = *calls < 'a' ? "name" : NULL;
		if (*calls == 'e')
			writer_end(w);
		else if (*calls == 'g' || *calls == 'G')
			writer_start(w, name);
		else if (*calls == 'l' || *calls == 'L')
			writer_list(w, name);
		else
			writer_int(w, name, 1);
	}
}

static void
test_misuse_is_reported(void **state)
{
	static const char *const wrong[] = { "V", "v", "Le", "le", "g", "gL",
		"gee", "e", "eg", "gve", "ggee", "glee", "gLvee", "gLVee",
		"gLleee", "gLLeee", "gLGeee" };
	struct sink s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(back_ends) * NELEM(wrong); i++) {
		start(&s, back_ends[i / NELEM(wrong)]);
		perform(s.w, wrong[i % NELEM(wrong)]);
		errno = 0;
		assert_int_equal(writer_finish(s.w), -1);
		assert_int_equal(errno, EINVAL);
		fclose(s.out);
		free(s.text);
	}
}

static void
nest(struct writer *w, const char *key, int levels)
{
	int i;

	writer_start(w, NULL);
	for (i = 1; i < levels; i++)
		writer_start(w, key);
	writer_int(w, "v", 7);
	for (i = 0; i < levels; i++)
		writer_end(w);
}

static void
test_depth_is_bounded(void **state)
{
	struct sink s;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(back_ends); i++) {
		start(&s, back_ends[i]);
		nest(s.w, "g", WRITER_DEPTH);
		assert_int_equal(writer_finish(s.w), 0);
		fclose(s.out);
		assert_non_null(strchr(s.text, '7'));
		free(s.text);

		start(&s, back_ends[i]);
		nest(s.w, "g", WRITER_DEPTH + 1);
		assert_int_equal(writer_finish(s.w), -1);
		assert_int_equal(errno, EINVAL);
		fclose(s.out);
		free(s.text);
	}
}

/* A pretty document is one; a second one would not be JSON. */
static void
test_one_document_only(void **state)
{
	struct sink s;

	(void)state;
	start(&s, json_pretty);
	write_event(s.w, NULL, "n", 1);
	write_event(s.w, NULL, "n", 2);
	assert_int_equal(writer_finish(s.w), -1);
	assert_int_equal(errno, EINVAL);
	fclose(s.out);
	assert_string_equal(s.text, "{\n  \"n\": 1\n}\n");
	free(s.text);
}

static void
test_write_errors_are_reported(void **state)
{
	struct writer *w;
	FILE *full;
	size_t i;

	(void)state;
	for (i = 0; i < 2 * NELEM(back_ends); i++) {
		full = fopen("/dev/full", "w");
		if (full == NULL) {
			print_message("# no /dev/full here\n");
			skip();
		}
		if (i % 2)
			setvbuf(full, NULL, _IONBF, 0);
		w = back_ends[i / 2](full);
		assert_non_null(w);
		write_run(w);
		errno = 0;
		assert_int_equal(writer_finish(w), -1);
		assert_int_equal(errno, i % 2 ? EIO : ENOSPC);
		fclose(full);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_document),
		cmocka_unit_test(test_csv_rows),
		cmocka_unit_test(test_text_lines),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_lines_come_as_they_happen),
		cmocka_unit_test(test_nothing_is_nothing),
		cmocka_unit_test(test_csv_quotes),
		cmocka_unit_test(test_keys_are_not_kept),
		cmocka_unit_test(test_csv_long_rows),
		cmocka_unit_test(test_csv_path_too_long),
		cmocka_unit_test(test_text_is_escaped),
		cmocka_unit_test(test_misuse_is_reported),
		cmocka_unit_test(test_depth_is_bounded),
		cmocka_unit_test(test_one_document_only),
		cmocka_unit_test(test_write_errors_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
