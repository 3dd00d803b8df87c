/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>
#include <string.h>

#include "tests/unit/pathrate_path.h"
#include "tests/unit/unit.h"

#define RTT_NS		2e6
#define EPOCH_NS	1.7e18	/* stamps are by the wall clock */
#define TRAINS_MAX	2000

static double
unit(void)
{
	return ((double)random() + 1) / 2147483649.0;
}

static double
exponential(double mean)
{
	return -mean * log(unit());
}

static double
service_ns(const struct path *p, double bytes)
{
	return p->mbps > 0 ? (bytes + (double)p->overhead) * 8000 / p->mbps :
	    0;
}

static double
cross_bytes(const struct path *p)
{
	static const double sizes[] = { 64, 576, 1500 };

	return p->cross_bytes > 0 ? (double)p->cross_bytes :
	    sizes[random() % 3];
}

/* Cross traffic that comes before t is in the queue. */
static void
cross_until(struct path *p, double t)
{
	double mean = p->cross_bytes > 0 ? (double)p->cross_bytes :
	    (64 + 576 + 1500) / 3.0;
	size_t i, burst = p->cross_burst > 0 ? p->cross_burst : 1;

	while (p->load > 0 && p->cross_ns <= t) {
		for (i = 0; i < burst; i++)
			p->free_ns = fmax(p->free_ns, p->cross_ns) +
			    service_ns(p, cross_bytes(p));
		p->cross_ns += exponential(service_ns(p, mean) *
		    (double)burst / p->load);
	}
}

/* When the bucket has the tokens for it. */
static double
through_bucket(struct path *p, double t, double bytes)
{
	double rate = p->shaped_mbps / 8000;	/* bytes a ns */

	if (p->shaped_mbps == 0)
		return t;
	t = fmax(t, p->tokens_ns);
	p->tokens = fmin(p->bucket_bytes,
	    p->tokens + (t - p->tokens_ns) * rate);
	p->tokens_ns = t;
	if (p->tokens < bytes) {
		t += (bytes - p->tokens) / rate;
		p->tokens = bytes;
		p->tokens_ns = t;
	}
	p->tokens -= bytes;
	return t;
}

/* What the receiver writes down for packets that came at t. */
static void
stamp(const struct path *p, double *t, size_t n)
{
	double awake = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (isnan(t[i]))
			continue;
		t[i] += exponential(p->noise_ns);
		if (p->batch_ns > 0)
			t[i] = ceil(t[i] / p->batch_ns) * p->batch_ns;
		if (unit() < p->stall)
			awake = t[i] + exponential(p->stall_ns);
		t[i] = fmax(t[i], awake);
		awake = t[i] + 200;
	}
}

/* One train; its arrivals, and when it was over. */
static double
train(struct path *p, const struct train_ask *a, double t, double *arrival)
{
	double bytes = (double)(a->payload + 28), end = t;
	size_t i;

	for (i = 0; i <= a->len; i++) {
		t += p->send_ns * (0.9 + 0.2 * unit());
		cross_until(p, t);
		p->free_ns = fmax(p->free_ns, through_bucket(p, t, bytes)) +
		    service_ns(p, bytes);
		arrival[i] = p->free_ns;
		end = fmax(end, p->free_ns);
		if (unit() < p->loss || (p->queue > 0 && i > p->queue))
			arrival[i] = NAN;
	}
	return end;
}

static void
one(struct path *p, const struct train_ask *a)
{
	int64_t ns[TRAIN_LEN_MAX + 1];
	double arrival[TRAIN_LEN_MAX + 1], asked, end;
	size_t i;

	p->now_ns += (double)a->pause_ns;
	asked = p->now_ns;
	end = train(p, a, asked + RTT_NS / 2, arrival);
	stamp(p, arrival, a->len + 1);
	for (i = 0; i <= a->len; i++)
		ns[i] = isnan(arrival[i]) ? TRAIN_MISSING :
		    (int64_t)EPOCH_NS + (int64_t)(arrival[i] + RTT_NS / 2);
	p->now_ns = end + RTT_NS;
	fast_take(&p->f, (int64_t)p->now_ns, (int64_t)EPOCH_NS +
	    (int64_t)asked, p->mute ? 0 :
	    (uint32_t)(p->send_ns * (double)(a->len + 1) / 1000) + 1, ns);
}

void
path_run(struct path *p, const struct fast_config *config)
{
	const struct train_ask *a;
	int trains = 0;

	p->now_ns = p->free_ns = p->cross_ns = p->tokens_ns = 0;
	p->tokens = p->bucket_bytes;
	fast_start(&p->f, config, 0);
	while ((a = fast_ask(&p->f)) != NULL) {
		assert_true(++trains < TRAINS_MAX);
		assert_in_range(a->len, 2, TRAIN_LEN_MAX);
		assert_in_range(a->payload, TRAIN_PAYLOAD_MIN,
		    config->max_payload);
		assert_false(a->again);
		one(p, a);
	}
}
