/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A recorded session, packet by packet as it was captured at the receiver:
 * what the original's server printed of it, line for line, but for latencies,
 * which it took later than the kernel's stamps say.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/wire.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"
#include "udping/report.h"

#define FILE_LEN	24	/* of the head of the file, magic included */
#define BELOW_LEN	34	/* of the headers below UDP */
#define HEAD_LEN	(BELOW_LEN + 8)
#define MAGIC_NS	0xa1b23c4du
#define KEEPALIVE_S	2

struct heard {
	FILE	*out;
	size_t	 reports;
};

static void
note(void *arg, const struct session_record *r)
{
	struct heard *h = arg;
	struct report_names n = { .to_port = 6000 };
	char host[ADDR_STRLEN];

	report_name(n.from, addr_host(r->from, host, sizeof(host)));
	report_name(n.to, "10.77.0.2");
	n.from_port = addr_port(r->from);
	report_line(h->out, r, &n);
	h->reports++;
}

/* A packet as the file has it. Returns its stamp. */
static int64_t
deliver(struct session_table *t, FILE *out, struct wire_rd *file)
{
	int64_t ns = wire_rd_le32(file) * CLOCK_NS_PER_S;
	size_t len;
	struct wire_rd frame;
	struct wire_probe probe;
	struct addr from;
	int64_t value;

	ns += wire_rd_le32(file);
	len = wire_rd_le32(file);
	assert_int_equal(wire_rd_le32(file), len);
	wire_rd_init(&frame, wire_rd_bytes(file, len), len);
	wire_rd_skip(&frame, BELOW_LEN);
	assert_int_equal(addr_numeric("10.77.0.1", wire_rd_be16(&frame),
	    &from), 0);
	wire_rd_skip(&frame, HEAD_LEN - BELOW_LEN - 2);
	assert_true(wire_rd_ok(&frame));
	assert_int_equal(wire_get(frame.p, frame.left, &probe, &value),
	    WIRE_OK);
	report_probe(out, &probe);
	assert_int_equal(session_take(t, &from, &probe, ns,
	    ns / CLOCK_NS_PER_S), SESSION_COUNTED);
	return ns;
}

/* All of it; then the ticks of a quiet server. */
static void
replay(struct session_table *t, FILE *out)
{
	size_t len, n;
	char *bytes = vectors_bytes("udping/session.pcap", &len);
	struct wire_rd file;
	int64_t now_ns = 0;

	wire_rd_init(&file, bytes, len);
	assert_int_equal(wire_rd_le32(&file), MAGIC_NS);
	wire_rd_skip(&file, FILE_LEN - 4);
	for (n = 0; n < 385; n++)
		now_ns = deliver(t, out, &file);
	assert_true(wire_rd_done(&file));
	session_tick(t, now_ns / CLOCK_NS_PER_S);
	session_tick(t, now_ns / CLOCK_NS_PER_S + KEEPALIVE_S + 1);
	free(bytes);
}

static double
number(const struct jv *line, const char *key)
{
	return strtod(jv_str(jv_get(line, key), NULL), NULL);
}

/* All but the latencies is the same; those are shorter, and not by much. */
static void
same_record(const char *got, const char *want)
{
	struct jv *g = jv_parse("ours", got), *w = jv_parse("recorded", want);
	double mean_off = (number(w, "sum") - number(g, "sum")) /
	    number(g, "count");
	size_t same = (size_t)(strstr(want, ",\"sum\"") - want);

	assert_int_equal(strncmp(got, want, same), 0);
	assert_true(mean_off > 0 && mean_off < 0.2);
	assert_true(number(g, "max") > 0 &&
	    number(g, "max") <= number(w, "max"));
	assert_true(number(g, "sumOfSquares") <= number(w, "sumOfSquares"));
	jv_free(g);
	jv_free(w);
}

static void
compare(char *got)
{
	char *text = vectors_text("udping/session.server.stdout.txt");
	char *want = text, *g, *w;
	size_t n = 0;

	while ((w = strsep(&want, "\n")) != NULL) {
		g = strsep(&got, "\n");
		assert_non_null(g);
		if (*w == '{')
			same_record(g, w);
		else
			assert_string_equal(g, w);
		n++;
	}
	assert_null(got);
	assert_int_equal(n, 385 + 8 + 1);
	free(text);
}

static void
captured(void **state)
{
	struct heard h = { .reports = 0 };
	struct session_options o = { .keepalive_s = KEEPALIVE_S,
	    .max_sessions = 10, .report = note, .arg = &h };
	struct session_table *t = session_new(&o);
	char *text = NULL;
	size_t len;

	(void)state;
	assert_non_null(t);
	h.out = open_memstream(&text, &len);
	assert_non_null(h.out);
	replay(t, h.out);
	assert_int_equal(fclose(h.out), 0);
	assert_int_equal(h.reports, 8);
	compare(text);
	session_free(t);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(captured) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
