/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_REPORT_CLIENT_H
#define MSAK_REPORT_CLIENT_H

#include <stdio.h>

#include "common/json.h"
#include "msak/options_client.h"
#include "msak/report_json.h"
#include "msak/result.h"

/*
 * What msak-client prints, in the form that its options ask for: the lines of
 * the original, those of its early-2024 release (legacy), or JSON. One for
 * each run of a matrix.
 */
struct report_client {
	const struct client_options *o;
	FILE		*out, *err;
	struct json	 json;
	int		 columns;	/* of the bar, one line that is written
					 * over; 0: lines instead */
	bool		 on_bar;	/* the cursor is behind it */
	bool		 part;		/* of a matrix, which has the final
					 * object */
	struct report_kept kept;
};

/* o, out and err are kept. columns: of the terminal that out is, else 0. */
void	report_client_init(struct report_client *r,
	    const struct client_options *o, int columns, FILE *out,
	    FILE *err);
void	report_client_free(struct report_client *r);

/* A run of a matrix begins. */
void	report_client_run(struct report_client *r);
/* Locate named this URL. */
void	report_client_located(struct report_client *r, const char *url);
/* Where the server comes from; only with -debug. */
void	report_client_source(struct report_client *r);
void	report_client_starting(struct report_client *r,
	    enum result_direction d, int stream, const char *server);
void	report_client_connected(struct report_client *r,
	    enum result_direction d, int stream, const char *url);
/* Before the rate of the same measurement; only with -debug. */
void	report_client_counters(struct report_client *r, int stream,
	    int64_t app_read, int64_t app_written, int64_t net_read,
	    int64_t net_written);
/* At each measurement; legacy wants one every 100 ms instead. */
void	report_client_rate(struct report_client *r,
	    const struct result_rate *rate);
/* The timer ended a stream. */
void	report_client_complete(struct report_client *r,
	    enum result_direction d, int stream, const char *server);
void	report_client_error(struct report_client *r, enum result_direction d,
	    int stream, const char *text);
/* The results. 0, or -1 with errno when anything did not reach out. */
int	report_client_finish(struct report_client *r,
	    const struct result_client *result);

#endif
