/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <syslog.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"

void
log_to_stream(struct log *lg, FILE *stream, enum log_level max)
{
	*lg = (struct log){ .stream = stream, .max = max };
}

void
log_to_syslog(struct log *lg, const char *ident, enum log_level max)
{
	*lg = (struct log){ .stream = NULL, .max = max };
	openlog(ident, LOG_PID, LOG_DAEMON);
}

void
log_to_sink(struct log *lg, void (*sink)(void *arg, const char *line),
    void *arg, enum log_level max)
{
	*lg = (struct log){ .sink = sink, .arg = arg, .max = max };
}

static int
syslog_priority(enum log_level level)
{
	static const int priorities[] = {
		[LOG_LEVEL_ERROR] = LOG_ERR,
		[LOG_LEVEL_WARN] = LOG_WARNING,
		[LOG_LEVEL_NOTICE] = LOG_NOTICE,
		[LOG_LEVEL_INFO] = LOG_INFO,
		[LOG_LEVEL_DEBUG] = LOG_DEBUG,
	};

	return priorities[level];
}

static void
write_stream(FILE *out, const char *line)
{
	char stamp[sizeof("MM/DD/YYYY HH:MM:SS") + 8] = "";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		strftime(stamp, sizeof(stamp), "%m/%d/%Y %H:%M:%S", &tm);
	fprintf(out, "%s %s\n", stamp, line);
	fflush(out);
}

static void
write_line(const struct log *lg, enum log_level level, const char *line)
{
	int saved = errno;

	if (lg->stream != NULL)
		write_stream(lg->stream, line);
	else if (lg->sink != NULL)
		lg->sink(lg->arg, line);
	else
		syslog(syslog_priority(level), "%s", line);
	errno = saved;
}

/* Open the next second if it is time, and say what the last one hid. */
static void
turn_window(struct log *lg, int64_t now_ns)
{
	char line[LOG_LINE];

	if (now_ns - lg->window_ns < CLOCK_NS_PER_S)
		return;
	lg->window_ns = now_ns;
	lg->in_window = 0;
	if (lg->suppressed == 0)
		return;
	snprintf(line, sizeof(line), "%" PRIu64 " messages suppressed",
	    lg->suppressed);
	lg->suppressed = 0;
	if (LOG_LEVEL_WARN <= lg->max)
		write_line(lg, LOG_LEVEL_WARN, line);
}

/* May another limited line be written? */
static bool
within_limit(struct log *lg)
{
	if (lg->in_window == LOG_LIMIT) {
		lg->suppressed++;
		return false;
	}
	lg->in_window++;
	return true;
}

static void log_at(struct log *lg, int64_t now_ns, bool limited,
    enum log_level level, const char *fmt, va_list ap)
    __attribute__((format(printf, 5, 0)));

static void
log_at(struct log *lg, int64_t now_ns, bool limited, enum log_level level,
    const char *fmt, va_list ap)
{
	char line[LOG_LINE];

	if (level > lg->max)
		return;
	turn_window(lg, now_ns);
	if (limited && !within_limit(lg))
		return;
	vsnprintf(line, sizeof(line), fmt, ap);
	write_line(lg, level, line);
}

void
log_vmsg(struct log *lg, enum log_level level, const char *fmt, va_list ap)
{
	log_at(lg, clock_mono(), false, level, fmt, ap);
}

void
log_msg(struct log *lg, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vmsg(lg, level, fmt, ap);
	va_end(ap);
}

void
log_vlimited(struct log *lg, enum log_level level, const char *fmt, va_list ap)
{
	log_at(lg, clock_mono(), true, level, fmt, ap);
}

void
log_limited(struct log *lg, enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_vlimited(lg, level, fmt, ap);
	va_end(ap);
}
