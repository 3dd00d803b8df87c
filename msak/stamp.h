/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_STAMP_H
#define MSAK_STAMP_H

#include <stddef.h>
#include <stdint.h>

/* Room for either text. */
#define STAMP_MAX	64

/*
 * RFC 3339 in the local time zone, "Z" where that is UTC, with as many
 * decimals of the second, up to 9, as are needed: what Go calls RFC3339Nano.
 * Returns buf, which has STAMP_MAX bytes. tzset(3) is the caller's.
 */
const char *stamp_rfc3339(int64_t wall_ns, char *buf);
/* UTC by a pattern of strftime(3), which gives less than STAMP_MAX bytes. */
const char *stamp_utc(int64_t wall_ns, const char *pattern, char *buf);
/* The nanoseconds of the second, 0..999999999. */
int64_t	stamp_ns(int64_t wall_ns);

#endif
