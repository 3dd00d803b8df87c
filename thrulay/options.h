/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_OPTIONS_H
#define THRULAY_OPTIONS_H

#include <stdbool.h>

#include "thrulay/auth_file.h"
#include "thrulay/thrulay.h"

/* What came of a command line. EXIT: print nothing more, exit status given. */
enum options_status { OPTIONS_RUN, OPTIONS_EXIT };

enum options_output { OPTIONS_TEXT, OPTIONS_JSON, OPTIONS_JSON_LINES };

struct client_options {
	thrulay_opt_t		test;
	enum thrulay_style	style;
	enum options_output	output;
	bool			quiet;
	int			verbosity;	/* -v -v: kernel columns */
	struct auth_keys	keys;		/* test points into them */
};

struct server_options {
	thrulay_server_opt_t	server;
	const char		**allow;	/* NULL-terminated, allocated */
	bool			foreground;	/* -d */
	bool			syslog;		/* --syslog with -d */
	const char		*user, *pidfile;
};

/*
 * Parse a command line as spec section 2 says (the 0.9 letters, texts and
 * statuses) and our long options. -h, -V, --help, --version and errors print
 * what they have to and yield OPTIONS_EXIT with *status.
 */
enum options_status client_options_parse(int argc, char **argv,
	    struct client_options *out, int *status);
enum options_status server_options_parse(int argc, char **argv,
	    struct server_options *out, int *status);
void	client_options_free(struct client_options *o);
void	server_options_free(struct server_options *o);

#endif
