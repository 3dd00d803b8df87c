/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "udping/server_private.h"

void
server_say(struct server *s, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(&s->log, level, fmt, ap);
	va_end(ap);
}

void
server_say_limited(struct server *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vlimited(&s->log, LOG_LEVEL_WARN, fmt, ap);
	va_end(ap);
}
