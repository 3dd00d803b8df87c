/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "common/clock.h"
#include "common/opt.h"

#define WIDTH		80
#define WIDEST		30	/* of the options' column */
#define GAP		2	/* between the columns */
#define NUMBER		32	/* room for a number and its unit */
#define LEFT		(2 * WIDTH)	/* room for what stands left */

static const struct opt help_opt = {
	.kind = OPT_FLAG, .name = "help", .help = "print this and exit"
};
static const struct opt version_opt = {
	.kind = OPT_FLAG, .name = "version", .help = "print version and exit"
};

/* Words flow from column to column; lines after the first are indented. */
struct flow {
	FILE	*out;
	size_t	 indent;
	size_t	 col;
};

static void
flow_line(struct flow *f)
{
	fprintf(f->out, "\n%*s", (int)f->indent, "");
	f->col = f->indent;
}

static void
flow_word(struct flow *f, const char *word, size_t n)
{
	if (f->col > f->indent && f->col + 1 + n > WIDTH)
		flow_line(f);
	if (f->col > f->indent) {
		fputc(' ', f->out);
		f->col++;
	}
	fprintf(f->out, "%.*s", (int)n, word);
	f->col += n;
}

static void
flow_text(struct flow *f, const char *text)
{
	size_t n;

	while (*text != '\0') {
		n = strcspn(text, " \n");
		if (n > 0)
			flow_word(f, text, n);
		text += n;
		if (*text == '\n')
			flow_line(f);
		if (*text != '\0')
			text++;
	}
}

/* v in the biggest unit that divides it; units end with factor 1. */
static void
print_scaled(int64_t v, const char *const *names, const int64_t *factors,
    char *buf, size_t len)
{
	size_t i = 0;

	while (factors[i] != 1 && (v == 0 || v % factors[i] != 0))
		i++;
	snprintf(buf, len, "%" PRId64 "%s", v / factors[i], names[i]);
}

/* A bound as the user would type it. */
static void
print_bound(enum opt_kind kind, int64_t v, char *buf, size_t len)
{
	static const char *const si[] = { "T", "G", "M", "k", "" };
	static const int64_t thousands[] = { INT64_C(1000000000000),
		1000000000, 1000000, 1000, 1 };
	static const char *const iec[] = { "G", "M", "k", "" };
	static const int64_t powers[] = { 1 << 30, 1 << 20, 1 << 10, 1 };
	static const char *const times[] = { "h", "m", "s", "ms", "us", "ns" };
	static const int64_t ns[] = { 3600 * CLOCK_NS_PER_S,
		60 * CLOCK_NS_PER_S, CLOCK_NS_PER_S, CLOCK_NS_PER_MS,
		CLOCK_NS_PER_US, 1 };

	if (kind == OPT_SIZE)
		print_scaled(v, iec, powers, buf, len);
	else if (kind == OPT_RATE || kind == OPT_RATE_WHOLE)
		print_scaled(v, si, thousands, buf, len);
	else if (kind == OPT_DURATION && v != 0)
		print_scaled(v, times, ns, buf, len);
	else
		snprintf(buf, len, "%" PRId64, v);
}

static bool
has_range(const struct opt *o)
{
	return o->kind == OPT_INT || o->kind == OPT_SIZE ||
	    o->kind == OPT_RATE || o->kind == OPT_RATE_WHOLE ||
	    o->kind == OPT_DURATION || o->kind == OPT_CALL;
}

/* "1..255", "at least 1", "at most 9", or "" where nothing is excluded. */
static void
print_range(const struct opt *o, char *buf, size_t len)
{
	bool above = o->lo != 0 && o->lo != INT64_MIN;
	bool below = o->hi != 0 && o->hi != INT64_MAX;
	char lo[NUMBER], hi[NUMBER];

	buf[0] = '\0';
	if (!has_range(o))
		return;
	print_bound(o->kind, o->lo, lo, sizeof(lo));
	print_bound(o->kind, o->hi, hi, sizeof(hi));
	if (below && o->lo != INT64_MIN)
		snprintf(buf, len, "%s..%s", lo, hi);
	else if (below)
		snprintf(buf, len, "at most %s", hi);
	else if (above)
		snprintf(buf, len, "at least %s", lo);
}

/* "(1..255, default 60)" or what there is of it. */
static void
flow_note(struct flow *f, const struct opt *o)
{
	char range[2 * NUMBER + 16], note[2 * WIDTH];

	print_range(o, range, sizeof(range));
	if (range[0] == '\0' && o->deflt == NULL)
		return;
	if (o->deflt == NULL)
		snprintf(note, sizeof(note), "(%s)", range);
	else
		snprintf(note, sizeof(note), "(%s%sdefault %s)", range,
		    range[0] == '\0' ? "" : ", ", o->deflt);
	/* In one piece where that is possible. */
	if (f->indent + strlen(note) <= WIDTH)
		flow_word(f, note, strlen(note));
	else
		flow_text(f, note);
}

/* The argument's name, or the choices: "0.9|hd". */
static void
print_arg(const struct opt *o, char *buf, size_t len)
{
	size_t i;

	buf[0] = '\0';
	if (o->arg != NULL) {
		strlcpy(buf, o->arg, len);
		return;
	}
	for (i = 0; o->kind == OPT_CHOICE && o->choices[i] != NULL; i++) {
		if (i > 0)
			strlcat(buf, "|", len);
		strlcat(buf, o->choices[i], len);
	}
}

/* "  -t, --duration T", "  -t T", "      --json" */
static void
print_left(const struct opt *o, char *buf, size_t len)
{
	char letter[] = "    ", arg[WIDTH];

	if (o->letter != 0) {
		letter[0] = '-';
		letter[1] = (char)o->letter;
		letter[2] = o->name == NULL ? '\0' : ',';
	}
	print_arg(o, arg, sizeof(arg));
	snprintf(buf, len, "  %s%s%s%s%s", letter,
	    o->name == NULL ? "" : "--", o->name == NULL ? "" : o->name,
	    arg[0] == '\0' ? "" : " ", arg);
}

static bool
is_shown(const struct opt *o)
{
	return o->help != NULL && o->kind != OPT_HEADING;
}

/* Where the second column starts: after the longest that is not too wide. */
static size_t
second_column(const struct opt *o)
{
	char left[LEFT];
	size_t n, most = 0;

	for (; !opt_is_end(o); o++) {
		if (!is_shown(o))
			continue;
		print_left(o, left, sizeof(left));
		n = strlen(left);
		if (n > most && n <= WIDEST)
			most = n;
	}
	return most + GAP;
}

static void
print_opt(const struct opt *o, size_t column, FILE *out)
{
	struct flow f = { .out = out, .indent = column, .col = column };
	char left[LEFT];

	print_left(o, left, sizeof(left));
	if (strlen(left) + GAP <= column)
		fprintf(out, "%-*s", (int)column, left);
	else
		fprintf(out, "%s\n%*s", left, (int)column, "");
	flow_text(&f, o->help);
	flow_note(&f, o);
	fputc('\n', out);
}

void
opt_help(const struct opt_set *set, FILE *out)
{
	size_t column = second_column(set->opts);
	const struct opt *o;

	fprintf(out, "usage: %s %s\n\n", set->program, set->synopsis);
	for (o = set->opts; !opt_is_end(o); o++) {
		if (is_shown(o))
			print_opt(o, column, out);
		else if (o->help != NULL)
			fprintf(out, "%s%s\n", o == set->opts ? "" : "\n",
			    o->help);
	}
	fputc('\n', out);
	print_opt(&help_opt, column, out);
	print_opt(&version_opt, column, out);
	if (set->trailer != NULL)
		fprintf(out, "\n%s\n", set->trailer);
}

static void
list_opt(const struct opt *o, FILE *out)
{
	char arg[WIDTH];

	print_arg(o, arg, sizeof(arg));
	if (o->letter != 0)
		fputc(o->letter, out);
	fprintf(out, "\t%s\t%s\t%s\n", o->name == NULL ? "" : o->name, arg,
	    o->deflt == NULL ? "" : o->deflt);
}

void
opt_list(const struct opt_set *set, FILE *out)
{
	const struct opt *o;

	for (o = set->opts; !opt_is_end(o); o++)
		if (is_shown(o))
			list_opt(o, out);
	list_opt(&help_opt, out);
	list_opt(&version_opt, out);
}
