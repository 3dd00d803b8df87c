/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/recorded.h"
#include "tests/unit/vectors.h"
#include "udpst/report.c"

/* A recorded text report is read back and has to come out again, byte for
 * byte, but for the banner. */
struct replay {
	struct options		o;
	struct report		*r;
	struct report_end	end;
	int			nmax;
	FILE			*out, *want;
	char			*got_text, *want_text;
	size_t			got_len, want_len;
};

static void
replay_start(struct replay *x, const char *text)
{
	memset(x, 0, sizeof(*x));
	x->o.verbose = strstr(text, "\n[1]") != NULL;
	x->o.loss_ratio = strstr(text, "LossRatio: ") != NULL;
	x->o.bimodal = strstr(text, " Max[") != NULL;
	x->out = open_memstream(&x->got_text, &x->got_len);
	x->want = open_memstream(&x->want_text, &x->want_len);
	assert_non_null(x->out);
	assert_non_null(x->want);
	x->r = report_new(&x->o, x->out, NULL);
	assert_non_null(x->r);
}

static void
replay_finish(struct replay *x)
{
	if (x->nmax > 0)
		finish_text(x->r, &x->end);
	x->nmax = 0;
}

/* Part of the end? It is shown when all of it is there. */
static bool
replay_result(struct replay *x, const char *line)
{
	struct result_mode *m = x->end.mode;
	struct recorded r;

	if (recorded_summary(line, &r)) {
		m[x->end.has[0]].summary = r.line;
		x->end.has[x->end.has[0]] = true;
	} else if (recorded_minimum(line, &r)) {
		m[0].summary.active = m[1].summary.active = r.line.active;
		result_merge_minima(&m[0].summary.s, &r.line.s);
		result_merge_minima(&m[1].summary.s, &r.line.s);
		m[0].summary.s.rtt_minimum = r.line.s.rtt_minimum;
		m[1].summary.s.rtt_minimum = r.line.s.rtt_minimum;
	} else if (recorded_maximum(line, &r)) {
		x->end.has[x->nmax] = true;
		m[x->nmax].first = r.first;
		m[x->nmax].last = r.last;
		m[x->nmax++].max = r.line;
	} else {
		return false;
	}
	assert_int_equal(r.upstream, x->o.mode == MODE_UPSTREAM);
	return true;
}

static void
replay_line(struct replay *x, const char *line)
{
	struct report_test t = { 0 };
	struct recorded r;
	const char *text;
	int conn;

	if (replay_result(x, line))
		return;
	replay_finish(x);
	text = recorded_prefix(line, &conn);
	if (recorded_header(line, &x->o, &t))
		report_started(x->r, &t, 0);
	else if (recorded_subint(line, &r))
		report_subint(x->r, r.conn < 0 ? 0 : r.conn, &r.line);
	else if (conn < 0)
		report_say(x->r, conn, false, "%s", text);
	else
		report_verbose(x->r, conn, "%s", text);
}

static void
next_line(const char **text, char *line, size_t len)
{
	size_t n = strcspn(*text, "\n");

	assert_true(n + 1 < len);
	memcpy(line, *text, n);
	line[n] = '\0';
	*text += n + ((*text)[n] == '\n');
}

/* The three lines of a banner, and what is no output at all. */
static bool
other(const char *line)
{
	static const char *const starts[] = {
		"UDP Speed Test", "Software Ver: ", "Mode: ", "$ ", "[exit "
	};
	size_t i;

	for (i = 0; i < NELEM(starts); i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	return *line == '\0';
}

/* Returns whether there was a report with an end. */
static bool
replay(const char *text)
{
	char line[2 * REPORT_LINE];
	struct replay x;
	bool ended;
	size_t n;

	replay_start(&x, text);
	while (*text != '\0') {
		next_line(&text, line, sizeof(line));
		if (other(line))
			continue;
		n = strlen(line);
		if (strstr(line, " Test Int(sec): ") != NULL) {
			line[n++] = '\n';
			next_line(&text, line + n, sizeof(line) - n);
		}
		fprintf(x.want, "%s\n", line);
		replay_line(&x, line);
	}
	replay_finish(&x);
	ended = x.end.has[0];
	assert_int_equal(x.r->error, 0);
	report_free(x.r);
	fclose(x.out);
	fclose(x.want);
	assert_string_equal(x.got_text, x.want_text);
	free(x.got_text);
	free(x.want_text);
	return ended;
}

static void
test_recorded_runs(void **state)
{
	struct jv *runs = jv_load("udpst/outputs/runs.json");
	const char *text;
	size_t i, ended = 0;

	(void)state;
	for (i = 0; i < jv_len(runs); i++) {
		text = jv_str(jv_get(jv_at(runs, i), "client_stdout"), NULL);
		if (*text != '{')
			ended += replay(text);
	}
	jv_free(runs);
	assert_int_equal(ended, 27);
}

static void
replay_file(const char *text)
{
	assert_true(replay(text));
}

static void
test_recorded_files(void **state)
{
	(void)state;
	recorded_files(replay_file);
}

/* Several runs of 8.1.0, each after its command line. */
static void
test_recorded_8_1(void **state)
{
	char *text = vectors_text("udpst/8.1.0/client-text.txt"), *run, *next;
	size_t ended = 0;

	(void)state;
	for (run = text; run != NULL; run = next) {
		next = strstr(run + 1, "\n$ udpst");
		if (next != NULL)
			*next++ = '\0';
		ended += replay(run);
	}
	free(text);
	assert_int_equal(ended, 2);
}

static struct result_line
some_line(void)
{
	struct result_line l = {
		.s = {
			.number = 12, .accum_ms = 12049, .datagrams = 999,
			.loss = 1, .ooo = 2, .dup = 3, .ce = 4,
			.owd_min = WIRE_NO_SAMPLE, .owd_max = WIRE_NO_SAMPLE,
			.rtt_min = WIRE_NO_SAMPLE, .rtt_max = WIRE_NO_SAMPLE,
			.rtt_minimum = WIRE_NO_SAMPLE
		},
		.rates = { 1.005, 2, 3, 4, 1234.5 },
		.active = 2
	};

	return l;
}

static void
expect_subint(const struct options *o, bool ce, const char *want)
{
	struct result_line l = some_line();
	char buf[REPORT_LINE];

	assert_ptr_equal(report_subint_text(o, ce, &l, buf, sizeof(buf)), buf);
	assert_string_equal(buf, want);
}

static void
test_what_was_not_recorded(void **state)
{
	struct options o = { .mode = MODE_DOWNSTREAM };

	(void)state;
	expect_subint(&o, true, "Sub-Interval[12](sec): 12.0, "
	    "Delivered(%):  99.90, Loss/OoO/Dup/CE: 1/2/3/4, "
	    "OWDVar(ms): 0/0/0, RTTVar(ms): 0/0/0, Mbps(L3/IP): 1.00");
	o.loss_ratio = true;
	o.interface = "eth0";
	expect_subint(&o, false, "Sub-Interval[12](sec): 12.0, "
	    "LossRatio: 1.00E-03, Loss/OoO/Dup: 1/2/3, OWDVar(ms): 0/0/0, "
	    "RTTVar(ms): 0/0/0, Mbps(L3/IP): 1.00 [1234.50]");
	o.compat_8 = true;
	expect_subint(&o, false, "Sub-Interval[12](sec): 12, "
	    "LossRatio: 1.00E-03, Loss/OoO/Dup: 1/2/3, OWDVar(ms): 0/0/0, "
	    "RTTVar(ms): 0-0, Mbps(L3/IP): 1.00 [1234.50]");
}

static void
test_end_with_interface(void **state)
{
	struct options o = { .mode = MODE_UPSTREAM, .interface = "eth0" };
	struct result_mode m = { .first = 1, .last = 3 };
	char buf[REPORT_LINE];

	(void)state;
	m.max = m.summary = some_line();
	report_text_summary(&o, false, &m, buf);
	assert_string_equal(buf, "Upstream Summary Delivered(%):  99.90, "
	    "Loss/OoO/Dup: 1/2/3, OWDVar(ms): 0/0/0, RTTVar(ms): 0/0/0, "
	    "Mbps(L3/IP): 1.00 [1234.50]");
	report_text_minimum(&o, &m.summary, buf);
	assert_string_equal(buf, "Upstream Minimum One-Way Delay(ms): 0 "
	    "[w/clock diff], Round-Trip Time(ms): 0, Active Connections: 2");
	report_text_maximum(&o, &m, buf);
	assert_string_equal(buf, "Upstream Maximum Mbps(L3/IP): 1.00 "
	    "[1234.50], Mbps(L2/Eth): 2.00, Mbps(L1/Eth): 3.00, "
	    "Mbps(L1/Eth+VLAN): 4.00");
}

static void
expect_index(int index, bool start, bool compat_8, bool ipv6,
    const char *want)
{
	struct options o = { .compat_8 = compat_8, .interface = "eth0" };
	struct report_test t = {
		.index = index, .index_is_start = start, .ipv6 = ipv6,
		.conns_max = 3, .dscp_ecn = 184, .ce_thresh = 7
	};
	char buf[2 * REPORT_LINE];

	report_text_header(&o, &t, buf);
	assert_non_null(strstr(buf, want));
	assert_string_equal(strstr(buf, ", [eth0]"), ", [eth0]");
}

static void
test_header(void **state)
{
	(void)state;
	expect_index(-1, false, false, false, "SR Index: <Auto>, Cong. Th: ");
	expect_index(5, true, false, false, "SR Index: @5, Cong. Th: ");
	expect_index(5, false, false, false, "SR Index: 5, Cong. Th: ");
	expect_index(5, false, false, true,
	    "Conn: 3, DSCP+ECN: 184, CE Th: 7, [eth0]");
	expect_index(5, false, true, true,
	    "Conn: 3, IPv6 TClass: 184, [eth0]");
	expect_index(5, false, true, false, "Conn: 3, IPv4 ToS: 184, [eth0]");
}

static void
expect_banner(const struct options *o, const char *second, const char *third)
{
	char *got, want[1024];
	size_t len;
	FILE *out = open_memstream(&got, &len);

	assert_non_null(out);
	report_banner_to(o, out);
	fclose(out);
	snprintf(want, sizeof(want), "UDP Speed Test\nSoftware Ver: %s, %s\n"
	    "%s\n", PACKAGE_VERSION, second, third);
	assert_string_equal(got, want);
	free(got);
}

static void
test_banner(void **state)
{
	struct options o = {
		.mode = MODE_DOWNSTREAM, .jumbo = true, .gso = true
	};

	(void)state;
	expect_banner(&o, "Protocol Ver: 20, Built: plumbline",
	    "Mode: Client, Payload Default[Max]: 1222[8972], Auth: Available, "
	    "Checksum: Off, Optimizations: SendMMsg()+GSO RecvMMsg()+Trunc");
	o.family = AF_INET6;
	o.jumbo = false;
	o.gso = false;
	o.gro = o.checksum = o.rate_limit = o.traditional = true;
	o.mode = MODE_SERVER;
	expect_banner(&o, "Protocol Ver: 10-20, Built: plumbline, "
	    "Rate Limiting via '-B mbps'",
	    "Mode: Server, Payload Default[Max]: 1452[1452], Auth: Available, "
	    "Checksum: On, Optimizations: SendMMsg() RecvMMsg()+GRO");
	o.rate_limit = false;
	o.compat_8 = true;
	expect_banner(&o, "Protocol Ver: 10-11, Built: plumbline",
	    "Mode: Server, Payload Default[Max]: 1452[1452], Auth: Available, "
	    "Checksum: On, Optimizations: SendMMsg() RecvMMsg()+GRO");
	o.mode = MODE_UPSTREAM;
	expect_banner(&o, "Protocol Ver: 11, Built: plumbline",
	    "Mode: Client, Payload Default[Max]: 1452[1452], Auth: Available, "
	    "Checksum: On, Optimizations: SendMMsg() RecvMMsg()+GRO");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_runs),
		cmocka_unit_test(test_recorded_files),
		cmocka_unit_test(test_recorded_8_1),
		cmocka_unit_test(test_what_was_not_recorded),
		cmocka_unit_test(test_end_with_interface),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_banner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
