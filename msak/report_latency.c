/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>

#include "msak/report_json.h"
#include "msak/report_latency.h"

void
report_latency_init(struct report_latency *r, const struct latency_options *o,
    FILE *out)
{
	r->o = o;
	r->out = out;
	json_init(&r->json, out, 0);
}

/* Do lines that are no results go out? */
static bool
has_notes(const struct report_latency *r)
{
	return !report_is_json(&r->o->output) && !r->o->output.quiet;
}

static void
event(struct report_latency *r, const char *name, const char *key,
    const char *text)
{
	if (!report_has_events(&r->o->output))
		return;
	report_json_event(&r->json, name);
	json_str(&r->json, key, text);
	json_end_object(&r->json);
	(void)json_finish(&r->json);	/* remembers what failed */
}

void
report_latency_attempt(struct report_latency *r, const char *url)
{
	event(r, "connecting", "url", url);
	if (has_notes(r)) {
		fprintf(r->out, "Attempting to connect to: %s\n", url);
		fflush(r->out);
	}
}

void
report_latency_failed(struct report_latency *r, const char *url)
{
	event(r, "failed", "url", url);
	if (has_notes(r))
		fprintf(r->out, "failed to connect to %s\n", url);
}

void
report_latency_no_server(struct report_latency *r)
{
	if (!report_is_json(&r->o->output))
		fputs("no server found", r->out);
}

void
report_latency_echo(struct report_latency *r)
{
	if (has_notes(r)) {
		fputc('.', r->out);
		fflush(r->out);
	}
}

void
report_latency_read_error(struct report_latency *r, const char *text)
{
	event(r, "end", "message", text);
	if (has_notes(r))
		fprintf(r->out, "read error: %s\n\n", text);
}

static void
put_ms(FILE *out, int64_t ns)
{
	report_fixed(out, (double)ns / 1e6, 0, 3);
}

static double
loss(const struct result_rtt *t)
{
	return t->sent > 0 ? (double)t->lost / (double)t->sent : 0;
}

/* The original's line, over what was received only. */
static void
put_summary(FILE *out, const struct result_rtt *t)
{
	fputs("rtt min/avg/max: ", out);
	put_ms(out, t->min_ns);
	fputc('/', out);
	put_ms(out, t->mean_ns);
	fputc('/', out);
	put_ms(out, t->max_ns);
	fputs(" ms, loss: ", out);
	report_fixed(out, loss(t), 0, 1);
	fputc('\n', out);
}

static void
put_more(FILE *out, const struct result_rtt *t)
{
	if (t->sent == 0)
		return;
	if (t->count > 0) {
		fputs("rtt p50/p90/p99: ", out);
		put_ms(out, t->p50_ns);
		fputc('/', out);
		put_ms(out, t->p90_ns);
		fputc('/', out);
		put_ms(out, t->p99_ns);
		fputs(" ms, jitter: ", out);
		put_ms(out, t->jitter_ns);
		fputs(" ms\n", out);
	}
	fprintf(out, "packets sent/received/lost: %" PRIu64 "/%" PRIu64 "/%"
	    PRIu64 " (", t->sent, t->count, t->lost);
	report_fixed(out, 100 * loss(t), 0, 2);
	fputs("%)\n", out);
}

static void
json_config(struct json *j, const struct latency_options *o)
{
	json_begin_object(j, "config");
	json_str(j, "server", o->server_given ? o->server : NULL);
	json_str(j, "scheme", o->scheme);
	json_str(j, "mid", *o->mid == '\0' ? NULL : o->mid);
	json_int(j, "latency_port", o->latency_port);
	report_json_net(j, &o->net);
	json_end_object(j);
}

static int
finish_json(struct report_latency *r, const struct result_latency *l)
{
	report_json_begin(&r->json, report_has_events(&r->o->output),
	    "msak-latency", l->start_wall_ns, l->end_wall_ns);
	json_config(&r->json, r->o);
	if (!l->has) {
		json_nil(&r->json, "result");
	} else {
		json_begin_object(&r->json, "result");
		json_str(&r->json, "id", l->id[0] == '\0' ? NULL : l->id);
		report_json_rtts(&r->json, "latency", &l->rtt);
		json_fixed(&r->json, "loss_pct", 100 * loss(&l->rtt), 6);
		json_end_object(&r->json);
	}
	return report_json_end(&r->json, &l->host, &l->error);
}

int
report_latency_finish(struct report_latency *r, const struct result_latency *l)
{
	if (report_is_json(&r->o->output))
		return finish_json(r, l);
	if (l->has) {
		put_summary(r->out, &l->rtt);
		put_more(r->out, &l->rtt);
	}
	return report_flush(r->out);
}
