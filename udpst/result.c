/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "udpst/result.h"

/* Bytes on the wire beside a datagram's payload, in IPv4. */
enum {
	OVERHEAD_L3 = 28,
	OVERHEAD_L2 = 42,
	OVERHEAD_L1 = 46,
	OVERHEAD_VLAN = 50,
	OVERHEAD_IPV6_MORE = 20
};

void
result_empty(struct result_subint *s)
{
	memset(s, 0, sizeof(*s));
	s->owd_min = s->owd_max = WIRE_NO_SAMPLE;
	s->rtt_min = s->rtt_max = WIRE_NO_SAMPLE;
	s->rtt_minimum = WIRE_NO_SAMPLE;
	s->have_figures = true;		/* of all that is merged: none yet */
	s->owd_minimum_ns = INT64_MAX;
	s->rtt_minimum_ns = -1;
}

/* WIRE_NO_SAMPLE is larger than any sample. */
static void
merge_min(uint32_t *to, uint32_t v)
{
	if (v < *to)
		*to = v;
}

static void
merge_max(uint32_t *to, uint32_t v)
{
	if (*to == WIRE_NO_SAMPLE || (v != WIRE_NO_SAMPLE && v > *to))
		*to = v;
}

void
result_merge_minima(struct result_subint *to, const struct result_subint *s)
{
	if (s->have_clock_delta && (!to->have_clock_delta ||
	    s->clock_delta_min < to->clock_delta_min))
		to->clock_delta_min = s->clock_delta_min;
	to->have_clock_delta = to->have_clock_delta || s->have_clock_delta;
	merge_min(&to->rtt_minimum, s->rtt_minimum);
	if (!s->have_figures)
		return;
	if (s->owd_minimum_ns < to->owd_minimum_ns)
		to->owd_minimum_ns = s->owd_minimum_ns;
	if (to->rtt_minimum_ns == -1 || (s->rtt_minimum_ns != -1 &&
	    s->rtt_minimum_ns < to->rtt_minimum_ns))
		to->rtt_minimum_ns = s->rtt_minimum_ns;
}

void
result_merge(struct result_subint *to, const struct result_subint *s)
{
	to->datagrams += s->datagrams;
	to->bytes += s->bytes;
	to->delta_us += s->delta_us;
	to->loss += s->loss;
	to->ooo += s->ooo;
	to->dup += s->dup;
	to->ce += s->ce;
	merge_min(&to->owd_min, s->owd_min);
	merge_max(&to->owd_max, s->owd_max);
	to->owd_sum += s->owd_sum;
	to->owd_cnt += s->owd_cnt;
	merge_min(&to->rtt_min, s->rtt_min);
	merge_max(&to->rtt_max, s->rtt_max);
	to->rtt_sum += s->rtt_sum;
	to->rtt_cnt += s->rtt_cnt;
	to->accum_ms = s->accum_ms;
	result_merge_minima(to, s);
	to->have_figures = to->have_figures && s->have_figures;
	if (s->have_figures) {
		wire_delay_merge(&to->owd_ns, &s->owd_ns);
		wire_delay_merge(&to->rtt_ns, &s->rtt_ns);
	}
	to->ipv6 = s->ipv6;
}

static double
rate(const struct result_subint *s, unsigned int overhead)
{
	double more = overhead + (s->ipv6 ? OVERHEAD_IPV6_MORE : 0);

	if (s->delta_us == 0)
		return 0;
	return ((double)s->bytes + (double)s->datagrams * more) * 8 /
	    (double)s->delta_us;
}

void
result_rates(const struct result_subint *s, struct result_rates *out)
{
	out->l3 = rate(s, OVERHEAD_L3);
	out->l2 = rate(s, OVERHEAD_L2);
	out->l1 = rate(s, OVERHEAD_L1);
	out->vlan = rate(s, OVERHEAD_VLAN);
	out->interface = -1;
}

void
result_line_make(const struct result_subint *s, bool compat_8,
    int64_t wall_ns, struct result_line *out)
{
	memset(out, 0, sizeof(*out));
	out->s = *s;
	result_rates(s, &out->rates);
	out->active = 1;
	out->wall_ns = wall_ns;
	out->owd_avg = result_average(s->owd_sum, s->owd_cnt, compat_8);
	out->rtt_avg = result_average(s->rtt_sum, s->rtt_cnt, false);
}

double
result_delivered(const struct result_subint *s)
{
	return 100 * result_ratio(s, s->datagrams);
}

double
result_ratio(const struct result_subint *s, uint64_t n)
{
	uint64_t all = s->datagrams + s->loss;

	return all == 0 ? 0 : (double)n / (double)all;
}

uint32_t
result_average(uint64_t sum, uint64_t count, bool down)
{
	if (count == 0)
		return 0;
	if (down)
		return (uint32_t)(sum / count);
	return (uint32_t)((sum * 10 / count + 5) / 10);
}
