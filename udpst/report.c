/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "udpst/report_json.h"

struct report {
	const struct options	*o;
	FILE			*out, *progress;
	bool			json;
	bool			started;
	struct report_test	test;
	int64_t			begin_ns;
	/* JSON: the last error or warning and the one before. */
	char			message[2][REPORT_LINE];
	struct json		j;
	int			error;	/* errno of the first failed write */
};

static int
layout(const struct options *o)
{
	return o->format == FORMAT_JSON_TABS && !o->json_lines ? JSON_TABS : 0;
}

struct report *
report_new(const struct options *o, FILE *out, FILE *progress)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->o = o;
	r->out = out;
	r->progress = progress;
	r->json = o->format != FORMAT_TEXT || o->json_lines;
	json_init(&r->j, out, layout(o));
	return r;
}

void
report_free(struct report *r)
{
	free(r);
}

/* What was printed goes out at once, for whoever reads along. */
static void
flush(struct report *r)
{
	if (fflush(r->out) == EOF && r->error == 0)
		r->error = errno;
	if (ferror(r->out) && r->error == 0)
		r->error = EIO;
}

static void
put(struct report *r, int conn, const char *text)
{
	if (r->o->verbose && conn >= 0)
		fprintf(r->out, "[%d]", conn);
	fprintf(r->out, "%s\n", text);
	flush(r);
}

void
report_banner(struct report *r)
{
	if (r->json || r->o->quiet)
		return;
	report_banner_to(r->o, r->out);
	flush(r);
}

static void
keep_message(struct report *r, const char *text)
{
	char *quote;

	memcpy(r->message[1], r->message[0], sizeof(r->message[0]));
	snprintf(r->message[0], sizeof(r->message[0]), "%s", text);
	while ((quote = strchr(r->message[0], '"')) != NULL)
		*quote = '\'';
}

void
report_say(struct report *r, int conn, bool keep, const char *fmt, ...)
{
	char text[REPORT_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (r->json && keep)
		keep_message(r, text);
	if (r->json)
		return;
	if (!r->o->quiet)
		put(r, conn, text);
	/* Who wants only results still has to learn why there are none. */
	else if (keep && r->progress != NULL && strstr(text, "ERROR") != NULL)
		fprintf(r->progress, "%s\n", text);
}

void
report_verbose(struct report *r, int conn, const char *fmt, ...)
{
	char text[REPORT_LINE];
	va_list ap;

	if (!r->o->verbose || r->json || r->o->quiet)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(r, conn, text);
}

void
report_started(struct report *r, const struct report_test *t, int64_t wall_ns)
{
	char text[2 * REPORT_LINE];

	r->test = *t;
	r->begin_ns = wall_ns;
	r->started = true;
	if (r->json || r->o->quiet)
		return;
	report_text_header(r->o, t, text);
	put(r, t->conn, text);
}

static bool
has_ce(const struct report *r)
{
	return r->test.ce_thresh > 0 && !r->o->compat_8;
}

static void
interval_event(struct report *r, const struct result_line *l)
{
	json_begin_object(&r->j, NULL);
	json_str(&r->j, "event", "interval");
	report_json_subint(&r->j, r->o, l);
	json_end_object(&r->j);
	if (json_finish(&r->j) == -1 && r->error == 0)
		r->error = errno;
}

void
report_subint(struct report *r, int conn, const struct result_line *l)
{
	char text[REPORT_LINE];

	report_subint_text(r->o, has_ce(r), l, text, sizeof(text));
	if (r->json && conn == 0 && r->o->progress && r->progress != NULL) {
		fprintf(r->progress, "%s\n", text);
		fflush(r->progress);
	}
	if (r->o->summary_only)
		return;
	if (r->json && conn == 0 && r->o->json_lines)
		interval_event(r, l);
	if (!r->json && !r->o->quiet && (conn == 0 || r->o->verbose))
		put(r, conn, text);
}

static void
finish_text(struct report *r, const struct report_end *e)
{
	const struct result_line *whole = &e->mode[e->has[1]].summary;
	bool both = e->has[1] && !r->o->compat_8;
	char text[REPORT_LINE];
	int i;

	for (i = 0; e->has[0] && i <= both; i++) {
		report_text_summary(r->o, has_ce(r), &e->mode[i], text);
		put(r, 0, text);
	}
	if (e->has[0]) {
		report_text_minimum(r->o, whole, text);
		put(r, 0, text);
	}
	for (i = 0; i < 2 && e->has[i]; i++) {
		report_text_maximum(r->o, &e->mode[i], text);
		put(r, 0, text);
	}
}

/* That this host, not the path, was the limit. */
static void
note_limit(const struct report *r, const struct result_host *host)
{
	if (r->o->compat_8 || r->o->quiet || r->progress == NULL ||
	    host == NULL || host->limit == NULL)
		return;
	fprintf(r->progress, "udpst: note: this host was the limit, not the "
	    "path: %s\n", host->limit);
}

static void
finish_json(struct report *r, const struct report_end *e)
{
	const struct report_json whole = {
		.o = r->o,
		.test = r->started ? &r->test : NULL,
		.begin_ns = r->begin_ns,
		.end = e,
		.message = r->message[0],
		.message2 = r->message[1]
	};

	report_json_put(&r->j, &whole);
	if (json_finish(&r->j) == -1 && r->error == 0)
		r->error = errno;
}

int
report_finish(struct report *r, const struct aggregate *a,
    const struct result_host *host, bool bleached, int status,
    int64_t wall_ns)
{
	struct report_end e = {
		.lines = a, .host = host, .bleached = bleached,
		.status = status, .wall_ns = wall_ns
	};
	int i;

	for (i = 0; i < 2 && a != NULL; i++)
		e.has[i] = aggregate_mode(a, i + 1, &e.mode[i]);
	if (r->json) {
		finish_json(r, &e);
	} else {
		finish_text(r, &e);
		note_limit(r, host);
		flush(r);
	}
	if (r->error == 0)
		return 0;
	errno = r->error;
	return -1;
}
