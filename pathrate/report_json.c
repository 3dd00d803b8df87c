/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "common/text.h"
#include "common/writer.h"
#include "pathrate/histogram.h"
#include "pathrate/report_fast.h"
#include "pathrate/report_json.h"

#define MBIT		1e6

static void
put_rate(struct writer *w, const char *key, bool known, double mbps)
{
	if (known)
		writer_num(w, key, mbps * MBIT, 0);
	else
		writer_null(w, key);
}

static void
put_time(struct writer *w, const char *key, int64_t wall_ns)
{
	char buf[TEXT_MAX];

	writer_str(w, key, text_rfc3339(wall_ns, buf, sizeof(buf)));
}

static void
put_count(struct writer *w, const char *key, bool known, int64_t v)
{
	if (known)
		writer_int(w, key, v);
	else
		writer_null(w, key);
}

static void
put_config(struct writer *w, const struct rcv_options *o,
    const struct report_facts *facts)
{
	writer_start(w, "config");
	writer_str(w, "sender", facts->sender);
	writer_str(w, "receiver", facts->receiver);
	writer_str(w, "replay", facts->replay);
	writer_int(w, "port", o->port);
	writer_int(w, "udp_port", o->udp_port);
	writer_str(w, "method", o->classic ? "classic" : "fast");
	writer_bool(w, "quick", o->quick);
	put_count(w, "max_payload_bytes", facts->max_payload > 0,
	    (int64_t)facts->max_payload);
	writer_num(w, "timeout_s", (double)o->timeout_ns / 1e9, 3);
	put_count(w, "max_bytes", o->max_bytes > 0, o->max_bytes);
	writer_str(w, "bind", o->bind);
	writer_str(w, "bind_dev", o->bind_dev);
	writer_int(w, "dscp", o->dscp);
	writer_end(w);
}

static void
put_path(struct writer *w, const struct report_facts *facts)
{
	writer_start(w, "path");
	if (facts->rtt_ms >= 0)
		writer_num(w, "rtt_ms", facts->rtt_ms, 3);
	else
		writer_null(w, "rtt_ms");
	writer_bool(w, "extended", facts->extended);
	writer_end(w);
}

static void
put_shape(struct writer *w, const struct fast_result *r)
{
	bool known = r->verdict == FAST_SHAPED;

	put_rate(w, "peak_bps", known, r->peak_mbps);
	writer_bool(w, "peak_is_lower_bound", known && r->peak_bound);
	put_rate(w, "sustained_bps", known, r->sustained_mbps);
	put_count(w, "bucket_bytes", known, (int64_t)llround(r->bucket_bytes));
}

static void
put_overhead(struct writer *w, const struct fast_result *r)
{
	if (r->has_overhead)
		writer_num(w, "overhead_bytes", r->overhead_bytes, 1);
	else
		writer_null(w, "overhead_bytes");
	put_rate(w, "link_rate_bps", r->has_overhead, r->link_mbps);
}

static void
put_fast_modes(struct writer *w, struct fast *f)
{
	struct histogram h;
	size_t i;

	histogram_of(f->sample, fast_rates(f), &h);
	writer_list(w, "modes");
	for (i = 0; i < h.modes; i++) {
		writer_start(w, NULL);
		put_rate(w, "rate_bps", true, h.mode[i].rate);
		put_rate(w, "low_bps", true, h.mode[i].lo);
		put_rate(w, "high_bps", true, h.mode[i].hi);
		writer_int(w, "samples", (int64_t)h.mode[i].count);
		writer_end(w);
	}
	writer_end(w);
}

/* Each train by its mean; --csv has every packet. */
static void
put_train(struct writer *w, const struct fast *f, const struct fast_train *t)
{
	size_t bytes = t->payload + f->config.headers, packets;
	double gap_ns;

	packets = fast_gap_ns(f->stamp + t->at, t->n, &gap_ns);
	writer_start(w, NULL);
	writer_str(w, "kind", report_sort(t->sort));
	writer_int(w, "payload_bytes", (int64_t)t->payload);
	writer_int(w, "packets", (int64_t)t->n);
	writer_int(w, "received", (int64_t)packets);
	put_rate(w, "rate_bps", gap_ns > 0, 8000.0 * (double)bytes / gap_ns);
	put_count(w, "departure_us", t->departure_us > 0, t->departure_us);
	writer_end(w);
}

static void
put_fast(struct writer *w, struct fast *f)
{
	const struct fast_result *r = &f->result;
	size_t i;

	writer_start(w, "result");
	put_rate(w, "capacity_bps", true, r->mbps);
	put_rate(w, "low_bps", true, r->lo);
	put_rate(w, "high_bps", true, r->hi);
	writer_num(w, "confidence", 0.95, 2);
	writer_str(w, "verdict", report_verdict(r->verdict));
	writer_bool(w, "lower_bound", r->lower_bound);
	writer_str(w, "evidence", report_evidence(r->evidence));
	writer_int(w, "scale", (int64_t)r->scale);
	writer_num(w, "undisturbed_ratio", r->undisturbed, 3);
	writer_num(w, "met_ratio", r->met, 3);
	writer_bool(w, "cross_traffic_removed", r->crossed);
	if (r->assumed_bytes > 0)
		writer_num(w, "assumed_overhead_bytes", r->assumed_bytes, 1);
	else
		writer_null(w, "assumed_overhead_bytes");
	put_shape(w, r);
	put_overhead(w, r);
	put_fast_modes(w, f);
	writer_list(w, "trains");
	for (i = 0; i < f->trains; i++)
		put_train(w, f, &f->train[i]);
	writer_end(w);
	writer_end(w);
}

static void
put_classic_modes(struct writer *w, const struct classic *c)
{
	size_t i;

	writer_list(w, "modes");
	for (i = 0; i < c->nmode; i++) {
		writer_start(w, NULL);
		put_rate(w, "low_bps", true, c->mode[i].lo);
		put_rate(w, "high_bps", true, c->mode[i].hi);
		writer_int(w, "samples", (int64_t)c->mode[i].count);
		put_rate(w, "bell_low_bps", true, c->mode[i].bell_lo);
		put_rate(w, "bell_high_bps", true, c->mode[i].bell_hi);
		writer_int(w, "bell_samples", (int64_t)c->mode[i].bell_count);
		writer_num(w, "merit", mode_merit(&c->mode[i], c->npair), 3);
		writer_end(w);
	}
	writer_end(w);
}

static void
put_samples(struct writer *w, const char *key, const double *mbps, size_t n)
{
	size_t i;

	writer_list(w, key);
	for (i = 0; i < n; i++) {
		writer_start(w, NULL);
		put_rate(w, "rate_bps", true, mbps[i]);
		writer_end(w);
	}
	writer_end(w);
}

static void
put_classic(struct writer *w, const struct classic *c)
{
	writer_start(w, "result");
	put_rate(w, "capacity_bps", true, (c->lo + c->hi) / 2);
	put_rate(w, "low_bps", true, c->lo);
	put_rate(w, "high_bps", true, c->hi);
	writer_bool(w, "lower_bound", c->aborted);
	put_rate(w, "resolution_bps", c->bin > 0, c->bin);
	put_rate(w, "adr_bps", c->ntrain > 0, c->adr);
	put_classic_modes(w, c);
	put_samples(w, "preliminary", c->prelim, c->nprelim);
	put_samples(w, "pairs", c->pair, c->npair);
	put_samples(w, "trains", c->train, c->ntrain);
	put_samples(w, "bursts", c->burst, c->nburst);
	writer_end(w);
}

static void
put_result(struct writer *w, const struct report_facts *facts)
{
	if (facts->fast != NULL && facts->fast->result.valid)
		put_fast(w, facts->fast);
	else if (facts->classic != NULL && facts->classic->phase ==
	    CLASSIC_DONE)
		put_classic(w, facts->classic);
	else
		writer_null(w, "result");
}

static void
put_host(struct writer *w, const struct report_facts *facts)
{
	if (facts->host == NULL) {
		writer_null(w, "host");
		return;
	}
	writer_start(w, "host");
	host_write(w, facts->host);
	writer_str(w, "stamps", facts->stamps);
	writer_end(w);
}

static void
put_error(struct writer *w, const struct report_facts *facts)
{
	if (facts->message == NULL) {
		writer_null(w, "error");
		return;
	}
	writer_start(w, "error");
	writer_int(w, "code", facts->code);
	writer_str(w, "message", facts->message);
	writer_end(w);
}

int
report_json(FILE *out, const struct rcv_options *o,
    const struct report_facts *facts)
{
	struct writer *w = writer_json(out, 2);

	if (w == NULL)
		return -1;
	writer_start(w, NULL);
	writer_str(w, "tool", "pathrate_rcv");
	writer_str(w, "version", PACKAGE_VERSION);
	put_time(w, "start", facts->start_ns);
	put_time(w, "end", facts->end_ns);
	writer_num(w, "duration_s", (double)(facts->end_ns - facts->start_ns) /
	    1e9, 3);
	put_config(w, o, facts);
	put_path(w, facts);
	put_count(w, "asked_bytes", facts->fast != NULL, facts->fast != NULL ?
	    (int64_t)facts->fast->bytes : 0);
	put_result(w, facts);
	put_host(w, facts);
	put_error(w, facts);
	writer_end(w);
	return writer_finish(w);
}
