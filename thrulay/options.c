/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdio.h>

#include "common/opt.h"
#include "thrulay/options_table.h"

enum opt_call
options_call_help(void *config, const char *arg, const char **why)
{
	enum options_early *early = config;

	(void)arg;
	(void)why;
	*early = OPTIONS_EARLY_HELP;
	return OPT_CALL_STOP;
}

enum opt_call
options_call_version(void *config, const char *arg, const char **why)
{
	enum options_early *early = config;

	(void)arg;
	(void)why;
	*early = OPTIONS_EARLY_VERSION;
	return OPT_CALL_STOP;
}

/* -V: the three lines of the 0.9 programs, with our release. */
static void
legacy_version(const char *part)
{
	printf("thrulay/2 (%s part) release %s\n"
	    "Copyright (c) 2026, the plumbline authors.\n"
	    "See the source for copying conditions.\n", part, PACKAGE_VERSION);
}

static void
version(const char *program)
{
	printf("%s (plumbline) %s\n"
	    "compatible with thrulay 0.9, protocol thrulay/2\n", program,
	    PACKAGE_VERSION);
}

enum options_status
options_verdict(const struct options_program *p, enum opt_result result,
    enum options_early early, int *status)
{
	*status = 0;
	switch (result) {
	case OPT_OK:
		return OPTIONS_RUN;
	case OPT_HELP:
		opt_help(p->set, stdout);
		break;
	case OPT_LIST:
		opt_list(p->set, stdout);
		break;
	case OPT_VERSION:
		version(p->set->program);
		break;
	case OPT_STOPPED:
		if (early == OPTIONS_EARLY_VERSION)
			legacy_version(p->part);
		else
			fputs(p->usage, stderr);
		break;
	case OPT_UNKNOWN:
	case OPT_BAD_VALUE:
		fputs(p->usage, stderr);
		*status = 1;
		break;
	}
	if (*status == 0 && fflush(stdout) == EOF) {
		perror("stdout");
		*status = 1;
	}
	return OPTIONS_EXIT;
}

enum options_status
options_usage(const struct options_program *p, int *status)
{
	fputs(p->usage, stderr);
	*status = 1;
	return OPTIONS_EXIT;
}
