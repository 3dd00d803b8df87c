/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_LATENCY_SET_H
#define MSAK_LATENCY_SET_H

#include <stddef.h>
#include <stdint.h>

#include "msak/latency.h"

/*
 * The sessions of a latency server: found by id, by reference, and by who is
 * due next. It has room for so many from the start, so that adding cannot
 * fail below that.
 */
struct latency_set {
	struct latency_session	**buckets;	/* chains, by id */
	struct latency_session	**heap;		/* the least due_ns first */
	struct latency_session	**places;	/* by reference */
	uint32_t		 *free_places;	/* a stack of max - n */
	size_t			  n, max, nbuckets;
	uint64_t		  seed, added;
};

/* 0, or -1 with errno. */
int	latency_set_init(struct latency_set *t, size_t max, uint64_t seed);
/* The sessions too. */
void	latency_set_clear(struct latency_set *t);
struct latency_session *latency_set_find(const struct latency_set *t,
	    const char *mid);
struct latency_session *latency_set_ref(const struct latency_set *t,
	    uint64_t ref);
/* n < max, and none of the same id. */
void	latency_set_add(struct latency_set *t, struct latency_session *s);
void	latency_set_remove(struct latency_set *t, struct latency_session *s);
void	latency_set_due(struct latency_set *t, struct latency_session *s,
	    int64_t due_ns);

#endif
