/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_LOGFILE_H
#define UDPST_LOGFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/log.h"

/*
 * Where a server's lines go: stdout, a log file with time stamps and rotation
 * (-x -l -k, spec 5.7), syslog (--syslog) or nowhere. Lines are escaped, so
 * each is one line of printable ASCII. What cannot be written (a full disk)
 * is counted, and told in a line of its own when writing works again. One
 * thread a log.
 */
struct logfile;

/* A stream that stays the caller's; flushed at each line. */
struct logfile *logfile_stream(FILE *out);
/*
 * Append to a file, made when missing (0644). When it is longer than max_bytes
 * it becomes NAME.old (where a symbolic link leads, not the link; the folder
 * is kept in mind) and a new one is begun; what is no regular file just grows.
 * NULL with errno.
 */
struct logfile *logfile_open(const char *path, uint64_t max_bytes);
/* NULL with errno, as for the others; ident must stay valid. */
struct logfile *logfile_syslog(const char *ident);
struct logfile *logfile_nowhere(void);
/* One line without its newline; stamped in a file. Peer-caused lines are
 * limited to LOGFILE_LIMIT a second (limited), the rest counted and told. */
#define LOGFILE_LIMIT	LOG_LIMIT
void	logfile_line(struct logfile *l, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
void	logfile_limited(struct logfile *l, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Unstamped text, such as the banner (through a stream writer); as it is, but
 * line by line in syslog. */
void	logfile_raw(struct logfile *l, const char *text);
/* A regular file by its name anew, which somebody may have renamed. */
void	logfile_reopen(struct logfile *l);
/* NULL is ignored. */
void	logfile_close(struct logfile *l);

#endif
