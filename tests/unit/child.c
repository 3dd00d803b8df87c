/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/wait.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "tests/unit/child.h"

static void
read_all(int fd, char *text, size_t len)
{
	size_t used = 0;
	ssize_t n;

	while ((n = read(fd, text + used, len - 1 - used)) != 0) {
		if (n > 0)
			used += (size_t)n;
		else if (errno != EINTR)
			break;
	}
	text[used] = '\0';
	close(fd);
}

int
child_run(int (*fn)(int report, const void *arg), const void *arg, char *text,
    size_t len)
{
	int fds[2], status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid != -1);
	if (pid == 0) {
		close(fds[0]);
		alarm(CHILD_SECONDS);
		_exit(fn(fds[1], arg));
	}
	close(fds[1]);
	read_all(fds[0], text, len);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
