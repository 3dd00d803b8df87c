/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_RESOLVE_H
#define PL_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/addr.h"

/*
 * Names of hosts, looked up in a thread of its own, so that nobody waits. What
 * is remembered is bounded, and asked anew after RESOLVE_KEEP_NS (a host
 * without a name: RESOLVE_NONE_NS). One thread asks; the caller is one too.
 */
struct resolver;

#define RESOLVE_NAME	256	/* NUL included */
#define RESOLVE_KEEP_NS	(INT64_C(3600) * 1000000000)
#define RESOLVE_NONE_NS	(INT64_C(300) * 1000000000)

/* The name of this address, or false when it has none; may take its time. For
 * tests; NULL: getnameinfo(3). Called in the thread. */
typedef bool resolve_ask(const struct addr *a, char name[RESOLVE_NAME]);

/* NULL with errno. Signals that are blocked stay so in the thread. */
struct resolver *resolve_new(resolve_ask *ask);
/* Does not wait for a look-up under way. */
void	resolve_free(struct resolver *r);
/* Have it looked up, unless that is known or too many are waiting. */
void	resolve_want(struct resolver *r, const struct addr *a);
/* The name, if it is known by now. */
bool	resolve_name(struct resolver *r, const struct addr *a,
	    char name[RESOLVE_NAME]);
/* Is it known by now whether there is one? */
bool	resolve_done(struct resolver *r, const struct addr *a);

#endif
