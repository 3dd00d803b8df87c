/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_METHOD_H
#define PATHRATE_METHOD_H

#include <stdbool.h>
#include <stdint.h>

#include "pathrate/classic.h"
#include "pathrate/fast.h"

/*
 * The estimator of a run, one of two, so that those who carry trains to it
 * need not know which. Pure.
 */
struct method {
	bool		is_classic;
	struct classic	classic;
	struct fast	fast;
	uint64_t	limit_bytes;	/* of the classic one; 0: none */
	uint64_t	bytes;		/* of IP, asked for so far */
};

/* A train as it came; arrival_ns[ask.len + 1], TRAIN_MISSING for lost ones,
 * and sent_ns are of one clock, now_ns is of the one at the start. */
struct method_train {
	int64_t		 now_ns, sent_ns;
	uint32_t	 departure_us;	/* 0: unknown */
	enum train_end	 end;
	const int64_t	*arrival_ns;
};

void	method_classic(struct method *m, const struct classic_config *config,
	    uint64_t limit_bytes, classic_say *say, void *arg);
void	method_fast(struct method *m, const struct fast_config *config,
	    int64_t now_ns);
/* The train wanted now, or NULL when it is over. */
const struct train_ask *method_ask(const struct method *m);
void	method_take(struct method *m, const struct method_train *t);
/* End now, with what is known. */
void	method_stop(struct method *m);
/* Mbit/s; false: there is no estimate. */
bool	method_estimate(const struct method *m, double *lo, double *hi);

#endif
