/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "udping/server_private.h"

void
server_say(struct server *s, enum log_level level, const char *fmt, ...)
{
	char line[LOG_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log_msg(&s->log, level, "%s", line);
	if (level == LOG_LEVEL_ERROR && s->why[0] == '\0')
		strlcpy(s->why, line, sizeof(s->why));
}

void
server_say_limited(struct server *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vlimited(&s->log, LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}
