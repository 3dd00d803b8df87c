/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_REPORT_LATENCY_H
#define MSAK_REPORT_LATENCY_H

#include <stdio.h>

#include "common/json.h"
#include "msak/options_latency.h"
#include "msak/result.h"

/* What msak-latency prints on out: the original's text and ours, or JSON. */
struct report_latency {
	const struct latency_options *o;
	FILE		*out;
	struct json	 json;
};

/* o and out are kept. */
void	report_latency_init(struct report_latency *r,
	    const struct latency_options *o, FILE *out);
void	report_latency_attempt(struct report_latency *r, const char *url);
void	report_latency_failed(struct report_latency *r, const char *url);
/* Nobody is left to ask. */
void	report_latency_no_server(struct report_latency *r);
/* A datagram went back. */
void	report_latency_echo(struct report_latency *r);
/* The end of the echoes: their deadline, or what else went wrong. */
void	report_latency_read_error(struct report_latency *r, const char *text);
/* 0, or -1 with errno when anything did not reach out. */
int	report_latency_finish(struct report_latency *r,
	    const struct result_latency *result);

#endif
