/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UNIT_BURSTS_H
#define PL_UNIT_BURSTS_H

#include <stddef.h>
#include <stdint.h>

#include "common/udpio.h"

/* What the tests of bursts share; failures fail the test. */

#define BURSTS_HEADER	32
#define BURSTS_MAX	300

/* A sender connected to a receiver on a loopback address. */
struct bursts {
	int			 in, out;
	struct udpio_burst	*burst;		/* BURSTS_MAX datagrams */
};

void	bursts_open(struct bursts *p, const char *host);
void	bursts_close(struct bursts *p);

/* Headers first..first+n-1 get the numbers number..number+n-1. */
void	bursts_fill(struct bursts *p, size_t first, size_t n, size_t number);

/* Whether data is the datagram of this number: header and body. */
void	bursts_check(const uint8_t *data, size_t len, size_t number);

/* At most n, but what the receive buffer surely takes of this size. */
size_t	bursts_fit(const struct bursts *p, size_t n, size_t size);

/* A size from BURSTS_HEADER to max. */
size_t	bursts_size(size_t max);

#endif
