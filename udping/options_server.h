/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_OPTIONS_SERVER_H
#define UDPING_OPTIONS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "udping/report.h"

/* Exit statuses of the original (spec 5.6). */
#define SERVER_STATUS_BAD	255	/* options and start-up */
#define SERVER_STATUS_ERROR	1	/* names, socket */

#define SERVER_TARGETS	2	/* of statsd */

struct server_options {
	/* As the original has them; texts point into argv. */
	const char	*listen, *receiver;	/* -l, -r or NULL */
	int		 port, keepalive_s;
	const char	*statsd, *statsd_tags;	/* HOST[:PORT] or NULL */
	const char	*metric;
	bool		 verbose, quiet;

	bool		 ipv4, ipv6, numeric;
	int		 level;		/* enum report_level */
	bool		 dogstatsd;
	bool		 json, json_lines, top;
	const char	*prometheus;	/* file, or NULL */
	struct addr	 scrape;	/* to listen on; len 0: nowhere */
	int64_t		 hops;		/* 0: not asked for */
	int64_t		 max_sessions;
	int64_t		 batch_delay_ns;	/* of reading; 0: none */
	struct addr_prefix *allow;	/* none: everybody */
	size_t		 nallow;
	const char	*user, *pidfile;
	bool		 syslog;
};

/* True to run; else *status is how to end, and all is said. Free with
 * server_options_free. */
bool	server_options_parse(int argc, char **argv,
	    struct server_options *out, int *status);
void	server_options_free(struct server_options *o);

/*
 * "HOST[:PORT]" of -s and -t: text up to the first colon, then a number
 * modulo 2^16 (0 without a digit), without a colon 8125; or "[V6]:PORT".
 * 0, or -1 when the host is too long.
 */
int	server_target(const char *text, char *host, size_t len,
	    uint16_t *port);

#endif
