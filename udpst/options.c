/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udpst/auth.h"
#include "udpst/options_table.h"

void
options_error(struct parse *p, const char *fmt, ...)
{
	va_list ap;

	if (p->status != 0)
		return;
	va_start(ap, fmt);
	vsnprintf(p->error, sizeof(p->error), fmt, ap);
	va_end(ap);
	p->status = UDPST_USAGE;
}

void
options_range_error(struct parse *p, int value, int lo, int hi)
{
	options_error(p, "ERROR: Parameter <%d> out-of-range (%d-%d)", value,
	    lo, hi);
}

const char *
options_software_version(void)
{
	return PACKAGE_VERSION;
}

static void
print_version(void)
{
	printf("udpst (plumbline) %s\n"
	    "compatible with OB-UDPST 8.0 to 9.0, "
	    "protocol versions 10, 11 and 20 (RFC 9946)\n",
	    options_software_version());
}

/* What a pass that went wrong, or that asked for text, prints. */
static void
print_end(struct parse *p, enum opt_result result, const char *name)
{
	if (p->status != 0) {
		printf("%s\n", p->error);
	} else if (result == OPT_HELP) {
		opt_help(&options_set, stdout);
	} else if (result == OPT_VERSION) {
		print_version();
	} else if (result == OPT_LIST) {
		opt_list(&options_set, stdout);
	} else {
		options_usage(name, p->o.compat_8);
		p->status = UDPST_USAGE;
	}
	if (fflush(stdout) == EOF) {
		perror("stdout");
		if (p->status == 0)
			p->status = UDPST_UNSPECIFIED;
	}
}

/* The whole command line; OPT_OK and no status when nothing is wrong. */
static enum opt_result
parse(struct parse *p, int argc, char **argv)
{
	struct opt_set lenient = options_set;
	enum opt_result result;
	int first;

	if (options_compat_env(p) == -1)
		return OPT_STOPPED;
	lenient.lenient = true;
	p->pass = PARSE_MODE;
	result = opt_parse(&lenient, p, argc, argv, &first);
	if (result != OPT_OK)
		return result;
	if (options_operands(p, argc - first, argv + first) == -1 ||
	    options_mode(p) == -1)
		return OPT_STOPPED;
	p->pass = PARSE_ALL;
	result = opt_parse(&options_set, p, argc, argv, &first);
	if (result != OPT_OK)
		return result;
	return options_finish(p) == -1 ? OPT_STOPPED : OPT_OK;
}

enum options_verdict
options_parse(int argc, char **argv, struct options *out, int *status)
{
	enum opt_result result;
	struct parse p;

	memset(&p, 0, sizeof(p));
	p.argc = argc;
	p.argv = argv;
	result = parse(&p, argc, argv);
	if (result != OPT_OK)
		print_end(&p, result, argc > 0 ? argv[0] : "udpst");
	if (result != OPT_OK)
		options_free(&p.o);
	*out = p.o;
	*status = p.status;
	auth_wipe(&p, sizeof(p));
	return result == OPT_OK ? OPTIONS_RUN : OPTIONS_EXIT;
}

void
options_free(struct options *o)
{
	auth_wipe(o->key, sizeof(o->key));
	if (o->keys != NULL)
		auth_wipe(o->keys, sizeof(*o->keys));
	free(o->keys);
	free(o->allow);
	o->have_key = false;
	o->keys = NULL;
	o->allow = NULL;
	o->nallow = 0;
}
