/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "thrulay/pace.h"

int
pace_check_init(struct pace_check *c, size_t exact)
{
	memset(c, 0, sizeof(*c));
	c->late = quant_new(exact);
	return c->late == NULL ? -1 : 0;
}

void
pace_check_free(struct pace_check *c)
{
	quant_free(c->late);
	c->late = NULL;
}

void
pace_check_sent(struct pace_check *c, int64_t due_ns, int64_t sent_ns)
{
	if (c->n == 0) {
		c->first_due_ns = due_ns;
		c->first_sent_ns = sent_ns;
	} else
		stats_add(&c->gaps, (double)(sent_ns - c->last_sent_ns));
	c->last_due_ns = due_ns;
	c->last_sent_ns = sent_ns;
	c->n++;
	quant_add(c->late, sent_ns - due_ns);
}

/* n packets from first to last; 0 where that cannot be told. */
static double
pace_check_pps(uint64_t n, int64_t first_ns, int64_t last_ns)
{
	if (n < 2 || last_ns <= first_ns)
		return 0;
	return (double)(n - 1) * 1e9 / (double)(last_ns - first_ns);
}

void
pace_check_result(const struct pace_check *c, struct thrulay_pacing *out)
{
	out->packets = c->n;
	out->wanted_pps = pace_check_pps(c->n, c->first_due_ns,
	    c->last_due_ns);
	out->reached_pps = pace_check_pps(c->n, c->first_sent_ns,
	    c->last_sent_ns);
	out->rate_error_pct = 0;
	if (out->wanted_pps > 0 && out->reached_pps > 0)
		out->rate_error_pct =
		    100 * (out->reached_pps / out->wanted_pps - 1);
	out->gap_cv = stats_cv(&c->gaps);
	out->late_p50_ns = quant_get(c->late, 0.5);
	out->late_p99_ns = quant_get(c->late, 0.99);
	out->late_max_ns = quant_max(c->late);
}
