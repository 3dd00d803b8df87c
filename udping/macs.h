/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_MACS_H
#define UDPING_MACS_H

#include <stddef.h>
#include <stdint.h>

#define MACS_LEN	6		/* bytes of an address */
/* "02:00:00:00:0a:01" and NUL. */
#define MACS_STRLEN	18

/* Next hops in the order in which they take turns. */
struct macs {
	size_t	 n;
	uint8_t	(*mac)[MACS_LEN];
};

/*
 * The list of -a (spec 2.3): entries between commas, each six hexadecimal
 * groups as scanf(3) reads them with %hhx, and anything after the sixth. 0, or
 * -1 with errno: EINVAL for a list that is none, ENOMEM. Free with macs_free.
 */
int	macs_parse(const char *text, struct macs *out);
void	macs_free(struct macs *m);

/* Lower case with colons, into buf; returns it. */
const char *macs_format(const uint8_t mac[MACS_LEN], char buf[MACS_STRLEN]);

#endif
