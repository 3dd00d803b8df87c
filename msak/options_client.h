/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_OPTIONS_CLIENT_H
#define MSAK_OPTIONS_CLIENT_H

#include "msak/mid.h"
#include "msak/options.h"
#include "msak/uuid.h"

/* Values of one -matrix flag. */
#define OPTIONS_MATRIX_MAX	16
/* Bytes of the name of a congestion control in a matrix, with NUL. */
#define OPTIONS_CC_MAX		16

struct options_numbers {
	size_t	n;
	int64_t	v[OPTIONS_MATRIX_MAX];
};

struct options_names {
	size_t	n;
	char	v[OPTIONS_MATRIX_MAX][OPTIONS_CC_MAX];
};

/* msak-client. Texts point into argv or into this struct. */
struct client_options {
	const char	*server;	/* host[:port]; "": ask Locate */
	const char	*scheme, *cc, *mid, *locate_url, *anonymize;
	int64_t		 streams;	/* 1..OPTIONS_STREAMS_MAX */
	int64_t		 bytes;		/* <= 0: no limit */
	int64_t		 duration_ns, delay_ns;
	bool		 download, upload, no_verify, debug;
	char		 uuid_prefix[UUID_PREFIX_MAX];
	/* Ours. */
	struct options_net net;
	struct options_output output;
	bool		 latency;	/* measure it idle and under load */
	int64_t		 latency_port;
	int64_t		 threads;	/* for the streams, 0: one a core */
	struct options_numbers matrix_streams, matrix_durations;
	struct options_names matrix_ccs;
	/* What the defaults of -mid and -uuid-prefix-file were. */
	char		 random_mid[MID_TEXT];
	char		 prefix_default[UUID_PREFIX_MAX];
};

enum options_status options_client_parse(int argc, char **argv,
	    struct client_options *o, int *status);

/* What changes from run to run of a matrix. */
struct options_run {
	int64_t		 streams, duration_ns;
	const char	*cc;	/* points into the options */
};

/*
 * The runs that the -matrix flags ask for, 1 without them, and the options of
 * one of them: streams change fastest, durations slowest. one points into o.
 */
size_t	options_client_runs(const struct client_options *o);
void	options_client_run(const struct client_options *o, size_t i,
	    struct client_options *one);
struct options_run options_client_which(const struct client_options *one);

#endif
