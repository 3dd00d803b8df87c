/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "udpst/server_private.h"

#define LINE_MAX_LEN	1024

static void	speak(struct server *s, unsigned int slot, bool limited,
		    const char *fmt, va_list ap)
		    __attribute__((format(printf, 4, 0)));

/* One line to the log; workers speak too. */
static void
speak(struct server *s, unsigned int slot, bool limited, const char *fmt,
    va_list ap)
{
	char text[LINE_MAX_LEN], mark[16] = "";

	(void)vsnprintf(text, sizeof(text), fmt, ap);
	if (slot != 0 && s->o->verbose)
		(void)snprintf(mark, sizeof(mark), "[%u]", slot);
	pthread_mutex_lock(&s->say_lock);
	if (limited)
		logfile_limited(s->log, "%s%s", mark, text);
	else
		logfile_line(s->log, "%s%s", mark, text);
	pthread_mutex_unlock(&s->say_lock);
}

void
server_say(struct server *s, unsigned int slot, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	speak(s, slot, false, fmt, ap);
	va_end(ap);
}

void
server_verbose(struct server *s, unsigned int slot, const char *fmt, ...)
{
	va_list ap;

	if (!s->o->verbose)
		return;
	va_start(ap, fmt);
	speak(s, slot, false, fmt, ap);
	va_end(ap);
}

void
server_limited(struct server *s, bool verbose, const char *fmt, ...)
{
	va_list ap;

	if (verbose && !s->o->verbose)
		return;
	va_start(ap, fmt);
	speak(s, 0, true, fmt, ap);
	va_end(ap);
}

enum monitor_fault
server_fault(enum wire_kind kind, const uint8_t *buf, size_t len)
{
	static const unsigned int versions[] = { WIRE_V_OLD, WIRE_V_LEGACY,
	    WIRE_V_CURRENT };
	size_t i;

	for (i = 0; i < 3 && wire_len(kind, versions[i]) != len; i++)
		;
	if (i == 3)
		return MONITOR_SIZE;
	if (wire_id(buf, len) != kind || wire_checksum_ok(buf, len))
		return MONITOR_FORMAT;
	return MONITOR_CHECKSUM;
}
