/* SPDX-License-Identifier: BSD-2-Clause */
/* The streams of msak-client. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/client_private.h"

#define URL_TEXT	4096

static bool
is_receiver(const struct client *c, bool ours)
{
	return ours == (c->d == RESULT_DOWNLOAD);
}

static void
tell_error(struct client_stream *cs, const char *text)
{
	struct client *c = cs->c;

	report_client_error(c->report, c->d, cs->index, text);
	client_base_error(&c->result.error, CLIENT_FAILED, text);
}

/* Measuring. */

void
client_stream_rate(struct client *c)
{
	struct result_way *w = &c->result.ways[c->d];
	size_t i;

	w->has = true;
	w->last.direction = c->d;
	w->last.elapsed_ns = clock_mono() - c->rates.start_ns;
	w->last.rate_bps = c->rates.rate_bps;
	w->last.bytes = 0;
	for (i = 0; i < RATES_STREAMS; i++)
		w->last.bytes += c->rates.received[i];
	w->last.rtt_us = c->rates.rtt_us;
	w->last.min_rtt_us = c->rates.min_rtt_us;
	report_client_rate(c->report, &w->last);
}

/* The rates while all streams were running. */
static void
settle_steady(struct client *c, struct result_way *w)
{
	int64_t from_ns, to_ns;
	double bps;
	size_t i;

	w->steady_bps = 0;
	if (!rates_steady_span(c->steady, (size_t)c->started, &from_ns,
	    &to_ns))
		return;
	for (i = 0; i < (size_t)c->started; i++) {
		bps = rates_steady(&c->steady[i], from_ns, to_ns);
		w->streams[i].steady_bps = bps;
		w->steady_bps += bps;
	}
	w->steady_begin_ns = from_ns - c->rates.start_ns;
	w->steady_end_ns = to_ns - c->rates.start_ns;
}

/*
 * The streams' last measurements are not of the same moment: each counts to
 * its own, lest the time behind it passes for time without data.
 */
void
client_stream_settle(struct client *c)
{
	struct result_way *w = &c->result.ways[c->d];
	int64_t ns;
	double bps = 0;
	int i;

	for (i = 0; i < c->started; i++) {
		ns = c->streams[i].received_ns - c->rates.start_ns;
		if (ns > 0)
			bps += (double)c->rates.received[i] * 8e9 /
			    (double)ns;
	}
	if (w->has && c->started > 1)
		w->last.rate_bps = bps;
	settle_steady(c, w);
}

static void
note_steady(struct client *c, const struct client_news *n)
{
	int i;

	if (c->d == RESULT_UPLOAD) {
		rates_steady_peer(&c->steady[n->cs->index], &n->m);
		return;
	}
	for (i = 0; i < c->started; i++)
		if (c->streams[i].running)
			rates_steady_own(&c->steady[i], n->when_ns,
			    n->received[i]);
}

static void
take_received(struct client_stream *cs, const struct measurement *m,
    int64_t when_ns)
{
	cs->receiver = *m;
	cs->received_ns = when_ns;
	rates_add(&cs->c->rates, (size_t)cs->index, m, when_ns);
}

void
client_stream_measured(const struct client_news *n)
{
	struct client_stream *cs = n->cs;
	const struct measurement *m = &n->m;
	struct client *c = cs->c;

	if (!is_receiver(c, n->ours)) {
		cs->sender = *m;
		cs->have_sender = true;
		if (n->cc[0] != '\0')
			memcpy(cs->cc, n->cc, sizeof(cs->cc));
		return;
	}
	take_received(cs, m, n->when_ns);
	note_steady(c, n);
	report_client_counters(c->report, cs->index, m->app_received,
	    m->app_sent, m->net_received, m->net_sent);
	if (c->o->output.format != OPTIONS_LEGACY)
		client_stream_rate(c);
}

void
client_stream_sampled(struct client_stream *cs)
{
	struct client *c = cs->c;

	c->sampling--;
	if (cs->sampled_ns != 0)
		take_received(cs, &cs->sampled, cs->sampled_ns);
	if (c->sampling == 0)
		client_way_sampled(c);
}

static void
keep_result(struct client_stream *cs)
{
	struct client *c = cs->c;
	struct result_way *w = &c->result.ways[c->d];
	struct result_stream *r = &w->streams[cs->index];
	const struct stream *s = &cs->s;
	const struct measurement *m = c->d == RESULT_DOWNLOAD ? &s->last_own :
	    &s->last_peer;

	/* To the last measurement: what came while the close was under way
	 * has no time of its own. */
	r->bytes = m->app_received;
	r->duration_ns = (cs->received_ns != 0 ? cs->received_ns :
	    s->end_ns) - s->start_ns;
	if (r->duration_ns > 0)
		r->rate_bps = (double)r->bytes * 8e9 / (double)r->duration_ns;
	r->rtt_us = tcpinfo_at(&m->tcp, TCPINFO_RTT);
	r->min_rtt_us = tcpinfo_at(&m->tcp, TCPINFO_MIN_RTT);
	r->tcp_sent_bytes = r->tcp_retrans_bytes = -1;
	if (cs->have_sender && cs->sender.has_tcp) {
		r->tcp_sent_bytes = tcpinfo_at(&cs->sender.tcp,
		    TCPINFO_BYTES_SENT);
		r->tcp_retrans_bytes = tcpinfo_at(&cs->sender.tcp,
		    TCPINFO_BYTES_RETRANS);
	}
	snprintf(r->cc, sizeof(r->cc), "%.15s",
	    c->d == RESULT_UPLOAD ? s->cc : cs->cc);
	r->clean = s->clean;
	if ((size_t)cs->index >= w->nstreams)
		w->nstreams = (size_t)cs->index + 1;
}

/* Its time was over. That the server did not close harms no result. */
static void
tell_complete(struct client_stream *cs)
{
	struct client *c = cs->c;
	char text[128 + sizeof(c->server)];

	report_client_complete(c->report, c->d, cs->index, c->server);
	if (!cs->s.given_up)
		return;
	snprintf(text, sizeof(text), "Stream %d cut (server %s): its close "
	    "did not come in time", cs->index, c->server);
	report_client_error(c->report, c->d, cs->index, text);
}

static void
tell_end(struct client_stream *cs)
{
	struct client *c = cs->c;
	const struct stream *s = &cs->s;
	char text[400];

	if (s->end == STREAM_TIMEOUT)
		tell_complete(cs);
	else if (s->end == STREAM_ERROR || s->end == STREAM_PEER_CODE)
		tell_error(cs, client_base_failure(s, cs->ends, text,
		    sizeof(text)));
	client_load_end(c);
}

void
client_stream_ended(struct client_stream *cs)
{
	cs->running = false;
	cs->c->open--;
	dial_free(&cs->dial);
	if (cs->failed) {
		tell_error(cs, "out of memory");
		return;
	}
	keep_result(cs);
	tell_end(cs);
}

/* Connecting. */

static void
established(struct client_stream *cs)
{
	struct client *c = cs->c;
	char url[URL_TEXT];

	c->reached = true;
	report_client_connected(c->report, c->d, cs->index,
	    url_format(&c->url, url, sizeof(url)));
	rates_connected(&c->rates, clock_mono());
	if (c->end_ns == 0)
		client_way_connected(c);
}

static void
begin(struct client_stream *cs)
{
	struct client *c = cs->c;
	struct stream_conf *conf = &cs->conf;

	*conf = (struct stream_conf){
		.sender = c->d == RESULT_UPLOAD,
		.end_ns = c->end_ns,
		.limit_ns = c->o->duration_ns > STREAM_LIMIT_NS ?
		    c->o->duration_ns : STREAM_LIMIT_NS,
		.bytes = c->o->bytes > 0 ? c->o->bytes : 0,
		.connected_ns = cs->dial.connected_ns,
		.uuid_prefix = c->o->uuid_prefix
	};

	arc4random_buf(&conf->seed, sizeof(conf->seed));
	cs->running = true;
	dial_take(&cs->dial, &cs->t);
	dial_ends(cs->t.fd, &cs->dial.peer, cs->ends);
	rates_steady_begin(&c->steady[cs->index], clock_mono());
	client_thread_begin(cs);
}

static void	on_dialled(struct dial *d);

static void
dial(struct client_stream *cs)
{
	struct client *c = cs->c;
	struct dial_conf conf = {
		.url = &c->url,
		.cc = c->d == RESULT_UPLOAD && *c->o->cc != '\0' ? c->o->cc :
		    NULL,
		.agent = CLIENT_AGENT,
		.upgrade = true,
		.timeout_ns = DIAL_TIMEOUT_NS
	};

	cs->target = c->target;
	dial_start(&cs->dial, &c->base->dialer, &conf, on_dialled, cs);
}

/* Is there another server to turn to? */
static bool
try_elsewhere(struct client_stream *cs)
{
	struct client *c = cs->c;

	if (c->stopping || *c->o->server != '\0')
		return false;
	if (cs->target == c->target && (c->reached || !client_way_next(c)))
		return false;
	report_client_starting(c->report, c->d, cs->index, c->server);
	dial(cs);
	return true;
}

static void
on_dialled(struct dial *d)
{
	struct client_stream *cs = d->arg;
	char error[DIAL_ERROR];

	if (d->error[0] == '\0') {
		established(cs);
		begin(cs);
		return;
	}
	memcpy(error, d->error, sizeof(error));
	dial_free(d);
	tell_error(cs, error);
	if (!try_elsewhere(cs))
		cs->c->open--;
}

void
client_stream_start(struct client *c, int i)
{
	struct client_stream *cs = &c->streams[i];

	c->steady[i].n = 0;
	cs->c = c;
	cs->index = i;
	c->started = i + 1;
	c->open++;
	report_client_starting(c->report, c->d, i, c->server);
	if (!client_base_is_ws(&c->url)) {
		c->open--;
		tell_error(cs, CLIENT_NOT_WS);
		return;
	}
	dial(cs);
}

void
client_stream_stop(struct client_stream *cs, bool at_once)
{
	if (cs->running && at_once)
		client_thread_cut(cs);
	else if (cs->running)
		client_thread_finish(cs);
	else if (cs->dial.how != NULL) {
		dial_free(&cs->dial);
		cs->c->open--;
	}
}
