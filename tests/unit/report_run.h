/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_REPORT_RUN_H
#define PL_REPORT_RUN_H

#include "thrulay/report.h"

/* A report and what it wrote. */
struct report_run {
	struct client_options		 o;
	struct report			*r;
	const struct thrulay_handlers	*on;	/* their arg is r */
	FILE				*fout, *ferr;
	char				*out, *err;	/* after the end */
	size_t				 nout, nerr;
};

/* Options with their defaults, a test of 2 s in intervals of 1 s. */
void	report_run_init(struct report_run *x);
void	report_run_start(struct report_run *x);
/* Returns what report_finish did; the texts are there then. */
int	report_run_finish(struct report_run *x, const char *phase, int code);
void	report_run_free(struct report_run *x);

/* A TCP test as agreed, and an interval of one second from begin_s on. */
void	report_run_setup(struct thrulay_setup *u, int streams);
void	report_run_interval(struct thrulay_interval *iv, int id, int begin_s);

#endif
