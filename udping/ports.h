/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_PORTS_H
#define UDPING_PORTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The source ports of a client, as -s and -n describe them (spec 2.2):
 *
 *	descriptor = range *( "," range )	range = port [ "-" port ]
 */
#define PORTS_LOW	1024
#define PORTS_HIGH	60000
#define PORTS_MAX	5000		/* in all */

/* Looked at after each range, so that one range more has room. */
#define PORTS_ROOM	(PORTS_MAX + PORTS_HIGH - PORTS_LOW + 1)

/* As written: order and duplicates are kept. */
struct ports {
	size_t		n;
	uint16_t	port[PORTS_ROOM];
};

/* Is the text one number and nothing else, and above 0? It is then in *out. */
int	ports_single(const char *text, int *out);

/*
 * count: of -n, 0 where it was not given; it matters for a single number only.
 * 0, or -1 with the reason in why (cut to len), as the original words it; *out
 * then holds what was added before.
 */
int	ports_parse(const char *text, int count, struct ports *out, char *why,
	    size_t len);

#endif
