/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "common/daemon.h"

/* Bind fd as a service manager would; "@..." is an abstract name. */
static int
bind_manager(int fd, const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	size_t n = strlen(name);

	assert_true(n < sizeof(sun.sun_path));
	memcpy(sun.sun_path, name, n);
	if (name[0] == '@')
		sun.sun_path[0] = '\0';
	return bind(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
}

static int
manager(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_true(fd != -1);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void
assert_told(int fd, const char *state)
{
	char buf[64];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);

	assert_int_equal(n, strlen(state));
	assert_memory_equal(buf, state, (size_t)n);
}

static void
assert_told_nothing(int fd)
{
	char buf[64];

	assert_int_equal(recv(fd, buf, sizeof(buf), 0), -1);
	assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
}

static void
test_path(void **state)
{
	char folder[] = "/tmp/plumbline.XXXXXX", path[64], longer[300];
	int fd = manager();

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/notify", folder);
	assert_int_equal(bind_manager(fd, path), 0);
	setenv("NOTIFY_SOCKET", path, 1);
	daemon_notify("READY=1");
	daemon_notify("STOPPING=1");
	assert_told(fd, "READY=1");
	assert_told(fd, "STOPPING=1");
	/* What is no address of this kind reaches nobody. */
	snprintf(longer, sizeof(longer), "%s%0200d", path, 0);
	setenv("NOTIFY_SOCKET", longer, 1);
	daemon_notify("READY=1");
	setenv("NOTIFY_SOCKET", "", 1);
	daemon_notify("READY=1");
	unsetenv("NOTIFY_SOCKET");
	daemon_notify("READY=1");
	assert_told_nothing(fd);
	close(fd);
	unlink(path);
	/* Nobody listens there any more. */
	setenv("NOTIFY_SOCKET", path, 1);
	daemon_notify("READY=1");
	assert_int_equal(rmdir(folder), 0);
}

static void
test_abstract(void **state)
{
	char name[64], other[80];
	int fd = manager(), other_fd = manager();

	(void)state;
	snprintf(name, sizeof(name), "@plumbline/%ld", (long)getpid());
	snprintf(other, sizeof(other), "%s0", name);
	if (bind_manager(fd, name) == -1) {
		print_message("# SKIP no abstract sockets on this system\n");
		skip();
	}
	assert_int_equal(bind_manager(other_fd, other), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	daemon_notify("READY=1");
	assert_told(fd, "READY=1");
	assert_told_nothing(other_fd);
	close(fd);
	close(other_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_abstract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
