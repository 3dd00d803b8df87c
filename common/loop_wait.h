/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LOOP_WAIT_H
#define PL_LOOP_WAIT_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/loop.h"

/*
 * Between loop.c (timers, rounds, stopping) and the back ends loop_linux.c
 * and loop_posix.c (waiting on descriptors, catching signals). Not for others.
 */

struct loop_wait;	/* the back end's own state */

struct loop {
	struct loop_wait	*wait;
	int64_t			 now_ns;	/* start of the round */
	size_t			 nfds;		/* watches of the user */
	bool			 busy;
	atomic_bool		 stop;

	struct loop_timer	**heap;		/* binary, earliest first */
	struct loop_timer	**due;		/* now; NULL: cleared */
	size_t			 nheap, ndue;
	size_t			 cap;		/* of either array */

	struct {
		void	(*cb)(struct loop *, int signo, void *arg);
		void	*arg;
	} signals[NSIG];
};

/* 0, or -1 with errno and nothing left open. */
int	loop_wait_open(struct loop *l);
void	loop_wait_close(struct loop *l);

/*
 * Register f (its fd, want and cb are set) and give it an index other than
 * 0; take over a new want; forget it. The first two return 0 or -1 with
 * errno.
 */
int	loop_wait_add(struct loop *l, struct loop_fd *f);
int	loop_wait_change(struct loop *l, struct loop_fd *f, unsigned int want);
void	loop_wait_remove(struct loop *l, struct loop_fd *f);

/*
 * Wait until when_ns (monotonic; the past: only look, CLOCK_NEVER: for ever);
 * now_ns is what that clock says. Returns how many watches are ready, 0 on
 * time-out, interruption or for no reason at all, or -1 with errno.
 */
int	loop_wait_until(struct loop *l, int64_t when_ns, int64_t now_ns);
/* Call back those that were found ready and that still are wanted. */
void	loop_wait_dispatch(struct loop *l);

/* Make a wait in this or another thread return. Async-signal-safe. */
void	loop_wait_wake(struct loop *l);

/* From now on turn the signal into loop_deliver. 0 or -1 with errno. */
int	loop_wait_signal(struct loop *l, int signo);

/* Run the callback of a signal that arrived. */
void	loop_deliver(struct loop *l, int signo);

#endif
