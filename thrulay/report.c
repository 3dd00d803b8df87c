/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "thrulay/report.h"
#include "thrulay/report_emit.h"
#include "thrulay/report_text.h"
#include "thrulay/udp_report.h"

/* What one stream ended with, kept for a document that comes at the end. */
struct kept_stream {
	bool				has_total, has_udp, has_pacing;
	struct thrulay_interval		total;
	struct thrulay_udp_result	udp;
	char				host_limit[200];	/* udp's */
	struct thrulay_pacing		pacing;
	char				*text;	/* report of a server */
};

struct report {
	const struct client_options	*o;
	FILE				*err;
	struct writer			*w;
	bool				udp;
	bool				has_setup;
	struct thrulay_setup		setup;
	uint16_t			ports[2 * THRULAY_MAX_STREAMS];
	struct thrulay_interval		*intervals;
	size_t				nintervals, room;
	struct kept_stream		*streams;	/* setup.streams */
	bool				has_result;
	struct thrulay_result		result;
	int64_t				start_wall_ns;
	bool				lost;		/* out of memory */
};

struct report *
report_new(const struct client_options *o, FILE *out, FILE *err)
{
	struct report *r;

	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return NULL;
	r->o = o;
	r->err = err;
	r->udp = o->test.rate != 0;
	r->setup.idle_rtt_ns = -1;
	r->start_wall_ns = clock_wall();
	if (o->output == OPTIONS_JSON)
		r->w = writer_json(out, 2);
	else if (o->output == OPTIONS_JSON_LINES)
		r->w = writer_json(out, 0);
	else if (o->style == THRULAY_STYLE_HD)
		r->w = report_text_hd(out, o->verbosity, o->quiet);
	else
		r->w = report_text_09(out, o->verbosity, o->quiet);
	if (r->w == NULL) {
		free(r);
		return NULL;
	}
	return r;
}

static bool
is_text(const struct report *r)
{
	return r->o->output == OPTIONS_TEXT;
}

static void
on_setup(void *arg, const struct thrulay_setup *u)
{
	struct report *r = arg;

	r->setup = *u;
	if (u->udp_ports != NULL) {
		memcpy(r->ports, u->udp_ports,
		    (size_t)u->streams * sizeof(r->ports[0]));
		r->setup.udp_ports = r->ports;
	}
	r->has_setup = true;
	r->streams = calloc((size_t)u->streams, sizeof(r->streams[0]));
	if (r->streams == NULL)
		r->lost = true;
	if (is_text(r))
		emit_setup(r->w, "setup", &r->setup);
}

static void
keep_interval(struct report *r, const struct thrulay_interval *iv)
{
	struct thrulay_interval *more;
	size_t room;

	if (r->nintervals == r->room) {
		room = r->room == 0 ? 64 : r->room * 2;
		more = reallocarray(r->intervals, room, sizeof(*more));
		if (more == NULL) {
			r->lost = true;
			return;
		}
		r->intervals = more;
		r->room = room;
	}
	r->intervals[r->nintervals++] = *iv;
}

static void
on_interval(void *arg, const struct thrulay_interval *iv)
{
	struct report *r = arg;

	if (r->o->output == OPTIONS_JSON)
		keep_interval(r, iv);
	else
		emit_interval(r->w, "interval", iv, r->udp,
		    r->setup.idle_rtt_ns);
}

static struct kept_stream *
kept(struct report *r, int id)
{
	return r->streams != NULL && id >= 0 && id < r->setup.streams ?
	    &r->streams[id] : NULL;
}

static void
on_stream(void *arg, const struct thrulay_interval *iv)
{
	struct report *r = arg;
	struct kept_stream *k = kept(r, iv->id);

	if (is_text(r)) {
		emit_interval(r->w, "stream", iv, r->udp,
		    r->setup.idle_rtt_ns);
	} else if (k != NULL) {
		k->total = *iv;
		k->has_total = true;
	}
}

static void
on_report(void *arg, int id, const char *text, size_t len)
{
	struct report *r = arg;
	struct kept_stream *k = kept(r, id);

	if (k == NULL)
		return;
	k->text = strndup(text, len);
	if (k->text == NULL)
		r->lost = true;
	else if (is_text(r))
		emit_text(r->w, "text", id, k->text);
}

/* The result outlives the test, what it points at does not. */
static void
keep_udp(struct kept_stream *k, const struct thrulay_udp_result *u)
{
	k->udp = *u;
	k->has_udp = true;
	if (u->host_limit == NULL)
		return;
	strlcpy(k->host_limit, u->host_limit, sizeof(k->host_limit));
	k->udp.host_limit = k->host_limit;
}

/* What this end received, it also has to put into words. */
static void
on_udp(void *arg, const struct thrulay_udp_result *u)
{
	char text[UDP_REPORT_MAX];
	struct report *r = arg;
	struct kept_stream *k = kept(r, u->id);
	size_t n;

	if (!is_text(r) && k != NULL)
		keep_udp(k, u);
	if (!is_text(r) || !u->complete)
		return;
	n = udp_report_text(u, r->o->style == THRULAY_STYLE_HD ?
	    THRULAY_REPORT_HD : THRULAY_REPORT_09, r->o->verbosity > 0, text);
	text[n] = '\0';
	emit_text(r->w, "text", u->id, text);
}

static void
on_pacing(void *arg, int id, const struct thrulay_pacing *p)
{
	struct report *r = arg;
	struct kept_stream *k = kept(r, id);

	if (is_text(r)) {
		emit_pacing(r->w, "pacing", id, p);
	} else if (k != NULL) {
		k->pacing = *p;
		k->has_pacing = true;
	}
}

static void
on_warning(void *arg, bool bare, const char *text)
{
	struct report *r = arg;

	if (!r->o->quiet)
		fprintf(r->err, "%s%s\n", bare ? "" : "warning: ", text);
}

static void
on_result(void *arg, const struct thrulay_result *result)
{
	struct report *r = arg;
	int d;

	r->result = *result;
	r->has_result = true;
	if (result->host.limit != NULL && !r->o->quiet)
		fprintf(r->err, "warning: this host was the limit, not the "
		    "path: %s\n", result->host.limit);
	for (d = 0; is_text(r) && d < 2; d++)
		if (result->has[d])
			emit_interval(r->w, "total", &result->total[d], r->udp,
			    r->setup.idle_rtt_ns);
}

const struct thrulay_handlers *
report_handlers(void)
{
	static const struct thrulay_handlers handlers = {
		.setup = on_setup,
		.interval = on_interval,
		.stream = on_stream,
		.report = on_report,
		.udp = on_udp,
		.pacing = on_pacing,
		.result = on_result,
		.warning = on_warning,
	};

	return &handlers;
}

/* Everything known of one stream. */
static void
emit_stream(struct report *r, int id)
{
	const struct kept_stream *k = &r->streams[id];

	writer_start(r->w, NULL);
	writer_int(r->w, "stream", id);
	if (k->has_total)
		emit_interval(r->w, "total", &k->total, r->udp,
		    r->setup.idle_rtt_ns);
	if (k->has_udp)
		emit_udp(r->w, "udp", &k->udp);
	if (k->text != NULL)
		writer_str(r->w, "server_report", k->text);
	if (k->has_pacing)
		emit_pacing(r->w, "pacing", id, &k->pacing);
	writer_end(r->w);
}

static void
emit_result(struct report *r)
{
	static const char *const names[2] = { "forward", "reverse" };
	int d, i;

	if (!r->has_result) {
		writer_null(r->w, "result");
		writer_null(r->w, "host");
		return;
	}
	writer_start(r->w, "result");
	writer_bool(r->w, "interrupted", r->result.interrupted);
	writer_int(r->w, "broken_streams", r->result.broken_streams);
	for (d = 0; d < 2; d++) {
		if (r->result.has[d])
			emit_interval(r->w, names[d], &r->result.total[d],
			    r->udp, r->setup.idle_rtt_ns);
		else
			writer_null(r->w, names[d]);
	}
	writer_list(r->w, "streams");
	for (i = 0; r->streams != NULL && i < r->setup.streams; i++)
		emit_stream(r, i);
	writer_end(r->w);
	writer_end(r->w);
	emit_host(r->w, "host", &r->result.host);
}

static void
emit_time(struct writer *w, const char *key, int64_t wall_ns)
{
	char buf[40];

	writer_str(w, key, text_rfc3339(wall_ns, buf, sizeof(buf)));
}

static void
emit_document(struct report *r, int code, const char *message)
{
	size_t i;

	writer_start(r->w, r->o->output == OPTIONS_JSON ? NULL : "summary");
	writer_str(r->w, "tool", "thrulay");
	writer_str(r->w, "version", PACKAGE_VERSION);
	emit_time(r->w, "start", r->has_result ? r->result.start_wall_ns :
	    r->start_wall_ns);
	emit_time(r->w, "end", r->has_result ? r->result.end_wall_ns :
	    clock_wall());
	emit_config(r->w, "config", r->o, r->has_setup ? &r->setup : NULL);
	if (r->o->output == OPTIONS_JSON) {
		writer_list(r->w, "intervals");
		for (i = 0; i < r->nintervals; i++)
			emit_interval(r->w, NULL, &r->intervals[i], r->udp,
			    r->setup.idle_rtt_ns);
		writer_end(r->w);
	}
	emit_result(r);
	emit_error(r->w, "error", code, message);
	writer_end(r->w);
}

int
report_finish(struct report *r, const char *phase, int code)
{
	const char *message = thrulay_client_strerror(code);
	int status = code == 0 ? 0 : 1;

	if (code == 0 && r->lost) {
		code = -THRULAY_E_MEMORY;
		message = thrulay_client_strerror(code);
		status = 1;
	}
	if (!is_text(r))
		emit_document(r, code, message);
	if (writer_finish(r->w) == -1) {
		fprintf(r->err, "thrulay: standard output: %s\n",
		    strerror(errno));
		status = 1;
	}
	r->w = NULL;
	if (code != 0)
		fprintf(r->err, "%s: fatal: %s\n", phase, message);
	return status;
}

void
report_free(struct report *r)
{
	int i;

	for (i = 0; r->streams != NULL && i < r->setup.streams; i++)
		free(r->streams[i].text);
	free(r->streams);
	free(r->intervals);
	free(r);
}
