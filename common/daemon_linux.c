/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <unistd.h>

#include "common/daemon_ids.h"

/* 64 capabilities are two structs of 32 in this version. */
#define CAP_WORDS	2

/* Changing the user took them already, unless they were told to stay. */
static int
limit_capabilities(uint32_t kept)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3,
		0 };
	struct __user_cap_data_struct data[CAP_WORDS] = { { kept, kept, 0 } };
	uint32_t left = 0;
	int i;

	if (syscall(SYS_capset, &head, data) == -1 ||
	    syscall(SYS_capget, &head, data) == -1)
		return -1;
	data[0].effective ^= kept;
	data[0].permitted ^= kept;
	for (i = 0; i < CAP_WORDS; i++)
		left |= data[i].effective | data[i].permitted |
		    data[i].inheritable;
	if (left != 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

int
daemon_become(uid_t uid, gid_t gid, bool net_admin, const char **what)
{
	*what = "PR_SET_KEEPCAPS";
	if (net_admin && prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL) == -1)
		return -1;
	*what = "setresgid";
	if (setresgid(gid, gid, gid) == -1)
		return -1;
	*what = "setresuid";
	if (setresuid(uid, uid, uid) == -1)
		return -1;
	*what = "capabilities";
	return limit_capabilities(net_admin ? UINT32_C(1) << CAP_NET_ADMIN : 0);
}

int
daemon_no_new_privileges(const char **what)
{
	*what = "PR_SET_NO_NEW_PRIVS";
	return prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL);
}
