/* SPDX-License-Identifier: BSD-2-Clause */
/* How often the back end of epoll wakes up and sets its timer. */
#include "config.h"

#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <errno.h>
#include <signal.h>
#include <time.h>

#include "tests/unit/loop_pair.h"
#include "tests/unit/unit.h"

static int waits, settings;

int	no_pwait2(int epfd, struct epoll_event *events, int n,
	    const struct timespec *timeout, const sigset_t *mask);

static int
counted_wait(int epfd, struct epoll_event *events, int n, int ms)
{
	waits++;
	return epoll_wait(epfd, events, n, ms);
}

/* As if the kernel had none, so that all sleeps are of one kind. */
int
no_pwait2(int epfd, struct epoll_event *events, int n,
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

static int
counted_set(int fd, int flags, const struct itimerspec *it,
    struct itimerspec *old)
{
	settings++;
	return timerfd_settime(fd, flags, it, old);
}

#define epoll_wait	counted_wait
#define epoll_pwait2	no_pwait2
#define timerfd_settime	counted_set
#include "common/loop_linux.c"

#define SLEEPS		20
#define SLEEP_NS	(5 * CLOCK_NS_PER_MS)

static void
count(struct loop *l, struct loop_timer *t, int64_t now_ns)
{
	(void)l;
	assert_true(now_ns >= t->when_ns);
	++*(int *)t->arg;
}

static struct loop *
open_counted(void)
{
	waits = settings = 0;
	return loop_open();
}

/* Once for each, not a little early and again. */
static void
test_a_sleep_is_one_wait(void **state)
{
	struct loop *l = open_counted();
	struct loop_timer t;
	int i, fired = 0;

	(void)state;
	loop_timer_init(&t, count, &fired);
	for (i = 0; i < SLEEPS; i++) {
		loop_timer_set(l, &t, clock_mono() + SLEEP_NS);
		assert_int_equal(loop_once(l, CLOCK_NEVER), 0);
		assert_int_equal(fired, i + 1);
	}
	/* Clocks of two cores may disagree by a little. */
	assert_in_range(waits, SLEEPS, SLEEPS + SLEEPS / 2);
	assert_in_range(settings, 0, SLEEPS + SLEEPS / 2);
	loop_free(l);
}

static void
drain(struct loop *l, struct loop_fd *f, unsigned int events)
{
	(void)l;
	(void)events;
	pair_drain(f->arg);
}

/* As of a server that hears nothing for so long, each time. */
static void
test_a_deadline_that_moves_is_not_set_each_time(void **state)
{
	struct loop *l = open_counted();
	struct loop_timer t;
	int i, fired = 0;
	struct pair p;

	(void)state;
	pair_open(l, &p, LOOP_READ, drain);
	loop_timer_init(&t, count, &fired);
	for (i = 0; i < 1000; i++) {
		loop_timer_set(l, &t, clock_mono() + 600 * CLOCK_NS_PER_S);
		pair_feed(&p);
		assert_int_equal(loop_once(l, CLOCK_NEVER), 0);
	}
	assert_int_equal(fired, 0);
	assert_int_equal(settings, 1);
	assert_int_equal(waits, 1000);
	pair_close(l, &p);
	loop_free(l);
}

/* One that was given up wakes once, and does not stand for the later one. */
static void
test_an_earlier_deadline_passes(void **state)
{
	int64_t now_ns = clock_mono(), end_ns = now_ns + 4 * SLEEP_NS;
	struct loop *l = open_counted();
	struct pair p;

	(void)state;
	pair_open(l, &p, LOOP_READ, drain);
	pair_feed(&p);
	assert_int_equal(loop_wait_until(l, now_ns + SLEEP_NS, now_ns), 1);
	loop_wait_dispatch(l);
	assert_int_equal(loop_wait_until(l, end_ns, now_ns), 0);
	assert_true(clock_mono() >= now_ns + SLEEP_NS);
	assert_int_equal(settings, 1);
	assert_int_equal(loop_wait_until(l, end_ns, now_ns), 0);
	assert_true(clock_mono() >= end_ns);
	assert_int_equal(settings, 2);
	pair_close(l, &p);
	loop_free(l);
}

/* Else it would wake those who wait for something else, over and over. */
static void
test_an_end_is_told_once(void **state)
{
	int64_t now_ns = clock_mono();
	struct loop *l = open_counted();
	struct epoll_event event;

	(void)state;
	assert_int_equal(loop_wait_until(l, now_ns + SLEEP_NS, now_ns), 0);
	assert_int_equal(epoll_wait(l->wait->epfd, &event, 1, 0), 0);
	loop_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_sleep_is_one_wait),
		cmocka_unit_test(
		    test_a_deadline_that_moves_is_not_set_each_time),
		cmocka_unit_test(test_an_earlier_deadline_passes),
		cmocka_unit_test(test_an_end_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
