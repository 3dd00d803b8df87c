/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_COMMAND_H
#define PL_COMMAND_H

#include "tests/unit/capture.h"
#include "thrulay/options.h"

#define COMMAND_ARGS	2200
#define COMMAND_WORDS	32768
#define COMMAND_TEXT	16384

/* A program's command line. */
struct command {
	const char	*program;
	const char	*usage;		/* file of vectors with that text */
	enum options_status (*parse)(struct command *);	/* sets status */
	int		 argc;
	char		*argv[COMMAND_ARGS + 1];
	char		 words[COMMAND_WORDS];
	union {
		struct client_options	client;
		struct server_options	server;
	};
	/* What came of it. */
	enum options_status said;
	int		 status;
	char		 out[COMMAND_TEXT], err[COMMAND_TEXT];
};

/* Fixtures of cmocka: state is a command of this program. */
int	command_new(void **state, const char *program, const char *usage,
	    enum options_status (*parse)(struct command *));
int	command_free(void **state);

/* Parse these words, split at blanks; '' is an empty argument. */
void	command_run(struct command *c, const char *words);
/* The same, and nothing is wrong with them. */
void	command_good(struct command *c, const char *words);
/* They end the program with this status. */
void	command_exit(struct command *c, const char *words, int status);
/* The same, with status 1, a message, which may be "", and the usage text. */
void	command_refused(struct command *c, const char *words,
	    const char *message);
/* stderr has that message and the usage text alone. */
void	command_assert_usage(const struct command *c, const char *message);

/* The three lines of -V have the form of those in that file, with this name
 * of the part. */
void	command_assert_version(const struct command *c, const char *part,
	    const char *file);

#endif
