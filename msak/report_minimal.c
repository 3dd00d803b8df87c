/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "msak/report_json.h"
#include "msak/report_minimal.h"

#define MEGA		1e6

void
report_minimal_init(struct report_minimal *r, const struct minimal_options *o,
    FILE *out, FILE *err)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	r->out = out;
	r->err = err;
	json_init(&r->json, out, 0);
}

void
report_minimal_free(struct report_minimal *r)
{
	free(r->kept.items);
	r->kept = (struct report_kept){ .items = NULL };
}

static bool
is_legacy(const struct report_minimal *r)
{
	return r->o->output.format == OPTIONS_LEGACY;
}

/* Do lines that are no results go out? */
static bool
has_notes(const struct report_minimal *r)
{
	return !report_is_json(&r->o->output) && !r->o->output.quiet;
}

static void
event(struct report_minimal *r, const char *name, int stream, const char *key,
    const char *text)
{
	if (!report_has_events(&r->o->output))
		return;
	report_json_event(&r->json, name);
	json_int(&r->json, "stream", stream);
	json_str(&r->json, key, text);
	json_end_object(&r->json);
	(void)json_finish(&r->json);	/* remembers what failed */
}

void
report_minimal_connecting(struct report_minimal *r, int stream,
    const char *url)
{
	event(r, "connecting", stream, "url", url);
	if (has_notes(r) && !is_legacy(r))
		fprintf(r->err, "Connecting: %.*s?...\n",
		    (int)strcspn(url, "?"), url);
}

void
report_minimal_skipping(struct report_minimal *r, int stream,
    const char *text)
{
	event(r, "skipping", stream, "message", text);
	if (!report_is_json(&r->o->output))
		fprintf(r->err, "skipping one stream; fialed to connect: %s\n",
		    text);
}

void
report_minimal_error(struct report_minimal *r, int stream, const char *text)
{
	event(r, "error", stream, "message", text);
	if (!report_is_json(&r->o->output))
		fprintf(r->err, "error %s\n", text);
}

static void
put_sample(FILE *out, const struct result_sample *s, bool legacy)
{
	fprintf(out, "Download server #1 %s ", legacy ? "- rate" : "rate:");
	report_fixed(out, s->rate_bps / MEGA, 0, 2);
	fputs(" Mbps, rtt ", out);
	report_fixed(out, (double)s->rtt_us / 1000, 5, 2);
	fputs("ms, elapsed ", out);
	report_fixed(out, (double)s->elapsed_us / 1e6, 0, 4);
	fprintf(out, "s, application r/w: %" PRId64 "/%" PRId64
	    ", network r/w: %" PRId64 "/%" PRId64 " kernel* r/w: %" PRId64
	    "/%" PRId64 "\n", s->app_read, s->app_written, s->net_read,
	    s->net_written, s->tcp_received, s->tcp_acked);
}

static void
json_sample(struct json *j, const struct result_sample *s)
{
	json_int(j, "stream", s->stream);
	json_fixed(j, "elapsed_s", (double)s->elapsed_us / 1e6, 6);
	report_json_rate(j, "rate_bps", s->rate_bps);
	report_json_rtt(j, "rtt_ms", s->rtt_us);
	json_int(j, "application_read_bytes", s->app_read);
	json_int(j, "application_written_bytes", s->app_written);
	json_int(j, "network_read_bytes", s->net_read);
	json_int(j, "network_written_bytes", s->net_written);
	json_int(j, "tcp_received_bytes", s->tcp_received);
	json_int(j, "tcp_acked_bytes", s->tcp_acked);
}

void
report_minimal_sample(struct report_minimal *r, const struct result_sample *s)
{
	if (has_notes(r)) {
		put_sample(r->err, s, is_legacy(r));
	} else if (report_has_events(&r->o->output)) {
		report_json_event(&r->json, "interval");
		json_sample(&r->json, s);
		json_end_object(&r->json);
		(void)json_finish(&r->json);	/* remembers what failed */
	} else if (report_is_json(&r->o->output)) {
		report_keep(&r->kept, s, sizeof(*s));
	}
}

/* before stands in front of the rate. */
static void
put_average(FILE *out, const char *before, const struct result_average *a)
{
	fputs(before, out);
	report_fixed(out, a->rate_bps / MEGA, 0, 2);
	fputs(" Mbps, MinRTT ", out);
	report_fixed(out, (double)a->min_rtt_us / 1000, 5, 2);
	fputs("ms, elapsed ", out);
	report_fixed(out, (double)a->elapsed_ns / 1e9, 0, 4);
	fprintf(out, "s, application r/w: 0/%" PRId64 "\n", a->bytes);
}

static void
json_average(struct json *j, const char *key, const struct result_average *a)
{
	if (key != NULL)
		json_begin_object(j, key);
	report_json_ns_s(j, "duration_s", a->elapsed_ns);
	report_json_rate(j, "rate_bps", a->rate_bps);
	json_int(j, "size_bytes", a->bytes);
	report_json_rtt(j, "min_rtt_ms", a->min_rtt_us);
	if (key != NULL)
		json_end_object(j);
}

void
report_minimal_progress(struct report_minimal *r,
    const struct result_average *a)
{
	if (has_notes(r) && !is_legacy(r)) {
		put_average(r->err, "Download stream #1 rate: ", a);
	} else if (report_has_events(&r->o->output)) {
		report_json_event(&r->json, "progress");
		json_average(&r->json, NULL, a);
		json_end_object(&r->json);
		(void)json_finish(&r->json);	/* remembers what failed */
	}
}

/* Were there bytes and time? */
static bool
is_any(const struct result_average *a)
{
	return a->bytes > 0 && a->elapsed_ns > 0;
}

static int
finish_text(struct report_minimal *r, const struct result_minimal *m)
{
	const char *limit = host_limit(&m->host);

	if (m->has && is_legacy(r)) {
		put_average(r->err, "Download client #1 - Avg ", &m->total);
	} else if (m->has) {
		fputs("------\n", r->err);
		put_average(r->err, "Download total average:  ", &m->total);
	}
	if (m->has && !is_legacy(r) && r->o->streams > 1) {
		put_average(r->err, "Download first average:  ", &m->first);
		if (is_any(&m->center))
			put_average(r->err, "Download center average: ",
			    &m->center);
	}
	if (limit != NULL && has_notes(r))
		fprintf(r->err, "warning: this host was the limit, not the "
		    "path: %s\n", limit);
	return report_flush(r->err);
}

static void
json_config(struct json *j, const struct minimal_options *o)
{
	json_begin_object(j, "config");
	json_str(j, "server_url", *o->url == '\0' ? NULL : o->url);
	json_str(j, "mid", o->mid);
	json_int(j, "streams", o->streams);
	report_json_ns_s(j, "duration_s", o->duration_ns);
	report_json_ns_s(j, "max_duration_s", o->max_duration_ns);
	json_str(j, "cc", o->cc);
	report_json_limit(j, o->bytes);
	json_bool(j, "verify", !o->no_verify);
	report_json_net(j, &o->net);
	json_end_object(j);
}

static void
json_result(struct json *j, const struct result_minimal *m, bool several)
{
	if (!m->has) {
		json_nil(j, "result");
		return;
	}
	json_begin_object(j, "result");
	json_average(j, "total", &m->total);
	if (several) {
		json_average(j, "first", &m->first);
		if (is_any(&m->center))
			json_average(j, "center", &m->center);
		else
			json_nil(j, "center");
	}
	json_end_object(j);
}

static int
finish_json(struct report_minimal *r, const struct result_minimal *m)
{
	const struct result_sample *samples = r->kept.items;
	bool events = report_has_events(&r->o->output);
	size_t i;

	report_json_begin(&r->json, events, "minimal-download",
	    m->start_wall_ns, m->end_wall_ns);
	json_config(&r->json, r->o);
	if (!events) {
		json_begin_array(&r->json, "intervals");
		for (i = 0; i < r->kept.n; i++) {
			json_begin_object(&r->json, NULL);
			json_sample(&r->json, &samples[i]);
			json_end_object(&r->json);
		}
		json_end_array(&r->json);
	}
	json_result(&r->json, m, r->o->streams > 1);
	return report_json_end(&r->json, &m->host, &m->error);
}

int
report_minimal_finish(struct report_minimal *r, const struct result_minimal *m)
{
	if (!report_is_json(&r->o->output))
		return finish_text(r, m);
	if (r->kept.lost) {
		errno = ENOMEM;
		return -1;
	}
	return finish_json(r, m);
}
