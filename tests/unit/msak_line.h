/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_MSAK_LINE_H
#define PL_MSAK_LINE_H

#include "msak/options.h"

#define LINE_ARGS	40
#define LINE_WORDS	8192
#define LINE_TEXT	32768

/* A command line of a program of msak, and what came of it. */
struct line {
	const char	*program;	/* argv[0] */
	enum options_status (*parse)(int argc, char **argv, void *options,
			    int *status);
	void		*options;
	int		 argc;
	char		*argv[LINE_ARGS + 1];
	char		 words[LINE_WORDS];
	enum options_status said;
	int		 status;
	char		 out[LINE_TEXT], err[LINE_TEXT];
};

/* Fixtures of cmocka: state is a line of this program. */
int	line_new(void **state, const char *program,
	    enum options_status (*parse)(int argc, char **argv, void *options,
		int *status), void *options);
int	line_free(void **state);

/* Parse these words, split at blanks; '' is an empty argument. */
void	line_run(struct line *l, const char *words);
/* They are good, and nothing is printed. */
void	line_good(struct line *l, const char *words);
/* They end the program: this line, the usage text, status 2. */
void	line_refused(struct line *l, const char *words, const char *message);
/* They end the program with status 1 and this line alone; dated: behind a
 * date. */
void	line_fails(struct line *l, const char *words, bool dated,
	    const char *message);

/* text without "2026/11/22 02:13:55 " in front, which has to be there. */
const char *line_undated(const char *text);

/*
 * -h has every flag of that file of vectors as it stands there, in order of
 * names among all. Where the file has a word, there is a text that the parse
 * made and made(options, i) tells; NULL ends words.
 */
void	line_help(struct line *l, const char *vectors,
	    const char *const words[],
	    const char *(*made)(const void *options, size_t i));

#endif
