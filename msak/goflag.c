/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <assert.h>
#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "common/opt.h"
#include "msak/goflag.h"

/* A word of the command line taken apart. */
struct word {
	const char	*name;
	size_t		 len;		/* of name */
	const char	*value;		/* behind '=', or NULL */
	bool		 two_dashes;
};

enum word_kind { WORD_FLAG, WORD_BAD, WORD_END, WORD_NONE };

/* What stands at argv[i]; END is "--", NONE no flag. */
static enum word_kind
read_word(const char *s, struct word *w)
{
	if (s[0] != '-' || s[1] == '\0')
		return WORD_NONE;
	w->two_dashes = s[1] == '-';
	w->name = s + (w->two_dashes ? 2 : 1);
	if (w->two_dashes && *w->name == '\0')
		return WORD_END;
	if (*w->name == '\0' || *w->name == '-' || *w->name == '=')
		return WORD_BAD;
	w->len = strcspn(w->name, "=");
	w->value = w->name[w->len] == '=' ? w->name + w->len + 1 : NULL;
	return WORD_FLAG;
}

static bool
is_named(const struct word *w, const char *name)
{
	return strlen(name) == w->len && memcmp(name, w->name, w->len) == 0;
}

/* The flag's index, or -1. */
static int
find(const struct goflag_set *set, const struct word *w)
{
	int i;

	for (i = 0; set->flags[i].name != NULL; i++)
		if (is_named(w, set->flags[i].name))
			return i;
	return -1;
}

static bool
store_choice(const struct goflag *f, int *field, const char *arg, FILE *why)
{
	int i;

	for (i = 0; f->choices[i] != NULL; i++)
		if (strcmp(f->choices[i], arg) == 0) {
			*field = i;
			return true;
		}
	fputs("must be", why);
	for (i = 0; f->choices[i] != NULL; i++)
		fprintf(why, "%s%s", i == 0 ? " " :
		    f->choices[i + 1] == NULL ? " or " : ", ", f->choices[i]);
	return false;
}

static const char *
store_signed(const struct goflag *f, int64_t *field, const char *arg)
{
	const char *why;
	int64_t v;

	why = f->kind == GOFLAG_INT ? goflag_int(arg, &v) :
	    goflag_duration(arg, &v);
	if (why != NULL)
		return why;
	if ((f->lo != 0 || f->hi != 0) && (v < f->lo || v > f->hi))
		return "value out of range";
	*field = v;
	return NULL;
}

static bool
store(const struct goflag *f, void *config, const char *arg, FILE *why)
{
	void *field = (char *)config + f->offset;
	const char *reason = NULL;

	switch (f->kind) {
	case GOFLAG_BOOL:
		reason = goflag_bool(arg, field);
		break;
	case GOFLAG_INT:
	case GOFLAG_DURATION:
		reason = store_signed(f, field, arg);
		break;
	case GOFLAG_UINT:
		reason = goflag_uint(arg, field);
		break;
	case GOFLAG_STRING:
		*(const char **)field = arg;
		break;
	case GOFLAG_CHOICE:
		return store_choice(f, field, arg, why);
	case GOFLAG_VALUE:
		return f->take(f, config, arg, why);
	}
	if (reason != NULL)
		fputs(reason, why);
	return reason == NULL;
}

/* The reason why arg is no value, to be freed; NULL: it has been stored. */
static char *
set_value(const struct goflag *f, void *config, const char *arg)
{
	char *text;
	size_t len;
	FILE *why = open_memstream(&text, &len);
	bool good;

	if (why == NULL)
		err(1, "memory");
	good = store(f, config, arg, why);
	if (fclose(why) == EOF)
		err(1, "memory");
	if (!good)
		return text;
	free(text);
	return NULL;
}

const char **
goflag_text(const struct goflag *f, void *config)
{
	void *field = (char *)config + f->offset;

	return field;
}

static void
set_defaults(const struct goflag_set *set, void *config)
{
	const struct goflag *f;
	char *why;

	for (f = set->flags; f->name != NULL; f++) {
		assert(f - set->flags < GOFLAG_MAX);
		if (f->kind == GOFLAG_STRING)
			*goflag_text(f, config) = f->made != NULL ?
			    f->made(config) : "";
		if (f->deflt == NULL)
			continue;
		why = set_value(f, config, f->deflt);
		assert(why == NULL);
		free(why);
	}
}

/* A bad value; false. */
static bool
complain_value(const struct goflag *f, const char *arg, char *why)
{
	fprintf(stderr, "invalid %s ",
	    f->kind == GOFLAG_BOOL ? "boolean value" : "value");
	goflag_quote(arg, stderr);
	fprintf(stderr, f->kind == GOFLAG_BOOL ? " for -%s: %s\n" :
	    " for flag -%s: %s\n", f->name, why);
	free(why);
	return false;
}

/* next: the word behind; *used: it is the value. */
static bool
set_flag(const struct goflag *f, void *config, const struct word *w,
    const char *next, bool *used)
{
	const char *arg = w->value;
	char *why;

	if (arg == NULL && f->kind == GOFLAG_BOOL)
		arg = "true";
	if (arg == NULL) {
		*used = true;
		arg = next;
	}
	if (arg == NULL) {
		fprintf(stderr, "flag needs an argument: -%s\n", f->name);
		return false;
	}
	why = set_value(f, config, arg);
	return why == NULL || complain_value(f, arg, why);
}

/* Everything about printing instead of running. */
struct context {
	const struct goflag_set *set;
	void		*config;
	const char	*argv0;
	int		*status;
};

/* On stdout; it must not pass for success when that is full. */
static enum goflag_result
printed(const struct context *c)
{
	*c->status = 0;
	if (fflush(stdout) == EOF) {
		warn("stdout");
		*c->status = 1;
	}
	return GOFLAG_EXIT;
}

static enum goflag_result
usage(const struct context *c, int status)
{
	goflag_usage(c->set, c->config, c->argv0, stderr);
	*c->status = status;
	return GOFLAG_EXIT;
}

/* The flags that no table has. */
static enum goflag_result
unknown(const struct context *c, const struct word *w)
{
	if (is_named(w, "help") && w->two_dashes) {
		goflag_usage(c->set, c->config, c->argv0, stdout);
		return printed(c);
	}
	if (is_named(w, "help") || is_named(w, "h"))
		return usage(c, 0);
	if (is_named(w, "version")) {
		printf("%s (plumbline) %s\n%s\n", c->set->program,
		    PACKAGE_VERSION, c->set->compatible);
		return printed(c);
	}
	if (is_named(w, "list-options")) {
		goflag_list(c->set, stdout);
		return printed(c);
	}
	fprintf(stderr, "flag provided but not defined: -%.*s\n", (int)w->len,
	    w->name);
	return usage(c, 2);
}

enum goflag_result
goflag_parse(const struct goflag_set *set, void *config, int argc,
    char **argv, uint64_t *given, int *status)
{
	struct context c = { set, config, argc > 0 ? argv[0] : set->program,
		status };
	enum word_kind kind;
	struct word w;
	bool used;
	int i, f;

	set_defaults(set, config);
	*given = 0;
	for (i = 1; i < argc; i += used ? 2 : 1) {
		used = false;
		kind = read_word(argv[i], &w);
		if (kind == WORD_END || kind == WORD_NONE)
			break;
		if (kind == WORD_BAD) {
			fprintf(stderr, "bad flag syntax: %s\n", argv[i]);
			return usage(&c, 2);
		}
		f = find(set, &w);
		if (f == -1)
			return unknown(&c, &w);
		if (!set_flag(&set->flags[f], config, &w,
		    i + 1 < argc ? argv[i + 1] : NULL, &used))
			return usage(&c, 2);
		*given |= UINT64_C(1) << f;
	}
	return GOFLAG_OK;
}

bool
goflag_given(const struct goflag_set *set, uint64_t given, const char *name)
{
	struct word w = { .name = name, .len = strlen(name) };

	return given >> find(set, &w) & 1;
}

/* "locate.url" as LOCATE_URL. */
static void
variable_name(const char *name, char *buf, size_t len)
{
	size_t n = 0;

	if (isdigit((unsigned char)*name))
		buf[n++] = '_';
	for (; *name != '\0' && n + 1 < len; name++)
		buf[n++] = isalnum((unsigned char)*name) ?
		    (char)toupper((unsigned char)*name) : '_';
	buf[n] = '\0';
}

static void
warn_given(const struct goflag *f, const char *value, const char *variable,
    const char *in_environment, void (*hear)(void *, const char *), void *arg)
{
	char *text;
	size_t len;
	FILE *line = open_memstream(&text, &len);

	if (line == NULL)
		err(1, "memory");
	fprintf(line, "WARNING: Not overriding flag -%s=", f->name);
	goflag_quote(value, line);
	fprintf(line, " with evironment variable %s=", variable);
	goflag_quote(in_environment, line);
	if (fclose(line) == EOF)
		err(1, "memory");
	hear(arg, text);
	free(text);
}

void
goflag_environ(const struct goflag_set *set, void *config, uint64_t *given,
    void (*hear)(void *arg, const char *line), void *arg)
{
	const struct goflag *f;
	const char *value;
	char name[64], *why;

	for (f = set->flags; f->name != NULL; f++) {
		if (!f->environ)
			continue;
		variable_name(f->name, name, sizeof(name));
		value = opt_env(name);
		if (value == NULL)
			continue;
		if (*given >> (f - set->flags) & 1) {
			warn_given(f, *goflag_text(f, config), name, value,
			    hear, arg);
			continue;
		}
		why = set_value(f, config, value);
		if (why == NULL)
			*given |= UINT64_C(1) << (f - set->flags);
		free(why);
	}
}
