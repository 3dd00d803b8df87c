/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "tests/unit/report_run.h"

void
report_run_init(struct report_run *x)
{
	memset(x, 0, sizeof(*x));
	thrulay_client_options_init(&x->o.test);
	x->o.test.server_name = "host.example";
	x->o.test.test_duration = 2;
}

void
report_run_start(struct report_run *x)
{
	x->fout = open_memstream(&x->out, &x->nout);
	x->ferr = open_memstream(&x->err, &x->nerr);
	assert_non_null(x->fout);
	assert_non_null(x->ferr);
	x->r = report_new(&x->o, x->fout, x->ferr);
	assert_non_null(x->r);
	x->on = report_handlers();
}

int
report_run_finish(struct report_run *x, const char *phase, int code)
{
	int status = report_finish(x->r, phase, code);

	report_free(x->r);
	fclose(x->fout);
	fclose(x->ferr);
	return status;
}

void
report_run_free(struct report_run *x)
{
	free(x->out);
	free(x->err);
}

void
report_run_setup(struct thrulay_setup *u, int streams)
{
	memset(u, 0, sizeof(*u));
	u->streams = streams;
	strlcpy(u->peer, "192.0.2.1", sizeof(u->peer));
	strlcpy(u->local, "192.0.2.2", sizeof(u->local));
	u->duration = 2;
	u->interval = 1;
	u->local_window = 4194304;
	u->remote_window = 8388608;
	u->requested_block = u->block = 8192;
	u->mss = 1428;
	u->mtu = 1500;
	u->topology = "Ethernet";
	u->idle_rtt_ns = -1;
}

void
report_run_interval(struct thrulay_interval *iv, int id, int begin_s)
{
	static const struct thrulay_times times = {
		.n = 12, .min = 1000000, .mean = 4000000, .p01 = 1010000,
		.p05 = 1050000, .p25 = 2000000, .p50 = 3000000,
		.p75 = 5000000, .p95 = 8000000, .p99 = 8500000,
		.p999 = 8900000, .max = 9000000
	};

	memset(iv, 0, sizeof(*iv));
	iv->id = id;
	iv->begin_ns = begin_s * CLOCK_NS_PER_S;
	iv->end_ns = iv->begin_ns + CLOCK_NS_PER_S;
	iv->blocks = 12;
	iv->bytes = UINT64_C(12) * 8192;
	iv->rate_bps = 786432;
	iv->rtt = times;
	iv->rtt_mean_of_means = 4500000;
	iv->delay = times;
	iv->kernel = (struct thrulay_kernel){
		1500000, 100000, 900000, 3, 14280, 800000, -1, -1, -1
	};
}
