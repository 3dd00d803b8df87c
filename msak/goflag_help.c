/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <string.h>

#include "msak/goflag.h"

/* What every program has. */
static const struct goflag common[] = {
	{ GOFLAG_BOOL, "help", .help = "Print this text; with two dashes on "
	    "standard output" },
	{ GOFLAG_BOOL, "version", .help = "Print the version" },
};

#define NCOMMON	(sizeof(common) / sizeof(common[0]))

/* The flag with the smallest name above that one; NULL: there is none. */
static const struct goflag *
next_flag(const struct goflag_set *set, const char *above)
{
	const struct goflag *f, *best = NULL;
	size_t i;

	for (i = 0; i < NCOMMON; i++) {
		f = &common[i];
		if (strcmp(f->name, above) > 0 && (best == NULL ||
		    strcmp(f->name, best->name) < 0))
			best = f;
	}
	for (f = set->flags; f->name != NULL; f++)
		if (strcmp(f->name, above) > 0 && (best == NULL ||
		    strcmp(f->name, best->name) < 0))
			best = f;
	return best;
}

/* The type of the value; nothing for a boolean. */
static void
print_word(const struct goflag *f, FILE *out)
{
	static const char *const words[] = {
		[GOFLAG_BOOL] = "",
		[GOFLAG_INT] = "int",
		[GOFLAG_UINT] = "uint",
		[GOFLAG_DURATION] = "duration",
		[GOFLAG_STRING] = "string",
		[GOFLAG_CHOICE] = "",
		[GOFLAG_VALUE] = "value",
	};
	int i;

	fputs(f->word != NULL ? f->word : words[f->kind], out);
	for (i = 0; f->kind == GOFLAG_CHOICE && f->choices[i] != NULL; i++)
		fprintf(out, "%s%s", i > 0 ? "|" : "", f->choices[i]);
}

static void
print_default(const struct goflag *f, const void *config, FILE *out)
{
	const char *v = f->made != NULL ? f->made(config) : f->deflt;

	if (v == NULL)
		return;
	fputs(" (default ", out);
	if (f->kind == GOFLAG_STRING)
		goflag_quote(v, out);
	else
		fputs(v, out);
	fputc(')', out);
}

static void
print_flag(const struct goflag *f, const void *config, FILE *out)
{
	const char *help;
	size_t n;

	fprintf(out, "  -%s%s", f->name, f->kind == GOFLAG_BOOL ? "" : " ");
	print_word(f, out);
	/* A boolean of one letter needs no line of its own. */
	if (f->kind != GOFLAG_BOOL || f->name[1] != '\0')
		fputs("\n    ", out);
	for (help = f->help; ; help += n + 1) {
		n = strcspn(help, "\n");
		fprintf(out, "\t%.*s", (int)n, help);
		if (help[n] == '\0')
			break;
		fputs("\n    ", out);
	}
	print_default(f, config, out);
	fputc('\n', out);
}

void
goflag_usage(const struct goflag_set *set, const void *config,
    const char *argv0, FILE *out)
{
	const struct goflag *f;

	fprintf(out, "Usage of %s:\n", argv0);
	for (f = next_flag(set, ""); f != NULL; f = next_flag(set, f->name))
		print_flag(f, config, out);
}

void
goflag_list(const struct goflag_set *set, FILE *out)
{
	const struct goflag *f;

	for (f = next_flag(set, ""); f != NULL; f = next_flag(set, f->name)) {
		if (f->name[1] == '\0')
			fprintf(out, "%s\t\t", f->name);
		else
			fprintf(out, "\t%s\t", f->name);
		print_word(f, out);
		fprintf(out, "\t%s\n", f->deflt == NULL ? "" : f->deflt);
	}
}
