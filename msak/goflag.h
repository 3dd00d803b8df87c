/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_GOFLAG_H
#define MSAK_GOFLAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Command lines in the grammar of Go's flag package, which the originals of
 * this tool use: -name and --name are the same, a value follows after '=' or
 * as the next word, booleans take one only after '='; the first word that is
 * no flag, or --, ends it. One table describes a program's flags: it parses,
 * prints -h and is compared with the man page. Defaults live there alone.
 */
enum goflag_kind {
	GOFLAG_BOOL,		/* bool */
	GOFLAG_INT,		/* int64_t, lo..hi */
	GOFLAG_UINT,		/* uint64_t */
	GOFLAG_DURATION,	/* int64_t ns, lo..hi */
	GOFLAG_STRING,		/* const char *, points into argv */
	GOFLAG_CHOICE,		/* int: index into choices */
	GOFLAG_VALUE		/* function decides */
};

struct goflag {
	enum goflag_kind kind;
	const char	*name;
	const char	*word;		/* type of the value in -h; NULL: that
					 * of the kind */
	const char	*deflt;		/* as the user would type it and as -h
					 * shows it; NULL: zero, "", false */
	size_t		 offset;	/* of the field in the config struct */
	const char	*help;		/* one or more lines */
	int64_t		 lo, hi;	/* both 0: any number */
	const char *const *choices;	/* NULL-terminated */
	/* Take a value; false: why got the reason, in one line. */
	bool		(*take)(const struct goflag *f, void *config,
			    const char *arg, FILE *why);
	/* A default that is made at each start; in config. */
	const char	*(*made)(const void *config);
	bool		 environ;	/* goflag_environ looks for it */
};

/* Flags that a table may have. */
#define GOFLAG_MAX	64

struct goflag_set {
	const char		*program;	/* for --version */
	const char		*compatible;	/* second line of --version */
	const struct goflag	*flags;		/* ended by name NULL */
};

enum goflag_result {
	GOFLAG_OK,
	GOFLAG_EXIT	/* printed what there was to print; *status is set */
};

/*
 * Put every default into config, then parse argv; bit i of *given is set when
 * flags[i] was there. An error is a line and the usage text on stderr, status
 * 2; -h and -help print that text on stderr with status 0. Beyond the
 * originals: --help, with two dashes, prints it on stdout, -version the
 * version, and the hidden -list-options the table.
 */
enum goflag_result goflag_parse(const struct goflag_set *set, void *config,
	    int argc, char **argv, uint64_t *given, int *status);

/*
 * Flags marked environ that were not given take the value of the variable of
 * the same name (upper case, '_' for what is no letter or digit), if there is
 * one and it is good; *given follows. warn hears of the others, one line
 * without newline a call: a flag given wins. Such flags hold a const char *.
 */
void	goflag_environ(const struct goflag_set *set, void *config,
	    uint64_t *given, void (*warn)(void *arg, const char *line),
	    void *arg);

/* Was the flag of that name given? It is in the table. */
bool	goflag_given(const struct goflag_set *set, uint64_t given,
	    const char *name);

/* The field of a flag that holds a text. */
const char **goflag_text(const struct goflag *f, void *config);

/* The text of -h. config only serves defaults that are made. */
void	goflag_usage(const struct goflag_set *set, const void *config,
	    const char *argv0, FILE *out);
/* The table in the form of opt_list. */
void	goflag_list(const struct goflag_set *set, FILE *out);

/* Single values. NULL, or the reason why it is none. */
const char *goflag_bool(const char *s, bool *out);
/* Decimal, 0x, 0o, 0, 0b, underscores between digits; 64 bit. */
const char *goflag_int(const char *s, int64_t *out);
/* The same without a sign. */
const char *goflag_uint(const char *s, uint64_t *out);
/* "1m30s", "1.5h", "-300ms", "0"; ns. */
const char *goflag_duration(const char *s, int64_t *out);

/* s in double quotes as Go's %q writes it. */
void	goflag_quote(const char *s, FILE *out);
/* The same for so many bytes, of which none is NUL. */
void	goflag_quote_n(const char *s, size_t len, FILE *out);

#endif
