/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_OPTIONS_MINIMAL_H
#define MSAK_OPTIONS_MINIMAL_H

#include "msak/mid.h"
#include "msak/options.h"

/* minimal-download. Texts point into argv or into this struct. */
struct minimal_options {
	const char	*url;		/* "": ask Locate */
	const char	*mid, *cc, *locate_scheme, *locate_url;
	int64_t		 streams;	/* 1..OPTIONS_STREAMS_MAX */
	int64_t		 bytes;		/* <= 0: no limit */
	int64_t		 duration_ns;	/* asked of the server */
	int64_t		 max_duration_ns; /* of everything */
	bool		 no_verify;
	/* Ours. */
	struct options_net net;
	struct options_output output;
	char		 random_mid[MID_TEXT];	/* the default of mid */
};

/* A bad -server.url, which may be given as any text, exits here too. */
enum options_status options_minimal_parse(int argc, char **argv,
	    struct minimal_options *o, int *status);

#endif
