/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LOOP_H
#define PL_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Descriptors, timers and signals in one thread. Callbacks may add, change
 * and delete any watch or timer, their own included, and free what held it:
 * a watch deleted in a callback is not called any more, not even when it was
 * ready in the same round. Embed struct loop_fd and loop_timer in your own
 * structs; the loop never frees them. Several loops may live in one process;
 * one loop belongs to one thread, and only loop_stop may be called from
 * elsewhere. Callbacks must not run the loop that called them.
 */
struct loop;

#define LOOP_READ	1u
#define LOOP_WRITE	2u

struct loop_fd {
	void	(*cb)(struct loop *, struct loop_fd *, unsigned int events);
	void	*arg;
	int	 fd;
	unsigned int want;		/* LOOP_* now watched */
	/* private; 0 when not registered, so zero the struct before use */
	int	 index;
};

struct loop_timer {
	void	(*cb)(struct loop *, struct loop_timer *, int64_t now_ns);
	void	*arg;
	int64_t	 when_ns;		/* monotonic */
	/* private: place in the heap, -1 when idle, below: about to fire */
	int	 index;
};

/* NULL with errno on failure. */
struct loop *loop_new(void);
/* Watches and timers need not be deleted before. NULL is ignored. */
void	loop_free(struct loop *l);

/*
 * Watch fd for want (level-triggered). An error or hang-up is reported as
 * all that is wanted; with want 0 the watch stays registered and silent but
 * for these, which then come as LOOP_READ, again and again until the callback
 * deletes the watch. Delete it before the descriptor is closed. 0 or -1 with
 * errno.
 */
int	loop_fd_add(struct loop *l, struct loop_fd *f, int fd,
	    unsigned int want, void (*cb)(struct loop *, struct loop_fd *,
	    unsigned int), void *arg);
int	loop_fd_set(struct loop *l, struct loop_fd *f, unsigned int want);
/* Forget it; does not close. Harmless when it is not registered. */
void	loop_fd_del(struct loop *l, struct loop_fd *f);

/* A timer must be initialised once, then may be set and cleared freely. */
void	loop_timer_init(struct loop_timer *t,
	    void (*cb)(struct loop *, struct loop_timer *, int64_t), void *arg);
/*
 * Absolute monotonic time; replaces an earlier one. Fires once, never early.
 * Timers fire in the order of their times; one that a timer's callback sets
 * to the past waits for the next round, so that descriptors are served in
 * between. 0 or -1 with errno (out of memory for the heap).
 */
int	loop_timer_set(struct loop *l, struct loop_timer *t, int64_t when_ns);
/* Harmless when it is not set. */
void	loop_timer_clear(struct loop *l, struct loop_timer *t);

/*
 * Call cb in the loop's thread when the signal arrives. A second call for the
 * same number replaces the callback; in one process a signal belongs to one
 * loop at a time (EBUSY where that can be told). Linux blocks the signal in
 * the calling thread, so call this before starting others. loop_free restores
 * mask and disposition. 0 or -1 with errno.
 */
int	loop_signal(struct loop *l, int signo,
	    void (*cb)(struct loop *, int signo, void *arg), void *arg);

/* Monotonic time read when the present round of callbacks began. */
int64_t	loop_now(const struct loop *l);

/* With on, waits spin on clock and descriptors instead of sleeping. */
void	loop_set_busy(struct loop *l, bool on);

/*
 * Run until loop_stop, or until no watch and no timer is left (signals alone
 * do not keep it running). 0, or -1 with errno when waiting failed.
 */
int	loop_run(struct loop *l);
/*
 * One round: wait until something happens, at most until deadline_ns
 * (monotonic; the past: only look), then run what is due. 0 or -1 with errno.
 */
int	loop_once(struct loop *l, int64_t deadline_ns);
/*
 * End the loop_run under way after its present round, else the next one at
 * once. May be called from callbacks and (async-signal-safe) from other
 * threads or signal handlers.
 */
void	loop_stop(struct loop *l);

#endif
