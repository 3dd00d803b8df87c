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
	struct loop_fd		timer;		/* timerfd, on old kernels */
	bool			no_pwait2;	/* ENOSYS seen */
	bool			timer_armed;
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
control(struct loop *l, int op, struct loop_fd *f, unsigned int want)
{
	struct epoll_event ev = { .events = to_epoll(want), .data.ptr = f };

	return epoll_ctl(l->wait->epfd, op, f->fd, &ev);
}

int
loop_wait_add(struct loop *l, struct loop_fd *f)
{
	if (control(l, EPOLL_CTL_ADD, f, f->want) == -1)
		return -1;
	f->index = INDEX_IDLE;
	return 0;
}

int
loop_wait_change(struct loop *l, struct loop_fd *f, unsigned int want)
{
	return control(l, EPOLL_CTL_MOD, f, want);
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
add_own(struct loop *l, struct loop_fd *f, int fd,
    void (*cb)(struct loop *, struct loop_fd *, unsigned int))
{
	if (fd == -1)
		return -1;
	f->cb = cb;
	f->fd = fd;
	f->want = LOOP_READ;
	if (loop_wait_add(l, f) == -1) {
		close(fd);
		return -1;
	}
	return 0;
}

static void
close_own(struct loop_fd *f)
{
	if (f->index != 0)
		close(f->fd);
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

int
loop_wait_open(struct loop *l)
{
	struct loop_wait *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return -1;
	l->wait = w;
	sigemptyset(&w->caught);
	sigemptyset(&w->blocked);
	w->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (w->epfd != -1 && add_own(l, &w->wake,
	    eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), on_wake) == 0)
		return 0;
	if (w->epfd != -1)
		close(w->epfd);
	free(w);
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
	close_own(&w->wake);
	close_own(&w->signals);
	close_own(&w->timer);
	close(w->epfd);
	free(w);
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

/* A time-out is no event. The next timerfd_settime makes it silent. */
static int
without_timer(struct loop_wait *w, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (w->batch[i].data.ptr == &w->timer)
			w->batch[i] = w->batch[--n];
	return n;
}

/* Before Linux 5.11: a timerfd is the only time-out finer than 1 ms. */
static int
wait_timerfd(struct loop *l, int64_t left_ns)
{
	struct loop_wait *w = l->wait;
	struct itimerspec it = { .it_value = { 0, 0 } };
	bool arm = left_ns > 0 && left_ns != CLOCK_NEVER;

	if (w->timer.index == 0 && add_own(l, &w->timer,
	    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
	    NULL) == -1)
		return -1;
	if (arm)
		it.it_value = to_timespec(left_ns);
	if (arm || w->timer_armed)
		timerfd_settime(w->timer.fd, 0, &it, NULL);
	w->timer_armed = arm;
	return without_timer(w, epoll_wait(w->epfd, w->batch, BATCH,
	    left_ns > 0 ? -1 : 0));
}

static int
wait_pwait2(struct loop *l, int64_t left_ns)
{
#ifdef HAVE_EPOLL_PWAIT2
	struct timespec ts = to_timespec(left_ns);
	struct loop_wait *w = l->wait;

	return epoll_pwait2(w->epfd, w->batch, BATCH,
	    left_ns == CLOCK_NEVER ? NULL : &ts, NULL);
#else
	(void)l;
	(void)left_ns;
	errno = ENOSYS;
	return -1;
#endif
}

int
loop_wait_for(struct loop *l, int64_t left_ns)
{
	struct loop_wait *w = l->wait;
	struct loop_fd *f;
	int i, n = -1;

	if (!w->no_pwait2) {
		n = wait_pwait2(l, left_ns);
		/* EPERM: a container's filter of system calls. */
		w->no_pwait2 = n == -1 && (errno == ENOSYS || errno == EPERM);
	}
	if (w->no_pwait2)
		n = wait_timerfd(l, left_ns);
	w->nready = 0;
	if (n == -1)
		return errno == EINTR ? 0 : -1;
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
		    signalfd(-1, &w->caught, flags), on_signals);
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
