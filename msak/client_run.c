/* SPDX-License-Identifier: BSD-2-Clause */
/* msak-client: its runs. */
#include "config.h"

#include <sys/ioctl.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "common/clock.h"
#include "msak/client_private.h"
#include "msak/report_matrix.h"

static bool
is_wanted(const struct client_options *o, int d)
{
	return d == RESULT_DOWNLOAD ? o->download : o->upload;
}

static int
status_of(const struct client *c)
{
	int d;

	if (c->base->interrupts > 0)
		return CLIENT_INTERRUPTED;
	for (d = 0; d < RESULT_DIRECTIONS; d++)
		if (is_wanted(c->o, d) && !c->result.ways[d].has)
			return CLIENT_FAILED;
	return CLIENT_OK;
}

/* An error counts only where it left a result out. */
static int
finish(struct client *c)
{
	struct result_error *e = &c->result.error;
	int status = status_of(c);

	host_end(&c->result.host);
	c->result.end_wall_ns = clock_wall();
	if (status == CLIENT_INTERRUPTED)
		client_base_error(e, status, "interrupted");
	else if (status == CLIENT_FAILED)
		client_base_error(e, status, "no measurement");
	e->code = status;
	if (status == CLIENT_OK)
		e->message[0] = '\0';
	if (report_client_finish(c->report, &c->result) == 0)
		return status;
	warn("stdout");
	return CLIENT_FAILED;
}

/* Of the terminal that stdout is and that can be written over; else 0. */
static int
columns(void)
{
	const char *term = getenv("TERM");
	struct winsize w;

	if (isatty(STDOUT_FILENO) != 1 || term == NULL ||
	    strcmp(term, "dumb") == 0)
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == -1 || w.ws_col == 0)
		return 80;
	return w.ws_col;
}

static int
run_one(struct client_base *base, const struct client_options *o,
    struct result_client *result)
{
	struct client *c = calloc(1, sizeof(*c));
	struct report_client report;
	int d, status;

	if (c == NULL) {
		warn(NULL);
		return CLIENT_FAILED;
	}
	report_client_init(&report, o, columns(), stdout, stderr);
	c->o = o;
	c->base = base;
	c->report = &report;
	c->result.start_wall_ns = clock_wall();
	host_begin(&c->result.host);
	report_client_run(&report);
	for (d = 0; d < RESULT_DIRECTIONS; d++) {
		c->d = (enum result_direction)d;
		if (is_wanted(o, d) && base->interrupts == 0)
			client_way_run(c);
	}
	status = finish(c);
	*result = c->result;
	report_client_free(&report);
	free(c);
	return status;
}

/* Every combination in turn; all of them together have the worst status. */
static int
run_all(struct client_base *base, const struct client_options *o,
    struct report_matrix *m)
{
	size_t runs = options_client_runs(o);
	struct report_matrix_row *row;
	struct client_options one;
	int status = CLIENT_OK, s;

	m->start_wall_ns = clock_wall();
	host_begin(&m->host);
	while (m->n < runs && base->interrupts == 0) {
		options_client_run(o, m->n, &one);
		row = &m->rows[m->n++];
		row->run = options_client_which(&one);
		s = run_one(base, &one, &row->result);
		if (row->result.host.threads > m->host.threads)
			m->host.threads = row->result.host.threads;
		if (s > status)
			status = s;
		if (s != CLIENT_OK)
			client_base_error(&m->error, s,
			    row->result.error.message);
	}
	m->error.code = status;
	host_end(&m->host);
	m->end_wall_ns = clock_wall();
	if (runs == 1 || report_matrix(stdout, o, m) == 0)
		return status;
	warn("stdout");
	return status == CLIENT_OK ? CLIENT_FAILED : status;
}

int
client_run(const struct client_options *o)
{
	struct report_matrix m = { .rows = NULL };
	struct client_base base = { .loop = NULL };
	int status = CLIENT_FAILED;

	m.rows = calloc(options_client_runs(o), sizeof(*m.rows));
	if (m.rows == NULL ||
	    client_base_init(&base, &o->net, !o->no_verify) == -1) {
		warn("cannot begin");
		free(m.rows);
		return status;
	}
	status = run_all(&base, o, &m);
	client_base_free(&base);
	free(m.rows);
	return status;
}
