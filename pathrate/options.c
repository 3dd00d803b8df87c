/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>

#include "pathrate/options_table.h"

enum opt_call
options_call_quiet(void *config, const char *arg, const char **why)
{
	struct options_levels *l = config;

	(void)arg;
	(void)why;
	l->normal = false;
	l->verbose = false;
	return OPT_CALL_OK;
}

enum opt_call
options_call_verbose(void *config, const char *arg, const char **why)
{
	struct options_levels *l = config;

	(void)arg;
	(void)why;
	l->verbose = true;
	return OPT_CALL_OK;
}

int
options_both_families(const char *program, bool ipv4, bool ipv6)
{
	if (!ipv4 || !ipv6)
		return 0;
	fprintf(stderr, "%s: --ipv4 and --ipv6 exclude each other\n", program);
	return -1;
}

static int
say(const struct opt_set *set, enum opt_result result)
{
	if (result == OPT_HELP)
		opt_help(set, stdout);
	else if (result == OPT_LIST)
		opt_list(set, stdout);
	else
		printf("%s (plumbline) %s\ncompatible with pathrate 2.4.1\n",
		    set->program, PACKAGE_VERSION);
	if (fflush(stdout) == 0)
		return 0;
	perror("stdout");
	return PATHRATE_FAILURE;
}

bool
options_text(const struct opt_set *set, enum opt_result result, int *status)
{
	if (result != OPT_HELP && result != OPT_LIST && result != OPT_VERSION)
		return false;
	*status = say(set, result);
	return true;
}
