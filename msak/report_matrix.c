/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "msak/report_client_json.h"
#include "msak/report_json.h"
#include "msak/report_matrix.h"

/* Columns of a number, with the two blanks before it. */
#define COLUMN	10

/* Text. */

static void
put_missing(FILE *out)
{
	fprintf(out, "%*s", COLUMN, "-");
}

static void
put_ms(FILE *out, bool has, const struct result_rtt *r)
{
	if (has && r->count > 0)
		report_fixed(out, (double)r->p50_ns / 1e6, COLUMN, 3);
	else
		put_missing(out);
}

static void
put_way(FILE *out, const struct result_way *w, bool latency)
{
	double pct = report_client_retrans_pct(w);

	if (w->has)
		report_fixed(out, w->last.rate_bps / 1e6, COLUMN, 2);
	else
		put_missing(out);
	if (pct >= 0)
		report_fixed(out, pct, COLUMN, 2);
	else
		put_missing(out);
	if (latency)
		put_ms(out, w->has_loaded, &w->loaded);
}

static bool
is_wanted(const struct client_options *o, int d)
{
	return d == RESULT_DOWNLOAD ? o->download : o->upload;
}

static void
put_heads(FILE *out, const struct client_options *o, int cc)
{
	int d;

	fprintf(out, "\nMatrix (rates in Mb/s, sent again in %%%s):\n"
	    "  streams  %-*s  duration", o->latency ?
	    ", medians of the latency in ms" : "", cc, "cc");
	if (o->latency)
		fprintf(out, "%*s", COLUMN, "idle");
	for (d = 0; d < RESULT_DIRECTIONS; d++) {
		if (!is_wanted(o, d))
			continue;
		fprintf(out, "%*s%*s", COLUMN, report_direction(d), COLUMN,
		    "again");
		if (o->latency)
			fprintf(out, "%*s", COLUMN, "loaded");
	}
	fputc('\n', out);
}

static void
put_row(FILE *out, const struct client_options *o, int cc,
    const struct report_matrix_row *row)
{
	int d;

	fprintf(out, "  %7" PRId64 "  %-*s  ", row->run.streams, cc,
	    row->run.cc);
	report_fixed(out, (double)row->run.duration_ns / 1e9, 7, 2);
	fputc('s', out);
	if (o->latency)
		put_ms(out, row->result.has_idle, &row->result.idle);
	for (d = 0; d < RESULT_DIRECTIONS; d++)
		if (is_wanted(o, d))
			put_way(out, &row->result.ways[d], o->latency);
	fputc('\n', out);
}

static int
put_table(FILE *out, const struct client_options *o,
    const struct report_matrix *m)
{
	int cc = 2;
	size_t i;

	for (i = 0; i < m->n; i++)
		if ((int)strlen(m->rows[i].run.cc) > cc)
			cc = (int)strlen(m->rows[i].run.cc);
	put_heads(out, o, cc);
	for (i = 0; i < m->n; i++)
		put_row(out, o, cc, &m->rows[i]);
	return report_flush(out);
}

/* JSON. */

static void
json_row(struct json *j, const struct report_matrix_row *row)
{
	json_begin_object(j, NULL);
	report_client_json_run(j, &row->run);
	report_client_json_result(j, &row->result);
	report_json_error(j, &row->result.error);
	json_end_object(j);
}

static int
put_object(FILE *out, const struct client_options *o,
    const struct report_matrix *m)
{
	struct json j;
	size_t i;

	json_init(&j, out, 0);
	report_json_begin(&j, report_has_events(&o->output), "msak-client",
	    m->start_wall_ns, m->end_wall_ns);
	report_client_json_config(&j, o, NULL);
	json_begin_array(&j, "matrix");
	for (i = 0; i < m->n; i++)
		json_row(&j, &m->rows[i]);
	json_end_array(&j);
	return report_json_end(&j, &m->host, &m->error);
}

int
report_matrix(FILE *out, const struct client_options *o,
    const struct report_matrix *m)
{
	if (report_is_json(&o->output))
		return put_object(out, o, m);
	return o->output.format == OPTIONS_LEGACY ? 0 : put_table(out, o, m);
}
