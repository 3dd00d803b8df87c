/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_FETCH_H
#define PL_FETCH_H

#include <stddef.h>

#define FETCH_LINE	64	/* bytes, on most machines */

/* Begin to load the line of the cache that this is in. Never fails. */
static inline void
fetch(const void *p)
{
	__builtin_prefetch(p);
}

static inline void
fetch_range(const void *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += FETCH_LINE)
		fetch((const char *)p + i);
}

#endif
