/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "udpst/logfile.h"

#define STAMP_MAX	32
/* A message with each byte as an escape of four. */
#define TEXT_MAX_BYTES	(4 * LOG_LINE)

struct logfile {
	struct log	 log;
	FILE		*stream;	/* the caller's, or NULL */
	int		 fd;		/* -1: no file */
	char		*path, *old;	/* absolute; NULL: never renamed */
	uint64_t	 size, max;	/* bytes */
	uint64_t	 lost;		/* lines not written, not yet told */
	int		 error;		/* why */
	bool		 torn;		/* the last line has no end */
};

static int
open_append(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

/* All of it, or -1 with errno; *done says how far it came. */
static int
write_all(int fd, const char *text, size_t len, size_t *done)
{
	ssize_t n;

	*done = 0;
	while (*done < len) {
		n = write(fd, text + *done, len - *done);
		if (n >= 0)
			*done += (size_t)n;
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

static int
put_file(struct logfile *l, const char *text, size_t len)
{
	size_t done;
	int r;

	r = write_all(l->fd, text, len, &done);
	l->size += done;
	if (done > 0)
		l->torn = done < len;
	return r;
}

static int
put_stream(struct logfile *l, const char *text, size_t len)
{
	/* What failed before must not fail this line too. */
	clearerr(l->stream);
	if (fwrite(text, 1, len, l->stream) != len)
		return -1;
	return fflush(l->stream) == EOF ? -1 : 0;
}

static int
put(struct logfile *l, const char *text, size_t len)
{
	if (l->stream != NULL)
		return put_stream(l, text, len);
	if (l->fd == -1)
		return 0;
	return put_file(l, text, len);
}

static void
stamp(const struct logfile *l, char *buf, size_t len)
{
	time_t now = (time_t)(clock_wall() / CLOCK_NS_PER_S);
	struct tm tm;

	buf[0] = '\0';
	if (l->fd != -1 && localtime_r(&now, &tm) != NULL)
		strftime(buf, len, "%Y-%m-%d %H:%M:%S ", &tm);
}

/* One line; what a failed write left without an end gets it first. */
static int
put_line(struct logfile *l, const char *message)
{
	char when[STAMP_MAX], text[TEXT_MAX_BYTES];
	char line[TEXT_MAX_BYTES + STAMP_MAX + 2];
	int n;

	text_escape(message, strlen(message), text, sizeof(text));
	stamp(l, when, sizeof(when));
	n = snprintf(line, sizeof(line), "%s%s%s\n", l->torn ? "\n" : "",
	    when, text);
	return put(l, line, (size_t)n);
}

/* A line of our own about this log. */
static int put_note(struct logfile *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static int
put_note(struct logfile *l, const char *fmt, ...)
{
	char text[LOG_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return put_line(l, text);
}

/* Writing may work again: say first what is missing. */
static int
tell_lost(struct logfile *l)
{
	if (l->lost == 0)
		return 0;
	if (put_note(l, "WARNING: Writing of %" PRIu64
	    " log lines failed: %s", l->lost, strerror(l->error)) == -1)
		return -1;
	l->lost = 0;
	return 0;
}

static void
lose(struct logfile *l)
{
	l->lost++;
	l->error = errno;
}

/* What the name stands for now; where that fails the old file goes on. */
static void
open_again(struct logfile *l)
{
	int fd = open_append(l->path);

	if (fd == -1) {
		put_note(l, "OPEN ERROR: <%s> %s", l->path, strerror(errno));
		return;
	}
	close(l->fd);
	l->fd = fd;
	l->torn = false;
}

/*
 * The file becomes NAME.old. Where that fails the old one just goes on, to be
 * tried again when as much has been added; that the name has vanished is fine.
 */
static void
rotate(struct logfile *l)
{
	if (rename(l->path, l->old) == -1 && errno != ENOENT) {
		put_note(l, "RENAME ERROR: <%s> %s", l->path, strerror(errno));
		return;
	}
	open_again(l);
}

static void
rotate_if_long(struct logfile *l)
{
	if (l->path == NULL || l->size <= l->max)
		return;
	rotate(l);
	l->size = 0;
}

/* A message that passed the limit. */
static void
sink(void *arg, const char *message)
{
	struct logfile *l = arg;

	if (tell_lost(l) == -1 || put_line(l, message) == -1)
		lose(l);
	rotate_if_long(l);
}

static struct logfile *
new(void)
{
	struct logfile *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	l->fd = -1;
	log_to_sink(&l->log, sink, l, LOG_LEVEL_NOTICE);
	return l;
}

struct logfile *
logfile_nowhere(void)
{
	return new();
}

struct logfile *
logfile_stream(FILE *out)
{
	struct logfile *l = new();

	if (l != NULL)
		l->stream = out;
	return l;
}

struct logfile *
logfile_syslog(const char *ident)
{
	struct logfile *l = new();

	if (l != NULL)
		log_to_syslog(&l->log, ident, LOG_LEVEL_NOTICE);
	return l;
}

/* NAME.old beside the file itself; names that a chdir(2) does not change. */
static int
name_files(struct logfile *l, const char *path)
{
	size_t len;

	l->path = realpath(path, NULL);
	if (l->path == NULL)
		return -1;
	len = strlen(l->path) + sizeof(".old");
	l->old = malloc(len);
	if (l->old == NULL)
		return -1;
	snprintf(l->old, len, "%s.old", l->path);
	return 0;
}

static int
open_file(struct logfile *l, const char *path)
{
	struct stat st;

	l->fd = open_append(path);
	if (l->fd == -1 || fstat(l->fd, &st) == -1)
		return -1;
	if (!S_ISREG(st.st_mode))
		return 0;
	l->size = (uint64_t)st.st_size;
	return name_files(l, path);
}

struct logfile *
logfile_open(const char *path, uint64_t max_bytes)
{
	struct logfile *l = new();
	int saved;

	if (l == NULL)
		return NULL;
	l->max = max_bytes;
	if (open_file(l, path) == 0)
		return l;
	saved = errno;
	logfile_close(l);
	errno = saved;
	return NULL;
}

void
logfile_reopen(struct logfile *l)
{
	struct stat st;

	if (l->path == NULL)
		return;
	open_again(l);
	if (fstat(l->fd, &st) == 0)
		l->size = (uint64_t)st.st_size;
}

void
logfile_line(struct logfile *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(&l->log, LOG_LEVEL_NOTICE, fmt, ap);
	va_end(ap);
}

void
logfile_limited(struct logfile *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vlimited(&l->log, LOG_LEVEL_NOTICE, fmt, ap);
	va_end(ap);
}

static void
raw_syslog(struct logfile *l, const char *text)
{
	size_t n;

	while (*text != '\0') {
		n = strcspn(text, "\n");
		log_msg(&l->log, LOG_LEVEL_NOTICE, "%.*s", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

void
logfile_raw(struct logfile *l, const char *text)
{
	if (l->log.sink == NULL) {
		raw_syslog(l, text);
		return;
	}
	if (tell_lost(l) == -1 || put(l, text, strlen(text)) == -1)
		lose(l);
	rotate_if_long(l);
}

void
logfile_close(struct logfile *l)
{
	if (l == NULL)
		return;
	if (l->fd != -1)
		close(l->fd);
	free(l->path);
	free(l->old);
	free(l);
}
