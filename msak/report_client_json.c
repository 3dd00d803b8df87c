/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "msak/report_client_json.h"
#include "msak/report_json.h"

double
report_client_rpm(const struct result_rtt *loaded)
{
	return loaded->p50_ns > 0 ? 60e9 / (double)loaded->p50_ns : 0;
}

double
report_client_retrans_pct(const struct result_way *w)
{
	const struct result_stream *s;
	double sent = 0, again = 0;
	size_t i;

	for (i = 0; i < w->nstreams; i++) {
		s = &w->streams[i];
		if (s->tcp_sent_bytes <= 0 || s->tcp_retrans_bytes < 0)
			continue;
		sent += (double)s->tcp_sent_bytes;
		again += (double)s->tcp_retrans_bytes;
	}
	return sent > 0 ? 100 * again / sent : -1;
}

static void
put_rate(struct json *j, const struct result_rate *rate)
{
	json_str(j, "direction", report_direction(rate->direction));
	report_json_ns_s(j, "elapsed_s", rate->elapsed_ns);
	report_json_rate(j, "rate_bps", rate->rate_bps);
	json_int(j, "size_bytes", rate->bytes);
	report_json_rtt(j, "rtt_ms", rate->rtt_us);
	report_json_rtt(j, "min_rtt_ms", rate->min_rtt_us);
}

void
report_client_json_rate(struct json *j, const struct result_rate *rate)
{
	report_json_event(j, "interval");
	put_rate(j, rate);
	json_end_object(j);
	(void)json_finish(j);	/* remembers what failed */
}

void
report_client_json_run(struct json *j, const struct options_run *run)
{
	json_int(j, "streams", run->streams);
	report_json_ns_s(j, "duration_s", run->duration_ns);
	json_str(j, "cc", run->cc);
}

void
report_client_json_config(struct json *j, const struct client_options *o,
    const struct options_run *run)
{
	json_begin_object(j, "config");
	json_str(j, "server", *o->server == '\0' ? NULL : o->server);
	json_str(j, "scheme", o->scheme);
	json_str(j, "mid", o->mid);
	if (run != NULL)
		report_client_json_run(j, run);
	report_json_ns_s(j, "delay_s", o->delay_ns);
	report_json_limit(j, o->bytes);
	json_bool(j, "download", o->download);
	json_bool(j, "upload", o->upload);
	json_bool(j, "verify", !o->no_verify);
	json_bool(j, "latency", o->latency);
	report_json_net(j, &o->net);
	json_end_object(j);
}

static void
put_retransmission(struct json *j, const struct result_stream *s)
{
	report_json_count(j, "tcp_sent_bytes", s->tcp_sent_bytes);
	report_json_count(j, "tcp_retrans_bytes", s->tcp_retrans_bytes);
	if (s->tcp_sent_bytes > 0 && s->tcp_retrans_bytes >= 0)
		json_fixed(j, "retrans_pct", 100 *
		    (double)s->tcp_retrans_bytes / (double)s->tcp_sent_bytes,
		    6);
	else
		json_nil(j, "retrans_pct");
}

static void
put_steady(struct json *j, double bps)
{
	if (bps > 0)
		report_json_rate(j, "steady_rate_bps", bps);
	else
		json_nil(j, "steady_rate_bps");
}

static void
put_stream(struct json *j, size_t i, const struct result_stream *s)
{
	json_begin_object(j, NULL);
	json_uint(j, "stream", i);
	report_json_ns_s(j, "duration_s", s->duration_ns);
	report_json_rate(j, "rate_bps", s->rate_bps);
	json_int(j, "size_bytes", s->bytes);
	report_json_rtt(j, "rtt_ms", s->rtt_us);
	report_json_rtt(j, "min_rtt_ms", s->min_rtt_us);
	put_retransmission(j, s);
	json_str(j, "cc", s->cc[0] == '\0' ? NULL : s->cc);
	json_bool(j, "clean_close", s->clean);
	put_steady(j, s->steady_bps);
	json_end_object(j);
}

static void
put_loaded(struct json *j, const struct result_client *c,
    const struct result_way *w)
{
	if (!w->has_loaded) {
		json_nil(j, "loaded_latency");
		return;
	}
	report_json_rtts(j, "loaded_latency", &w->loaded);
	if (w->loaded.count == 0) {
		json_nil(j, "rpm");
		json_nil(j, "added_rtt_ms");
		return;
	}
	json_fixed(j, "rpm", report_client_rpm(&w->loaded), 3);
	if (c->has_idle && c->idle.count > 0)
		report_json_ns_ms(j, "added_rtt_ms", w->loaded.p50_ns -
		    c->idle.p50_ns);
	else
		json_nil(j, "added_rtt_ms");
}

static void
put_way(struct json *j, const struct result_client *c,
    enum result_direction d)
{
	const struct result_way *w = &c->ways[d];
	size_t i;

	if (!w->has) {
		json_nil(j, report_direction(d));
		return;
	}
	json_begin_object(j, report_direction(d));
	report_json_rate(j, "rate_bps", w->last.rate_bps);
	report_json_ns_s(j, "duration_s", w->last.elapsed_ns);
	json_int(j, "size_bytes", w->last.bytes);
	report_json_rtt(j, "rtt_ms", w->last.rtt_us);
	report_json_rtt(j, "min_rtt_ms", w->last.min_rtt_us);
	json_begin_array(j, "streams");
	for (i = 0; i < w->nstreams; i++)
		put_stream(j, i, &w->streams[i]);
	json_end_array(j);
	put_loaded(j, c, w);
	put_steady(j, w->steady_bps);
	if (w->steady_bps > 0) {
		report_json_ns_s(j, "steady_begin_s", w->steady_begin_ns);
		report_json_ns_s(j, "steady_end_s", w->steady_end_ns);
	} else {
		json_nil(j, "steady_begin_s");
		json_nil(j, "steady_end_s");
	}
	json_end_object(j);
}

void
report_client_json_result(struct json *j, const struct result_client *c)
{
	int d;

	json_begin_object(j, "result");
	for (d = 0; d < RESULT_DIRECTIONS; d++)
		put_way(j, c, (enum result_direction)d);
	if (c->has_idle)
		report_json_rtts(j, "idle_latency", &c->idle);
	else
		json_nil(j, "idle_latency");
	json_end_object(j);
}

int
report_client_json(struct json *j, const struct client_options *o,
    const struct result_client *c, bool events,
    const struct result_rate *rates, size_t nrates)
{
	struct options_run run = options_client_which(o);
	size_t i;

	report_json_begin(j, events, "msak-client", c->start_wall_ns,
	    c->end_wall_ns);
	report_client_json_config(j, o, &run);
	if (!events) {
		json_begin_array(j, "intervals");
		for (i = 0; i < nrates; i++) {
			json_begin_object(j, NULL);
			put_rate(j, &rates[i]);
			json_end_object(j);
		}
		json_end_array(j);
	}
	report_client_json_result(j, c);
	return report_json_end(j, &c->host, &c->error);
}
