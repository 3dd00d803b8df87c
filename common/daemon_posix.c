/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "common/daemon_ids.h"

/* For root, setgid and setuid set the real, effective and saved id. */
int
daemon_become(uid_t uid, gid_t gid, bool net_admin, const char **what)
{
	if (net_admin) {
		*what = "capabilities";
		errno = ENOTSUP;
		return -1;
	}
	*what = "setgid";
	if (setgid(gid) == -1)
		return -1;
	*what = "setuid";
	return setuid(uid);
}

int
daemon_no_new_privileges(const char **what)
{
	(void)what;
	return 0;
}
