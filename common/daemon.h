/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_DAEMON_H
#define PL_DAEMON_H

/*
 * What a server does once at its start. int functions return 0, or -1 with
 * errno and *what naming the thing that failed (static text or an argument).
 * The order that needs least: background, pid file, listen, drop, ready.
 */

/*
 * Of descriptors 0-2, put /dev/null where the caller left none, so that no
 * socket gets their numbers; what is written there still fails. First thing
 * in main. 0, or -1 with errno.
 */
int	daemon_reserve_stdio(void);

/* A way into the background that is not complete yet; private. */
struct daemon {
	int	ready_fd;	/* the waiting process reads the other end */
	int	null_fd;	/* /dev/null */
};

/*
 * Go to the background: fork, new session, cwd /, SIGPIPE ignored. The
 * caller's process waits and exits 0 when the child calls daemon_ready;
 * should the child die before, it exits 1. Returns in the child, whose
 * standard descriptors are still the caller's, so that what goes wrong until
 * daemon_ready is seen. Not for a process with threads.
 */
int	daemon_background(struct daemon *d, const char **what);
/* All is well: descriptors 0-2 become /dev/null, the waiting process ends. */
void	daemon_ready(struct daemon *d);
/* It is not: the waiting process ends with this status, 1..255. The reason is
 * the caller's to tell, and to exit. */
void	daemon_fail(struct daemon *d, int status);

/*
 * Create path, lock it and write this process's id. Keeps the descriptor in
 * *fd until the process ends; a second server gets EWOULDBLOCK. path should
 * be absolute (the background's cwd is /); symbolic links and what is no
 * regular file are refused.
 */
int	daemon_pidfile(const char *path, int *fd, const char **what);
/* Remove it, or empty it where the directory is out of reach by now. 0, or -1
 * with errno. A file that took its place meanwhile is left alone. */
int	daemon_pidfile_remove(const char *path, int fd);

/*
 * As root: become user for good, with its groups and without capabilities;
 * that root is out of reach is tried. As another user: nothing to do, 0,
 * unless user differs (EPERM). Root and a name that the system does not know
 * are no users to become (EINVAL). Then no new privileges by exec (Linux). On
 * error the process may be half way: exit.
 */
int	daemon_drop(const char *user, const char **what);

/*
 * The same for a process that does one privileged thing to the network for
 * another one and reads nothing from it: CAP_NET_ADMIN stays when it is root
 * who calls. ENOTSUP where there are no capabilities.
 */
int	daemon_drop_but_network(const char *user, const char **what);

/*
 * As whoever it is: no capabilities, such as setcap(8) gives a program, and no
 * new privileges by exec.
 */
int	daemon_renounce(const char **what);

/* Raise the soft limit of descriptors towards n; best effort. How many there
 * may be then. */
unsigned long daemon_files(unsigned long n);

/* sd_notify(3) without the library: READY=1, STOPPING=1. Nothing when
 * $NOTIFY_SOCKET is unset; best effort. */
void	daemon_notify(const char *state);

#endif
