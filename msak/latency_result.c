/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/stats.h"
#include "msak/latency_result.h"
#include "msak/peerjson.h"

#define US_PER_MS	1000.0

static bool
member_trip(const char *key, json_t *v, void *to)
{
	struct latency_trip *t = to;

	if (strcasecmp(key, "RTT") == 0)
		return peerjson_int(v, INT64_MIN, INT64_MAX, &t->rtt_us);
	return strcasecmp(key, "Lost") != 0 || peerjson_bool(v, &t->lost);
}

static bool
read_trips(json_t *v, struct latency_result *r)
{
	size_t i, n = json_array_size(v);

	if (!json_is_null(v) && !json_is_array(v))
		return false;
	free(r->trips);
	r->ntrips = 0;
	r->trips = calloc(n + 1, sizeof(*r->trips));
	if (r->trips == NULL)
		return false;
	for (i = 0; i < n; i++)
		if (!peerjson_object(json_array_get(v, i), member_trip,
		    &r->trips[i]))
			return false;
	r->ntrips = n;
	return true;
}

static bool
member_top(const char *key, json_t *v, void *to)
{
	struct latency_result *r = to;

	if (strcasecmp(key, "ID") == 0)
		return peerjson_str(v, r->id, sizeof(r->id));
	if (strcasecmp(key, "StartTime") == 0)
		return peerjson_str(v, r->start, sizeof(r->start));
	if (strcasecmp(key, "RoundTrips") == 0)
		return read_trips(v, r);
	if (strcasecmp(key, "PacketsSent") == 0)
		return peerjson_int(v, 0, INT64_MAX, &r->sent);
	return strcasecmp(key, "PacketsReceived") != 0 ||
	    peerjson_int(v, 0, INT64_MAX, &r->received);
}

int
latency_result_get(const char *text, size_t len, struct latency_result *r)
{
	json_t *v = peerjson_load(text, len);
	bool ok;

	memset(r, 0, sizeof(*r));
	ok = v != NULL && peerjson_object(v, member_top, r);
	json_decref(v);
	return ok ? 0 : -1;
}

void
latency_result_free(struct latency_result *r)
{
	free(r->trips);
	memset(r, 0, sizeof(*r));
}

static double
as_ms(double us)
{
	return us / US_PER_MS;
}

/* A server writes 0 as the RTT of a lost one. */
static void
old_way(const struct latency_result *r, struct latency_stats *out)
{
	struct stats all = { 0 };
	size_t i;

	for (i = 0; i < r->ntrips; i++)
		stats_add(&all, (double)r->trips[i].rtt_us);
	out->old_min_ms = as_ms(all.min);
	out->old_mean_ms = as_ms(all.mean);
	out->old_max_ms = as_ms(all.max);
	out->old_loss = r->sent > 0 ?
	    1 - (double)r->received / (double)r->sent : 0;
}

static void
order_statistics(const struct quant *q, struct latency_stats *out)
{
	out->min_ms = as_ms((double)quant_min(q));
	out->mean_ms = as_ms(quant_mean(q));
	out->max_ms = as_ms((double)quant_max(q));
	out->p50_ms = as_ms((double)quant_get(q, 0.5));
	out->p90_ms = as_ms((double)quant_get(q, 0.9));
	out->p99_ms = as_ms((double)quant_get(q, 0.99));
}

int
latency_result_stats(const struct latency_result *r,
    struct latency_stats *out)
{
	struct quant *q = quant_new(QUANT_EXACT);
	const struct latency_trip *t, *before = NULL;
	struct stats changes = { 0 };
	double change;
	size_t i;
	int failed = 0;

	memset(out, 0, sizeof(*out));
	if (q == NULL)
		return -1;
	for (i = 0; i < r->ntrips; i++) {
		t = &r->trips[i];
		if (t->lost)
			continue;
		failed |= quant_add(q, t->rtt_us);
		if (before != NULL) {
			change = (double)t->rtt_us - (double)before->rtt_us;
			stats_add(&changes, change < 0 ? -change : change);
		}
		before = t;
	}
	order_statistics(q, out);
	out->jitter_ms = as_ms(changes.mean);
	if (r->ntrips > 0)
		out->loss = 1 - (double)quant_count(q) / (double)r->ntrips;
	quant_free(q);
	old_way(r, out);
	return failed;
}
