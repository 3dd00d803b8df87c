/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "common/stats.h"
#include "thrulay/tally.h"

int
tally_init(struct tally *t, size_t exact)
{
	memset(t, 0, sizeof(*t));
	t->rtt = quant_new(exact);
	t->all_rtt = quant_new(exact);
	if (t->rtt != NULL && t->all_rtt != NULL)
		return 0;
	tally_free(t);
	return -1;
}

void
tally_free(struct tally *t)
{
	quant_free(t->rtt);
	quant_free(t->all_rtt);
	t->rtt = t->all_rtt = NULL;
}

/* A value that finds no memory is missing from the order statistics alone. */
void
tally_add(struct tally *t, uint64_t blocks, uint64_t bytes,
    const int64_t *rtt_ns, size_t n)
{
	size_t i;

	t->blocks += blocks;
	t->bytes += bytes;
	t->all_blocks += blocks;
	t->all_bytes += bytes;
	for (i = 0; i < n; i++) {
		quant_add(t->rtt, rtt_ns[i]);
		quant_add(t->all_rtt, rtt_ns[i]);
	}
}

void
tally_interval(struct tally *t, struct thrulay_interval *out)
{
	out->blocks = t->blocks;
	out->bytes = t->bytes;
	tally_times(t->rtt, &out->rtt);
	t->blocks = t->bytes = 0;
	quant_reset(t->rtt);
}

void
tally_total(struct tally *t, struct thrulay_interval *out)
{
	out->blocks = t->all_blocks;
	out->bytes = t->all_bytes;
	tally_times(t->all_rtt, &out->rtt);
}

void
tally_times(struct quant *q, struct thrulay_times *out)
{
	memset(out, 0, sizeof(*out));
	out->n = quant_count(q);
	if (out->n == 0)
		return;
	out->min = quant_min(q);
	out->max = quant_max(q);
	out->mean = quant_mean(q);
	out->p01 = quant_get(q, 0.01);
	out->p05 = quant_get(q, 0.05);
	out->p25 = quant_get(q, 0.25);
	out->p50 = quant_get(q, 0.50);
	out->p75 = quant_get(q, 0.75);
	out->p95 = quant_get(q, 0.95);
	out->p99 = quant_get(q, 0.99);
	out->p999 = quant_get(q, 0.999);
}
