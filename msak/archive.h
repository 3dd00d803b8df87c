/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_ARCHIVE_H
#define MSAK_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "msak/latency.h"
#include "msak/measurement.h"

/* The records that a server leaves on disk, spec 5.5. */

/* Of the query of a request, decoded: may hold any byte. */
struct archive_pair {
	const char	*name, *value;
	size_t		 name_len, value_len;
};

struct archive_throughput {
	const char			*commit, *version; /* the build's */
	bool				 upload;
	const char			*mid, *uuid;
	const char			*server, *client;	/* host:port */
	const char			*cc;		/* the sender's */
	int64_t				 start_wall_ns, end_wall_ns;
	const struct measurement	*ours, *theirs;
	size_t				 nours, ntheirs;
	const struct archive_pair	*options, *metadata;
	size_t				 noptions, nmetadata;
};

struct archive_latency {
	const char			*commit, *version;
	const struct latency_session	*session;
	const char			*server;	/* the UDP listener */
	int64_t				 end_wall_ns;
};

/* The records' texts, no newline behind them; errors are out's. */
void	archive_throughput(const struct archive_throughput *r, FILE *out);
void	archive_latency(const struct archive_latency *r, FILE *out);

#define ARCHIVE_PATH_MAX	4096

/* Where a record goes: the time, in UTC, is when it is written. */
struct archive_place {
	const char	*root;		/* -datadir */
	const char	*datatype;	/* throughput1, latency1 */
	const char	*subtest;	/* download, upload; application */
	const char	*uuid;
	int64_t		 wall_ns;
};

/*
 * The path of a record; the folder is what stands before its last slash. 0, or
 * -1 with errno: ENAMETOOLONG, EINVAL when the UUID has a slash.
 */
int	archive_path(const struct archive_place *p, char *buf, size_t len);
/*
 * Write a record there, with the folders that are missing. It appears whole
 * and under its name, or not at all; one that is there is left alone (EEXIST).
 * 0, or -1 with errno.
 */
int	archive_save_throughput(const struct archive_place *p,
	    const struct archive_throughput *r);
int	archive_save_latency(const struct archive_place *p,
	    const struct archive_latency *r);

#endif
