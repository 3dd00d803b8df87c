/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_LOG_H
#define PL_LOG_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Where a server's messages go is decided once: a stream with time stamps
 * (MM/DD/YYYY HH:MM:SS, local time), syslog, facility daemon, or a function of
 * the tool's. Callers never care. Messages that peers can cause go through
 * log_limited, and what peers said through text_escape first. One thread a
 * log.
 */
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARN, LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/* A longer message is cut to this many bytes, the NUL included. */
#define LOG_LINE	1024

struct log {
	FILE		*stream;	/* NULL: sink or syslog */
	void		(*sink)(void *arg, const char *line);
	void		*arg;		/* of sink; both NULL: syslog */
	enum log_level	 max;		/* quieter ones are dropped */
	int64_t		 window_ns;	/* private: start of this second */
	unsigned int	 in_window;	/* private: lines since then */
	uint64_t	 suppressed;	/* private: not yet accounted for */
};

/* Time-stamped lines to stream (stderr), each flushed. */
void	log_to_stream(struct log *lg, FILE *stream, enum log_level max);
/* syslog(3) with the process id; ident must stay valid. */
void	log_to_syslog(struct log *lg, const char *ident, enum log_level max);
/* sink gets arg and each message that is not dropped, without a newline. */
void	log_to_sink(struct log *lg, void (*sink)(void *arg, const char *line),
	    void *arg, enum log_level max);

/* fmt without a newline. errno is left alone. */
void	log_msg(struct log *lg, enum log_level level, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	log_vmsg(struct log *lg, enum log_level level, const char *fmt,
	    va_list ap) __attribute__((format(printf, 3, 0)));
/*
 * The same for what a peer can cause: at most LOG_LIMIT lines a second. The
 * number of suppressed ones follows as a line of its own (a warning) with the
 * first message of any kind after that second.
 */
#define LOG_LIMIT	100
void	log_limited(struct log *lg, enum log_level level, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	log_vlimited(struct log *lg, enum log_level level, const char *fmt,
	    va_list ap) __attribute__((format(printf, 3, 0)));

#endif
