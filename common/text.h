/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_TEXT_H
#define PL_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Texts as users see them. Each fills buf, always terminated and cut to len
 * (at least 1), and returns it. TEXT_MAX is room enough for all but escapes.
 */
#define TEXT_MAX	48

/* "941.5 Mbit/s", SI prefixes up to P, four significant digits; "unknown" for
 * what is not finite. */
const char *text_rate(double bps, char *buf, size_t len);
/* "8 MiB", "1500 B": IEC, for memory sizes; exact where up to four digits of
 * a unit can say it, else rounded to four. */
const char *text_bytes(uint64_t n, char *buf, size_t len);
/* "20.3 ms", "1.5 s", "-850 us": up to three significant digits, no trailing
 * zeros, seconds the largest unit. */
const char *text_duration(int64_t ns, char *buf, size_t len);
/* RFC 3339 in UTC with milliseconds: 2026-11-22T03:04:05.678Z */
const char *text_rfc3339(int64_t wall_ns, char *buf, size_t len);
/* Bytes from a peer made fit for a log line: printable ASCII as is, the rest
 * as \ooo, \n, \r, \t or \\, cut to the buffer at a whole escape. */
const char *text_escape(const void *bytes, size_t n, char *buf, size_t len);

/*
 * Close a result stream and say whether every write reached it. 0, or -1
 * with errno. A closed or full stdout must not pass for success.
 */
int	text_close(FILE *f);

#endif
