/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_DAEMON_IDS_H
#define PL_DAEMON_IDS_H

#include <sys/types.h>

#include <stdbool.h>

/*
 * The platform's part of daemon_drop; for daemon.c alone. 0, or -1 with errno
 * and *what.
 */

/* All three user and group ids of root become these; no capability stays but,
 * when net_admin, the one over the network (ENOTSUP where it has no name). */
int	daemon_become(uid_t uid, gid_t gid, bool net_admin, const char **what);
/* No exec gives privileges from here on, where there is such a thing. */
int	daemon_no_new_privileges(const char **what);

#endif
