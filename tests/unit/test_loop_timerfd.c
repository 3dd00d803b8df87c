/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/epoll.h>

#include <errno.h>
#include <signal.h>
#include <time.h>

int	no_epoll_pwait2(int epfd, struct epoll_event *events, int n,
	    const struct timespec *timeout, const sigset_t *mask);

/* A kernel without epoll_pwait2, for the tests of timers once more. */
int
no_epoll_pwait2(int epfd, struct epoll_event *events, int n,
    const struct timespec *timeout, const sigset_t *mask)
{
	(void)epfd;
	(void)events;
	(void)n;
	(void)timeout;
	(void)mask;
	errno = ENOSYS;
	return -1;
}

#define epoll_pwait2	no_epoll_pwait2
#include "common/loop_linux.c"
#include "tests/unit/test_loop.c"
