/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/daemon.h"
#include "common/daemon_ids.h"

/* Close and keep the reason for it. */
static int
close_failed(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

/*
 * /dev/null above the standard descriptors. Those that the caller had closed
 * are filled on the way, so that no file or socket ever gets their numbers.
 */
static int
open_null(int mode)
{
	int fd;

	do {
		fd = open("/dev/null", mode);
	} while (fd != -1 && fd <= STDERR_FILENO);
	if (fd != -1)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int
daemon_reserve_stdio(void)
{
	int fd = open_null(O_RDONLY);

	return fd == -1 ? -1 : close(fd);
}

/* The foreground process: ends with what the child has to say. */
static void
wait_for_child(int fd)
{
	unsigned char status;
	ssize_t n;

	do {
		n = read(fd, &status, 1);
	} while (n == -1 && errno == EINTR);
	_exit(n == 1 ? status : 1);
}

/* 0 in the child; -1 in the caller's process, which otherwise ends here. */
static int
fork_with_pipe(int *ready_fd, const char **what)
{
	int fds[2];
	pid_t pid;

	*what = "pipe";
	if (pipe(fds) == -1)
		return -1;
	/* What is buffered must not be written twice. */
	fflush(NULL);
	*what = "fork";
	pid = fork();
	if (pid == -1) {
		close_failed(fds[0]);
		return close_failed(fds[1]);
	}
	if (pid > 0) {
		close(fds[1]);
		wait_for_child(fds[0]);
	}
	close(fds[0]);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	*ready_fd = fds[1];
	return 0;
}

int
daemon_background(struct daemon *d, const char **what)
{
	*what = "/dev/null";
	d->null_fd = open_null(O_RDWR);
	if (d->null_fd == -1)
		return -1;
	if (fork_with_pipe(&d->ready_fd, what) == -1)
		return close_failed(d->null_fd);
	signal(SIGPIPE, SIG_IGN);
	*what = "setsid";
	if (setsid() == -1)
		return -1;
	*what = "/";
	return chdir("/");
}

/* Should nobody wait any more, that is nobody's loss. */
static void
tell(struct daemon *d, unsigned char status)
{
	while (write(d->ready_fd, &status, 1) == -1 && errno == EINTR)
		continue;
	close(d->ready_fd);
}

void
daemon_fail(struct daemon *d, int status)
{
	tell(d, (unsigned char)status);
}

void
daemon_ready(struct daemon *d)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(d->null_fd, fd);
	close(d->null_fd);
	tell(d, 0);
}

/* Is what was opened still what path names? Its owner may have removed it. */
static bool
is_still(int fd, const char *path)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && lstat(path, &named) == 0 &&
	    opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/* O_NONBLOCK: a FIFO is refused, not waited for. */
static int
open_locked(const char *path)
{
	int fd;

	for (;;) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW |
		    O_NONBLOCK, 0644);
		if (fd == -1)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) == -1)
			return close_failed(fd);
		if (is_still(fd, path))
			return fd;
		close(fd);
	}
}

static int
write_pid(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	if (ftruncate(fd, 0) == -1)
		return -1;
	return dprintf(fd, "%ld\n", (long)getpid()) < 0 ? -1 : 0;
}

int
daemon_pidfile(const char *path, int *fd, const char **what)
{
	int locked;

	*what = path;
	locked = open_locked(path);
	if (locked == -1)
		return -1;
	if (write_pid(locked) == -1)
		return close_failed(locked);
	*fd = locked;
	return 0;
}

int
daemon_pidfile_remove(const char *path, int fd)
{
	bool removed = is_still(fd, path) && unlink(path) == 0;

	if (!removed && ftruncate(fd, 0) == -1)
		return close_failed(fd);
	return close(fd);
}

/* Every way back to root must be closed; with gid 0 that one stays open. */
static int
try_root(gid_t gid, const char **what)
{
	*what = "root can be had back";
	if (setuid(0) == 0 || seteuid(0) == 0 ||
	    (gid != 0 && (setgid(0) == 0 || setegid(0) == 0))) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

static int
become(const struct passwd *pw, bool net_admin, const char **what)
{
	if (pw->pw_uid == 0) {
		errno = EINVAL;
		return -1;
	}
	*what = "initgroups";
	if (initgroups(pw->pw_name, pw->pw_gid) == -1)
		return -1;
	if (daemon_become(pw->pw_uid, pw->pw_gid, net_admin, what) == -1)
		return -1;
	return try_root(pw->pw_gid, what);
}

static int
drop(const char *user, bool net_admin, const char **what)
{
	struct passwd *pw;

	*what = user;
	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL) {
		if (errno == 0)
			errno = EINVAL;
		return -1;
	}
	if (geteuid() == 0) {
		if (become(pw, net_admin, what) == -1)
			return -1;
	} else if (pw->pw_uid != geteuid()) {
		errno = EPERM;
		return -1;
	}
	return daemon_no_new_privileges(what);
}

int
daemon_drop(const char *user, const char **what)
{
	return drop(user, false, what);
}

int
daemon_drop_but_network(const char *user, const char **what)
{
	return drop(user, true, what);
}

int
daemon_renounce(const char **what)
{
	if (daemon_become(getuid(), getgid(), false, what) == -1)
		return -1;
	return daemon_no_new_privileges(what);
}

unsigned long
daemon_files(unsigned long n)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return n;
	if (rl.rlim_cur >= n)
		return (unsigned long)rl.rlim_cur;
	rl.rlim_cur = n < rl.rlim_max ? n : rl.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &rl);
	(void)getrlimit(RLIMIT_NOFILE, &rl);
	return (unsigned long)rl.rlim_cur;
}

void
daemon_notify(const char *state)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path == NULL ? 0 : strlen(path);
	int fd;

	if (n == 0 || n >= sizeof(sun.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(sun.sun_path, path, n);
	/* "@name" is a name in Linux's abstract space: a NUL and no end. */
	if (path[0] == '@')
		sun.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (fd == -1)
		return;
	sendto(fd, state, strlen(state), 0, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}
