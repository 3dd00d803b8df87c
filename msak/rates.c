/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/rates.h"

#define BITS		8
#define US_PER_S	1e6
#define NS_PER_S	1e9
#define NS_PER_US	1000
#define STEADY_SKIP_NS	INT64_C(1000000000)
#define STEADY_LEAST_NS	INT64_C(500000000)

void
rates_begin(struct rates *r)
{
	uint32_t min_rtt_us = r->min_rtt_us;

	memset(r, 0, sizeof(*r));
	r->min_rtt_us = min_rtt_us;
}

void
rates_connected(struct rates *r, int64_t now_ns)
{
	if (r->started)
		return;
	r->started = true;
	r->start_ns = now_ns;
}

/* In double: a peer may say anything up to 2^63. */
static double
received_by_all(const struct rates *r)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < RATES_STREAMS; i++)
		sum += (double)r->received[i];
	return sum;
}

static void
least(uint32_t *min_us, const struct measurement *m)
{
	int64_t us = tcpinfo_at(&m->tcp, TCPINFO_MIN_RTT);

	if (m->has_tcp && us > 0 && (*min_us == 0 || us < *min_us))
		*min_us = (uint32_t)us;
}

void
rates_add(struct rates *r, size_t stream, const struct measurement *m,
    int64_t now_ns)
{
	int64_t rtt_us = tcpinfo_at(&m->tcp, TCPINFO_RTT);

	if (stream >= RATES_STREAMS || !r->started)
		return;
	r->any = true;
	r->received[stream] = m->app_received > 0 ? m->app_received : 0;
	if (m->has_tcp && rtt_us > 0)
		r->rtt_us = (uint32_t)rtt_us;
	least(&r->min_rtt_us, m);
	if (now_ns > r->start_ns)
		r->rate_bps = received_by_all(r) * BITS /
		    ((double)(now_ns - r->start_ns) / NS_PER_S);
}

void
rates_steady_begin(struct rates_steady *r, int64_t start_ns)
{
	r->points[0] = (struct rates_point){ start_ns, 0 };
	r->n = 1;
}

static void
leave_out(struct rates_steady *r)
{
	size_t i;

	for (i = 1; 2 * i < r->n; i++)
		r->points[i] = r->points[2 * i];
	r->n = i;
}

void
rates_steady_own(struct rates_steady *r, int64_t now_ns, int64_t bytes)
{
	if (r->n == 0 || now_ns <= r->points[r->n - 1].ns)
		return;
	if (r->n == RATES_STEADY_MAX)
		leave_out(r);
	r->points[r->n++] = (struct rates_point){ now_ns, bytes };
}

void
rates_steady_peer(struct rates_steady *r, const struct measurement *m)
{
	/* No test lasts a century. */
	if (m->elapsed_us > 0 && m->elapsed_us < INT64_MAX / (2 * NS_PER_US))
		rates_steady_own(r, r->points[0].ns + m->elapsed_us *
		    NS_PER_US, m->app_received);
}

/* The first note of any stream that is not before that time. */
static int64_t
first_from(const struct rates_steady *all, size_t n, int64_t ns)
{
	int64_t first = INT64_MAX;
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 1; k < all[i].n && all[i].points[k].ns < ns; k++)
			continue;
		if (k < all[i].n && all[i].points[k].ns < first)
			first = all[i].points[k].ns;
	}
	return first;
}

bool
rates_steady_span(const struct rates_steady *all, size_t n, int64_t *from_ns,
    int64_t *to_ns)
{
	const struct rates_steady *r;
	int64_t begin_ns = INT64_MIN;
	size_t i;

	*to_ns = INT64_MAX;
	for (i = 0; i < n; i++) {
		r = &all[i];
		if (r->n == 0)
			continue;
		if (r->points[0].ns > begin_ns)
			begin_ns = r->points[0].ns;
		if (r->points[r->n - 1].ns < *to_ns)
			*to_ns = r->points[r->n - 1].ns;
	}
	if (begin_ns == INT64_MIN)
		return false;
	*from_ns = first_from(all, n, begin_ns + STEADY_SKIP_NS);
	return *to_ns > *from_ns && *to_ns - *from_ns >= STEADY_LEAST_NS;
}

/* Between the points around that time, which is not before the first. */
static double
bytes_at(const struct rates_steady *r, int64_t ns)
{
	const struct rates_point *p;
	size_t i;

	for (i = 1; i < r->n && r->points[i].ns < ns; i++)
		continue;
	if (i == r->n)
		return (double)r->points[i - 1].bytes;
	p = &r->points[i - 1];
	return (double)p->bytes + ((double)p[1].bytes - (double)p->bytes) *
	    ((double)(ns - p->ns) / (double)(p[1].ns - p->ns));
}

double
rates_steady(const struct rates_steady *r, int64_t from_ns, int64_t to_ns)
{
	double bytes;

	if (r->n == 0)
		return 0;
	bytes = bytes_at(r, to_ns) - bytes_at(r, from_ns);
	return bytes > 0 ? bytes * BITS * NS_PER_S /
	    (double)(to_ns - from_ns) : 0;
}

float
rates_ms(uint32_t us)
{
	return (float)us / 1000.0f;
}

void
rates_line(const struct measurement *m, struct rates_line *out)
{
	double us = (double)m->elapsed_us;

	memset(out, 0, sizeof(*out));
	out->elapsed_s = us / US_PER_S;
	out->rtt_ms = (double)tcpinfo_at(&m->tcp, TCPINFO_RTT) / 1000;
	if (us > 0)
		out->mbps = BITS *
		    (double)tcpinfo_at(&m->tcp, TCPINFO_BYTES_ACKED) / us;
}

void
averages_open(struct averages *a, int64_t now_ns)
{
	if (a->opened++ == 0)
		a->first_open_ns = now_ns;
	a->last_open_ns = now_ns;
	a->bytes_last_open = a->bytes;
}

void
averages_bytes(struct averages *a, int64_t n)
{
	a->bytes += n;
}

void
averages_measurement(struct averages *a, const struct measurement *m)
{
	least(&a->min_rtt_us, m);
}

void
averages_close(struct averages *a, int64_t now_ns)
{
	if (a->closed++ == 0) {
		a->first_close_ns = now_ns;
		a->bytes_first_close = a->bytes;
	}
	a->last_close_ns = now_ns;
}

static void
average(struct average *out, int64_t bytes, int64_t from_ns, int64_t to_ns)
{
	out->bytes = bytes;
	out->elapsed_s = (double)(to_ns - from_ns) / NS_PER_S;
	out->mbps = out->elapsed_s > 0 ?
	    BITS * (double)bytes / out->elapsed_s / US_PER_S : 0;
}

void
averages_total(const struct averages *a, struct average *out)
{
	average(out, a->bytes, a->first_open_ns, a->last_close_ns);
}

void
averages_first(const struct averages *a, struct average *out)
{
	average(out, a->bytes_first_close, a->first_open_ns,
	    a->first_close_ns);
}

bool
averages_center(const struct averages *a, struct average *out)
{
	average(out, a->bytes_first_close - a->bytes_last_open,
	    a->last_open_ns, a->first_close_ns);
	return out->bytes > 0 && out->elapsed_s > 0;
}
