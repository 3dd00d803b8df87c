/* SPDX-License-Identifier: BSD-2-Clause */
/* minimal-download: a small client, down only. */
#include "config.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "msak/client.h"
#include "msak/client_base.h"
#include "msak/rates.h"
#include "msak/report_minimal.h"
#include "msak/stream.h"

#define AGENT		"msak-minimal-download-go/v0.0.1"
#define NAME		"msak-minimal-download-go"
#define RELEASE		"v0.0.1"
#define PATH		"/throughput/v1/download"
#define URL_TEXT	4096
/* So much longer than the longest time it may take to close. */
#define DRAIN_NS	(2 * STREAM_CLOSE_NS)

struct minimal;

struct minimal_stream {
	struct minimal	*m;
	int		 index;
	size_t		 target;	/* that it dials, see minimal */
	struct dial	 dial;
	bool		 running;
	struct stream	 s;
	char		 ends[DIAL_ENDS];
	int64_t		 counted;	/* of its bytes */
};

struct minimal {
	const struct minimal_options *o;
	struct client_base	 base;
	struct stream_io	*io;
	struct report_minimal	 report;
	struct result_minimal	 result;
	struct averages		 averages;
	struct locate		 locate;
	struct locate_walk	 walk;
	size_t			 target;	/* counts them */
	struct url		 url;
	int64_t			 end_ns;	/* of everything */
	int			 open;
	struct minimal_stream	 streams[OPTIONS_STREAMS_MAX];
};

/* All payload that has come so far. */
static void
count_bytes(struct minimal *m)
{
	struct minimal_stream *ms;
	int i;

	for (i = 0; i < m->o->streams; i++) {
		ms = &m->streams[i];
		averages_bytes(&m->averages, ms->s.app_received - ms->counted);
		ms->counted = ms->s.app_received;
	}
}

static void
as_result(const struct minimal *m, const struct average *a,
    struct result_average *out)
{
	out->rate_bps = a->mbps * 1e6;
	out->elapsed_ns = (int64_t)(a->elapsed_s * 1e9);
	out->bytes = a->bytes;
	out->min_rtt_us = m->averages.min_rtt_us;
}

static void
sample(struct minimal_stream *ms, const struct measurement *m)
{
	struct result_sample s = {
		.stream = ms->index,
		.elapsed_us = m->elapsed_us,
		.app_read = m->app_received,
		.app_written = m->app_sent,
		.net_read = m->net_received,
		.net_written = m->net_sent
	};
	struct rates_line line;

	rates_line(m, &line);
	s.rate_bps = line.mbps * 1e6;
	if (m->has_tcp) {
		s.rtt_us = tcpinfo_at(&m->tcp, TCPINFO_RTT);
		s.tcp_received = tcpinfo_at(&m->tcp, TCPINFO_BYTES_RECEIVED);
		s.tcp_acked = tcpinfo_at(&m->tcp, TCPINFO_BYTES_ACKED);
	}
	report_minimal_sample(&ms->m->report, &s);
}

static void
on_measured(struct stream *s, bool ours, const struct measurement *m,
    const struct measurement_first *first)
{
	struct minimal_stream *ms = s->arg;
	struct minimal *min = ms->m;
	struct result_average r;
	struct averages now;
	struct average a;

	(void)first;
	if (ours)
		return;
	averages_measurement(&min->averages, m);
	if (min->o->streams == 1) {
		sample(ms, m);
	} else if (ms->index == 0) {
		count_bytes(min);
		now = min->averages;
		now.last_close_ns = clock_mono();
		averages_total(&now, &a);
		as_result(min, &a, &r);
		report_minimal_progress(&min->report, &r);
	}
}

static void
on_ended(struct stream *s)
{
	struct minimal_stream *ms = s->arg;
	struct minimal *m = ms->m;
	char text[400];

	ms->running = false;
	m->open--;
	count_bytes(m);
	averages_close(&m->averages, clock_mono());
	if (s->end == STREAM_ERROR || s->end == STREAM_PEER_CODE)
		report_minimal_error(&m->report, ms->index,
		    client_base_failure(s, ms->ends, text, sizeof(text)));
	else if (s->end == STREAM_TIMEOUT && !s->clean &&
	    m->base.interrupts == 0) {
		snprintf(text, sizeof(text), "read tcp %s: i/o timeout",
		    ms->ends);
		report_minimal_error(&m->report, ms->index, text);
	}
}

static const struct stream_ops ops = { on_measured, on_ended };

static void
begin(struct minimal_stream *ms)
{
	struct minimal *m = ms->m;
	struct stream_conf conf = {
		.end_ns = m->end_ns,
		.limit_ns = m->o->max_duration_ns > STREAM_LIMIT_NS ?
		    m->o->max_duration_ns : STREAM_LIMIT_NS,
		.drain_ns = DRAIN_NS,
		.connected_ns = ms->dial.connected_ns,
		.uuid_prefix = ""
	};
	struct transport t;

	arc4random_buf(&conf.seed, sizeof(conf.seed));
	ms->s.arg = ms;
	count_bytes(m);
	averages_open(&m->averages, clock_mono());
	dial_take(&ms->dial, &t);
	dial_ends(t.fd, &ms->dial.peer, ms->ends);
	ms->running = true;
	if (stream_start(&ms->s, m->io, &t, ms->dial.rest, ms->dial.rest_len,
	    &conf, &ops) == -1) {
		transport_close(&t);
		on_ended(&ms->s);
	}
}

static void
skip(struct minimal_stream *ms, const char *text)
{
	ms->m->open--;
	report_minimal_skipping(&ms->m->report, ms->index, text);
	client_base_error(&ms->m->result.error, CLIENT_FAILED, text);
}

static void
say(struct minimal *m, const char *text)
{
	fprintf(stderr, "%s\n", text);
	client_base_error(&m->result.error, CLIENT_FAILED, text);
}

static bool
set_url(struct minimal *m, const char *text)
{
	const struct minimal_options *o = m->o;
	const struct client_ask ask = {
		.name = NAME, .release = RELEASE, .library = NAME "-adhoc",
		.library_release = RELEASE "-adhoc", .cc = o->cc,
		.mid = *o->url != '\0' ? o->mid : NULL,
		.streams = o->streams, .bytes = o->bytes,
		.duration_ns = o->duration_ns
	};
	char why[URL_WHY_MAX];

	if (client_base_url(&m->url, text, &ask, why) == 0)
		return true;
	say(m, why);
	return false;
}

static bool
find_next(struct minimal *m)
{
	const char *url;

	url = locate_next(&m->locate, &m->walk, m->o->locate_scheme, PATH,
	    NULL);
	m->target++;
	return url != NULL && set_url(m, url);
}

/* Like the original, without what the service says of its servers. */
static bool
find(struct minimal *m)
{
	char error[CLIENT_FETCH_ERROR];

	if (*m->o->url != '\0')
		return set_url(m, m->o->url);
	switch (client_base_locate(&m->base, m->o->locate_url,
	    LOCATE_THROUGHPUT, AGENT, m->end_ns, &m->locate, error)) {
	case LOCATE_GOOD:
		if (find_next(m))
			return true;
		break;
	case LOCATE_BAD:
		say(m, error);
		return false;
	case LOCATE_REFUSED:
	case LOCATE_NOTHING:
		break;
	}
	say(m, "no server");
	return false;
}

static void	on_dialled(struct dial *d);

static void
dial(struct minimal_stream *ms)
{
	struct minimal *m = ms->m;
	struct dial_conf conf = {
		.url = &m->url,
		.agent = AGENT,
		.upgrade = true,
		.timeout_ns = m->end_ns - clock_mono()
	};
	char url[URL_TEXT];

	if (conf.timeout_ns > DIAL_TIMEOUT_NS)
		conf.timeout_ns = DIAL_TIMEOUT_NS;
	ms->target = m->target;
	report_minimal_connecting(&m->report, ms->index, url_format(&m->url,
	    url, sizeof(url)));
	if (!client_base_is_ws(&m->url))
		skip(ms, CLIENT_NOT_WS);
	else
		dial_start(&ms->dial, &m->base.dialer, &conf, on_dialled, ms);
}

/* Another server, where Locate knows one and nothing has begun. */
static bool
try_elsewhere(struct minimal_stream *ms)
{
	struct minimal *m = ms->m;

	if (m->averages.opened > 0 || m->locate.answer == NULL ||
	    clock_mono() >= m->end_ns)
		return false;
	return ms->target != m->target || find_next(m);
}

static void
on_dialled(struct dial *d)
{
	struct minimal_stream *ms = d->arg;
	char error[DIAL_ERROR];

	memcpy(error, d->error, sizeof(error));
	if (error[0] == '\0')
		begin(ms);
	dial_free(d);
	if (error[0] == '\0')
		return;
	if (try_elsewhere(ms))
		dial(ms);
	else
		skip(ms, error);
}

static void
start_stream(struct minimal *m, int i)
{
	struct minimal_stream *ms = &m->streams[i];

	ms->m = m;
	ms->index = i;
	m->open++;
	dial(ms);
}

static bool
is_over(void *arg)
{
	struct minimal *m = arg;

	return m->open == 0;
}

static void
stop(struct minimal *m, bool at_once)
{
	struct minimal_stream *ms;
	int i;

	for (i = 0; i < m->o->streams; i++) {
		ms = &m->streams[i];
		if (ms->running && at_once)
			stream_cut(&ms->s);
		else if (ms->running)
			stream_finish(&ms->s);
		else if (ms->dial.how != NULL) {
			dial_free(&ms->dial);
			skip(ms, "interrupted");
		}
	}
}

static void
run(struct minimal *m)
{
	int i;

	for (i = 0; i < m->o->streams; i++)
		start_stream(m, i);
	/* Streams and dials know the end themselves. */
	if (client_base_wait(&m->base, is_over, m, 0, CLOCK_NEVER))
		return;
	stop(m, false);
	if (!client_base_wait(&m->base, is_over, m, 1, clock_mono() +
	    DRAIN_NS))
		stop(m, true);
}

static int
finish(struct minimal *m)
{
	struct result_minimal *r = &m->result;
	struct average a;
	int status = CLIENT_OK;

	r->has = m->averages.opened > 0;
	averages_total(&m->averages, &a);
	as_result(m, &a, &r->total);
	averages_first(&m->averages, &a);
	as_result(m, &a, &r->first);
	if (averages_center(&m->averages, &a))
		as_result(m, &a, &r->center);
	if (m->base.interrupts > 0)
		status = CLIENT_INTERRUPTED;
	else if (!r->has)
		status = CLIENT_FAILED;
	if (status != CLIENT_OK)
		client_base_error(&r->error, status, "interrupted");
	r->error.code = status;
	host_end(&r->host);
	r->end_wall_ns = clock_wall();
	if (report_minimal_finish(&m->report, r) == 0)
		return status;
	warn("output");
	return CLIENT_FAILED;
}

static int
run_with(struct minimal *m)
{
	int status;

	m->io = stream_io_new(m->base.loop);
	if (m->io == NULL) {
		warn(NULL);
		return CLIENT_FAILED;
	}
	m->result.start_wall_ns = clock_wall();
	host_begin(&m->result.host);
	m->end_ns = clock_mono() + m->o->max_duration_ns;
	report_minimal_init(&m->report, m->o, stdout, stderr);
	if (find(m))
		run(m);
	status = finish(m);
	report_minimal_free(&m->report);
	locate_free(&m->locate);
	stream_io_free(m->io);
	return status;
}

int
client_minimal_run(const struct minimal_options *o)
{
	struct minimal *m = calloc(1, sizeof(*m));
	int status = CLIENT_FAILED;

	if (m == NULL) {
		warn(NULL);
		return status;
	}
	m->o = o;
	if (client_base_init(&m->base, &o->net, !o->no_verify) == -1)
		warn("cannot begin");
	else {
		status = run_with(m);
		client_base_free(&m->base);
	}
	free(m);
	return status;
}
