/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPST_RUN_H
#define PL_UDPST_RUN_H

#include "common/clock.h"
#include "udpst/report.h"

/* 2026-09-21T14:13:20.123456Z */
#define WALL_NS	(INT64_C(1790000000) * CLOCK_NS_PER_S + 123456789)

/* A report, and where it went. */
struct run {
	struct options		o;
	struct aggregate_conf	conf;
	struct aggregate	*a;
	struct report		*r;
	FILE			*out, *err;
	char			*out_text, *err_text;
	size_t			out_len, err_len;
	struct result_host	host;
};

/* A downstream test of one connection; options and host may be changed. */
void	run_init(struct run *x);
/* Up to and with the header. */
void	run_start(struct run *x);
/* The next sub-interval, 10 Mbit/s, with figures in ns or without. */
void	run_subint(struct run *x, bool figures);
/* Returns with the texts complete. */
void	run_end(struct run *x, int status);
/* All of it: two sub-intervals, a warning between them, an error, a result. */
void	run_all(struct run *x);
void	run_free(struct run *x);

#endif
