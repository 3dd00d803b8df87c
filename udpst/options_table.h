/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_OPTIONS_TABLE_H
#define UDPST_OPTIONS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/opt.h"
#include "udpst/options.h"

/* What the files options*.c share. */

/* The original parses twice: for the mode and the port, then for all. */
enum parse_pass { PARSE_MODE, PARSE_ALL };

#define PARSE_LETTERS	128		/* any char of a command line */
#define PARSE_LINE	1200		/* bytes of an error line */

/* What the table fills, pass by pass. */
struct parse {
	struct options	 o;
	int		 argc;
	char		**argv;
	enum parse_pass	 pass;
	bool		 up, down;		/* -u -d */
	bool		 given[PARSE_LETTERS];	/* by the user */
	int		 number[PARSE_LETTERS];	/* of letters with numbers */
	bool		 no_jumbo, no_gso, no_gro;
	int64_t		 protocol, auth_window, threads;
	int64_t		 max_sessions, max_per_source;
	const char	*key_file;
	/* The first error: its line without newline, and exit status. */
	char		 error[PARSE_LINE];
	int		 status;
};

/* Note the error, unless there is one; status UDPST_USAGE. */
void	options_error(struct parse *p, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* The same for a number beyond its range. */
void	options_range_error(struct parse *p, int value, int lo, int hi);
/* atoi(3) without its undefined cases: what does not fit is the nearest. */
int	options_number(const char *s, int base);

extern const struct opt_set options_set;

/* What the table calls, spec 2.2. */
enum opt_call options_take_number(const struct opt *e, void *config,
	    const char *arg, const char **why);
enum opt_call options_take_letter(const struct opt *e, void *config,
	    const char *arg, const char **why);
/* Leaves the work to the entry's call, in the second pass. */
enum opt_call options_take_long(const struct opt *e, void *config,
	    const char *arg, const char **why);
/* --compat is met in both. */
enum opt_call options_take_compat(const struct opt *e, void *config,
	    const char *arg, const char **why);
enum opt_call options_call_duration(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_interval(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_json(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_json_lines(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_csv(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_dscp(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_bind(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_bind_dev(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_allow(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_port_range(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_pidfile(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_prometheus(void *config, const char *arg,
	    const char **why);

/* May a letter be used in this mode? false after an error. */
bool	options_role(struct parse *p, int letter);
/* The name again; an error unless it leaves room for suffixes. */
const char *options_file(struct parse *p, const char *name);
/* An error unless the kernel may know an interface of this name. */
void	options_interface(struct parse *p, const char *name);
/* -O and --csv. */
void	options_export(struct parse *p, const char *name, bool all);
/* Environment: the dialect. 0 or -1 after an error. */
int	options_compat_env(struct parse *p);

/* Operands, spec 2.1, after the first pass. 0 or -1 after an error. */
int	options_operands(struct parse *p, int argc, char **argv);
/* Mode, and whether the operands fit it. 0 or -1 after an error. */
int	options_mode(struct parse *p);
/* Complete p->o and make the cross checks. 0 or -1 after an error. */
int	options_finish(struct parse *p);

/* The original's usage text of one of its dialects, as called by this name. */
void	options_usage(const char *name, bool compat_8);

#endif
