/* SPDX-License-Identifier: BSD-2-Clause */
/* The text in the style of thrulay-hd (spec 5.6), and outputs that fail. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/unit/report_run.h"

static void
begin(struct report_run *x)
{
	report_run_init(x);
	x->o.style = THRULAY_STYLE_HD;
	report_run_start(x);
}

/* The published sample, in columns of a fixed width. */
static void
test_tcp_sample(void **state)
{
	struct thrulay_result result;
	struct thrulay_setup u;
	struct report_run x;

	(void)state;
	begin(&x);
	report_run_setup(&u, 1);
	u.duration = 60;
	x.on->setup(x.r, &u);
	memset(&result, 0, sizeof(result));
	result.total[0].end_ns = 1003 * CLOCK_NS_PER_MS;
	result.total[0].rate_bps = 593094000;
	result.total[0].rtt = (struct thrulay_times){
		.n = 1, .min = 6152000, .mean = 36146000, .max = 115325000
	};
	x.on->interval(x.r, &result.total[0]);
	result.total[0].end_ns = 60002 * CLOCK_NS_PER_MS;
	result.total[0].rate_bps = 662297000;
	result.total[0].rtt.min = 5602000;
	result.total[0].rtt.mean = 32548000;
	x.on->stream(x.r, &result.total[0]);
	result.total[0].id = -1;
	result.has[0] = true;
	x.on->result(x.r, &result);
	assert_int_equal(report_run_finish(&x, "During test", 0), 0);
	assert_string_equal(x.out,
	    "# local window = 4194304B; remote window = 8388608B\n"
	    "# block size = 8192B\n"
	    "# Path MTU = 1500B, MSS = 1428B, matchs Ethernet\n"
	    "# test duration = 60s; reporting interval = 1s\n"
	    "SID begin,s end,s Mb/s RTT,ms: min avg max\n"
	    "(0)    0.000    1.003  593.094    6.152   36.146  115.325\n"
	    "(0)#    0.000   60.002  662.297    5.602   32.548  115.325\n");
	report_run_free(&x);
}

/* Every stream has its line, however many there are. */
static void
test_udp_header(void **state)
{
	uint16_t ports[THRULAY_MAX_STREAMS];
	char line[64], *rest;
	struct thrulay_setup u;
	struct report_run x;
	int i;

	(void)state;
	for (i = 0; i < THRULAY_MAX_STREAMS; i++)
		ports[i] = (uint16_t)(5003 + i);
	report_run_init(&x);
	x.o.style = THRULAY_STYLE_HD;
	x.o.test.rate = 1000000;
	report_run_start(&x);
	report_run_setup(&u, THRULAY_MAX_STREAMS);
	u.udp = true;
	u.udp_ports = ports;
	u.client_buffer = 1882384;
	u.packet_size = 1500;
	x.on->setup(x.r, &u);
	assert_int_equal(report_run_finish(&x, "During test", 0), 0);
	rest = x.out;
	assert_string_equal(strsep(&rest, "\n"),
	    "# client buffer size = 1882384B");
	assert_string_equal(strsep(&rest, "\n"), "# packet size = 1500B");
	for (i = 0; i < THRULAY_MAX_STREAMS; i++) {
		snprintf(line, sizeof(line), "# (%d) remote UDP port = %d", i,
		    5003 + i);
		assert_non_null(rest);
		assert_string_equal(strsep(&rest, "\n"), line);
	}
	assert_string_equal(rest, "");
	report_run_free(&x);
}

/* One interval into out; what report_finish says and prints on err. */
static int
run_into(const char *path, enum options_output output, bool interval,
    char *err, size_t len)
{
	struct thrulay_interval iv;
	struct thrulay_setup u;
	struct client_options o;
	FILE *out = fopen(path, "w"), *f = tmpfile();
	struct report *r;
	size_t n;
	int status;

	assert_non_null(out);
	assert_non_null(f);
	memset(&o, 0, sizeof(o));
	thrulay_client_options_init(&o.test);
	o.output = output;
	r = report_new(&o, out, f);
	assert_non_null(r);
	report_run_setup(&u, 1);
	report_handlers()->setup(r, &u);
	report_run_interval(&iv, 0, 0);
	if (interval)
		report_handlers()->interval(r, &iv);
	status = report_finish(r, "During test", 0);
	report_free(r);
	fclose(out);
	rewind(f);
	n = fread(err, 1, len - 1, f);
	err[n] = '\0';
	fclose(f);
	return status;
}

static void
test_full_disk(void **state)
{
	char want[128], err[256];
	int output, interval;
	FILE *f;

	(void)state;
	f = fopen("/dev/full", "w");
	if (f == NULL) {
		print_message("# no /dev/full here\n");
		skip();
	}
	fclose(f);
	snprintf(want, sizeof(want), "thrulay: standard output: %s\n",
	    strerror(ENOSPC));
	for (output = OPTIONS_TEXT; output <= OPTIONS_JSON_LINES; output++) {
		for (interval = 0; interval < 2; interval++) {
			assert_int_equal(run_into("/dev/full",
			    (enum options_output)output, interval == 1, err,
			    sizeof(err)), 1);
			assert_string_equal(err, want);
		}
		assert_int_equal(run_into("/dev/null",
		    (enum options_output)output, true, err, sizeof(err)), 0);
		assert_string_equal(err, "");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp_sample),
		cmocka_unit_test(test_udp_header),
		cmocka_unit_test(test_full_disk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
