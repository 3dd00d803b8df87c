/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "thrulay/udp_lines.h"
#include "thrulay/udp_report.h"

/* Up to so many packets a percentage of 3 decimals tells a count exactly. */
#define PARSE_EXACT	50000

/* Larger times (146 years) are not believed: so differences have room. */
#define PARSE_MAX	((uint64_t)INT64_MAX / 2)

/* A report as it is read. */
struct parse {
	struct thrulay_udp_result	*out;
	bool				 delay, loss;	/* was told */
	/* j-reordering in percent; NaN: not told */
	double				 reorder_pct[THRULAY_REORDER_MAX];
};

/* The rest of a line. */
struct cursor {
	const char	*p, *end;
};

static void
cursor_blanks(struct cursor *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t'))
		c->p++;
}

static bool
cursor_take(struct cursor *c, const char *s)
{
	size_t n = strlen(s);

	if ((size_t)(c->end - c->p) < n || memcmp(c->p, s, n) != 0)
		return false;
	c->p += n;
	return true;
}

static bool
cursor_digit(const struct cursor *c)
{
	return c->p < c->end && *c->p >= '0' && *c->p <= '9';
}

/* n = 10 n + the digit at the cursor, UINT64_MAX when that has no room. */
static void
cursor_append_digit(struct cursor *c, uint64_t *n)
{
	unsigned int digit = (unsigned int)(*c->p++ - '0');

	*n = *n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : 10 * *n + digit;
}

static bool
cursor_count(struct cursor *c, uint64_t *out)
{
	if (!cursor_digit(c))
		return false;
	for (*out = 0; cursor_digit(c); )
		cursor_append_digit(c, out);
	return true;
}

/*
 * A number with a fraction in millionths (further digits are dropped), or
 * THRULAY_NO_TIME for inf, nan and what has no room. So ms become ns.
 */
static bool
cursor_millionths(struct cursor *c, int64_t *out)
{
	bool negative = cursor_take(c, "-");
	uint64_t n;
	int i;

	*out = THRULAY_NO_TIME;
	if (cursor_take(c, "inf") || cursor_take(c, "nan"))
		return true;
	if (!cursor_count(c, &n))
		return false;
	if (cursor_take(c, ".") && !cursor_digit(c))
		return false;
	for (i = 0; i < 6; i++)
		if (cursor_digit(c))
			cursor_append_digit(c, &n);
		else
			n = n > UINT64_MAX / 10 ? UINT64_MAX : 10 * n;
	while (cursor_digit(c))
		c->p++;
	if (n <= PARSE_MAX)
		*out = negative ? -(int64_t)n : (int64_t)n;
	return true;
}

/* NaN for what is none. */
static bool
cursor_percent(struct cursor *c, double *out)
{
	int64_t n;

	if (!cursor_millionths(c, &n))
		return false;
	*out = n < 0 || n > 100000000 ? (double)NAN : (double)n / 1e6;
	return true;
}

/* The value of a line, by its kind in the form. */
struct value {
	char		kind;
	uint64_t	count;
	int64_t		time_ns;
	double		percent;
};

static bool
parse_value(struct cursor *c, char kind, struct value *v)
{
	if (kind == '%')
		return cursor_take(c, "%");
	v->kind = kind;
	switch (kind) {
	case 'i':
	case 'u':
		return cursor_count(c, &v->count);
	case 'p':
	case 'l':
		return cursor_percent(c, &v->percent);
	default:
		return cursor_millionths(c, &v->time_ns);
	}
}

/* What is not a number must not hide what another line tells. */
static void
store_value(const struct value *v, void *field)
{
	switch (v->kind) {
	case 'i':
		*(int *)field = v->count > INT_MAX ? -1 : (int)v->count;
		break;
	case 'u':
		*(uint64_t *)field = v->count;
		break;
	case 'p':
	case 'l':
		if (!isnan(v->percent))
			*(double *)field = v->percent;
		break;
	case '\0':
		break;
	default:
		if (v->time_ns != THRULAY_NO_TIME)
			*(int64_t *)field = v->time_ns;
	}
}

/* White space of a form matches any or none. */
static bool
parse_form(struct cursor c, const char *form, struct value *v)
{
	memset(v, 0, sizeof(*v));
	cursor_blanks(&c);
	for (; *form != '\0'; form++)
		if (*form == ' ' || *form == '\t')
			cursor_blanks(&c);
		else if (*form == '%') {
			if (!parse_value(&c, *++form, v))
				return false;
		} else if (c.p == c.end || *c.p++ != *form)
			return false;
	return true;
}

/* "no reordering", "no 4-reordering": none from there on. */
static void
parse_no_reordering(struct parse *p, uint64_t first)
{
	uint64_t j;

	for (j = first; j <= THRULAY_REORDER_MAX; j++)
		p->out->reorder_j[j - 1] = 0;
}

static void
parse_reordering(struct parse *p, struct cursor c)
{
	uint64_t j;
	double pct;

	cursor_blanks(&c);
	if (cursor_take(&c, "no reordering"))
		parse_no_reordering(p, 1);
	else if (cursor_take(&c, "no ")) {
		if (cursor_count(&c, &j) && j > 0 &&
		    cursor_take(&c, "-reordering"))
			parse_no_reordering(p, j);
	} else if (cursor_count(&c, &j) &&
	    j > 0 && j <= THRULAY_REORDER_MAX &&
	    cursor_take(&c, "-reordering = ") && cursor_percent(&c, &pct))
		p->reorder_pct[j - 1] = pct;
}

static void
parse_line(struct parse *p, struct cursor c)
{
	const struct udp_line *line;
	struct value v;

	for (line = udp_lines; line->form != NULL; line++)
		if (parse_form(c, line->form, &v))
			break;
	if (line->form == NULL) {
		parse_reordering(p, c);
		return;
	}
	store_value(&v, (char *)p->out + line->offset);
	if (line->offset == offsetof(struct thrulay_udp_result, delay.p50))
		p->delay = true;
	else if (line->offset == offsetof(struct thrulay_udp_result, loss_pct))
		p->loss = true;
}

static void
times_unknown(struct thrulay_times *t)
{
	t->n = THRULAY_NO_COUNT;
	t->mean = (double)NAN;
	t->min = t->max = t->p01 = t->p05 = t->p25 = t->p50 = t->p75 =
	    t->p95 = t->p99 = t->p999 = THRULAY_NO_TIME;
}

static void
result_unknown(struct thrulay_udp_result *r)
{
	size_t j;

	memset(r, 0, sizeof(*r));
	r->buffer = -1;
	r->proposed = r->sent = r->total = r->unique = r->duplicates =
	    r->lost = THRULAY_NO_COUNT;
	r->bad_sequence = r->bad_nonce = r->bad_source = r->too_short =
	    THRULAY_NO_COUNT;
	r->socket_drops = -1;
	r->loss_pct = r->duplication_pct = r->reordering_pct = (double)NAN;
	times_unknown(&r->delay);
	r->jitter_ns = r->jitter_rfc3550_ns = THRULAY_NO_TIME;
	times_unknown(&r->ipdv);
	r->reordered = r->reorder_extent_max = THRULAY_NO_COUNT;
	for (j = 0; j < THRULAY_REORDER_MAX; j++)
		r->reorder_j[j] = THRULAY_NO_COUNT;
	r->loss_periods = r->loss_period_max = THRULAY_NO_COUNT;
}

/* pct of all, where both are known and tell it exactly. */
static uint64_t
count_of(double pct, uint64_t all)
{
	if (isnan(pct) || all > PARSE_EXACT)
		return THRULAY_NO_COUNT;
	return (uint64_t)llround(pct / 100 * (double)all);
}

/* What follows from the counts of one style for those of the other. */
static void
derive_counts(struct thrulay_udp_result *r)
{
	bool sent = r->sent != THRULAY_NO_COUNT;

	if (r->unique == THRULAY_NO_COUNT && sent &&
	    r->lost > 0 && r->lost <= r->sent)
		r->unique = r->sent - r->lost;
	else if (r->unique == THRULAY_NO_COUNT && r->lost == 0 &&
	    r->total != THRULAY_NO_COUNT && r->duplicates <= r->total)
		r->unique = r->total - r->duplicates;
	if (r->lost == THRULAY_NO_COUNT && sent &&
	    r->unique != THRULAY_NO_COUNT)
		r->lost = r->sent > r->unique ? r->sent - r->unique : 0;
	if (r->duplicates == THRULAY_NO_COUNT)
		r->duplicates = count_of(r->duplication_pct, r->total);
	else if (r->duplicates <= r->total && r->total != THRULAY_NO_COUNT)
		r->duplication_pct = r->total == 0 ? 0 :
		    100 * (double)r->duplicates / (double)r->total;
	r->delay.n = r->unique;
}

static void
derive_reordering(const struct parse *p, struct thrulay_udp_result *r)
{
	uint64_t j;

	if (isnan(r->reordering_pct))
		r->reordering_pct = r->reorder_j[0] == 0 ? 0 :
		    p->reorder_pct[0];
	for (j = 0; j < THRULAY_REORDER_MAX; j++)
		if (!isnan(p->reorder_pct[j]) && r->unique > j + 1)
			r->reorder_j[j] = count_of(p->reorder_pct[j],
			    r->unique - j - 1);
}

static void
derive_jitter(struct thrulay_udp_result *r)
{
	if (r->jitter_ns == THRULAY_NO_TIME &&
	    r->delay.p25 != THRULAY_NO_TIME &&
	    r->delay.p75 >= r->delay.p25)
		r->jitter_ns = r->delay.p75 - r->delay.p25;
}

bool
udp_report_parse(const char *text, size_t len, struct thrulay_udp_result *out)
{
	struct parse p = { .out = out };
	struct cursor line;
	size_t j, n;

	result_unknown(out);
	for (j = 0; j < THRULAY_REORDER_MAX; j++)
		p.reorder_pct[j] = (double)NAN;
	for (; len > 0; text += n, len -= n) {
		line.p = text;
		line.end = memchr(text, '\n', len);
		n = line.end == NULL ? len : (size_t)(line.end - text) + 1;
		if (line.end == NULL)
			line.end = text + len;
		parse_line(&p, line);
	}
	derive_counts(out);
	derive_reordering(&p, out);
	derive_jitter(out);
	return p.delay && p.loss;
}
