/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "msak/golog.h"
#include "msak/server_private.h"

static void
sink(void *arg, const char *line)
{
	(void)arg;
	golog_line(stderr, clock_wall(), "%s", line);
}

void
server_log_open(struct server *s)
{
	enum log_level max = s->o->debug ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO;

	pthread_mutex_init(&s->log_lock, NULL);
	if (s->o->syslog)
		log_to_syslog(&s->log, "msak-server", max);
	else
		log_to_sink(&s->log, sink, s, max);
}

static const char *
level_name(enum log_level level)
{
	static const char *const names[] = {
		[LOG_LEVEL_ERROR] = "ERRO",
		[LOG_LEVEL_WARN] = "WARN",
		[LOG_LEVEL_NOTICE] = "INFO",
		[LOG_LEVEL_INFO] = "INFO",
		[LOG_LEVEL_DEBUG] = "DEBU",
	};

	return names[level];
}

/* Folder and file, wherever it was compiled. */
static const char *
short_name(const char *file)
{
	const char *p = file + strlen(file);
	int slashes = 0;

	while (p > file && (p[-1] != '/' || ++slashes < 2))
		p--;
	return p;
}

void
server_log(struct server *s, enum log_level level, const char *file, int line,
    const char *fmt, ...)
{
	char text[LOG_LINE];
	va_list ap;

	if (level > s->log.max)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pthread_mutex_lock(&s->log_lock);
	log_limited(&s->log, level, "%s <%s:%d> %s", level_name(level),
	    short_name(file), line, text);
	pthread_mutex_unlock(&s->log_lock);
}

void
server_say(struct server *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pthread_mutex_lock(&s->log_lock);
	log_vmsg(&s->log, LOG_LEVEL_WARN, fmt, ap);
	pthread_mutex_unlock(&s->log_lock);
	va_end(ap);
}

int
server_fatal(struct server *s, const char *fmt, ...)
{
	char text[LOG_LINE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (s->o->syslog)
		server_say(s, "%s", text);
	golog_line(stderr, clock_wall(), "%s", text);
	return -1;
}

const char *
server_value(struct server_text *t, const char *value, size_t len)
{
	char plain[sizeof(t->text) / 2];
	const char *p;
	size_t at = 0;

	(void)text_escape(value, len, plain, sizeof(plain));
	if (plain[0] != '\0' && strpbrk(plain, " =\"") == NULL) {
		(void)snprintf(t->text, sizeof(t->text), "%s", plain);
		return t->text;
	}
	t->text[at++] = '"';
	for (p = plain; *p != '\0'; p++) {
		if (*p == '"')
			t->text[at++] = '\\';
		t->text[at++] = *p;
	}
	t->text[at++] = '"';
	t->text[at] = '\0';
	return t->text;
}

const char *
server_error(int error, char *buf, size_t len)
{
	(void)snprintf(buf, len, "%s", strerror(error));
	buf[0] = (char)tolower((unsigned char)buf[0]);
	return buf;
}
