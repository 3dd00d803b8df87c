/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>
#include <time.h>

#include "common/clock.h"
#include "msak/golog.h"

void
golog_line(FILE *out, int64_t wall_ns, const char *fmt, ...)
{
	time_t when = (time_t)(wall_ns / CLOCK_NS_PER_S);
	char stamp[32] = "";
	struct tm tm;
	va_list ap;

	if (localtime_r(&when, &tm) != NULL)
		strftime(stamp, sizeof(stamp), "%Y/%m/%d %H:%M:%S ", &tm);
	fputs(stamp, out);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
}
