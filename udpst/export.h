/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_EXPORT_H
#define UDPST_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "udpst/options.h"
#include "udpst/rxstat.h"
#include "udpst/wire.h"

/* CSV export of received load PDUs, -O, spec 5.5. */

/* Room for the name of any file. */
#define EXPORT_PATH_MAX	4096

struct export_names {
	unsigned int	mc_index, mc_count, mc_ident;
	struct addr	local, remote;
	bool		is_server, upstream;
	const char	*host;		/* operand; NULL: InAddrAny */
	uint16_t	control_port;
	const char	*interface;	/* "" without -E */
};

/*
 * Expand the #x conversions and then strftime's, local time of wall_ns. 0, or
 * -1 with ENAMETOOLONG when the result does not fit.
 */
int	export_name(const char *pattern, const struct export_names *n,
	    int64_t wall_ns, char *buf, size_t len);

struct export;

/*
 * Create (truncate) the file; a header, then rows, all of them or (9.0's
 * default) those with an RTT sample. compat_8: the columns of 8.2, which
 * always writes all. NULL with errno.
 */
struct export *export_open(const char *path, bool all, bool compat_8);
/*
 * A received load PDU: wall_ns its arrival, tos its traffic class (-1, unknown,
 * counts as 0), e what rxstat_load said of it, mbps the interface's rates, 0
 * when there is none. Buffered, no allocation; writes once in about thousand
 * rows. Nothing is written after a write that failed.
 */
void	export_row(struct export *x, const struct wire_load *p, int64_t wall_ns,
	    int tos, const struct rxstat_event *e, double mbps,
	    double mbps_alternate);
/* 0, or -1 with errno when any write failed. Frees x; NULL is ignored. */
int	export_close(struct export *x);

#endif
