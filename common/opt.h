/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_OPT_H
#define PL_OPT_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * One table describes a program's options: it parses, prints --help, and a
 * test compares it with the man page. Defaults live in that table alone.
 */
enum opt_kind {
	OPT_FLAG,	/* bool: true when met */
	OPT_COUNT,	/* int: +1 each time */
	OPT_INT,	/* int64_t, lo..hi */
	OPT_SIZE,	/* int64_t bytes with k/M/G (1024), lo..hi */
	OPT_RATE,	/* int64_t bit/s with k/M/G/T (1000), lo..hi */
	OPT_DURATION,	/* int64_t ns: seconds with fraction, or ns us ms s m h */
	OPT_STRING,	/* const char *, points into argv */
	OPT_CHOICE,	/* int: index into choices */
	OPT_DSCP,	/* int 0..63 or name: EF, AF41, CS1, LE, VA, DF */
	OPT_CALL,	/* function decides */
	OPT_HEADING	/* a line of text in --help */
};

struct opt {
	enum opt_kind	 kind;
	int		 letter;	/* short option, 0: none */
	const char	*name;		/* long option without --, NULL: none */
	const char	*arg;		/* name of the argument in --help */
	const char	*deflt;		/* default as the user would type it; NULL */
	size_t		 offset;	/* of the field in the config struct */
	int64_t		 lo, hi;	/* range of numbers (units as stored) */
	const char *const *choices;	/* OPT_CHOICE, NULL-terminated */
	const char	*help;		/* one or more lines, \n between */
	const char	*error;		/* the original's sentence for a bad value,
					 * NULL: the common form */
	/* OPT_CALL: 0, or -1 with *why set. arg is NULL for flags. */
	int		(*call)(void *config, const char *arg, const char **why);
};

struct opt_set {
	const char		*program;	/* for messages */
	const char		*synopsis;	/* after "usage: program" */
	const struct opt	*opts;		/* ended by kind OPT_FLAG, help NULL
						 * and neither letter nor name */
	const char		*trailer;	/* text after the options, or NULL */
};

/* What opt_parse found. */
enum opt_result {
	OPT_OK,
	OPT_HELP,		/* --help was met (long form only) */
	OPT_VERSION,		/* --version was met (long form only) */
	OPT_ERROR		/* message printed on stderr */
};

/*
 * Put every default into config, then parse argv with GNU permutation;
 * *first gets the index of the first operand in the permuted argv. An
 * unknown option prints getopt's own message; a bad value prints the table's
 * error sentence, or `program: option is reason: value`.
 */
enum opt_result	opt_parse(const struct opt_set *set, void *config, int argc,
		    char **argv, int *first);

/* The whole table as --help prints it. */
void	opt_help(const struct opt_set *set, FILE *out);

/* A line a option, TAB between letter, name, argument, default, for tests and
 * shell completion (what the hidden --list-options prints). */
void	opt_list(const struct opt_set *set, FILE *out);

/* Single values, for other parsers. 0, or -1 with *why ("too small", "too
 * large", "invalid", ...) as strtonum(3) words it. */
int	opt_int(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
int	opt_size(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
int	opt_rate(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
int	opt_duration(const char *s, int64_t lo_ns, int64_t hi_ns, int64_t *out,
	    const char **why);
int	opt_dscp(const char *s, int *out, const char **why);
/* "A-B" or "A", 1..65535, A <= B. */
int	opt_port_range(const char *s, uint16_t *first, uint16_t *last,
	    const char **why);

#endif
