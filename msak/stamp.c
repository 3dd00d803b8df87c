/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "msak/stamp.h"

/* Through a pointer: the pattern is a parameter, no compiler can check it. */
static size_t (*const format_time)(char *, size_t, const char *,
    const struct tm *) = strftime;

int64_t
stamp_ns(int64_t wall_ns)
{
	int64_t ns = wall_ns % CLOCK_NS_PER_S;

	return ns < 0 ? ns + CLOCK_NS_PER_S : ns;
}

static time_t
seconds_of(int64_t wall_ns)
{
	return (time_t)((wall_ns - stamp_ns(wall_ns)) / CLOCK_NS_PER_S);
}

/* ".5", ".000001"; nothing for a whole second. */
static const char *
fraction(int64_t ns, char *buf, size_t len)
{
	size_t n;

	snprintf(buf, len, ".%09" PRId64, ns);
	for (n = strlen(buf); n > 1 && buf[n - 1] == '0'; n--)
		;
	buf[n > 1 ? n : 0] = '\0';
	return buf;
}

/* "+hhmm" becomes "+hh:mm"; none "Z". */
static const char *
zone(const char *offset, char *buf, size_t len)
{
	if (strlen(offset) != 5 || strcmp(offset + 1, "0000") == 0)
		snprintf(buf, len, "Z");
	else
		snprintf(buf, len, "%.3s:%.2s", offset, offset + 3);
	return buf;
}

const char *
stamp_rfc3339(int64_t wall_ns, char *buf)
{
	char date[32] = "", offset[8] = "", decimals[16], suffix[8];
	time_t s = seconds_of(wall_ns);
	struct tm tm;

	if (localtime_r(&s, &tm) != NULL) {
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
		strftime(offset, sizeof(offset), "%z", &tm);
	}
	snprintf(buf, STAMP_MAX, "%s%s%s", date,
	    fraction(stamp_ns(wall_ns), decimals, sizeof(decimals)),
	    zone(offset, suffix, sizeof(suffix)));
	return buf;
}

const char *
stamp_utc(int64_t wall_ns, const char *pattern, char *buf)
{
	time_t s = seconds_of(wall_ns);
	struct tm tm;

	if (gmtime_r(&s, &tm) == NULL ||
	    format_time(buf, STAMP_MAX, pattern, &tm) == 0)
		buf[0] = '\0';
	return buf;
}
