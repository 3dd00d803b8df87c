/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/golog.h"
#include "msak/report_client.h"
#include "msak/report_client_json.h"
#include "msak/report_json.h"

#define MEGA		1e6
#define BAR		20	/* columns */

void
report_client_init(struct report_client *r, const struct client_options *o,
    int columns, FILE *out, FILE *err)
{
	memset(r, 0, sizeof(*r));
	r->o = o;
	r->out = out;
	r->err = err;
	if (!o->debug && !o->output.quiet && !report_is_json(&o->output) &&
	    o->output.format == OPTIONS_HUMAN)
		r->columns = columns;
	r->part = options_client_runs(o) > 1;
	json_init(&r->json, out, 0);
}

void
report_client_free(struct report_client *r)
{
	free(r->kept.items);
	r->kept = (struct report_kept){ .items = NULL };
}

/* Does a line of text go out? The bar, if there is one, ends before it. */
static bool
begin_line(struct report_client *r)
{
	if (report_is_json(&r->o->output))
		return false;
	if (r->on_bar)
		fputc('\n', r->out);
	r->on_bar = false;
	return true;
}

static bool
begin_note(struct report_client *r)
{
	return !r->o->output.quiet && begin_line(r);
}

/* Is there an event to write? */
static bool
begin_event(struct report_client *r, const char *event,
    enum result_direction d, int stream)
{
	if (!report_has_events(&r->o->output))
		return false;
	report_json_event(&r->json, event);
	json_str(&r->json, "direction", report_direction(d));
	json_int(&r->json, "stream", stream);
	return true;
}

static void
end_event(struct report_client *r, const char *key, const char *text)
{
	json_str(&r->json, key, text);
	json_end_object(&r->json);
	(void)json_finish(&r->json);	/* remembers what failed */
}

void
report_client_run(struct report_client *r)
{
	struct options_run run = options_client_which(r->o);

	if (!r->part || !report_has_events(&r->o->output))
		return;
	report_json_event(&r->json, "run");
	report_client_json_run(&r->json, &run);
	json_end_object(&r->json);
	(void)json_finish(&r->json);	/* remembers what failed */
}

void
report_client_located(struct report_client *r, const char *url)
{
	if (begin_note(r))
		golog_line(r->err, clock_wall(), "URL: %s", url);
}

void
report_client_source(struct report_client *r)
{
	if (!r->o->debug || !begin_note(r))
		return;
	if (*r->o->server == '\0')
		fputs("DEBUG: using locate\n", r->out);
	else
		fprintf(r->out, "DEBUG: using server provided via flags %s\n",
		    r->o->server);
}

void
report_client_starting(struct report_client *r, enum result_direction d,
    int stream, const char *server)
{
	if (begin_event(r, "starting", d, stream))
		end_event(r, "server", server);
	else if (begin_note(r))
		fprintf(r->out, "Starting %s stream (server: %s)\n",
		    report_direction(d), server);
	fflush(r->out);
}

void
report_client_connected(struct report_client *r, enum result_direction d,
    int stream, const char *url)
{
	if (begin_event(r, "connected", d, stream))
		end_event(r, "url", url);
	else if (begin_note(r))
		fprintf(r->out, "Connected to %s\n", url);
	fflush(r->out);
}

void
report_client_counters(struct report_client *r, int stream, int64_t app_read,
    int64_t app_written, int64_t net_read, int64_t net_written)
{
	if (r->o->debug && begin_note(r))
		fprintf(r->out, "DEBUG: Stream #%d - application r/w: %" PRId64
		    "/%" PRId64 ", network r/w: %" PRId64 "/%" PRId64 "\n",
		    stream, app_read, app_written, net_read, net_written);
}

static void
put_legacy(FILE *out, const struct result_rate *rate)
{
	fputs("Elapsed: ", out);
	report_fixed(out, (double)rate->elapsed_ns / 1e9, 0, 2);
	fputs("s, Goodput: ", out);
	report_fixed(out, rate->rate_bps / MEGA, 0, 6);
	fprintf(out, " Mb/s, MinRTT: %" PRId64 "\n", rate->min_rtt_us);
}

/* " rate: 7190.605118 Mb/s, rtt: 0.02ms, minrtt: 0.02ms" */
static void
put_figures(FILE *out, const struct result_rate *rate, int decimals,
    const char *unit)
{
	report_fixed(out, rate->rate_bps / MEGA, 0, decimals);
	fputs(" Mb/s, rtt: ", out);
	report_fixed(out, report_float_ms(rate->rtt_us), 0, 2);
	fprintf(out, "%s, minrtt: ", unit);
	report_fixed(out, report_float_ms(rate->min_rtt_us), 0, 2);
	fputs(unit, out);
}

/* How much of the duration has gone. */
static void
put_gone(FILE *out, double part)
{
	int done = part >= 1 ? BAR : part > 0 ? (int)(part * BAR) : 0;
	int i;

	fputs(" [", out);
	for (i = 0; i < BAR; i++)
		fputc(i < done ? '#' : ' ', out);
	fputc(']', out);
}

/* That and the figures over the last ones; the bar itself where it fits. */
static void
put_bar(struct report_client *r, const struct result_rate *rate)
{
	const char *way = report_direction(rate->direction);
	char figures[128] = "";
	FILE *text = fmemopen(figures, sizeof(figures) - 1, "w");
	int room = r->columns - (int)strlen(way) - 2;

	if (text == NULL)
		return;
	put_figures(text, rate, 2, "ms");
	fclose(text);
	fprintf(r->out, "\r%s", way);
	if (room >= BAR + 3 + (int)strlen(figures))
		put_gone(r->out, (double)rate->elapsed_ns /
		    (double)r->o->duration_ns);
	fprintf(r->out, " %.*s\033[K", room < 0 ? 0 : room, figures);
	r->on_bar = true;
}

void
report_client_rate(struct report_client *r, const struct result_rate *rate)
{
	if (report_has_events(&r->o->output)) {
		report_client_json_rate(&r->json, rate);
	} else if (report_is_json(&r->o->output)) {
		if (!r->part)
			report_keep(&r->kept, rate, sizeof(*rate));
	} else if (r->columns > 0) {
		put_bar(r, rate);
	} else if (!r->o->output.quiet &&
	    r->o->output.format == OPTIONS_LEGACY) {
		put_legacy(r->out, rate);
	} else if (!r->o->output.quiet) {
		fprintf(r->out, "%s rate: ",
		    report_direction(rate->direction));
		put_figures(r->out, rate, 6, "");
		fputc('\n', r->out);
	}
	fflush(r->out);
}

void
report_client_complete(struct report_client *r, enum result_direction d,
    int stream, const char *server)
{
	if (begin_event(r, "complete", d, stream))
		end_event(r, "server", server);
	else if (begin_note(r))
		fprintf(r->out, "Stream %d complete (server %s)\n", stream,
		    server);
}

void
report_client_error(struct report_client *r, enum result_direction d,
    int stream, const char *text)
{
	if (begin_event(r, "error", d, stream))
		end_event(r, "message", text);
	else if (begin_line(r))
		fprintf(r->out, "%s\n", text);
}

/* "    stream 0: 3456.78 Mb/s, cc: bbr, retransmitted: 0.01%" */
static void
put_stream(FILE *out, size_t i, const struct result_stream *s)
{
	fprintf(out, "    stream %zu: ", i);
	report_fixed(out, s->rate_bps / MEGA, 0, 2);
	fputs(" Mb/s", out);
	if (s->cc[0] != '\0')
		fprintf(out, ", cc: %s", s->cc);
	if (s->tcp_sent_bytes > 0 && s->tcp_retrans_bytes >= 0) {
		fputs(", retransmitted: ", out);
		report_fixed(out, 100 * (double)s->tcp_retrans_bytes /
		    (double)s->tcp_sent_bytes, 0, 2);
		fputc('%', out);
	}
	fputc('\n', out);
}

static void
put_latency(FILE *out, const char *name, const struct result_rtt *r)
{
	fprintf(out, "    %s latency p50/p90/p99: ", name);
	report_fixed(out, (double)r->p50_ns / 1e6, 0, 3);
	fputc('/', out);
	report_fixed(out, (double)r->p90_ns / 1e6, 0, 3);
	fputc('/', out);
	report_fixed(out, (double)r->p99_ns / 1e6, 0, 3);
	fputs(" ms", out);
}

static void
put_loaded(FILE *out, const struct result_client *c, const struct result_way *w)
{
	if (!w->has_loaded || w->loaded.count == 0)
		return;
	if (c->has_idle && c->idle.count > 0) {
		put_latency(out, "idle", &c->idle);
		fputc('\n', out);
	}
	put_latency(out, "loaded", &w->loaded);
	if (c->has_idle && c->idle.count > 0) {
		fputs(", added: ", out);
		report_fixed(out, (double)(w->loaded.p50_ns - c->idle.p50_ns) /
		    1e6, 0, 3);
		fputs(" ms", out);
	}
	fputs(", RPM: ", out);
	report_fixed(out, report_client_rpm(&w->loaded), 0, 0);
	fputc('\n', out);
}

static void
put_way(struct report_client *r, const struct result_client *c,
    enum result_direction d)
{
	const struct result_way *w = &c->ways[d];
	size_t i;

	fprintf(r->out, "  %s rate: ", report_direction(d));
	put_figures(r->out, &w->last, 2, "ms");
	fprintf(r->out, "\n    streams: %" PRId64 ", duration: ",
	    r->o->streams);
	report_fixed(r->out, (double)r->o->duration_ns / 1e9, 0, 2);
	fprintf(r->out, "s, cc algo: %s, byte limit: %" PRId64 " bytes\n",
	    r->o->cc, r->o->bytes);
	for (i = 0; i < w->nstreams; i++)
		put_stream(r->out, i, &w->streams[i]);
	put_loaded(r->out, c, w);
}

static int
finish_text(struct report_client *r, const struct result_client *c)
{
	const char *limit = host_limit(&c->host);
	int d;

	(void)begin_line(r);
	if (r->o->output.format == OPTIONS_HUMAN) {
		fputs("\nTest results:\n", r->out);
		for (d = 0; d < RESULT_DIRECTIONS; d++)
			if (c->ways[d].has)
				put_way(r, c, (enum result_direction)d);
	}
	if (limit != NULL && !r->o->output.quiet)
		fprintf(r->err, "warning: this host was the limit, not the "
		    "path: %s\n", limit);
	return report_flush(r->out);
}

int
report_client_finish(struct report_client *r, const struct result_client *c)
{
	if (!report_is_json(&r->o->output))
		return finish_text(r, c);
	if (r->part)
		return json_finish(&r->json);
	if (r->kept.lost) {
		errno = ENOMEM;
		return -1;
	}
	return report_client_json(&r->json, r->o, c,
	    report_has_events(&r->o->output), r->kept.items, r->kept.n);
}
