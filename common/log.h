/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LOG_H
#define PL_LOG_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Where a server's messages go is decided once: a stream with time stamps
 * (MM/DD/YYYY HH:MM:SS, local time) or syslog, facility daemon. Callers never
 * care. Messages that peers can cause go through log_limited.
 */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

struct log {
	FILE		*stream;	/* NULL: syslog */
	enum log_level	 max;		/* quieter ones are dropped */
	int64_t		 window_ns;	/* private: rate limit */
	unsigned int	 in_window;
	uint64_t	 suppressed;
};

/* Time-stamped lines to stream (stderr). */
void	log_to_stream(struct log *lg, FILE *stream, enum log_level max);
/* syslog(3); ident must stay valid. */
void	log_to_syslog(struct log *lg, const char *ident, enum log_level max);

void	log_msg(struct log *lg, enum log_level level, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	log_vmsg(struct log *lg, enum log_level level, const char *fmt,
	    va_list ap) __attribute__((format(printf, 3, 0)));
/*
 * The same for what a peer can cause: at most LOG_LIMIT lines a second, the
 * number of suppressed ones in a line of its own once it calms down.
 */
#define LOG_LIMIT	100
void	log_limited(struct log *lg, enum log_level level, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));

#endif
