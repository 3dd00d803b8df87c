/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_SIGNALS_H
#define UDPST_SIGNALS_H

#include "common/loop.h"

/*
 * Let a callback have the signals that end the program: those of the original
 * (spec 2.4), and SIGHUP unless it was to be ignored, as nohup(1) has it. 0 or
 * -1 with errno.
 */
int	signals_catch(struct loop *l,
	    void (*cb)(struct loop *, int signo, void *arg), void *arg);

#endif
