/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LOOP_PAIR_H
#define PL_LOOP_PAIR_H

#include <stdbool.h>

#include "common/loop.h"

/* What the tests of the loop share. */

#define LOOK	0	/* deadline of a round that does not wait */

/* A pair of connected sockets, one end watched. */
struct pair {
	struct loop_fd	 f;
	int		 far;
	int		 calls;
	unsigned int	 events;	/* of the last call */
	struct pair	*others;	/* whom the callback may touch */
	bool		 deleted;
};

/* A loop, or the test fails. */
struct loop *loop_open(void);

/* Counts, and fails when the watch was deleted. */
void	on_pair(struct loop *l, struct loop_fd *f, unsigned int events);

void	pair_open(struct loop *l, struct pair *p, unsigned int want,
	    void (*cb)(struct loop *, struct loop_fd *, unsigned int));
void	pair_close(struct loop *l, struct pair *p);
/* Make it readable; take the byte away again. */
void	pair_feed(struct pair *p);
void	pair_drain(struct pair *p);

#endif
