/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_REPORT_CLIENT_JSON_H
#define MSAK_REPORT_CLIENT_JSON_H

#include "common/json.h"
#include "msak/options_client.h"
#include "msak/result.h"

/* Round trips a minute while there is load, from their median. */
double	report_client_rpm(const struct result_rtt *loaded);

/* What the senders of all streams sent again, in per cent; -1: unknown. */
double	report_client_retrans_pct(const struct result_way *w);

/* streams, duration_s and cc. */
void	report_client_json_run(struct json *j, const struct options_run *run);
/* The key config. run NULL: it has no run, but many. */
void	report_client_json_config(struct json *j,
	    const struct client_options *o, const struct options_run *run);
/* The key result. */
void	report_client_json_result(struct json *j,
	    const struct result_client *c);
/* An event of a measurement, on a line of its own. */
void	report_client_json_rate(struct json *j,
	    const struct result_rate *rate);
/*
 * The final object. events: measurements have been events, so there is no
 * list of them. 0, or -1 with errno.
 */
int	report_client_json(struct json *j, const struct client_options *o,
	    const struct result_client *c, bool events,
	    const struct result_rate *rates, size_t nrates);

#endif
