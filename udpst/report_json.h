/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_REPORT_JSON_H
#define UDPST_REPORT_JSON_H

#include "common/json.h"
#include "udpst/report.h"
#include "udpst/report_text.h"

/* What the one object of a run is made of, spec 5.4. */
struct report_json {
	const struct options	*o;
	const struct report_test *test;		/* NULL: none was started */
	int64_t			begin_ns;	/* BOMTime */
	const struct report_end	*end;
	const char		*message, *message2;
};

/* Write the whole object. */
void	report_json_put(struct json *j, const struct report_json *r);
/* The object "Input". */
void	report_json_input(struct json *j, const struct options *o,
	    const struct report_test *t);
/* The object "Output". */
void	report_json_output(struct json *j, const struct report_json *r);
/* The keys of an item of IncrementalResult; the object is the caller's. */
void	report_json_subint(struct json *j, const struct options *o,
	    const struct result_line *l);

/* Number formats of spec 5.4; whatever is zero is 0.0. */
void	report_json_fixed(struct json *j, const char *key, double v,
	    int decimals);
/* Milliseconds, as seconds of at most 9 digits. */
void	report_json_delay(struct json *j, const char *key, int64_t ms);
/* UTC with microseconds. */
void	report_json_time(struct json *j, const char *key, int64_t wall_ns);

#endif
