/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/fixed.h"
#include "thrulay/udp_lines.h"
#include "thrulay/udp_report.h"

/* What has no room is left out. */
struct report_buffer {
	char	*buf;
	size_t	 len;
};

static void
put_text(struct report_buffer *t, const char *s)
{
	size_t n = strlen(s), room = UDP_REPORT_MAX - 1 - t->len;

	if (n > room)
		n = room;
	memcpy(t->buf + t->len, s, n);
	t->len += n;
	t->buf[t->len] = '\0';
}

static void
put_char(struct report_buffer *t, char c)
{
	char s[2] = { c, '\0' };

	put_text(t, s);
}

static void
put_count(struct report_buffer *t, uint64_t n)
{
	char s[24];

	snprintf(s, sizeof(s), "%" PRIu64, n);
	put_text(t, s);
}

static void
put_fixed(struct report_buffer *t, double v, int decimals, size_t width)
{
	char s[FIXED_MAX];
	size_t n = fixed_put(v, decimals, s, sizeof(s));

	for (; n < width; n++)
		put_char(t, ' ');
	put_text(t, s);
}

static void
put_ms(struct report_buffer *t, int64_t ns, size_t width)
{
	put_fixed(t, (double)ns / 1e6, 3, width);
}

/*
 * Lost packets count as infinitely delayed: so the median is infinite when
 * more than half are lost, and the difference of the quartiles infinite, or
 * that of two infinities, when the upper or both are.
 */
static double
median_ms(const struct thrulay_udp_result *r)
{
	return r->loss_pct > 50 ? (double)INFINITY : (double)r->delay.p50 / 1e6;
}

static double
jitter_ms(const struct thrulay_udp_result *r)
{
	if (r->loss_pct > 75)
		return (double)NAN;
	if (r->loss_pct >= 25)
		return (double)INFINITY;
	return (double)r->jitter_ns / 1e6;
}

static void
put_value(struct report_buffer *t, const struct thrulay_udp_result *r,
    char kind, const void *field)
{
	int n;

	switch (kind) {
	case 'i':
		n = *(const int *)field;
		put_count(t, n > 0 ? (uint64_t)n : 0);
		break;
	case 'u':
		put_count(t, *(const uint64_t *)field);
		break;
	case 't':
		put_ms(t, *(const int64_t *)field, 0);
		break;
	case 'q':
		put_ms(t, *(const int64_t *)field, 8);
		break;
	case 'd':
		put_fixed(t, median_ms(r), 3, 0);
		break;
	case 'j':
		put_fixed(t, jitter_ms(r), 3, 0);
		break;
	case 'p':
		put_fixed(t, *(const double *)field, 3, 0);
		break;
	case 'l':
		put_fixed(t, *(const double *)field, 6, 0);
		break;
	default:
		put_char(t, kind);
	}
}

static void
put_line(struct report_buffer *t, const struct thrulay_udp_result *r,
    const struct udp_line *line)
{
	const char *p;

	for (p = line->form; *p != '\0'; p++)
		if (*p == '%')
			put_value(t, r, *++p,
			    (const char *)r + line->offset);
		else
			put_char(t, *p);
	put_char(t, '\n');
}

/* j-reordering up to the first j that did not happen, or cannot for want of
 * packets. */
static void
put_reordering(struct report_buffer *t, const struct thrulay_udp_result *r,
    const char *indent)
{
	char s[80];
	size_t j;

	for (j = 0; j < THRULAY_REORDER_MAX; j++) {
		if (r->reorder_j[j] == 0 || r->unique <= j + 1)
			break;
		snprintf(s, sizeof(s), "%s%zu-reordering = ", indent, j + 1);
		put_text(t, s);
		put_fixed(t, 100 * (double)r->reorder_j[j] /
		    (double)(r->unique - j - 1), 3, 0);
		put_text(t, "%\n");
	}
	if (j == 0)
		snprintf(s, sizeof(s), "%sno reordering\n", indent);
	else if (j < THRULAY_REORDER_MAX)
		snprintf(s, sizeof(s), "%sno %zu-reordering\n", indent, j + 1);
	else
		snprintf(s, sizeof(s), "%sonly up to %zu-reordering is "
		    "handled\n", indent, j);
	put_text(t, s);
}

static void
put_style(struct report_buffer *t, const struct thrulay_udp_result *r,
    unsigned int style)
{
	const struct udp_line *line;

	for (line = udp_lines; line->form != NULL; line++)
		if ((line->styles & style) != 0)
			put_line(t, r, line);
	if (style == UDP_LINE_VERBOSE)
		put_reordering(t, r, "\t");
	else if (style == UDP_LINE_HD)
		put_reordering(t, r, "");
}

size_t
udp_report_text(const struct thrulay_udp_result *r, enum thrulay_report style,
    bool verbose, char buf[UDP_REPORT_MAX])
{
	struct report_buffer t = { buf, 0 };

	if (style != THRULAY_REPORT_HD)
		put_style(&t, r, verbose ? UDP_LINE_VERBOSE : UDP_LINE_PLAIN);
	if (style != THRULAY_REPORT_09)
		put_style(&t, r, UDP_LINE_HD);
	return t.len;
}
