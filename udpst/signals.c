/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "udpst/signals.h"

static bool
is_ignored(int signo)
{
	struct sigaction sa;

	return sigaction(signo, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
}

int
signals_catch(struct loop *l, void (*cb)(struct loop *, int signo, void *arg),
    void *arg)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGQUIT, SIGTSTP };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (loop_signal(l, signals[i], cb, arg) == -1)
			return -1;
	return is_ignored(SIGHUP) ? 0 : loop_signal(l, SIGHUP, cb, arg);
}
