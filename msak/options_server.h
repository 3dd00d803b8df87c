/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_OPTIONS_SERVER_H
#define MSAK_OPTIONS_SERVER_H

#include "common/addr.h"
#include "msak/options.h"
#include "msak/uuid.h"

/* Files of one -token.verify-key and those of the flag's repetitions. */
#define OPTIONS_KEYS_MAX	64
/* Entries of -allow. */
#define OPTIONS_ALLOW_MAX	256

/* A file that was read when its flag was met; both allocated. */
struct options_file {
	char	*name;
	char	*text;		/* with a NUL */
	size_t	 len;
};

enum options_schema { OPTIONS_SCHEMA_NONE, OPTIONS_SCHEMA_THROUGHPUT1,
	OPTIONS_SCHEMA_LATENCY1 };

/* msak-server. Texts point into argv or into this struct. */
struct server_options {
	const char	*ws_addr, *wss_addr, *latency_addr, *prometheus;
	const char	*cert, *key;	/* "": no wss */
	const char	*datadir;
	int64_t		 latency_ttl_ns;
	bool		 token_verify;
	const char	*token_machine;
	struct options_file keys[OPTIONS_KEYS_MAX];
	size_t		 nkeys;
	const char	*tx_device;	/* "": none */
	uint64_t	 tx_max_bps;	/* 0: no limit */
	const char	*anonymize;
	char		 uuid_prefix[UUID_PREFIX_MAX];
	/* Ours. */
	bool		 ipv4, ipv6;	/* not both */
	int		 tls_min;	/* enum options_tls */
	const char	*page;		/* "": none */
	int		 schema;	/* enum options_schema: print, exit */
	struct addr_prefix allow[OPTIONS_ALLOW_MAX];
	size_t		 nallow;	/* 0: everybody */
	int64_t		 threads;	/* 0: one a core */
	int64_t		 max_sessions, max_per_address;
	int64_t		 max_latency_sessions;
	int64_t		 max_memory_bytes;
	int64_t		 max_duration_ns;
	int64_t		 stop_timeout_ns;
	bool		 debug, syslog;
	const char	*user, *pidfile;	/* "": none */
	char		 prefix_default[UUID_PREFIX_MAX];
};

/* After RUN, the end is options_server_free. */
enum options_status options_server_parse(int argc, char **argv,
	    struct server_options *o, int *status);
void	options_server_free(struct server_options *o);

#endif
