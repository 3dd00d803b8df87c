/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "pathrate/coalesce.h"

#define CLOSE_LATENCIES	2.5	/* a gap up to this is none */
#define CLOSE_PART	0.6	/* of the train, more than */
#define PACKET_BITS	12000.0	/* whatever the size is */
#define MIN_PART	0.9	/* of the train's rate */
#define BURST_MIN	5	/* packets that belong together anyway */
#define BURST_LATENCIES	1.5	/* a packet of the burst */

bool
coalesce_detect(const int64_t *arrival_us, size_t len, double latency_us)
{
	size_t i, near = 0;

	for (i = 2; i < len; i++)
		near += (double)(arrival_us[i] - arrival_us[i - 1]) <=
		    CLOSE_LATENCIES * latency_us;
	return (double)near > CLOSE_PART * (double)len;
}

static double
rate_of(size_t packets, int64_t us)
{
	return us > 0 ? PACKET_BITS * (double)packets / (double)us : INFINITY;
}

/* The first packet of the burst behind that which packet `from` begins, len
 * when there is none. */
static size_t
next_burst(const int64_t *t, size_t from, size_t len, double latency_us)
{
	size_t i, packets = 1;
	double gap;

	for (i = from + 1; i < len; i++, packets++) {
		gap = (double)(t[i] - t[i - 1]);
		if (packets > BURST_MIN && gap >= (double)packets *
		    BURST_LATENCIES * floor(latency_us))
			break;
	}
	return i;
}

size_t
coalesce_rates(const int64_t *t, size_t len, double latency_us, double *rate,
    size_t room, size_t *jumps)
{
	double train, r;
	size_t n = 0, begin, end;

	*jumps = 1;
	if (len < 3)
		return 0;
	train = rate_of(len - 2, t[len] - t[1]);
	for (begin = 1; (end = next_burst(t, begin, len, latency_us)) < len;
	    begin = end) {
		/* the first burst tells nothing: when it began is unknown */
		if (++*jumps == 2)
			continue;
		r = rate_of(end - begin - 1, t[end] - t[begin]);
		if (isfinite(r) && r >= MIN_PART * train && n < room)
			rate[n++] = r;
	}
	return n;
}
