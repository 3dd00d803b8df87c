/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_DAEMON_H
#define PL_DAEMON_H

#include <stdbool.h>
#include <sys/types.h>

/* 0, or -1 with errno and *what naming the thing that failed. */

/*
 * Go to the background: new session, cwd /, descriptors 0-2 on /dev/null.
 * The caller's process exits 0 only when the child calls daemon_ready;
 * should the child die before, it exits 1. Returns in the child.
 */
int	daemon_background(const char **what);
void	daemon_ready(void);

/*
 * Create path, lock it and write this process's id. Keeps the descriptor in
 * *fd until the process ends; a second server gets EWOULDBLOCK.
 */
int	daemon_pidfile(const char *path, int *fd, const char **what);
void	daemon_pidfile_remove(const char *path, int fd);

/*
 * As root: become user for good (groups too). As another user: nothing to
 * do, 0, unless user differs (EPERM). Then no new privileges (Linux).
 */
int	daemon_drop(const char *user, const char **what);

/* Raise the soft limit of descriptors towards n; best effort. */
void	daemon_files(unsigned long n);

/* sd_notify(3) without the library: READY=1, STOPPING=1. Nothing when
 * $NOTIFY_SOCKET is unset. */
void	daemon_notify(const char *state);

#endif
