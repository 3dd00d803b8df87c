/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_RECORDED_H
#define PL_RECORDED_H

#include "udpst/report_text.h"

/*
 * Lines of recorded text reports of udpst, read back as results. What a line
 * does not say, or says rounded, gets some value that would print the same.
 */
struct recorded {
	int			conn;		/* of "[n]"; -1: none */
	const char		*text;		/* behind it */
	bool			loss_ratio, ce, compat_8;
	bool			upstream;	/* not of sub-intervals */
	struct result_line	line;
	unsigned int		first, last;	/* of "Sum[1-2]", else 0 */
};

/* Sub-interval; with a maximum only rates are known. */
bool	recorded_subint(const char *line, struct recorded *out);
bool	recorded_summary(const char *line, struct recorded *out);
bool	recorded_minimum(const char *line, struct recorded *out);
bool	recorded_maximum(const char *line, struct recorded *out);
/* The header's two lines; o and t are set as far as it tells. */
bool	recorded_header(const char *lines, struct options *o,
	    struct report_test *t);

/* The recorded reports that are files of their own: each one's text. */
void	recorded_files(void (*each)(const char *text));

/* Behind "[n]", which goes to *conn (-1 without). */
const char *recorded_prefix(const char *line, int *conn);

#endif
