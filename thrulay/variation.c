/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "thrulay/variation.h"

int
variation_init(struct variation *v, size_t exact)
{
	memset(v, 0, sizeof(*v));
	v->ipdv = quant_new(exact);
	return v->ipdv == NULL ? -1 : 0;
}

void
variation_free(struct variation *v)
{
	quant_free(v->ipdv);
	v->ipdv = NULL;
}

/* |a - b|, INT64_MAX where that has no room. */
static int64_t
distance(int64_t a, int64_t b)
{
	uint64_t d = a > b ? (uint64_t)a - (uint64_t)b :
	    (uint64_t)b - (uint64_t)a;

	return d > INT64_MAX ? INT64_MAX : (int64_t)d;
}

static void
variation_pair(struct variation *v, uint64_t neighbour, int64_t delay_ns)
{
	const struct variation_packet *p;

	p = &v->recent[neighbour % VARIATION_RECENT];
	if (p->tag != 0 && p->tag == neighbour + 1)
		quant_add(v->ipdv, distance(p->delay_ns, delay_ns));
}

void
variation_add(struct variation *v, uint64_t sequence, int64_t delay_ns)
{
	struct variation_packet *p;

	if (v->any)
		v->jitter_ns += ((double)distance(delay_ns, v->last_ns) -
		    v->jitter_ns) / 16;
	v->any = true;
	v->last_ns = delay_ns;
	if (sequence > 0)
		variation_pair(v, sequence - 1, delay_ns);
	variation_pair(v, sequence + 1, delay_ns);
	p = &v->recent[sequence % VARIATION_RECENT];
	p->tag = sequence + 1;
	p->delay_ns = delay_ns;
}
