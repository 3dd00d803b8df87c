/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_UDPST_LINE_H
#define PL_UDPST_LINE_H

#include "udpst/options.h"

#define LINE_ARGS	64
#define LINE_WORDS	16384
#define LINE_TEXT	16384

/* A command line of udpst and what came of it. */
struct line {
	int		 argc;
	char		*argv[LINE_ARGS + 1];
	char		 words[LINE_WORDS];
	struct options	 o;
	enum options_verdict said;
	int		 status;
	char		 out[LINE_TEXT], err[LINE_TEXT];
};

/* Fixtures of cmocka: state is a line; no variable of ours is set. */
int	line_new(void **state);
int	line_free(void **state);

/* Parse "udpst" and these words, split at blanks; '' is an empty one. */
void	line_run(struct line *l, const char *words);
/* The same, and nothing is wrong with them; free what the last one owns. */
void	line_good(struct line *l, const char *words);
/* They end with that status and that one line on stdout alone. */
void	line_refused(struct line *l, const char *words, int status,
	    const char *error);
/* "ERROR: ..." and status 50. */
void	line_wrong(struct line *l, const char *words, const char *error);

#endif
