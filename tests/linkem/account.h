/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_ACCOUNT_H
#define PL_LINKEM_ACCOUNT_H

#include <stdint.h>

#include "common/stats.h"
#include "tests/linkem/record.h"

/* Sums over the records of one direction, all or of one protocol. Pure. */
enum account_class {
	ACCOUNT_ALL,
	ACCOUNT_UDP,
	ACCOUNT_TCP,
	ACCOUNT_OTHER,
	ACCOUNT_CLASSES
};

struct account {
	uint64_t packets_in, bytes_in;
	uint64_t packets_out, bytes_out;	/* copies included */
	uint64_t fates[RECORD_FATES];	/* drops of packets; the rest with
					 * copies */
	uint64_t duplicated;	/* packets that left once more */
	/*
	 * RFC 4737, over the first leaving of each packet of the class: one
	 * with a larger index left before.
	 */
	uint64_t reordered;
	int64_t	 first_in_ns, last_in_ns;	/* since the start */
	int64_t	 first_out_ns, last_out_ns;
	struct quant *delay, *planned, *late;	/* ns; of what left */
};

const char *account_class_name(enum account_class class);
/* 0, or -1 with errno when out of memory. account_free in either case. */
int	account_make(struct account *a, const struct records *l, int dir,
	    enum account_class class);
void	account_free(struct account *a);

#endif
