/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "common/clock.h"
#include "udpst/timename.h"

/* Through a pointer: the pattern is the user's, no compiler can check it. */
static size_t (*const format_time)(char *, size_t, const char *,
    const struct tm *) = strftime;

/* strftime says 0 for an empty result too, so the result is never empty. */
int
timename_expand(const char *pattern, int64_t wall_ns, char *buf, size_t len)
{
	time_t seconds = (time_t)(wall_ns / CLOCK_NS_PER_S);
	char format[TIMENAME_MAX + 1], text[TIMENAME_MAX + 1];
	struct tm tm;
	size_t n = 0;
	int put;

	put = snprintf(format, sizeof(format), "%sx", pattern);
	if (put > 0 && (size_t)put < sizeof(format) &&
	    localtime_r(&seconds, &tm) != NULL)
		n = format_time(text, sizeof(text), format, &tm);
	if (n == 0 || n > len) {
		errno = ENAMETOOLONG;
		return -1;
	}
	text[n - 1] = '\0';
	snprintf(buf, len, "%s", text);
	return 0;
}
