/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "common/opt.h"

/*
 * What getopt_long returns: a letter; LONG_BASE and the index of an entry met
 * by its long name; or, for the options every program has, RESULT_BASE and
 * what opt_parse is to return.
 */
#define LONG_BASE	0x1000
#define RESULT_BASE	0x2000

#define LINE		1024	/* bytes of a complaint */

struct getopt_table {
	struct option	longs[OPT_MAX + 4];
	char		letters[2 * OPT_MAX + 1];
};

bool
opt_is_end(const struct opt *o)
{
	return o->kind == OPT_FLAG && o->help == NULL && o->letter == 0 &&
	    o->name == NULL;
}

static bool
takes_arg(const struct opt *o)
{
	if (o->kind == OPT_CALL)
		return o->arg != NULL;
	return o->kind != OPT_FLAG && o->kind != OPT_COUNT &&
	    o->kind != OPT_HEADING;
}

static void
add_long(struct option *slot, const char *name, int has_arg, int val)
{
	*slot = (struct option){ name, has_arg, NULL, val };
}

static void
table_build(struct getopt_table *t, const struct opt *opts)
{
	struct option *slot = t->longs;
	char *letter = t->letters;
	int i;

	memset(t, 0, sizeof(*t));
	for (i = 0; !opt_is_end(&opts[i]); i++) {
		assert(i < OPT_MAX);
		if (opts[i].letter != 0) {
			*letter++ = (char)opts[i].letter;
			if (takes_arg(&opts[i]))
				*letter++ = ':';
		}
		if (opts[i].name != NULL)
			add_long(slot++, opts[i].name, takes_arg(&opts[i]) ?
			    required_argument : no_argument, LONG_BASE + i);
	}
	add_long(slot++, "help", no_argument, RESULT_BASE + OPT_HELP);
	add_long(slot++, "version", no_argument, RESULT_BASE + OPT_VERSION);
	add_long(slot, "list-options", no_argument, RESULT_BASE + OPT_LIST);
}

/* The entry for what getopt_long returned, which is in the table. */
static const struct opt *
find(const struct opt *opts, int c)
{
	if (c >= LONG_BASE)
		return &opts[c - LONG_BASE];
	while (opts->letter != c)
		opts++;
	return opts;
}

static enum opt_call
store_choice(const struct opt *o, int *field, const char *arg,
    const char **why)
{
	int i;

	for (i = 0; o->choices[i] != NULL; i++)
		if (strcmp(o->choices[i], arg) == 0) {
			*field = i;
			return OPT_CALL_OK;
		}
	*why = "invalid";
	return OPT_CALL_BAD;
}

/* The kinds that have a range. */
static enum opt_call
store_number(const struct opt *o, int64_t *field, const char *arg,
    const char **why)
{
	static int (*const parse[])(const char *, int64_t, int64_t, int64_t *,
	    const char **) = {
		[OPT_INT] = opt_int,
		[OPT_SIZE] = opt_size,
		[OPT_RATE] = opt_rate,
		[OPT_RATE_WHOLE] = opt_rate_whole,
		[OPT_DURATION] = opt_duration,
	};
	bool any = o->lo == 0 && o->hi == 0;

	return parse[o->kind](arg, o->lo, any ? INT64_MAX : o->hi, field,
	    why) == 0 ? OPT_CALL_OK : OPT_CALL_BAD;
}

/* Put one value where it belongs; arg is NULL for flags. */
static enum opt_call
store(const struct opt *o, void *config, const char *arg, const char **why)
{
	void *field = (char *)config + o->offset;

	switch (o->kind) {
	case OPT_FLAG:
		*(bool *)field = true;
		break;
	case OPT_COUNT:
		++*(int *)field;
		break;
	case OPT_INT:
	case OPT_SIZE:
	case OPT_RATE:
	case OPT_RATE_WHOLE:
	case OPT_DURATION:
		return store_number(o, field, arg, why);
	case OPT_STRING:
		*(const char **)field = arg;
		break;
	case OPT_CHOICE:
		return store_choice(o, field, arg, why);
	case OPT_DSCP:
		return opt_dscp(arg, field, why) == 0 ? OPT_CALL_OK :
		    OPT_CALL_BAD;
	case OPT_CALL:
		return o->take != NULL ? o->take(o, config, arg, why) :
		    o->call(config, arg, why);
	case OPT_HEADING:
		break;
	}
	return OPT_CALL_OK;
}

/* A line to whom it may concern; own: the program's name goes before it. */
static void
complain(const struct opt_set *set, void *config, bool own, const char *line)
{
	if (set->complain != NULL)
		set->complain(config, line);
	else if (own)
		fprintf(stderr, "%s: %s\n", set->program, line);
	else
		fprintf(stderr, "%s\n", line);
}

/* About a value; the option is named as the user wrote it. */
static void
complain_value(const struct opt_set *set, void *config, const struct opt *o,
    bool by_letter, const char *arg, const char *why)
{
	char name[64], line[LINE];

	if (o->error != NULL) {
		complain(set, config, false, o->error);
		return;
	}
	if (by_letter)
		snprintf(name, sizeof(name), "-%c", o->letter);
	else
		snprintf(name, sizeof(name), "--%s", o->name);
	snprintf(line, sizeof(line), "%s is %s%s%s", name, why,
	    arg == NULL ? "" : ": ", arg == NULL ? "" : arg);
	complain(set, config, true, line);
}

static enum opt_result
take(const struct opt_set *set, void *config, const struct opt *o,
    bool by_letter, const char *arg)
{
	const char *why = NULL;
	enum opt_call said = store(o, config, arg, &why);

	if (said == OPT_CALL_OK)
		return OPT_OK;
	if (said == OPT_CALL_STOP)
		return OPT_STOPPED;
	if (!set->lenient && said == OPT_CALL_SAY)
		complain(set, config, false, why);
	else if (!set->lenient)
		complain_value(set, config, o, by_letter, arg, why);
	return OPT_BAD_VALUE;
}

static enum opt_result
take_defaults(const struct opt_set *set, void *config)
{
	enum opt_result r = OPT_OK;
	const struct opt *o;

	for (o = set->opts; r == OPT_OK && !opt_is_end(o); o++)
		if (o->deflt != NULL)
			r = take(set, config, o, o->name == NULL, o->deflt);
	return r;
}

static enum opt_result
take_argument(const struct opt_set *set, void *config, int c)
{
	if (c == '?')
		return OPT_UNKNOWN;
	if (c >= RESULT_BASE)
		return (enum opt_result)(c - RESULT_BASE);
	return take(set, config, find(set->opts, c), c < LONG_BASE, optarg);
}

/* Is this the end of the command line's story? */
static bool
ends(const struct opt_set *set, enum opt_result r)
{
	if (set->lenient && (r == OPT_UNKNOWN || r == OPT_BAD_VALUE))
		return false;
	return r != OPT_OK;
}

enum opt_result
opt_parse(const struct opt_set *set, void *config, int argc, char **argv,
    int *first)
{
	enum opt_result r = take_defaults(set, config);
	struct getopt_table t;
	int c;

	table_build(&t, set->opts);
	/*
	 * A fresh start for glibc and musl. The BSDs take 0 for it as well,
	 * because programs written for glibc do this.
	 */
	optind = 0;
	opterr = !set->lenient;
	while (!ends(set, r) && (c = getopt_long(argc, argv, t.letters,
	    t.longs, NULL)) != -1)
		r = take_argument(set, config, c);
	*first = optind;
	return ends(set, r) ? r : OPT_OK;
}
