/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_TIMENAME_H
#define UDPST_TIMENAME_H

#include <stddef.h>
#include <stdint.h>

/* Longest pattern of a file name after other conversions, NUL included. */
#define TIMENAME_MAX	4096

/*
 * A file name from a pattern of strftime(3), in local time of wall_ns. 0, or
 * -1 with ENAMETOOLONG when the result does not fit.
 */
int	timename_expand(const char *pattern, int64_t wall_ns, char *buf,
	    size_t len);

#endif
