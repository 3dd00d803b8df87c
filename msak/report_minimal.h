/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_REPORT_MINIMAL_H
#define MSAK_REPORT_MINIMAL_H

#include <stdio.h>

#include "common/json.h"
#include "msak/options_minimal.h"
#include "msak/report_json.h"
#include "msak/result.h"

/*
 * What minimal-download prints: text, of which everything goes to err as the
 * original has it, or JSON, which goes to out.
 */
struct report_minimal {
	const struct minimal_options *o;
	FILE		*out, *err;
	struct json	 json;
	struct report_kept kept;
};

/* o, out and err are kept. */
void	report_minimal_init(struct report_minimal *r,
	    const struct minimal_options *o, FILE *out, FILE *err);
void	report_minimal_free(struct report_minimal *r);

void	report_minimal_connecting(struct report_minimal *r, int stream,
	    const char *url);
/* A stream could not connect. */
void	report_minimal_skipping(struct report_minimal *r, int stream,
	    const char *text);
/* A server's measurement; only for a stream that is alone. */
void	report_minimal_sample(struct report_minimal *r,
	    const struct result_sample *s);
/* So far, all streams; where there are several, instead. */
void	report_minimal_progress(struct report_minimal *r,
	    const struct result_average *a);
void	report_minimal_error(struct report_minimal *r, int stream,
	    const char *text);
/* 0, or -1 with errno when anything did not reach out. */
int	report_minimal_finish(struct report_minimal *r,
	    const struct result_minimal *result);

#endif
