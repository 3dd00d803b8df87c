/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_OPTIONS_CLIENT_H
#define UDPING_OPTIONS_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "udping/macs.h"

/* What the original says when an option is missing or wrong (spec 2.1). */
#define CLIENT_STATUS_BAD	255

struct client_options {
	/* As the original has them; texts point into argv. */
	const char	*remote, *local, *descriptor;
	int		 port;
	int		 ports;		/* -n, 0: not given */
	int		 mean_ms;	/* 0..1000 */
	int		 period_s;	/* 1..900 */
	int		 max;		/* 1..2000 */
	struct macs	 hops;		/* -a; none: ask the kernel */
	bool		 verbose;

	int		 family;	/* AF_INET or AF_INET6 */
	int64_t		 count;		/* probes; 0: no end */
	int64_t		 duration_ns;	/* 0: no end */
	int		 generation;	/* 2 or 1 */
	int		 vlan;		/* -1: no tag */
	int		 dscp;
	bool		 df;
	bool		 unprivileged;	/* ordinary sockets */
	bool		 bypass;	/* no queueing discipline */
	bool		 busy;
	const char	*device;	/* NULL: that of local */
	const char	*user;		/* NULL: nobody */
	const char	*pidfile;
	bool		 syslog;
	bool		 summary, json, quiet;
};

/*
 * raw: this process may send frames. True to run; else *status is how to end,
 * and all is said. Free with client_options_free.
 */
bool	client_options_parse(int argc, char **argv, bool raw,
	    struct client_options *out, int *status);
void	client_options_free(struct client_options *o);

#endif
