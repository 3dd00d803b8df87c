/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_GOLOG_H
#define MSAK_GOLOG_H

#include <stdint.h>
#include <stdio.h>

/*
 * A line as Go's standard logger writes it: 2026/11/22 01:56:00 message, in
 * local time. fmt without a newline.
 */
void	golog_line(FILE *out, int64_t wall_ns, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

#endif
