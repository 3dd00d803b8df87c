/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PL_OPT_H
#define PL_OPT_H

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
	OPT_INT,	/* int64_t, decimal, lo..hi */
	OPT_SIZE,	/* int64_t bytes with k/M/G (1024), lo..hi */
	OPT_RATE,	/* int64_t bit/s with k/M/G/T (1000), lo..hi */
	OPT_RATE_WHOLE,	/* the same without a fraction, as old programs */
	OPT_DURATION,	/* int64_t ns: 1.5 (seconds), 500ms, 2m, lo..hi */
	OPT_STRING,	/* const char *, points into argv */
	OPT_CHOICE,	/* int: index into choices */
	OPT_DSCP,	/* int 0..63 or name: EF, AF41, CS1, LE, VA, DF */
	OPT_CALL,	/* function decides; a flag when arg is NULL;
			 * lo and hi are for --help */
	OPT_HEADING	/* a line of text in --help */
};

/* What an OPT_CALL function returns. */
enum opt_call {
	OPT_CALL_OK = 0,
	OPT_CALL_BAD = -1,	/* *why is the reason, or error is printed */
	OPT_CALL_SAY = -2,	/* *why is the whole line to print */
	OPT_CALL_STOP = 1	/* end the parse here: OPT_STOPPED */
};

struct opt {
	enum opt_kind	 kind;
	int		 letter;	/* short option, 0: none */
	const char	*name;		/* long option without --, NULL: none */
	const char	*arg;		/* name of the argument in --help */
	const char	*deflt;		/* default as the user would type it;
					 * NULL: the field is left alone */
	size_t		 offset;	/* of the field in the config struct */
	int64_t		 lo, hi;	/* range of numbers (units as stored);
					 * both 0: from 0 up */
	const char *const *choices;	/* OPT_CHOICE, NULL-terminated */
	const char	*help;		/* one or more lines, \n between; long
					 * ones are wrapped; NULL: hidden */
	const char	*error;		/* the original's sentence for a bad
					 * value; NULL: the common form */
	/* arg is NULL for flags; a value points into argv or is deflt. */
	enum opt_call	(*call)(void *config, const char *arg,
			    const char **why);
	/* The same for functions of several entries; if set, not call. */
	enum opt_call	(*take)(const struct opt *o, void *config,
			    const char *arg, const char **why);
};

/* Entries a table may have. */
#define OPT_MAX		128

struct opt_set {
	const char		*program;	/* for messages */
	const char		*synopsis;	/* after "usage: program" */
	const struct opt	*opts;		/* ended by kind OPT_FLAG, help
						 * NULL, no letter, no name */
	const char		*trailer;	/* text after them, or NULL */
	/* Gets the line about a bad value, without newline and program name;
	 * NULL: it goes to stderr with them. */
	void			(*complain)(void *config, const char *line);
	bool			lenient;	/* skip, without a word, what
						 * is unknown or a bad value */
};

/* What opt_parse found. */
enum opt_result {
	OPT_OK,
	OPT_STOPPED,		/* an OPT_CALL function ended the parse */
	OPT_HELP,		/* --help was met (long form only) */
	OPT_VERSION,		/* --version was met (long form only) */
	OPT_LIST,		/* --list-options was met; see opt_list */
	OPT_UNKNOWN,		/* no such option, or its argument is missing or
				 * unwanted: getopt's message is on stderr */
	OPT_BAD_VALUE		/* message printed on stderr */
};

/*
 * Put every default into config, then parse argv as getopt_long(3) does, with
 * GNU permutation and with long names cut short as long as they stay unique;
 * *first gets the index of the first operand in the permuted argv. Ends at
 * the first thing that is not OPT_OK. An unknown option prints getopt's own
 * message; a bad value prints the table's error sentence, or
 * `program: option is reason: value`; a set may change both. Uses getopt's
 * global state, but starts
 * it afresh, so a process may parse any number of times, one at a time.
 */
enum opt_result	opt_parse(const struct opt_set *set, void *config, int argc,
		    char **argv, int *first);

/* The whole table as --help prints it: 80 columns, defaults and ranges. */
void	opt_help(const struct opt_set *set, FILE *out);

/*
 * A line an option, TAB between letter, name, argument, default, for tests and
 * shell completion (what the hidden --list-options prints). What is missing is
 * empty. Hidden options are left out, --help and --version are there.
 */
void	opt_list(const struct opt_set *set, FILE *out);

/* Does this entry end a table? */
bool	opt_is_end(const struct opt *o);

/*
 * A variable of the environment; NULL when it is unset or when the process
 * has rights that its user does not have.
 */
const char *opt_env(const char *name);

/*
 * Single values, for other parsers. 0, or -1 with *why as strtonum(3) words it
 * ("too small", "too large", "invalid") or "too precise". *out is set on
 * success only.
 */

/* Decimal, sign and leading blanks allowed, nothing after it. */
int	opt_int(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
/* The same, and also hexadecimal (0x2e) and octal (056) as strtol(3) does. */
int	opt_int_any(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
/* Digits and at most one of k K m M g G: powers of 1024. */
int	opt_size(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
/*
 * Digits with or without a decimal fraction and at most one of k K m M g G
 * t T: powers of 1000. Exact: less than a whole bit is "too precise".
 */
int	opt_rate(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
/* The same without fractions ("1.5M" is invalid). */
int	opt_rate_whole(const char *s, int64_t lo, int64_t hi, int64_t *out,
	    const char **why);
/*
 * Digits with or without a decimal fraction, then ns, us, ms, s, m, h or
 * nothing for seconds: "1.5", "500ms". Exact: less than a whole nanosecond is
 * "too precise".
 */
int	opt_duration(const char *s, int64_t lo_ns, int64_t hi_ns, int64_t *out,
	    const char **why);
/*
 * 0..63 as opt_int_any reads it, or EF, VA, LE, DF, BE, CS0..CS7, AF11..AF43
 * in either case.
 */
int	opt_dscp(const char *s, int *out, const char **why);
/* "A-B" or "A", 1..65535, A <= B, decimal digits only. */
int	opt_port_range(const char *s, uint16_t *first, uint16_t *last,
	    const char **why);

#endif
