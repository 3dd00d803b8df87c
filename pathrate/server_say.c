/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "pathrate/server_private.h"

void
server_say(struct server *s, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(&s->log, level, fmt, ap);
	va_end(ap);
}

void
server_say_limited(struct server *s, enum log_level level, const char *fmt,
    ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vlimited(&s->log, level, fmt, ap);
	va_end(ap);
}

int
server_fail(struct server *s, const char *what)
{
	const char *why = strerror(errno);

	fprintf(stderr, "%s: %s\n", what, why);
	if (s->o->syslog)
		server_say(s, LOG_LEVEL_ERROR, "%s: %s", what, why);
	return PATHRATE_FAILURE;
}

static void
flush(struct server *s, FILE *f, const char *name, bool *failed)
{
	int error = fflush(f) == 0 ? 0 : errno;

	if ((error == 0 && !ferror(f)) || *failed)
		return;
	*failed = true;
	server_say(s, LOG_LEVEL_ERROR, "%s: %s", name,
	    error == 0 ? "write error" : strerror(error));
}

void
server_flush(struct server *s)
{
	flush(s, stdout, "stdout", &s->out_failed);
	if (s->text.r.log != NULL)
		flush(s, s->text.r.log, s->o->log, &s->log_failed);
}
