/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LOOP_H
#define PL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Descriptors, timers and signals in one thread. Callbacks may add, change
 * and delete any watch or timer, their own included. Embed struct loop_fd,
 * loop_timer and loop_signal in your own structs; the loop never allocates
 * for them and never frees them.
 */
struct loop;

#define LOOP_READ	1u
#define LOOP_WRITE	2u

struct loop_fd {
	void	(*cb)(struct loop *, struct loop_fd *, unsigned int events);
	void	*arg;
	int	 fd;
	unsigned int want;		/* LOOP_* now watched */
	/* private */
	int	 index;
};

struct loop_timer {
	void	(*cb)(struct loop *, struct loop_timer *, int64_t now_ns);
	void	*arg;
	int64_t	 when_ns;		/* monotonic */
	/* private: place in the heap, -1 when idle */
	int	 index;
};

/* NULL with errno on failure. */
struct loop *loop_new(void);
void	loop_free(struct loop *l);

/* Watch f->fd for want (0 keeps it registered and silent: errors and hang-up
 * may still be reported as LOOP_READ). 0 or -1 with errno. */
int	loop_fd_add(struct loop *l, struct loop_fd *f, int fd,
	    unsigned int want, void (*cb)(struct loop *, struct loop_fd *,
	    unsigned int), void *arg);
int	loop_fd_set(struct loop *l, struct loop_fd *f, unsigned int want);
/* Forget it; does not close. Harmless when it is not registered. */
void	loop_fd_del(struct loop *l, struct loop_fd *f);

/* A timer must be initialised once, then may be set and cleared freely. */
void	loop_timer_init(struct loop_timer *t,
	    void (*cb)(struct loop *, struct loop_timer *, int64_t), void *arg);
/* Absolute monotonic time; replaces an earlier one. Fires once. 0 or -1 with
 * errno (out of memory for the heap). */
int	loop_timer_set(struct loop *l, struct loop_timer *t, int64_t when_ns);
void	loop_timer_clear(struct loop *l, struct loop_timer *t);

/*
 * Call cb in the loop's thread when the signal arrives; at most one callback
 * a signal number. The disposition is restored by loop_free.
 */
int	loop_signal(struct loop *l, int signo,
	    void (*cb)(struct loop *, int signo, void *arg), void *arg);

/* Monotonic time read when the present round of callbacks began. */
int64_t	loop_now(const struct loop *l);

/* With on, waits spin on the clock instead of sleeping (busy wait). */
void	loop_set_busy(struct loop *l, bool on);

/* Run until loop_stop or until nothing is left to wait for. 0 or -1. */
int	loop_run(struct loop *l);
/* One round: wait at most until deadline_ns (monotonic), run what is due. */
int	loop_once(struct loop *l, int64_t deadline_ns);
/* May be called from callbacks and (async-signal-safe) from other threads
 * or signal handlers. */
void	loop_stop(struct loop *l);

#endif
