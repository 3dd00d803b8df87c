/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/udpst_run.h"

void
run_init(struct run *x)
{
	memset(x, 0, sizeof(*x));
	x->o.mode = MODE_DOWNSTREAM;
	x->o.jumbo = x->o.gso = true;
	x->o.nservers = 1;
	snprintf(x->o.servers[0].host, OPTIONS_HOST_LEN, "host.example");
	x->conf.conns = 1;
	x->conf.limit = 5;
	x->host.peer_cpu_share = -1;
	x->host.socket_drops = x->host.peer_socket_drops = -1;
	x->host.peer_pacing_missed = -1;
}

void
run_start(struct run *x)
{
	struct report_test t = { .conn = 1, .test_s = 5, .period_ms = 1000,
		.conns_max = 1, .conns_min = 1, .index = -1 };

	x->out = open_memstream(&x->out_text, &x->out_len);
	x->err = open_memstream(&x->err_text, &x->err_len);
	assert_non_null(x->out);
	assert_non_null(x->err);
	x->a = aggregate_new(&x->conf);
	assert_non_null(x->a);
	x->r = report_new(&x->o, x->out, x->err);
	assert_non_null(x->r);
	report_banner(x->r);
	report_verbose(x->r, 1, "Setup %s", "sent");
	report_started(x->r, &t, WALL_NS);
}

void
run_subint(struct run *x, bool figures)
{
	unsigned int n = (unsigned int)aggregate_count(x->a) + 1;
	struct result_subint s = {
		.number = n, .datagrams = 1000, .bytes = 1222000,
		.delta_us = 1000000, .loss = 10, .ooo = 1, .dup = 2,
		.owd_min = 1, .owd_max = 40, .owd_sum = 2000, .owd_cnt = 100,
		.rtt_min = WIRE_NO_SAMPLE, .rtt_max = WIRE_NO_SAMPLE,
		.accum_ms = 1000 * n, .have_clock_delta = true,
		.clock_delta_min = -3, .rtt_minimum = 5,
		.have_figures = figures, .owd_minimum_ns = -2900123,
		.rtt_minimum_ns = 5123456,
		.owd_ns = { 1000001, 39999999, 100, 3 }
	};
	struct result_line l;

	result_line_make(&s, false, WALL_NS, &l);
	report_subint(x->r, 1, &l);
	aggregate_add(x->a, 0, &s, WALL_NS, &l);
	assert_true(aggregate_close(x->a, false, WALL_NS, &l));
	report_subint(x->r, 0, &l);
}

void
run_end(struct run *x, int status)
{
	assert_int_equal(report_finish(x->r, x->a, &x->host, true, status,
	    WALL_NS), 0);
	report_free(x->r);
	aggregate_free(x->a);
	fclose(x->out);
	fclose(x->err);
}

void
run_free(struct run *x)
{
	free(x->out_text);
	free(x->err_text);
}

void
run_all(struct run *x)
{
	run_start(x);
	run_subint(x, true);
	report_say(x->r, 1, true, "LOCAL WARNING: \"%d\" lost", 7);
	run_subint(x, true);
	report_say(x->r, -1, true, "ERROR: no more");
	run_end(x, 0);
}
