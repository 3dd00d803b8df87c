/* SPDX-License-Identifier: BSD-2-Clause */
/* Records with all that is known. */
#include "config.h"

#include <math.h>

#include "common/text.h"
#include "udping/report.h"

#define NS_PER_MS	1e6
#define MS_DECIMALS	6

static void
put_time(struct writer *w, const char *key, int64_t wall_ns)
{
	char buf[TEXT_MAX];

	if (wall_ns == 0)
		writer_null(w, key);
	else
		writer_str(w, key, text_rfc3339(wall_ns, buf, sizeof(buf)));
}

static void
put_ms(struct writer *w, const char *key, bool known, double ms)
{
	if (known)
		writer_num(w, key, ms, MS_DECIMALS);
	else
		writer_null(w, key);
}

static void
put_latency(struct writer *w, const struct session_record *r)
{
	static const struct {
		const char	*key;
		double		 p;
	} all[] = {
		{ "p50", 0.5 }, { "p90", 0.9 }, { "p95", 0.95 },
		{ "p99", 0.99 }, { "p99_9", 0.999 }
	};
	bool any = r->count > 0;
	double n = any ? (double)r->count : 1, mean = r->sum / n;
	double var = r->sos / n - mean * mean;
	size_t i;

	writer_start(w, "latency_ms");
	put_ms(w, "min", any, r->min);
	put_ms(w, "mean", any, mean);
	put_ms(w, "max", any, r->max);
	put_ms(w, "stddev", any, var > 0 ? sqrt(var) : 0);
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		put_ms(w, all[i].key, any && r->delays != NULL,
		    r->delays == NULL ? 0 :
		    (double)quant_get(r->delays, all[i].p) / NS_PER_MS);
	writer_end(w);
}

static void
put_count(struct writer *w, const char *key, bool known, uint64_t v)
{
	if (known)
		writer_int(w, key, (int64_t)v);
	else
		writer_null(w, key);
}

static void
put_counts(struct writer *w, const struct session_record *r)
{
	bool known = r->expected_known;

	writer_int(w, "received", (int64_t)r->count);
	put_count(w, "expected", known, r->expected);
	put_count(w, "lost", known, (uint64_t)r->lost);
	put_ms(w, "loss_ratio", known && r->expected > 0,
	    r->expected > 0 ? (double)r->lost / r->expected : 0);
	writer_int(w, "duplicates", (int64_t)r->duplicates);
	writer_int(w, "reordered", (int64_t)r->reordered);
	writer_int(w, "late", (int64_t)r->late);
	writer_int(w, "implausible", (int64_t)r->odd);
	put_count(w, "loss_bursts", known, r->bursts);
	put_count(w, "longest_loss_burst", known, r->longest);
}

static void
put_hops(struct writer *w, const struct session_record *r)
{
	uint64_t lost;
	unsigned int i;

	writer_list(w, "next_hops");
	for (i = 0; i < r->hops; i++) {
		lost = r->hop_expected[i] > r->hop_received[i] ?
		    r->hop_expected[i] - r->hop_received[i] : 0;
		writer_start(w, NULL);
		writer_int(w, "received", (int64_t)r->hop_received[i]);
		writer_int(w, "expected", (int64_t)r->hop_expected[i]);
		writer_int(w, "lost", (int64_t)lost);
		writer_end(w);
	}
	writer_end(w);
}

static void
put_clock(struct writer *w, const struct report_clock *c)
{
	writer_start(w, "clock");
	if (c->known)
		writer_bool(w, "synchronised", c->synchronised);
	else
		writer_null(w, "synchronised");
	put_ms(w, "estimated_error_ms", c->known, c->error_ms);
	put_ms(w, "maximum_error_ms", c->known, c->error_max_ms);
	writer_end(w);
}

static const char *
layout_name(enum wire_layout layout)
{
	static const char *const names[] = {
		[WIRE_LP64] = "lp64", [WIRE_BIG] = "lp64-big-endian",
		[WIRE_FORK] = "fork", [WIRE_FIRST] = "first-generation",
		[WIRE_I386] = "i386", [WIRE_I386_TIME64] = "i386-time64",
		[WIRE_I386_PACKED] = "i386-packed"
	};

	return names[layout];
}

void
report_record(struct writer *w, const struct session_record *r,
    const struct report_names *n, const struct report_clock *c, int64_t drops)
{
	writer_start(w, "record");
	put_time(w, "start", r->first_ns);
	put_time(w, "end", r->last_ns);
	writer_str(w, "from_host", n->from);
	writer_int(w, "from_port", n->from_port);
	writer_str(w, "to_host", n->to);
	writer_int(w, "to_port", n->to_port);
	writer_str(w, "guid", r->guid);
	writer_str(w, "layout", layout_name(r->layout));
	put_time(w, "client_start", r->start_s > 0 &&
	    r->start_s < INT64_MAX / 1000000000 ?
	    r->start_s * 1000000000 : 0);
	put_counts(w, r);
	put_latency(w, r);
	if (r->hops > 0)
		put_hops(w, r);
	put_clock(w, c);
	put_count(w, "socket_drops", drops >= 0, (uint64_t)drops);
	writer_end(w);
}

void
report_add(struct report_totals *t, const struct session_record *r)
{
	t->records++;
	t->received += r->count;
	t->expected += r->expected;
	t->lost += (uint64_t)r->lost;
	t->duplicates += r->duplicates;
	t->reordered += r->reordered;
	t->odd += r->odd;
}

void
report_totals(struct writer *w, const struct report_totals *t)
{
	writer_int(w, "records", (int64_t)t->records);
	writer_int(w, "packets", (int64_t)t->packets);
	writer_int(w, "received", (int64_t)t->received);
	writer_int(w, "expected", (int64_t)t->expected);
	writer_int(w, "lost", (int64_t)t->lost);
	writer_int(w, "duplicates", (int64_t)t->duplicates);
	writer_int(w, "reordered", (int64_t)t->reordered);
	writer_int(w, "late", (int64_t)t->late);
	writer_int(w, "implausible", (int64_t)t->odd);
	writer_int(w, "malformed", (int64_t)t->malformed);
	writer_int(w, "not_allowed", (int64_t)t->not_allowed);
	writer_int(w, "refused", (int64_t)t->refused);
}

void
report_error(struct writer *w, int status, const char *why)
{
	if (why[0] == '\0') {
		writer_null(w, "error");
		return;
	}
	writer_start(w, "error");
	writer_int(w, "code", status);
	writer_str(w, "message", why);
	writer_end(w);
}
