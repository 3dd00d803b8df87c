/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_COMMAND_H
#define PL_COMMAND_H

#include "tests/unit/capture.h"

#define COMMAND_ARGS	2200
#define COMMAND_WORDS	32768
#define COMMAND_TEXT	16384

/* A command line, and what its parser printed. */
struct command {
	int	argc;
	char	*argv[COMMAND_ARGS + 1];
	char	words[COMMAND_WORDS];
	char	out[COMMAND_TEXT], err[COMMAND_TEXT];
	struct capture	captures[2];
};

/* Split words at blanks ('' is an empty argument) and listen. */
void	command_begin(struct command *c, const char *program,
	    const char *words);
void	command_end(struct command *c);

/*
 * The command ended with this message, which may be "", before the usage text
 * in that file of outputs; nothing went to stdout.
 */
void	command_assert_usage(const struct command *c, const char *message,
	    const char *file);

/* The three lines of -V have the form of those in that file, with this name
 * of the part. */
void	command_assert_version(const struct command *c, const char *part,
	    const char *file);

#endif
