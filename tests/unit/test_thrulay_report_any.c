/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports of figures that make no sense. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "tests/unit/unit.h"

#include "tests/unit/report_run.h"
#include "tests/unit/vectors.h"

static double
any_double(void)
{
	static const double pool[] = {
		0, -0.0, 1.5, -3e-9, 1e300, DBL_MAX, -DBL_MAX, DBL_MIN
	};
	size_t i = (size_t)random() % (NELEM(pool) + 3);

	return i < NELEM(pool) ? pool[i] : i == NELEM(pool) ? (double)NAN :
	    i == NELEM(pool) + 1 ? (double)INFINITY : -(double)INFINITY;
}

static int64_t
any_int(void)
{
	static const int64_t pool[] = {
		INT64_MIN, INT64_MIN + 1, -1, 0, 1, 1000000, INT64_MAX
	};

	return pool[(size_t)random() % NELEM(pool)];
}

static void
any_times(struct thrulay_times *t)
{
	*t = (struct thrulay_times){
		(uint64_t)any_int(), any_int(), any_int(), any_double(),
		any_int(), any_int(), any_int(), any_int(), any_int(),
		any_int(), any_int(), any_int()
	};
}

static void
any_interval(struct thrulay_interval *iv, int id)
{
	memset(iv, 0, sizeof(*iv));
	iv->id = id;
	iv->begin_ns = any_int();
	iv->end_ns = any_int();
	iv->blocks = (uint64_t)any_int();
	iv->bytes = (uint64_t)any_int();
	iv->rate_bps = any_double();
	any_times(&iv->rtt);
	iv->rtt_mean_of_means = any_double();
	iv->kernel = (struct thrulay_kernel){
		any_int(), any_int(), any_int(), any_int(), any_int(),
		any_int(), any_int(), any_int(), any_int()
	};
	iv->packets_sent = (uint64_t)any_int();
	iv->packets_lost = (uint64_t)any_int();
	any_times(&iv->delay);
}

static void
any_udp(struct thrulay_udp_result *r)
{
	size_t j;

	memset(r, 0, sizeof(*r));
	r->complete = true;
	r->unique = (uint64_t)any_int();
	r->total = (uint64_t)any_int();
	r->socket_drops = any_int();
	r->loss_pct = any_double();
	any_times(&r->delay);
	any_times(&r->ipdv);
	r->jitter_ns = any_int();
	r->jitter_rfc3550_ns = any_int();
	for (j = 0; j < THRULAY_REORDER_MAX; j++)
		r->reorder_j[j] = (uint64_t)any_int();
}

/* Whatever the figures are, what comes out is JSON. */
static void
any_test(enum options_output output, bool udp)
{
	static const uint16_t port = 5003;
	struct thrulay_result result;
	struct thrulay_udp_result r;
	struct thrulay_setup u;
	struct report_run x;
	char *line, *rest;

	report_run_init(&x);
	x.o.output = output;
	x.o.test.rate = udp ? 1000 : 0;
	report_run_start(&x);
	report_run_setup(&u, 1);
	u.udp = udp;
	u.udp_ports = udp ? &port : NULL;
	u.rate_bps = any_double();
	u.idle_rtt_ns = random() % 2 == 0 ? -1 : 1000;
	x.on->setup(x.r, &u);
	memset(&result, 0, sizeof(result));
	any_interval(&result.total[1], 0);
	x.on->interval(x.r, &result.total[1]);
	x.on->stream(x.r, &result.total[1]);
	any_udp(&r);
	x.on->udp(x.r, &r);
	any_interval(&result.total[1], -1);
	result.has[1] = true;
	result.host.cpu_share = any_double();
	x.on->result(x.r, &result);
	assert_int_equal(report_run_finish(&x, "During test", 0), 0);
	rest = x.out;
	if (output == OPTIONS_JSON)
		jv_free(jv_parse("report", x.out));
	else
		while (*(line = strsep(&rest, "\n")) != '\0')
			jv_free(jv_parse(line, line));
	report_run_free(&x);
}

static void
test_any_figures(void **state)
{
	int i;

	(void)state;
	unit_seed();
	for (i = 0; i < 500; i++) {
		any_test(OPTIONS_JSON, i % 2 == 0);
		any_test(OPTIONS_JSON_LINES, i % 2 == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
