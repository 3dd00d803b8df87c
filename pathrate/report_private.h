/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_REPORT_PRIVATE_H
#define PATHRATE_REPORT_PRIVATE_H

#include "pathrate/report.h"

/* "Sun Nov 22 01:53:38 2026\n", local time, as ctime(3). */
#define REPORT_TIME_MAX	32
void	report_time(int64_t wall_ns, char when[REPORT_TIME_MAX]);

/* Where a text goes (the letters of spec 5.2). */
#define LOG	0x1
#define NORMAL	0x2
#define VERBOSE	0x4
#define ALWAYS	0x8	/* on stdout, even with -q */

void	report_say(const struct report *r, unsigned int where,
	    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
