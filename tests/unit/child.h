/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_CHILD_H
#define PL_CHILD_H

#include <stddef.h>

/* Seconds after which a child that hangs is ended. */
#define CHILD_SECONDS	20

/*
 * Run fn in a process of its own, for what changes the process for good. What
 * it and its children write to the descriptor report comes back in text, once
 * the last of them has ended. Returns fn's value or the process's exit
 * status, or -1 if a signal ended it. fn asserts nothing: it reports.
 */
int	child_run(int (*fn)(int report, const void *arg), const void *arg,
	    char *text, size_t len);

#endif
