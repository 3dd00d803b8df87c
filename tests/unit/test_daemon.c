/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/child.h"
#include "tests/unit/unit.h"

#include "common/daemon.h"

#define TEXT	4096

static bool
is_null(int fd)
{
	struct stat st, null;

	return fstat(fd, &st) == 0 && stat("/dev/null", &null) == 0 &&
	    S_ISCHR(st.st_mode) && st.st_rdev == null.st_rdev;
}

/* Go to the background; where that fails, say so and end. */
static void
background(struct daemon *d, int report)
{
	const char *what;

	if (daemon_background(d, &what) == -1) {
		dprintf(report, "failed: %s\n", what);
		_exit(99);
	}
	alarm(CHILD_SECONDS);
}

/* Wait until the process that started this one is gone. */
static bool
is_orphaned(pid_t parent)
{
	int i;

	for (i = 0; i < 5000 && getppid() == parent; i++)
		usleep(1000);
	return getppid() != parent;
}

static int
become_ready(int report, const void *arg)
{
	pid_t parent = getpid();
	struct daemon d;
	char cwd[TEXT];

	(void)arg;
	dup2(report, STDERR_FILENO);
	background(&d, report);
	dprintf(report, "session=%d ", getsid(0) == getpid());
	dprintf(report, "cwd=%s ", getcwd(cwd, sizeof(cwd)));
	dprintf(STDERR_FILENO, "complaint ");
	/* A process that does not wait would be gone by then. */
	usleep(100000);
	dprintf(report, "waits=%d ", getppid() == parent);
	daemon_ready(&d);
	dprintf(STDERR_FILENO, "unheard ");
	dprintf(report, "null=%d%d%d ", is_null(0), is_null(1), is_null(2));
	dprintf(report, "left=%d", is_orphaned(parent));
	return 0;
}

static void
test_background(void **state)
{
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(become_ready, NULL, text, sizeof(text)), 0);
	assert_string_equal(text,
	    "session=1 cwd=/ complaint waits=1 null=111 left=1");
}

static int
end_early(int report, const void *arg)
{
	const int *signo = arg;
	struct daemon d;

	background(&d, report);
	dprintf(report, "child");
	if (*signo != 0)
		raise(*signo);
	return 0;
}

static void
test_death_before_ready_is_failure(void **state)
{
	const int exits = 0, killed = SIGKILL;
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(end_early, &exits, text, sizeof(text)), 1);
	assert_string_equal(text, "child");
	assert_int_equal(child_run(end_early, &killed, text, sizeof(text)), 1);
	assert_string_equal(text, "child");
}

static int
start_bare(int report, const void *arg)
{
	struct daemon d;

	(void)arg;
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	close(STDERR_FILENO);
	background(&d, report);
	dprintf(report, "free=%d ", open("/", O_RDONLY) <= STDERR_FILENO);
	daemon_ready(&d);
	dprintf(report, "null=%d%d%d", is_null(0), is_null(1), is_null(2));
	return 0;
}

/* A server that was started without them must not use 0-2 for anything. */
static void
test_closed_descriptors_are_filled(void **state)
{
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(start_bare, NULL, text, sizeof(text)), 0);
	assert_string_equal(text, "free=0 null=111");
}

static int
lose_parent(int report, const void *arg)
{
	pid_t parent = getpid();
	struct daemon d;

	(void)arg;
	background(&d, report);
	kill(parent, SIGKILL);
	dprintf(report, "left=%d ", is_orphaned(parent));
	daemon_ready(&d);
	dprintf(report, "alive");
	return 0;
}

static void
test_nobody_waits_any_more(void **state)
{
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(lose_parent, NULL, text, sizeof(text)), -1);
	assert_string_equal(text, "left=1 alive");
}

static int
raise_files(int report, const void *arg)
{
	static const unsigned long wanted[] = { 40, 90, 80, ULONG_MAX };
	unsigned long got;
	struct rlimit rl;
	size_t i;

	(void)arg;
	getrlimit(RLIMIT_NOFILE, &rl);
	rl.rlim_cur = 64;
	if (setrlimit(RLIMIT_NOFILE, &rl) == -1)
		return 1;
	for (i = 0; i < NELEM(wanted); i++) {
		got = daemon_files(wanted[i]);
		getrlimit(RLIMIT_NOFILE, &rl);
		if (got != rl.rlim_cur)
			dprintf(report, "untrue ");
		if (rl.rlim_cur == rl.rlim_max)
			dprintf(report, "hard");
		else
			dprintf(report, "%lu ", (unsigned long)rl.rlim_cur);
	}
	return 0;
}

static void
test_files(void **state)
{
	char text[TEXT];

	(void)state;
	assert_int_equal(child_run(raise_files, NULL, text, sizeof(text)), 0);
	assert_string_equal(text, "64 90 90 hard");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_background),
		cmocka_unit_test(test_death_before_ready_is_failure),
		cmocka_unit_test(test_closed_descriptors_are_filled),
		cmocka_unit_test(test_nobody_waits_any_more),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
