/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PATHRATE_OPTIONS_TABLE_H
#define PATHRATE_OPTIONS_TABLE_H

#include "common/opt.h"
#include "pathrate/options.h"

/*
 * What the tables of both programs share; for options*.c alone. What the
 * functions fill begins with struct options_levels.
 */
enum opt_call options_call_quiet(void *config, const char *arg,
	    const char **why);
enum opt_call options_call_verbose(void *config, const char *arg,
	    const char **why);
/* -1 and a line on stderr when both are asked for. */
int	options_both_families(const char *program, bool ipv4, bool ipv6);
/* Did --help, --version or --list-options end the parse? Then it is printed,
 * and *status is what to exit with. */
bool	options_text(const struct opt_set *set, enum opt_result result,
	    int *status);

#endif
