/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_REPORT_JSON_H
#define MSAK_REPORT_JSON_H

#include "common/json.h"
#include "msak/options.h"
#include "msak/result.h"

/* What the JSON of all clients has in common: design's names and units. */

/* "download", "upload" */
const char *report_direction(enum result_direction d);
/* v with that many decimals, right in width columns; 0 for what is none. */
void	report_fixed(FILE *out, double v, int width, int decimals);
/* What was written has gone out, all of it. 0, or -1 with errno, which is EIO
 * where only an earlier write failed. */
int	report_flush(FILE *out);
/* In ms, as the original's single precision has them. */
double	report_float_ms(int64_t us);

/* Opens an object of one event; json_end_object and json_finish end it. */
void	report_json_event(struct json *j, const char *event);
/* Opens the final object with tool, version, start and end; among events it is
 * the one called "summary". */
void	report_json_begin(struct json *j, bool events, const char *tool,
	    int64_t start_ns, int64_t end_ns);
/* The key error: null, or code and message. */
void	report_json_error(struct json *j, const struct result_error *e);
/* host and error; closes it. 0, or -1 with errno. */
int	report_json_end(struct json *j, const struct host *h,
	    const struct result_error *e);

/* Numbers; ms and s with all the digits there are. */
void	report_json_ns_ms(struct json *j, const char *key, int64_t ns);
void	report_json_ns_s(struct json *j, const char *key, int64_t ns);
void	report_json_rate(struct json *j, const char *key, double bps);
/* µs as ms; null when 0. */
void	report_json_rtt(struct json *j, const char *key, int64_t us);
/* null when negative. */
void	report_json_count(struct json *j, const char *key, int64_t n);
/* The key limit_bytes: null when there is none. */
void	report_json_limit(struct json *j, int64_t bytes);
/* A group; null without count. */
void	report_json_rtts(struct json *j, const char *key,
	    const struct result_rtt *r);
/* The keys of these options, into the open object. */
void	report_json_net(struct json *j, const struct options_net *net);

/* What the final object alone will tell: items of one size. All zero is an
 * empty list. */
struct report_kept {
	void	*items;
	size_t	 n, room;
	bool	 lost;		/* out of memory */
};

void	report_keep(struct report_kept *k, const void *item, size_t size);

/* Is there to be JSON; and a line an event too? */
bool	report_is_json(const struct options_output *o);
bool	report_has_events(const struct options_output *o);

#endif
