/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_TEXT_H
#define PL_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Texts as users see them. Each fills buf, terminated, and returns it. */

/* "941.5 Mbit/s", SI prefixes, four significant digits. */
const char *text_rate(double bps, char *buf, size_t len);
/* "8 MiB", "1500 B": IEC, for memory sizes. */
const char *text_bytes(uint64_t n, char *buf, size_t len);
/* "20.3 ms", "1.5 s", "850 us". */
const char *text_duration(int64_t ns, char *buf, size_t len);
/* RFC 3339 in UTC with milliseconds: 2026-11-22T03:04:05.678Z */
const char *text_rfc3339(int64_t wall_ns, char *buf, size_t len);
/* Bytes from a peer made fit for a log line: printable ASCII as is, the rest
 * as \ooo or \n style escapes (vis(3)), cut to the buffer. */
const char *text_escape(const void *bytes, size_t n, char *buf, size_t len);

/*
 * Flush a result stream and say whether every write reached it. 0, or -1
 * with errno. A closed or full stdout must not pass for success.
 */
int	text_close(FILE *f);

#endif
