/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_REPORT_TEXT_H
#define UDPST_REPORT_TEXT_H

#include "udpst/report.h"

/* A line of the text report always fits. */
#define REPORT_LINE	1024

/* What there is to show at the end. */
struct report_end {
	const struct aggregate	*lines;		/* NULL: none */
	bool			has[2];		/* modes 1 and 2 */
	struct result_mode	mode[2];
	const struct result_host *host;		/* NULL: unknown */
	bool			bleached;
	int			status;
	int64_t			wall_ns;	/* EOMTime */
};

/* Each fills buf with text without its last newline. The header is two lines,
 * and buf has 2 * REPORT_LINE bytes for it. */
void	report_text_header(const struct options *o,
	    const struct report_test *t, char *buf);
void	report_text_summary(const struct options *o, bool ce,
	    const struct result_mode *m, char *buf);
void	report_text_minimum(const struct options *o,
	    const struct result_line *l, char *buf);
void	report_text_maximum(const struct options *o,
	    const struct result_mode *m, char *buf);

#endif
