/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_ADJUST_H
#define UDPST_ADJUST_H

#include <stdbool.h>
#include <stdint.h>

#include "udpst/wire.h"

/* The search for the highest rate, spec 4.5: status in, row index out. */
enum adjust_algorithm { ADJUST_B = 0, ADJUST_C = 1 };

struct adjust_conf {
	enum adjust_algorithm algorithm;
	unsigned int	low_ms, upper_ms;	/* delay variation thresholds */
	unsigned int	seq_thresh;
	unsigned int	slow_thresh;		/* S */
	unsigned int	high_speed_delta;	/* D, rows */
	bool		use_owd;		/* -o */
	bool		count_ooo;		/* -R */
	unsigned int	ce_thresh;		/* 0: off */
	int		fixed_index;		/* -1: search */
	int		start_index;		/* of a search */
	unsigned int	suppress;		/* sub-intervals, 0: none */
	int		limit_index;		/* highest row, -1: the last */
};

struct adjust {
	struct adjust_conf conf;
	unsigned int	index;
	unsigned int	slow;			/* slow-adjust counter */
	bool		upd;			/* algorithm C */
	unsigned int	cnt, thr;		/* algorithm C */
	bool		limited;		/* the limit has been met */
};

/* What one status interval brought. */
struct adjust_input {
	uint32_t	subint_seq;
	uint32_t	loss, ooo, dup;
	uint32_t	owd_sum, owd_cnt;
	uint32_t	rtt_sample;		/* WIRE_NO_SAMPLE: none */
	uint32_t	ce, datagrams;
};

void	adjust_init(struct adjust *a, const struct adjust_conf *conf);
/* The row to send with before the first status (spec 3.5, 4.5). */
unsigned int adjust_first(const struct adjust *a, bool upstream);
/* The row to send with from now on. */
unsigned int adjust_step(struct adjust *a, const struct adjust_input *in);

#endif
