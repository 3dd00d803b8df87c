/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LINKEM_OUTAGE_H
#define PL_LINKEM_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Losses in a row, to the packet: of those from one source port the first
 * ones pass, then so many are lost, once or over and over.
 */
#define OUTAGES	32

struct outage {
	uint16_t	sport;
	uint32_t	first;		/* number of the first that is lost */
	uint32_t	count;
	uint32_t	every;		/* from one outage to the next, at
					 * least count; 0: there is one */
	uint32_t	seen;		/* packets so far */
};

struct outages {
	struct outage	o[OUTAGES];
	size_t		n;
};

/* A packet of this port came: is it lost? */
bool	outages_take(struct outages *a, uint16_t sport);

#endif
