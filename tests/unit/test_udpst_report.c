/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/udpst_run.h"

#define DIR "Downstream "
#define FIGURES "Delivered(%):  99.01, Loss/OoO/Dup: "
#define DELAYS ", OWDVar(ms): 1/20/40, RTTVar(ms): 0/0/0, Mbps(L3/IP): 10.00\n"
#define LINE1 "Sub-Interval[1](sec):   1.0, " FIGURES "10/1/2" DELAYS
#define LINE2 "Sub-Interval[2](sec):   2.0, " FIGURES "10/1/2" DELAYS
#define SUMMARY DIR "Summary " FIGURES "20/2/4" DELAYS
#define MINIMUM DIR "Minimum One-Way Delay(ms): -3 [w/clock diff], " \
	"Round-Trip Time(ms): 5, Active Connections: 1\n"
#define MAXIMUM DIR "Maximum Mbps(L3/IP): 10.00, Mbps(L2/Eth): 10.11, " \
	"Mbps(L1/Eth): 10.14, Mbps(L1/Eth+VLAN): 10.18\n"

/* What follows the header. */
static const char *
body(const char *text)
{
	const char *at = strstr(text, "CE Th: 0\n");

	assert_non_null(at);
	return at + strlen("CE Th: 0\n");
}

static void
test_text(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.host.limit = "it was slow";
	run_all(&x);
	assert_null(strstr(x.out_text, "Setup sent"));
	assert_memory_equal(x.out_text, "UDP Speed Test\n", 15);
	assert_string_equal(body(x.out_text), LINE1
	    "LOCAL WARNING: \"7\" lost\n" LINE2 "ERROR: no more\n"
	    SUMMARY MINIMUM MAXIMUM);
	assert_string_equal(x.err_text, "udpst: note: this host was the "
	    "limit, not the path: it was slow\n");
	run_free(&x);
}

static void
test_verbose(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.verbose = true;
	run_all(&x);
	assert_non_null(strstr(x.out_text, "+Trunc\n[1]Setup sent\n[1]" DIR
	    "Test Int(sec): 5"));
	assert_string_equal(body(x.out_text), "[1]" LINE1 "[0]" LINE1
	    "[1]LOCAL WARNING: \"7\" lost\n[1]" LINE2 "[0]" LINE2
	    "ERROR: no more\n[0]" SUMMARY "[0]" MINIMUM "[0]" MAXIMUM);
	assert_string_equal(x.err_text, "");
	run_free(&x);
}

static void
test_summary_only(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.summary_only = true;
	run_all(&x);
	assert_string_equal(body(x.out_text), "LOCAL WARNING: \"7\" lost\n"
	    "ERROR: no more\n" SUMMARY MINIMUM MAXIMUM);
	run_free(&x);
}

/* Only results on stdout; why there is none on stderr. */
static void
test_quiet(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.quiet = true;
	x.host.limit = "it was slow";
	run_all(&x);
	assert_string_equal(x.out_text, SUMMARY MINIMUM MAXIMUM);
	assert_string_equal(x.err_text, "ERROR: no more\n");
	run_free(&x);
}

/* A test that was cut short shows what there is. */
static void
test_partial_text(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	run_start(&x);
	run_subint(&x, false);
	run_end(&x, 255);
	assert_non_null(strstr(body(x.out_text), "Summary"));
	assert_non_null(strstr(body(x.out_text), "Maximum"));
	run_free(&x);

	run_init(&x);
	run_start(&x);
	run_end(&x, 255);
	assert_string_equal(body(x.out_text), "");
	run_free(&x);
}

/* With JSON, --progress has the lines on stderr, whatever -s says. */
static void
test_progress(void **state)
{
	struct run x;

	(void)state;
	run_init(&x);
	x.o.format = FORMAT_JSON;
	x.o.progress = x.o.summary_only = true;
	run_all(&x);
	assert_string_equal(x.err_text, LINE1 LINE2);
	assert_null(strstr(x.out_text, "\"IncrementalResult"));
	assert_non_null(strstr(x.out_text, "\"AtMax\":{"));
	run_free(&x);
}

/* Whether the first or the last write fails, it is not forgotten. */
static void
test_write_errors(void **state)
{
	struct options o = { .mode = MODE_UPSTREAM, .nservers = 1 };
	struct report *r;
	FILE *full;
	int turn;

	(void)state;
	for (turn = 0; turn < 3; turn++) {
		full = fopen("/dev/full", "w");
		if (full == NULL) {
			print_message("# no /dev/full here\n");
			skip();
		}
		if (turn == 2)
			setvbuf(full, NULL, _IONBF, 0);
		o.format = turn == 0 ? FORMAT_JSON : FORMAT_TEXT;
		r = report_new(&o, full, NULL);
		assert_non_null(r);
		report_banner(r);
		report_say(r, -1, true, "ERROR: a line");
		clearerr(full);
		assert_int_equal(report_finish(r, NULL, NULL, false,
		    255, WALL_NS), -1);
		assert_true(errno == ENOSPC || errno == EIO);
		report_free(r);
		fclose(full);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_verbose),
		cmocka_unit_test(test_summary_only),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_partial_text),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_write_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
