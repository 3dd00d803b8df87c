/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/loop.h"
#include "common/loop_wait.h"

#define WATCHES_FIRST	16	/* doubled when they are used up */

/* index of a watch: 0 not registered, else 1 + its slot. */
struct loop_wait {
	struct pollfd		*polls;
	struct loop_fd		**watches;
	size_t			 n, cap;
	struct loop_fd		 wake;		/* reading end of the pipe */
	int			 wake_fd;	/* writing end */
	bool			 caught[NSIG];
	struct sigaction	 before[NSIG];
};

/*
 * The one thing a signal handler can reach: for each signal the writing end
 * of the pipe of the loop that wants it, plus 1; 0 is none.
 */
static volatile sig_atomic_t signal_fds[NSIG];

static short
to_poll(unsigned int want)
{
	return (short)(((want & LOOP_READ) != 0 ? POLLIN : 0) |
	    ((want & LOOP_WRITE) != 0 ? POLLOUT : 0));
}

static unsigned int
from_poll(short events, unsigned int want)
{
	unsigned int is = 0;

	if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0)
		return want != 0 ? want : LOOP_READ;
	if ((events & POLLIN) != 0)
		is |= LOOP_READ;
	if ((events & POLLOUT) != 0)
		is |= LOOP_WRITE;
	return is & want;
}

static int
reserve(struct loop_wait *w)
{
	size_t cap = w->cap == 0 ? WATCHES_FIRST : w->cap * 2;
	struct loop_fd **watches;
	struct pollfd *polls;

	if (w->n < w->cap)
		return 0;
	polls = reallocarray(w->polls, cap, sizeof(*polls));
	if (polls == NULL)
		return -1;
	w->polls = polls;
	watches = reallocarray(w->watches, cap, sizeof(*watches));
	if (watches == NULL)
		return -1;
	w->watches = watches;
	w->cap = cap;
	return 0;
}

int
loop_wait_add(struct loop *l, struct loop_fd *f)
{
	struct loop_wait *w = l->wait;

	if (reserve(w) == -1)
		return -1;
	w->watches[w->n] = f;
	w->polls[w->n].fd = f->fd;
	w->polls[w->n].events = to_poll(f->want);
	w->polls[w->n].revents = 0;
	f->index = (int)++w->n;
	return 0;
}

int
loop_wait_change(struct loop *l, struct loop_fd *f, unsigned int want)
{
	l->wait->polls[f->index - 1].events = to_poll(want);
	return 0;
}

/* The last one takes its slot; see loop_wait_dispatch. */
void
loop_wait_remove(struct loop *l, struct loop_fd *f)
{
	struct loop_wait *w = l->wait;
	size_t slot = (size_t)f->index - 1;

	w->n--;
	w->polls[slot] = w->polls[w->n];
	w->watches[slot] = w->watches[w->n];
	w->watches[slot]->index = (int)slot + 1;
}

/* The pipe carries signal numbers; 0 only wakes. */
static void
on_pipe(struct loop *l, struct loop_fd *f, unsigned int events)
{
	unsigned char bytes[64];
	ssize_t i, n;

	(void)events;
	n = read(f->fd, bytes, sizeof(bytes));
	for (i = 0; i < n; i++)
		loop_deliver(l, bytes[i]);
}

/* A full pipe wakes as well, so failure is no matter. */
static void
write_pipe(int fd, int signo)
{
	unsigned char byte = (unsigned char)signo;
	int saved = errno;

	(void)!write(fd, &byte, 1);
	errno = saved;
}

static int
open_pipe(int fds[2])
{
	int i;

	if (pipe(fds) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		fcntl(fds[i], F_SETFD, FD_CLOEXEC);
		fcntl(fds[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

int
loop_wait_open(struct loop *l)
{
	struct loop_wait *w = calloc(1, sizeof(*w));
	int fds[2];

	if (w == NULL)
		return -1;
	if (open_pipe(fds) == -1) {
		free(w);
		return -1;
	}
	l->wait = w;
	w->wake_fd = fds[1];
	w->wake.cb = on_pipe;
	w->wake.fd = fds[0];
	w->wake.want = LOOP_READ;
	if (loop_wait_add(l, &w->wake) == -1) {
		loop_wait_close(l);
		return -1;
	}
	return 0;
}

void
loop_wait_close(struct loop *l)
{
	struct loop_wait *w = l->wait;
	int signo;

	for (signo = 1; signo < NSIG; signo++) {
		if (!w->caught[signo])
			continue;
		sigaction(signo, &w->before[signo], NULL);
		signal_fds[signo] = 0;
	}
	close(w->wake.fd);
	close(w->wake_fd);
	free(w->polls);
	free(w->watches);
	free(w);
}

void
loop_wait_wake(struct loop *l)
{
	write_pipe(l->wait->wake_fd, 0);
}

#ifdef HAVE_PPOLL
static int
poll_ns(struct loop_wait *w, int64_t left_ns)
{
	struct timespec ts;

	ts.tv_sec = (time_t)(left_ns / CLOCK_NS_PER_S);
	ts.tv_nsec = (long)(left_ns % CLOCK_NS_PER_S);
	return ppoll(w->polls, (nfds_t)w->n,
	    left_ns == CLOCK_NEVER ? NULL : &ts, NULL);
}
#else
/* Rounded down: the last millisecond is spent spinning, not slept over. */
static int
poll_ns(struct loop_wait *w, int64_t left_ns)
{
	int64_t ms = left_ns / CLOCK_NS_PER_MS;

	if (left_ns == CLOCK_NEVER)
		ms = -1;
	else if (ms > INT_MAX)
		ms = INT_MAX;
	return poll(w->polls, (nfds_t)w->n, (int)ms);
}
#endif

/*
 * How long to sleep when left_ns remain. Linux adds 0.1 % (0.5 % when nice)
 * of slack to the time-out of poll: 10 ms in 10 s. So a long sleep is asked
 * to end 0.8 % early and the rest is slept in shorter ones: 10 s become
 * 9.92 s, 79 ms and 0.6 ms. Below 1 ms the slack is no matter.
 */
static int64_t
sleep_for(int64_t left_ns)
{
	if (left_ns < CLOCK_NS_PER_MS || left_ns == CLOCK_NEVER)
		return left_ns;
	return left_ns - left_ns / 128;
}

int
loop_wait_until(struct loop *l, int64_t when_ns, int64_t now_ns)
{
	int64_t left_ns = CLOCK_NEVER;
	int n;

	if (when_ns != CLOCK_NEVER)
		left_ns = when_ns > now_ns ? when_ns - now_ns : 0;
	n = poll_ns(l->wait, sleep_for(left_ns));
	return n == -1 && errno == EINTR ? 0 : n;
}

/*
 * From the last to the first: a deletion moves the last watch, which has had
 * its turn (its revents are 0 by then), into the free slot. Watches added
 * meanwhile come after those we still visit.
 */
void
loop_wait_dispatch(struct loop *l)
{
	struct loop_wait *w = l->wait;
	unsigned int events;
	struct loop_fd *f;
	short revents;
	size_t i;

	for (i = w->n; i-- > 0;) {
		if (i >= w->n)
			continue;
		revents = w->polls[i].revents;
		w->polls[i].revents = 0;
		if (revents == 0)
			continue;
		f = w->watches[i];
		events = from_poll(revents, f->want);
		if (events != 0)
			f->cb(l, f, events);
	}
}

static void
on_signal(int signo)
{
	int fd = (int)signal_fds[signo] - 1;

	if (fd >= 0)
		write_pipe(fd, signo);
}

int
loop_wait_signal(struct loop *l, int signo)
{
	struct sigaction sa = { .sa_handler = on_signal,
		.sa_flags = SA_RESTART };
	struct loop_wait *w = l->wait;

	if (w->caught[signo])
		return 0;
	if (signal_fds[signo] != 0) {
		errno = EBUSY;
		return -1;
	}
	sigfillset(&sa.sa_mask);
	signal_fds[signo] = w->wake_fd + 1;
	if (sigaction(signo, &sa, &w->before[signo]) == -1) {
		signal_fds[signo] = 0;
		return -1;
	}
	w->caught[signo] = true;
	return 0;
}
