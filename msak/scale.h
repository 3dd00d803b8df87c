/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_SCALE_H
#define MSAK_SCALE_H

#include <stdint.h>

/*
 * How long the next binary message of a throughput1 sender is (spec 4.1):
 * small at first, so that slow paths see the first ones soon, up to 1 MiB.
 */
#define SCALE_MIN	1024
#define SCALE_MAX	1048576

struct scale {
	int64_t	size;		/* of the next message, bytes of payload */
	int64_t	limit;		/* -bytes, 0: none */
};

void	scale_init(struct scale *s, int64_t limit);
/* After a message: sent is all application payload so far, text included. A
 * size of 0 or less then means that the limit has been reached. */
void	scale_next(struct scale *s, int64_t sent);
/* After a text, which leaves less for the next message. */
void	scale_fit(struct scale *s, int64_t sent);

#endif
