/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/time.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "tests/unit/loop_pair.h"
#include "tests/unit/unit.h"

#include "common/loop.h"

static struct loop *stopped_by_handler;

static void
stop_handler(int signo)
{
	(void)signo;
	loop_stop(stopped_by_handler);
}

static void
test_stop_from_a_signal_handler_wakes(void **state)
{
	struct itimerval soon = { .it_value = { 0, 5000 } };
	struct sigaction sa = { .sa_handler = stop_handler }, old;
	struct loop *l = loop_open();
	struct pair p;

	(void)state;
	stopped_by_handler = l;
	pair_open(l, &p, LOOP_READ, on_pair);
	assert_int_equal(sigaction(SIGALRM, &sa, &old), 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_int_equal(loop_run(l), 0);
	sigaction(SIGALRM, &old, NULL);
	pair_close(l, &p);
	loop_free(l);
}

static void
on_signal_count(struct loop *l, int signo, void *arg)
{
	(void)l;
	((int *)arg)[signo == SIGUSR1 ? 0 : 1]++;
}

static void
run_briefly(struct loop *l)
{
	int i;

	for (i = 0; i < 3; i++)
		assert_int_equal(loop_once(l, LOOK), 0);
}

static void
test_signals_reach_their_callbacks(void **state)
{
	struct loop *l = loop_open();
	int calls[2] = { 0, 0 }, later[2] = { 0, 0 };

	(void)state;
	assert_int_equal(loop_signal(l, SIGUSR1, on_signal_count, calls), 0);
	assert_int_equal(loop_signal(l, SIGUSR2, on_signal_count, calls), 0);
	raise(SIGUSR1);
	run_briefly(l);
	assert_int_equal(calls[0], 1);
	assert_int_equal(calls[1], 0);
	raise(SIGUSR1);
	raise(SIGUSR2);
	run_briefly(l);
	assert_int_equal(calls[0], 2);
	assert_int_equal(calls[1], 1);
	assert_int_equal(loop_signal(l, SIGUSR1, on_signal_count, later), 0);
	raise(SIGUSR1);
	run_briefly(l);
	assert_int_equal(calls[0], 2);
	assert_int_equal(later[0], 1);
	assert_int_equal(loop_run(l), 0);
	loop_free(l);
}

static void
test_free_restores_mask_and_disposition(void **state)
{
	struct sigaction sa = { .sa_handler = stop_handler }, old, after;
	sigset_t mask_before, mask_after;
	int calls[2] = { 0, 0 }, signo;
	struct loop *l = loop_open();

	(void)state;
	sigaction(SIGUSR1, &sa, &old);
	sigprocmask(SIG_SETMASK, NULL, &mask_before);
	assert_int_equal(loop_signal(l, SIGUSR1, on_signal_count, calls), 0);
	assert_int_equal(loop_signal(l, SIGUSR2, on_signal_count, calls), 0);
	/* Not taken by the loop any more; must not kill either. */
	raise(SIGUSR2);
	loop_free(l);
	sigprocmask(SIG_SETMASK, NULL, &mask_after);
	for (signo = 1; signo < NSIG; signo++)
		assert_int_equal(sigismember(&mask_before, signo),
		    sigismember(&mask_after, signo));
	sigaction(SIGUSR1, &old, &after);
	assert_ptr_equal(after.sa_handler, stop_handler);
	sigaction(SIGUSR2, NULL, &after);
	assert_ptr_equal(after.sa_handler, SIG_DFL);
	assert_int_equal(calls[1], 0);
}

static void
test_signal_numbers_are_checked(void **state)
{
	static const int numbers[] = { -1, 0, NSIG, SIGKILL, SIGSTOP };
	struct loop *l = loop_open();
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(numbers); i++) {
		assert_int_equal(loop_signal(l, numbers[i], on_signal_count,
		    NULL), -1);
		assert_int_equal(errno, EINVAL);
	}
	loop_free(l);
}

static void
test_loops_are_independent(void **state)
{
	struct loop *a = loop_open(), *b = loop_open();
	int a_calls[2] = { 0, 0 }, b_calls[2] = { 0, 0 };
	struct pair in_a, in_b;

	(void)state;
	pair_open(a, &in_a, LOOP_READ, on_pair);
	pair_open(b, &in_b, LOOP_READ, on_pair);
	loop_signal(a, SIGUSR1, on_signal_count, a_calls);
	loop_signal(b, SIGUSR2, on_signal_count, b_calls);
	pair_feed(&in_a);
	raise(SIGUSR2);
	run_briefly(a);
	assert_true(in_a.calls > 0);
	assert_int_equal(a_calls[0] + a_calls[1], 0);
	run_briefly(b);
	assert_int_equal(in_b.calls, 0);
	assert_int_equal(b_calls[1], 1);
	loop_stop(a);
	pair_close(b, &in_b);
	assert_int_equal(loop_run(b), 0);
	loop_free(b);
	raise(SIGUSR1);
	run_briefly(a);
	assert_int_equal(a_calls[0], 1);
	pair_close(a, &in_a);
	loop_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stop_from_a_signal_handler_wakes),
		cmocka_unit_test(test_signals_reach_their_callbacks),
		cmocka_unit_test(test_free_restores_mask_and_disposition),
		cmocka_unit_test(test_signal_numbers_are_checked),
		cmocka_unit_test(test_loops_are_independent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
