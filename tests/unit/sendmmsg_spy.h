/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_SENDMMSG_SPY_H
#define PL_SENDMMSG_SPY_H

#include <sys/socket.h>

#include <stdbool.h>

/*
 * In place of sendmmsg(2): counts, takes only a part, or refuses. For files of
 * Linux, which a test includes with sendmmsg defined as sendmmsg_spy.
 */
struct spy {
	int		calls, gso_calls;
	unsigned int	limit;		/* of messages; 0: none */
	int		gso_error;	/* 0: none */
	int		any_error;
};
extern struct spy spy;

int	sendmmsg_spy(int fd, struct mmsghdr *vec, unsigned int n, int flags);
/* Nothing was counted, and no limit; errors as errno, 0: none. */
void	spy_reset(int gso_error, int any_error);
/* Says so when it has not. */
bool	kernel_has_gso(void);

#endif
