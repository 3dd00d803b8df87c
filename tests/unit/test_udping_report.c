/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines and datagrams as the original has them, byte for byte. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "udping/report.h"

static const char *
text_of(const struct jv *line, const char *key)
{
	return jv_str(jv_get(line, key), NULL);
}

/* A recorded line, read back. Its numbers are rounded to six decimals. */
static void
read_line(const struct jv *line, struct session_record *r,
    struct report_names *n)
{
	memset(r, 0, sizeof(*r));
	r->guid = text_of(line, "guid");
	r->count = strtoull(text_of(line, "count"), NULL, 10);
	r->expected = (uint32_t)strtoul(text_of(line, "targetCount"), NULL,
	    10);
	r->sum = strtod(text_of(line, "sum"), NULL);
	r->sos = strtod(text_of(line, "sumOfSquares"), NULL);
	r->max = strtod(text_of(line, "max"), NULL);
	report_name(n->from, text_of(line, "from_host"));
	report_name(n->to, text_of(line, "to_host"));
	n->from_port = (uint16_t)strtol(text_of(line, "from_port"), NULL,
	    10);
	n->to_port = (int)strtol(text_of(line, "to_port"), NULL, 10);
}

static void
same_line(const char *text, const struct session_record *r,
    const struct report_names *n)
{
	char buf[1000];
	FILE *f = fmemopen(buf, sizeof(buf), "w");

	assert_non_null(f);
	report_line(f, r, n);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(strlen(buf), strlen(text) + 1);
	assert_memory_equal(buf, text, strlen(text));
	assert_int_equal(buf[strlen(text)], '\n');
}

/* Six digits of a number of which six decimals are known: the last may be
 * another. */
static void
same_datagram(const char *got, const char *want)
{
	const char *g = got, *w = want;
	double a, b;
	char *end;

	for (; *g != '\0' && *w != '\0'; g++, w++) {
		assert_int_equal(*g, *w);
		if (*g != ':')
			continue;
		a = strtod(g + 1, &end);
		g = end - 1;
		b = strtod(w + 1, &end);
		w = end - 1;
		assert_true(a - b <= 1e-5 * (b < 0 ? -b : b) + 2e-6);
		assert_true(b - a <= 1e-5 * (b < 0 ? -b : b) + 2e-6);
	}
	assert_int_equal(*g, *w);
}

static void
check(const char *line, const char *plain, const char *tags,
    const char *metric)
{
	struct jv *v = jv_parse("a line", line);
	char buf[REPORT_STATSD + 1];
	struct session_record r;
	struct report_names n;
	size_t len;

	read_line(v, &r, &n);
	same_line(line, &r, &n);
	len = report_statsd(buf, &r, &n, false);
	buf[len] = '\0';
	same_datagram(buf, plain);
	len = report_statsd_tags(buf, metric, &r, &n, false);
	buf[len] = '\0';
	same_datagram(buf, tags);
	jv_free(v);
}

/* Of the scenarios, those whose GUID does not break the line. */
static void
recorded(void **state)
{
	struct jv *file = jv_load("udping/server_scenarios.json");
	const struct jv *one, *out;
	size_t i, j, lines = 0;

	(void)state;
	for (i = 0; i < jv_len(file); i++) {
		one = jv_at(file, i);
		out = jv_get(one, "stdout");
		if (jv_len(out) != jv_len(jv_get(one, "statsd")) ||
		    jv_len(jv_get(one, "expect")) == 0)
			continue;
		for (j = 0; j < jv_len(out); j++, lines++)
			check(jv_str(jv_at(out, j), NULL),
			    jv_str(jv_at(jv_get(one, "statsd"), j), NULL),
			    jv_str(jv_at(jv_get(one, "statsd_tags"), j), NULL),
			    strcmp(jv_str(jv_get(one, "name"), NULL),
			    "metric_r") == 0 ? "x y|z" : "udping");
	}
	assert_true(lines > 30);
	jv_free(file);
}

static void
numbers(void **state)
{
	struct session_record r = { .guid = "g", .count = 12,
	    .expected = 0xffffffff, .sum = 2.4878123, .sos = 3e18,
	    .max = -299.4978 };
	struct report_names n = { "a", "b", 5000, 6000 };
	char buf[REPORT_STATSD + 1];

	(void)state;
	buf[report_statsd(buf, &r, &n, false)] = '\0';
	assert_string_equal(buf, "a.5000.b.6000.count:12|c\n"
	    "a.5000.b.6000.targetCount:4294967295|c\n"
	    "a.5000.b.6000.sum:2.48781|c\na.5000.b.6000.sos:3e+18|c\n"
	    "a.5000.b.6000.max:-299.498|g\n");
	buf[report_statsd(buf, &r, &n, true)] = '\0';
	assert_string_equal(buf, "a.b.count:12|c\n"
	    "a.b.targetCount:4294967295|c\na.b.sum:2.48781|c\n"
	    "a.b.sos:3e+18|c\na.b.max:-299.498|g\n");
	buf[report_statsd_tags(buf, "m", &r, &n, true)] = '\0';
	assert_memory_equal(buf, "m.count,from_host=a,to_host=b:12|c\n", 35);
	buf[report_dogstatsd(buf, "m", &r, &n, false)] = '\0';
	assert_memory_equal(buf, "m.count:12|c|#from_host:a,to_host:b,"
	    "from_port:5000,to_port:6000\n", 64);
	same_line("{\"from_host\":\"a\",\"from_port\":\"5000\",\"to_host\":"
	    "\"b\",\"to_port\":\"6000\",\"guid\":\"g\",\"count\":\"12\","
	    "\"targetCount\":\"-1\",\"sum\":\"2.487812\","
	    "\"sumOfSquares\":\"3000000000000000000.000000\","
	    "\"max\":\"-299.497800\"}", &r, &n);
}

/* What does not fit is not sent in part. */
static void
too_long(void **state)
{
	struct session_record r = { .guid = "g" };
	struct report_names n = { "a", "b", 1, 2 };
	static char metric[REPORT_STATSD];
	char buf[REPORT_STATSD];

	(void)state;
	memset(metric, 'm', sizeof(metric) - 1);
	assert_int_equal(report_statsd_tags(buf, metric, &r, &n, false), 0);
	assert_int_equal(report_dogstatsd(buf, metric, &r, &n, false), 0);
}

static void
names(void **state)
{
	char out[REPORT_NAME], longest[400];

	(void)state;
	report_name(out, "edge.example.net");
	assert_string_equal(out, "edge_example_net");
	memset(longest, '.', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	report_name(out, longest);
	assert_int_equal(strlen(out), REPORT_NAME - 1);
	assert_true(report_name_ok("a-1_b.example"));
	assert_false(report_name_ok(""));
	assert_false(report_name_ok("a\",\"count\":\"0"));
	assert_false(report_name_ok("a:1|c\nb"));
	assert_false(report_name_ok(longest));
}

static void
verbose(void **state)
{
	struct wire_probe p = { .guid = "00450821fa5318d58037",
	    .start_s = 1795312370, .seq = 0xffffffff, .sent_s = -1,
	    .sent_ns = 42 };
	char buf[200];
	FILE *f = fmemopen(buf, sizeof(buf), "w");

	(void)state;
	assert_non_null(f);
	report_probe(f, &p);
	fclose(f);
	assert_string_equal(buf,
	    "00450821fa5318d58037:1795312370:-1 - -1:42\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded),
		cmocka_unit_test(numbers),
		cmocka_unit_test(too_long),
		cmocka_unit_test(names),
		cmocka_unit_test(verbose)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
