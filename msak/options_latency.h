/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_OPTIONS_LATENCY_H
#define MSAK_OPTIONS_LATENCY_H

#include "msak/options.h"

/* Longest host[:port] of a server, with NUL. */
#define OPTIONS_HOST_MAX	300

/* msak-latency. Texts point into argv or the environment. */
struct latency_options {
	const char	*server;	/* as given; "" as well */
	bool		 server_given;	/* else ask Locate */
	const char	*scheme, *mid, *locate_url, *prometheus;
	/* Of server, if it was given. */
	char		 url_scheme[16];	/* its own or -scheme's */
	char		 host[OPTIONS_HOST_MAX];	/* "": it has none */
	/* Ours. */
	struct options_net net;
	struct options_output output;
	int64_t		 latency_port;
};

/*
 * Command line, then environment; then every flag of the original goes to
 * stderr, as it does, unless quiet.
 */
enum options_status options_latency_parse(int argc, char **argv,
	    struct latency_options *o, int *status);

#endif
