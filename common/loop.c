/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdlib.h>

#include "common/clock.h"
#include "common/loop.h"
#include "common/loop_wait.h"

#define HEAP_FIRST	64	/* timers, doubled when they are used up */

struct loop *
loop_new(void)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	atomic_init(&l->stop, false);
	l->now_ns = clock_mono();
	if (loop_wait_open(l) == -1) {
		free(l);
		return NULL;
	}
	return l;
}

void
loop_free(struct loop *l)
{
	if (l == NULL)
		return;
	loop_wait_close(l);
	free(l->heap);
	free(l->due);
	free(l);
}

/* Watches. */

int
loop_fd_add(struct loop *l, struct loop_fd *f, int fd, unsigned int want,
    void (*cb)(struct loop *, struct loop_fd *, unsigned int), void *arg)
{
	f->cb = cb;
	f->arg = arg;
	f->fd = fd;
	f->want = want;
	f->index = 0;
	if (loop_wait_add(l, f) == -1)
		return -1;
	l->nfds++;
	return 0;
}

int
loop_fd_set(struct loop *l, struct loop_fd *f, unsigned int want)
{
	if (f->index == 0) {
		errno = ENOENT;
		return -1;
	}
	if (f->want == want)
		return 0;
	if (loop_wait_change(l, f, want) == -1)
		return -1;
	f->want = want;
	return 0;
}

void
loop_fd_del(struct loop *l, struct loop_fd *f)
{
	if (f->index == 0)
		return;
	loop_wait_remove(l, f);
	f->index = 0;
	l->nfds--;
}

/*
 * Timers. index says where a timer is: in heap[index], or, between the start
 * of a round and its callback, in due[-2 - index]; -1 is nowhere.
 */

static void
heap_put(struct loop *l, size_t i, struct loop_timer *t)
{
	l->heap[i] = t;
	t->index = (int)i;
}

/* Slot i is free: put t there, or wherever the order wants it. */
static void
heap_settle(struct loop *l, size_t i, struct loop_timer *t)
{
	size_t child, parent;

	while (i > 0) {
		parent = (i - 1) / 2;
		if (l->heap[parent]->when_ns <= t->when_ns)
			break;
		heap_put(l, i, l->heap[parent]);
		i = parent;
	}
	while ((child = 2 * i + 1) < l->nheap) {
		if (child + 1 < l->nheap && l->heap[child + 1]->when_ns <
		    l->heap[child]->when_ns)
			child++;
		if (l->heap[child]->when_ns >= t->when_ns)
			break;
		heap_put(l, i, l->heap[child]);
		i = child;
	}
	heap_put(l, i, t);
}

static void
heap_remove(struct loop *l, size_t i)
{
	struct loop_timer *last = l->heap[--l->nheap];

	l->heap[i]->index = -1;
	if (i < l->nheap)
		heap_settle(l, i, last);
}

/* Room for one more in both arrays: every timer may be due at once. */
static int
heap_reserve(struct loop *l)
{
	size_t cap = l->cap == 0 ? HEAP_FIRST : l->cap * 2;
	struct loop_timer **p;

	if (l->nheap < l->cap)
		return 0;
	p = reallocarray(l->heap, cap, sizeof(*p));
	if (p == NULL)
		return -1;
	l->heap = p;
	p = reallocarray(l->due, cap, sizeof(*p));
	if (p == NULL)
		return -1;
	l->due = p;
	l->cap = cap;
	return 0;
}

void
loop_timer_init(struct loop_timer *t,
    void (*cb)(struct loop *, struct loop_timer *, int64_t), void *arg)
{
	t->cb = cb;
	t->arg = arg;
	t->when_ns = CLOCK_NEVER;
	t->index = -1;
}

int
loop_timer_set(struct loop *l, struct loop_timer *t, int64_t when_ns)
{
	size_t place;

	if (t->index < 0) {
		if (heap_reserve(l) == -1)
			return -1;
		loop_timer_clear(l, t);
		place = l->nheap++;
	} else
		place = (size_t)t->index;
	t->when_ns = when_ns;
	heap_settle(l, place, t);
	return 0;
}

void
loop_timer_clear(struct loop *l, struct loop_timer *t)
{
	if (t->index >= 0)
		heap_remove(l, (size_t)t->index);
	else if (t->index < -1)
		l->due[-2 - t->index] = NULL;
	t->index = -1;
}

/*
 * All that are due leave the heap first, so that a callback that keeps
 * setting its timer to the past holds up neither the others nor the loop.
 */
static void
run_timers(struct loop *l)
{
	struct loop_timer *t;
	size_t i;

	while (l->nheap > 0 && l->heap[0]->when_ns <= l->now_ns) {
		t = l->heap[0];
		heap_remove(l, 0);
		t->index = -2 - (int)l->ndue;
		l->due[l->ndue++] = t;
	}
	for (i = 0; i < l->ndue; i++) {
		t = l->due[i];
		if (t == NULL)
			continue;
		t->index = -1;
		t->cb(l, t, l->now_ns);
	}
	l->ndue = 0;
}

/* Signals. */

int
loop_signal(struct loop *l, int signo,
    void (*cb)(struct loop *, int, void *), void *arg)
{
	if (signo <= 0 || signo >= NSIG || signo == SIGKILL ||
	    signo == SIGSTOP) {
		errno = EINVAL;
		return -1;
	}
	if (loop_wait_signal(l, signo) == -1)
		return -1;
	l->signals[signo].cb = cb;
	l->signals[signo].arg = arg;
	return 0;
}

void
loop_deliver(struct loop *l, int signo)
{
	if (signo > 0 && signo < NSIG && l->signals[signo].cb != NULL)
		l->signals[signo].cb(l, signo, l->signals[signo].arg);
}

/* Rounds. */

int64_t
loop_now(const struct loop *l)
{
	return l->now_ns;
}

void
loop_set_busy(struct loop *l, bool on)
{
	l->busy = on;
}

static int
wait_until(struct loop *l, int64_t when_ns)
{
	int64_t now = clock_mono();
	int n;

	do {
		n = loop_wait_until(l, l->busy ? now : when_ns, now);
		now = clock_mono();
	} while (n == 0 && now < when_ns);
	l->now_ns = now;
	return n;
}

int
loop_once(struct loop *l, int64_t deadline_ns)
{
	int n;

	if (l->nheap > 0 && l->heap[0]->when_ns < deadline_ns)
		deadline_ns = l->heap[0]->when_ns;
	n = wait_until(l, deadline_ns);
	if (n == -1)
		return -1;
	run_timers(l);
	if (n > 0)
		loop_wait_dispatch(l);
	return 0;
}

int
loop_run(struct loop *l)
{
	while (!atomic_load(&l->stop)) {
		if (l->nfds == 0 && l->nheap == 0)
			return 0;
		if (loop_once(l, CLOCK_NEVER) == -1)
			return -1;
	}
	atomic_store(&l->stop, false);
	return 0;
}

void
loop_stop(struct loop *l)
{
	atomic_store(&l->stop, true);
	loop_wait_wake(l);
}
