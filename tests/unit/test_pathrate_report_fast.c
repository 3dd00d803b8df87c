/* SPDX-License-Identifier: BSD-2-Clause */
/* The text, the JSON object and the rows of a run of the default estimator. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "pathrate/report_csv.h"
#include "pathrate/report_fast.h"
#include "pathrate/report_json.h"
#include "tests/unit/pathrate_path.h"
#include "tests/unit/vectors.h"

#define START_NS	(INT64_C(1795000000) * CLOCK_NS_PER_S)

/* A run, and what it says to stdout and to the log. */
struct run {
	struct path		 path;
	struct report		 r;
	struct report_facts	 facts;
	struct host		 host;
	struct rcv_options	 o;
	char			*out, *log;
	size_t			 nout, nlog;
};

static const struct fast_config usual = {
	.max_payload = 1460, .headers = 28, .limit_ns = 20 * CLOCK_NS_PER_S,
	.target = 0.01, .seed = 1
};

static void
open_texts(struct run *x)
{
	x->r = (struct report){ .normal = true };
	x->r.out = open_memstream(&x->out, &x->nout);
	x->r.log = open_memstream(&x->log, &x->nlog);
	assert_non_null(x->r.out);
	assert_non_null(x->r.log);
}

static void
close_texts(struct run *x)
{
	assert_int_equal(fclose(x->r.out), 0);
	assert_int_equal(fclose(x->r.log), 0);
}

static void
free_texts(struct run *x)
{
	free(x->out);
	free(x->log);
	x->out = x->log = NULL;
}

/* A measured path of this rate; 0: nothing but a host. */
static void
measure(struct run *x, double mbps)
{
	memset(x, 0, sizeof(*x));
	x->path.mbps = mbps;
	x->path.send_ns = 2000;
	x->path.noise_ns = 1000;
	srandom(1);
	path_run(&x->path, &usual);
	x->facts = (struct report_facts){
		.sender = "sender.example", .receiver = "here",
		.start_ns = START_NS, .end_ns = START_NS + 1500000000,
		.rtt_ms = 2.25, .max_payload = 1460, .extended = true,
		.stamps = "kernel", .host = &x->host, .fast = &x->path.f
	};
	x->host = (struct host){ .end_wall_ns = 1, .end_mono_ns = 1 };
	x->o = (struct rcv_options){ .port = 48699, .udp_port = 48698 };
	open_texts(x);
}

/* A result as no run has it, over the trains of a real one. */
static void
pretend(struct run *x, const struct fast_result *result)
{
	measure(x, 100);
	x->path.f.result = *result;
	report_fast(&x->r, &x->facts, false);
	close_texts(x);
}

static void
assert_has(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void
assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		fail_msg("\"%s\" in:\n%s", part, text);
}

/* Programs grep for the last three lines, whatever came before. */
static void
closing_lines(void **state)
{
	static const char rule[] =
	    "-------------------------------------------------\n";
	struct run *x = *state;
	char want[256];

	pretend(x, &(struct fast_result){ .valid = true, .mbps = 99.5,
	    .lo = 98.6, .hi = 100.4, .undisturbed = 1 });
	snprintf(want, sizeof(want),
	    "%sFinal capacity estimate :  99 Mbps  to  100 Mbps  \n%s", rule,
	    rule);
	assert_string_equal(x->out + x->nout - strlen(want), want);
	snprintf(want, sizeof(want),
	    "\n\n%sFinal capacity estimate :  99 Mbps  to  100 Mbps \n%s\n",
	    rule, rule);
	assert_string_equal(x->log + x->nlog - strlen(want), want);
	free_texts(x);
}

static void
verdicts(void **state)
{
	static const struct {
		struct fast_result	 result;
		const char		*words;
	} cases[] = {
		{ { .verdict = FAST_IDLE }, "Verdict: idle path\n" },
		{ { .verdict = FAST_LOADED }, "Verdict: loaded path\n" },
		{ { .verdict = FAST_LOADED, .crossed = true },
		    "Verdict: loaded path: cross traffic taken out" },
		{ { .verdict = FAST_SHAPED, .peak_mbps = 500,
		    .sustained_mbps = 10, .bucket_bytes = 100000 },
		    "Verdict: shaped path: peak 500.0 Mbit/s, sustained "
		    "10.00 Mbit/s, bucket of 100000 bytes\n" },
		{ { .verdict = FAST_SHAPED, .peak_mbps = 500,
		    .sustained_mbps = 10, .peak_bound = true },
		    "peak at least 500.0 Mbit/s" },
		{ { .verdict = FAST_HOST_LIMITED, .lower_bound = true },
		    "no narrow link visible; host-limited, a lower bound\n" },
		{ { .verdict = FAST_HOST_LIMITED },
		    "host-limited: a busy host hides the link" },
		{ { .verdict = FAST_VIRTUAL, .lower_bound = true },
		    "virtual link: no narrow link visible; host-limited" },
	};
	struct fast_result result;
	struct run *x = *state;
	size_t i;

	for (i = 0; i < NELEM(cases); i++) {
		result = cases[i].result;
		result.valid = true;
		result.mbps = 99.5;
		result.lo = 98.6;
		result.hi = 100.4;
		pretend(x, &result);
		assert_has(x->out, cases[i].words);
		assert_has(x->log, cases[i].words);
		assert_has(x->out, result.lower_bound ?
		    "Capacity: at least 99.50 Mbit/s\n" :
		    "Capacity: 99.50 Mbit/s\n");
		assert_has(x->out, "interval: 98.60 Mbit/s to 100.4 Mbit/s\n");
		assert_lacks(x->out, "Overhead");
		assert_lacks(x->out, "This host");
		free_texts(x);
	}
}

static void
overhead_and_host(void **state)
{
	struct run *x = *state;

	measure(x, 100);
	x->path.f.result = (struct fast_result){ .valid = true, .mbps = 99,
		.lo = 98, .hi = 100, .has_overhead = true,
		.overhead_bytes = 14.2, .link_mbps = 99.94 };
	x->host.socket_drops = 3;
	report_fast(&x->r, &x->facts, false);
	close_texts(x);
	assert_has(x->out, "Overhead below IP: 14 bytes a packet, with it "
	    "99.94 Mbit/s\n");
	assert_has(x->out, "This host dropped 3 packets\n");
	assert_has(x->out, "This host: it dropped datagrams at the socket\n");
	free_texts(x);
}

/* The histogram is in the log always, on stdout when asked for. */
static void
histogram(void **state)
{
	struct run *x = *state;
	int turn;

	for (turn = 0; turn < 3; turn++) {
		measure(x, 100);
		x->r.verbose = turn == 1;
		report_fast(&x->r, &x->facts, turn == 2);
		close_texts(x);
		assert_has(x->log, "-- Local modes --");
		assert_has(x->log, " |##################################"
		    "################ ");
		assert_has(x->log, "\t* Mode: ");
		if (turn > 0)
			assert_has(x->out, "\t* Mode: ");
		else
			assert_lacks(x->out, "Mode");
		free_texts(x);
	}
}

static void
trains(void **state)
{
	static const int64_t ns[] = { 0, 100000, TRAIN_MISSING, 340000,
		460000 };
	static const int64_t none[] = { TRAIN_MISSING, TRAIN_MISSING,
		TRAIN_MISSING, TRAIN_MISSING, TRAIN_MISSING };
	struct run *x = *state;

	measure(x, 100);
	fast_start(&x->path.f, &usual, 0);
	report_fast_start(&x->r, &x->path.f);
	report_fast_train(&x->r, &x->path.f, ns);
	report_fast_train(&x->r, &x->path.f, none);
	close_texts(x);
	assert_string_equal(x->out,
	    "-- Packet pairs and trains of 1488 bytes --\n\n");
	assert_string_equal(x->log,
	    "-- Packet pairs and trains of 1488 bytes --\n\n"
	    "\tTrain-1 (scale): 4 of 5 packets of 1488B -> 99.20 Mbit/s "
	    "(120.0 usec)\n"
	    "\tTrain-1 (scale): 0 of 5 packets of 1488B\n");
	free_texts(x);
}

static void
progress(void **state)
{
	struct run *x = *state;
	char *text = NULL;
	size_t n = 0;
	FILE *f;

	measure(x, 100);
	close_texts(x);
	free_texts(x);
	f = open_memstream(&text, &n);
	assert_non_null(f);
	x->path.f.trains = 12;
	x->path.f.result.mbps = 99.5;
	report_fast_progress(f, &x->path.f, 1500000000);
	assert_string_equal(text,
	    "\r\033[K1.5 s, 12 trains, about 99.50 Mbit/s");
	report_fast_progress(f, NULL, 0);
	assert_string_equal(text + n - 4, "\r\033[K");
	fclose(f);
	free(text);
}

/* The document; it is the caller's to free. */
static struct jv *
document(struct run *x)
{
	char *text = NULL;
	struct jv *doc;
	size_t n = 0;
	FILE *f;

	f = open_memstream(&text, &n);
	assert_non_null(f);
	assert_int_equal(report_json(f, &x->o, &x->facts), 0);
	fclose(f);
	doc = jv_parse("pathrate_rcv --json", text);
	free(text);
	assert_string_equal(jv_str(jv_get(doc, "tool"), NULL),
	    "pathrate_rcv");
	assert_string_equal(jv_str(jv_get(doc, "start"), NULL),
	    "2026-11-18T11:06:40.000Z");
	assert_true(jv_num(jv_get(doc, "duration_s")) == 1.5);
	return doc;
}

static void
json_good(void **state)
{
	struct run *x = *state;
	const struct jv *r, *t;
	struct jv *doc;

	measure(x, 100);
	doc = document(x);
	assert_true(jv_is_null(jv_get(doc, "error")));
	assert_true(jv_num(jv_get(jv_get(doc, "path"), "rtt_ms")) == 2.25);
	assert_int_equal(jv_int(jv_get(doc, "asked_bytes")), x->path.f.bytes);
	r = jv_get(doc, "result");
	assert_true(fabs(jv_num(jv_get(r, "capacity_bps")) / 1e8 - 1) < 0.01);
	assert_true(jv_num(jv_get(r, "low_bps")) <=
	    jv_num(jv_get(r, "capacity_bps")));
	assert_true(jv_num(jv_get(r, "high_bps")) >=
	    jv_num(jv_get(r, "capacity_bps")));
	assert_string_equal(jv_str(jv_get(r, "verdict"), NULL), "idle");
	assert_false(jv_bool(jv_get(r, "lower_bound")));
	assert_true(jv_is_null(jv_get(r, "peak_bps")));
	assert_true(jv_len(jv_get(r, "modes")) >= 1);
	assert_int_equal(jv_len(jv_get(r, "trains")), x->path.f.trains);
	t = jv_at(jv_get(r, "trains"), 0);
	assert_string_equal(jv_str(jv_get(t, "kind"), NULL), "scale");
	assert_int_equal(jv_int(jv_get(t, "received")), 5);
	jv_free(doc);
	close_texts(x);
	free_texts(x);
}

static void
json_shaped(void **state)
{
	struct run *x = *state;
	const struct jv *r;
	struct jv *doc;

	measure(x, 100);
	x->path.f.result = (struct fast_result){ .valid = true, .mbps = 500,
		.lo = 490, .hi = 510, .verdict = FAST_SHAPED,
		.peak_mbps = 500, .sustained_mbps = 10,
		.bucket_bytes = 100000 };
	doc = document(x);
	r = jv_get(doc, "result");
	assert_string_equal(jv_str(jv_get(r, "verdict"), NULL), "shaped");
	assert_int_equal(jv_int(jv_get(r, "peak_bps")), 500000000);
	assert_int_equal(jv_int(jv_get(r, "sustained_bps")), 10000000);
	assert_int_equal(jv_int(jv_get(r, "bucket_bytes")), 100000);
	jv_free(doc);
	close_texts(x);
	free_texts(x);
}

/* Nothing is known yet: still an object, with everything in its place. */
static void
json_failed(void **state)
{
	struct run *x = *state;
	struct jv *doc;

	measure(x, 100);
	x->facts.fast = NULL;
	x->facts.rtt_ms = -1;
	x->facts.host = NULL;
	x->facts.max_payload = 0;
	x->facts.stamps = NULL;
	x->facts.code = 255;
	x->facts.message = "\"connect\": \x80 refused\n";
	doc = document(x);
	assert_true(jv_is_null(jv_get(doc, "result")));
	assert_true(jv_is_null(jv_get(doc, "asked_bytes")));
	assert_true(jv_is_null(jv_get(jv_get(doc, "path"), "rtt_ms")));
	assert_true(jv_is_null(jv_get(doc, "host")));
	assert_int_equal(jv_int(jv_get(jv_get(doc, "error"), "code")), 255);
	jv_free(doc);
	close_texts(x);
	free_texts(x);
}

static void
json_classic(void **state)
{
	static struct classic c;
	struct run *x = *state;
	const struct jv *r;
	struct jv *doc;

	measure(x, 100);
	x->facts.fast = NULL;
	x->facts.classic = &c;
	x->o.classic = true;
	c = (struct classic){ .phase = CLASSIC_DONE, .lo = 96, .hi = 104,
		.bin = 8, .adr = 90, .npair = 40, .ntrain = 2, .nmode = 1,
		.mode[0] = { 96, 104, 30, 90, 110, 35, 3 } };
	doc = document(x);
	assert_string_equal(jv_str(jv_get(jv_get(doc, "config"), "method"),
	    NULL), "classic");
	r = jv_get(doc, "result");
	assert_int_equal(jv_int(jv_get(r, "capacity_bps")), 100000000);
	assert_int_equal(jv_int(jv_get(r, "adr_bps")), 90000000);
	assert_int_equal(jv_len(jv_get(r, "pairs")), 40);
	assert_int_equal(jv_int(jv_get(jv_at(jv_get(r, "modes"), 0),
	    "bell_samples")), 35);
	jv_free(doc);
	c.phase = CLASSIC_FAILED;
	doc = document(x);
	assert_true(jv_is_null(jv_get(doc, "result")));
	jv_free(doc);
	close_texts(x);
	free_texts(x);
}

static void
failures(void **state)
{
	struct run *x = *state;

	pretend(x, &(struct fast_result){ .valid = false });
	assert_string_equal(x->out, "");
	assert_string_equal(x->log, "Too few packets arrived\n");
	free_texts(x);
	x->path.f.trains = 0;
	assert_string_equal(report_fast_failure(&x->path.f),
	    "No train arrived");
	x->path.f.result.valid = true;
	assert_null(report_fast_failure(&x->path.f));
}

static void
csv(void **state)
{
	static const int64_t ns[] = { TRAIN_MISSING, 1000000, 1120000,
		TRAIN_MISSING, 1400500, 1400500 };
	static const struct train_ask ask = { .round = 7, .len = 5,
		.payload = 1460 };
	struct writer *w;
	char *text = NULL;
	size_t n = 0;
	FILE *f;

	(void)state;
	f = open_memstream(&text, &n);
	assert_non_null(f);
	w = writer_csv(f);
	assert_non_null(w);
	report_csv(w, &ask, 28, ns);
	assert_int_equal(writer_finish(w), 0);
	fclose(f);
	assert_string_equal(text,
	    "round,payload_bytes,packet,arrival_us,gap_us,rate_mbps\n"
	    "7,1460,0,,,\n"
	    "7,1460,1,0.000,,\n"
	    "7,1460,2,120.000,120.000,99.200000\n"
	    "7,1460,3,,,\n"
	    "7,1460,4,400.500,,\n"
	    "7,1460,5,400.500,0.000,\n");
	free(text);
}

static int
setup(void **state)
{
	*state = malloc(sizeof(struct run));
	return *state == NULL ? -1 : 0;
}

static int
teardown(void **state)
{
	free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closing_lines),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(overhead_and_host),
		cmocka_unit_test(histogram),
		cmocka_unit_test(trains),
		cmocka_unit_test(progress),
		cmocka_unit_test(json_good),
		cmocka_unit_test(json_shaped),
		cmocka_unit_test(json_failed),
		cmocka_unit_test(json_classic),
		cmocka_unit_test(failures),
		cmocka_unit_test(csv),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
