/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/loop.h"
#include "common/loop_wait.h"

#define BATCH		64	/* events a round */
/* Time-outs up to this are late by less than a microsecond. */
#define SHORT_NS	(CLOCK_NS_PER_MS - 1)
#define SIGNAL_BATCH	8

/* index of a watch: 0 not registered, 1 idle, else 2 + its place in batch. */
#define INDEX_IDLE	1
#define INDEX_READY	2

struct loop_wait {
	int			epfd;
	int			nready;
	struct epoll_event	batch[BATCH];
	struct loop_fd		wake;		/* eventfd */
	struct loop_fd		signals;	/* signalfd, when there are */
	struct loop_fd		timer;		/* timerfd, see timer_set */
	int64_t			timer_ns;	/* it goes off then, or never */
	bool			no_pwait2;	/* ENOSYS seen */
	sigset_t		caught;		/* read from signalfd */
	sigset_t		blocked;	/* by us, to be unblocked */
};

static uint32_t
to_epoll(unsigned int want)
{
	return ((want & LOOP_READ) != 0 ? (uint32_t)EPOLLIN : 0) |
	    ((want & LOOP_WRITE) != 0 ? (uint32_t)EPOLLOUT : 0);
}

static unsigned int
from_epoll(uint32_t events, unsigned int want)
{
	unsigned int is = 0;

	if ((events & (EPOLLERR | EPOLLHUP)) != 0)
		return want != 0 ? want : LOOP_READ;
	if ((events & EPOLLIN) != 0)
		is |= LOOP_READ;
	if ((events & EPOLLOUT) != 0)
		is |= LOOP_WRITE;
	return is & want;
}

static int
control(struct loop *l, int op, struct loop_fd *f, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = f };

	return epoll_ctl(l->wait->epfd, op, f->fd, &ev);
}

int
loop_wait_add(struct loop *l, struct loop_fd *f)
{
	if (control(l, EPOLL_CTL_ADD, f, to_epoll(f->want)) == -1)
		return -1;
	f->index = INDEX_IDLE;
	return 0;
}

int
loop_wait_change(struct loop *l, struct loop_fd *f, unsigned int want)
{
	return control(l, EPOLL_CTL_MOD, f, to_epoll(want));
}

void
loop_wait_remove(struct loop *l, struct loop_fd *f)
{
	if (f->index >= INDEX_READY)
		l->wait->batch[f->index - INDEX_READY].data.ptr = NULL;
	(void)control(l, EPOLL_CTL_DEL, f, 0);
}

/* A watch of our own, not counted as the user's. Takes fd. */
static int
add_own(struct loop *l, struct loop_fd *f, int fd, uint32_t events,
    void (*cb)(struct loop *, struct loop_fd *, unsigned int))
{
	if (fd == -1)
		return -1;
	f->cb = cb;
	f->fd = fd;
	f->want = LOOP_READ;
	if (control(l, EPOLL_CTL_ADD, f, events) == -1) {
		close(fd);
		return -1;
	}
	f->index = INDEX_IDLE;
	return 0;
}

/* Reading the counter makes the eventfd silent. */
static void
on_wake(struct loop *l, struct loop_fd *f, unsigned int events)
{
	uint64_t count;

	(void)l;
	(void)events;
	(void)!read(f->fd, &count, sizeof(count));
}

/*
 * The timer tells its end once: nobody may wait for that any more, and then
 * it must not keep others from sleeping.
 */
static int
open_own(struct loop *l)
{
	struct loop_wait *w = l->wait;

	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epfd == -1)
		return -1;
	if (add_own(l, &w->wake, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	    EPOLLIN, on_wake) == -1)
		return -1;
	w->timer_ns = CLOCK_NEVER;
	return add_own(l, &w->timer, timerfd_create(CLOCK_MONOTONIC,
	    TFD_CLOEXEC | TFD_NONBLOCK), EPOLLIN | EPOLLET, NULL);
}

static void
close_own(struct loop_fd *f)
{
	if (f->index != 0)
		close(f->fd);
}

static void
close_all(struct loop_wait *w)
{
	close_own(&w->wake);
	close_own(&w->signals);
	close_own(&w->timer);
	if (w->epfd != -1)
		close(w->epfd);
	free(w);
}

int
loop_wait_open(struct loop *l)
{
	struct loop_wait *w = calloc(1, sizeof(*w));
	int saved;

	if (w == NULL)
		return -1;
	l->wait = w;
	sigemptyset(&w->caught);
	sigemptyset(&w->blocked);
	if (open_own(l) == 0)
		return 0;
	saved = errno;
	close_all(w);
	errno = saved;
	return -1;
}

void
loop_wait_close(struct loop *l)
{
	struct signalfd_siginfo info;
	struct loop_wait *w = l->wait;

	/* What arrived while they were ours must not kill us now. */
	if (w->signals.index != 0)
		while (read(w->signals.fd, &info, sizeof(info)) > 0)
			;
	sigprocmask(SIG_UNBLOCK, &w->blocked, NULL);
	close_all(w);
}

void
loop_wait_wake(struct loop *l)
{
	uint64_t one = 1;
	int saved = errno;

	(void)!write(l->wait->wake.fd, &one, sizeof(one));
	errno = saved;
}

static struct timespec
to_timespec(int64_t ns)
{
	struct timespec ts;

	ts.tv_sec = (time_t)(ns / CLOCK_NS_PER_S);
	ts.tv_nsec = (long)(ns % CLOCK_NS_PER_S);
	return ts;
}

/* The end of the timer is no event. */
static int
without_timer(struct loop_wait *w, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (w->batch[i].data.ptr != &w->timer)
			continue;
		w->timer_ns = CLOCK_NEVER;
		w->batch[i] = w->batch[--n];
		break;
	}
	return n;
}

/*
 * Linux adds 0.1 % (0.5 % when nice) of slack to the time-outs of epoll: 10 ms
 * in 10 s. A timer has none. One that goes off before when_ns is left as it
 * is: mostly it is of a deadline that each packet moves, and to be woken for
 * it once costs less than to set it for each.
 */
static int
timer_set(struct loop_wait *w, int64_t when_ns)
{
	struct itimerspec it = { .it_value = to_timespec(when_ns) };

	if (w->timer_ns <= when_ns)
		return 0;
	w->timer_ns = when_ns;
	return timerfd_settime(w->timer.fd, TFD_TIMER_ABSTIME, &it, NULL);
}

static int
wait_pwait2(struct loop_wait *w, int64_t left_ns)
{
#ifdef HAVE_EPOLL_PWAIT2
	struct timespec ts = to_timespec(left_ns);

	return epoll_pwait2(w->epfd, w->batch, BATCH, &ts, NULL);
#else
	(void)w;
	(void)left_ns;
	errno = ENOSYS;
	return -1;
#endif
}

static int
wait_epoll(struct loop_wait *w, int64_t when_ns, int64_t now_ns)
{
	int64_t left_ns = when_ns - now_ns;
	int n;

	if (when_ns <= now_ns)
		return epoll_wait(w->epfd, w->batch, BATCH, 0);
	if (left_ns <= SHORT_NS && !w->no_pwait2) {
		n = wait_pwait2(w, left_ns);
		/* EPERM: a container's filter of system calls. */
		if (n != -1 || (errno != ENOSYS && errno != EPERM))
			return n;
		w->no_pwait2 = true;	/* before Linux 5.11 */
	}
	if (when_ns != CLOCK_NEVER && timer_set(w, when_ns) == -1)
		return -1;
	return epoll_wait(w->epfd, w->batch, BATCH, -1);
}

int
loop_wait_until(struct loop *l, int64_t when_ns, int64_t now_ns)
{
	struct loop_wait *w = l->wait;
	struct loop_fd *f;
	int i, n;

	w->nready = 0;
	n = wait_epoll(w, when_ns, now_ns);
	if (n == -1)
		return errno == EINTR ? 0 : -1;
	n = without_timer(w, n);
	for (i = 0; i < n; i++) {
		f = w->batch[i].data.ptr;
		f->index = INDEX_READY + i;
	}
	w->nready = n;
	return n;
}

void
loop_wait_dispatch(struct loop *l)
{
	struct loop_wait *w = l->wait;
	unsigned int events;
	struct loop_fd *f;
	int i;

	for (i = 0; i < w->nready; i++) {
		f = w->batch[i].data.ptr;
		if (f == NULL)
			continue;
		f->index = INDEX_IDLE;
		events = from_epoll(w->batch[i].events, f->want);
		if (events != 0)
			f->cb(l, f, events);
	}
	w->nready = 0;
}

static void
on_signals(struct loop *l, struct loop_fd *f, unsigned int events)
{
	struct signalfd_siginfo info[SIGNAL_BATCH];
	ssize_t i, n;

	(void)events;
	n = read(f->fd, info, sizeof(info)) / (ssize_t)sizeof(info[0]);
	for (i = 0; i < n; i++)
		loop_deliver(l, (int)info[i].ssi_signo);
}

static int
update_signalfd(struct loop *l)
{
	struct loop_wait *w = l->wait;
	int flags = SFD_CLOEXEC | SFD_NONBLOCK;

	if (w->signals.index == 0)
		return add_own(l, &w->signals,
		    signalfd(-1, &w->caught, flags), EPOLLIN, on_signals);
	return signalfd(w->signals.fd, &w->caught, flags) == -1 ? -1 : 0;
}

int
loop_wait_signal(struct loop *l, int signo)
{
	struct loop_wait *w = l->wait;
	sigset_t one, before;

	if (sigismember(&w->caught, signo) == 1)
		return 0;
	sigemptyset(&one);
	if (sigaddset(&one, signo) == -1)
		return -1;
	sigaddset(&w->caught, signo);
	if (update_signalfd(l) == -1) {
		sigdelset(&w->caught, signo);
		return -1;
	}
	sigprocmask(SIG_BLOCK, &one, &before);
	if (sigismember(&before, signo) == 0)
		sigaddset(&w->blocked, signo);
	return 0;
}
