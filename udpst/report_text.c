/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "common/fixed.h"
#include "udpst/report_text.h"

/* A rate, ratio or percentage of 64-bit counters as text. */
struct number {
	char	text[48];
};

/* Room for a part of a line. */
#define PART	128

static const char *
fixed(double v, int decimals, struct number *n)
{
	fixed_put(v, decimals, n->text, sizeof(n->text));
	return n->text;
}

/* "%.2E", the point a '.' in every locale. 0 <= v <= 1. */
static const char *
exponential(double v, struct number *n)
{
	char text[32];
	const char *rest;

	snprintf(text, sizeof(text), "%.2E", v);
	rest = strchr(text, 'E');
	if (rest == NULL)
		rest = text + strlen(text);
	snprintf(n->text, sizeof(n->text), "%c.%s", text[0], rest - 2);
	return n->text;
}

static uint32_t
sample(uint32_t v)
{
	return v == WIRE_NO_SAMPLE ? 0 : v;
}

static const char *
direction(const struct options *o)
{
	return o->mode == MODE_UPSTREAM ? "Upstream" : "Downstream";
}

static const char *
delivered(const struct options *o, const struct result_subint *s, char *buf,
    size_t len)
{
	struct number n;

	if (o->loss_ratio)
		snprintf(buf, len, "LossRatio: %s",
		    exponential(result_ratio(s, s->loss), &n));
	else
		snprintf(buf, len, "Delivered(%%): %6s",
		    fixed(result_delivered(s), 2, &n));
	return buf;
}

static const char *
losses(bool ce, const struct result_subint *s, char *buf, size_t len)
{
	int n;

	n = snprintf(buf, len, "Loss/OoO/Dup%s: %" PRIu64 "/%" PRIu64 "/%"
	    PRIu64, ce ? "/CE" : "", s->loss, s->ooo, s->dup);
	if (ce)
		snprintf(buf + n, len - (size_t)n, "/%" PRIu64, s->ce);
	return buf;
}

static const char *
rtt_variation(const struct options *o, const struct result_line *l, char *buf,
    size_t len)
{
	uint32_t min = sample(l->s.rtt_min), max = sample(l->s.rtt_max);

	if (o->compat_8)
		snprintf(buf, len, "%" PRIu32 "-%" PRIu32, min, max);
	else
		snprintf(buf, len, "%" PRIu32 "/%" PRIu32 "/%" PRIu32, min,
		    l->rtt_avg, max);
	return buf;
}

/* " [1.23]" with -E where the interface's rate is known, else "". */
static const char *
interface(const struct options *o, const struct result_rates *r, char *buf,
    size_t len)
{
	struct number n;

	buf[0] = '\0';
	if (o->interface != NULL && r->interface >= 0)
		snprintf(buf, len, " [%s]", fixed(r->interface, 2, &n));
	return buf;
}

/* What sub-intervals and summaries have in common. */
static void
figures(const struct options *o, bool ce, const struct result_line *l,
    char *buf, size_t len)
{
	char part[4][PART];
	struct number n;

	snprintf(buf, len, "%s, %s, OWDVar(ms): %" PRIu32 "/%" PRIu32 "/%"
	    PRIu32 ", RTTVar(ms): %s, Mbps(L3/IP): %s%s",
	    delivered(o, &l->s, part[0], sizeof(part[0])),
	    losses(ce, &l->s, part[1], sizeof(part[1])),
	    sample(l->s.owd_min), l->owd_avg, sample(l->s.owd_max),
	    rtt_variation(o, l, part[2], sizeof(part[2])),
	    fixed(l->rates.l3, 2, &n),
	    interface(o, &l->rates, part[3], sizeof(part[3])));
}

/* Seconds since the start, in a column that is one less from 10 on. */
static void
seconds(const struct options *o, const struct result_subint *s,
    struct number *n)
{
	struct number plain;
	int narrow = s->number >= 10;

	if (o->compat_8)
		snprintf(n->text, sizeof(n->text), "%*" PRIu32, 3 - narrow,
		    (s->accum_ms / 100 + 5) / 10);
	else
		snprintf(n->text, sizeof(n->text), "%*s", 5 - narrow,
		    fixed(s->accum_ms / 1000.0, 1, &plain));
}

const char *
report_subint_text(const struct options *o, bool ce,
    const struct result_line *l, char *buf, size_t len)
{
	char text[REPORT_LINE];
	struct number n;

	seconds(o, &l->s, &n);
	figures(o, ce, l, text, sizeof(text));
	snprintf(buf, len, "Sub-Interval[%u](sec): %s, %s", l->s.number,
	    n.text, text);
	return buf;
}

const char *
report_trial_text(const struct options *o, bool ce,
    const struct wire_status *s, char *buf, size_t len)
{
	char marks[16] = "";

	if (ce)
		snprintf(marks, sizeof(marks), "/%" PRIu32, s->ti_ce);
	snprintf(buf, len, "[Loss/OoO/Dup%s: %" PRIu32 "/%" PRIu32 "/%" PRIu32
	    "%s, OWDVar(ms): %" PRIu32 "/%" PRIu32 "/%" PRIu32
	    ", RTTVar(ms): %" PRId32 "]", ce ? "/CE" : "", s->loss, s->ooo,
	    s->dup, marks, s->owd_cnt > 0 ? s->owd_min : 0,
	    result_average(s->owd_sum, s->owd_cnt, o->compat_8), s->owd_max,
	    (int32_t)s->rtt_sample);
	return buf;
}

static void
index_text(const struct report_test *t, char *buf, size_t len)
{
	if (t->index < 0)
		snprintf(buf, len, "<Auto>");
	else
		snprintf(buf, len, "%s%d", t->index_is_start ? "@" : "",
		    t->index);
}

void
report_text_header(const struct options *o, const struct report_test *t,
    char *buf)
{
	const char *th = o->compat_8 ? "Thresh" : "Th";
	char index[16], tail[64];

	index_text(t, index, sizeof(index));
	if (o->compat_8)
		snprintf(tail, sizeof(tail), "%s: %u",
		    t->ipv6 ? "IPv6 TClass" : "IPv4 ToS", t->dscp_ecn);
	else
		snprintf(tail, sizeof(tail), "DSCP+ECN: %u, CE Th: %u",
		    t->dscp_ecn, t->ce_thresh);
	snprintf(buf, 2 * REPORT_LINE, "%s Test Int(sec): %u, "
	    "DelayVar %s(ms): %u-%u [%s], Trial Int(ms): %u, "
	    "Ignore OoO/Dup: %s, Payload: %s,\n"
	    "  ID: %u, SR Index: %s, Cong. %s: %u, HS Delta: %u, "
	    "SeqErr %s: %u, Algo: %c, Conn: %u, %s%s%s%s", direction(o),
	    t->test_s, th, t->low_ms, t->upper_ms, t->use_owd ? "OWD" : "RTT",
	    t->trial_ms, t->ignore_ooo ? "Enabled" : "Disabled",
	    t->random_payload ? "random" : "zeroes", (unsigned int)t->ident,
	    index, th, t->slow_thresh, t->high_speed_delta, th, t->seq_thresh,
	    t->algorithm == 0 ? 'B' : 'C', t->conns_max, tail,
	    o->interface != NULL ? ", [" : "",
	    o->interface != NULL ? o->interface : "",
	    o->interface != NULL ? "]" : "");
}

/* "Summary", or "Sum[1-2]" when there are two of them. */
static void
label(bool two, const char *whole, const char *mode,
    const struct result_mode *m, char *buf, size_t len)
{
	if (two)
		snprintf(buf, len, "%s[%u-%u]", mode, m->first, m->last);
	else
		snprintf(buf, len, "%s", whole);
}

void
report_text_summary(const struct options *o, bool ce,
    const struct result_mode *m, char *buf)
{
	char what[32], text[REPORT_LINE - 64];

	/* Release 8.2 has one summary for both modes. */
	label(o->bimodal > 0 && !o->compat_8, "Summary", "Sum", m, what,
	    sizeof(what));
	figures(o, ce, &m->summary, text, sizeof(text));
	snprintf(buf, REPORT_LINE, "%s %s %s", direction(o), what, text);
}

void
report_text_minimum(const struct options *o, const struct result_line *l,
    char *buf)
{
	snprintf(buf, REPORT_LINE, "%s Minimum One-Way Delay(ms): %" PRId32
	    " [w/clock diff], Round-Trip Time(ms): %" PRIu32
	    ", Active Connections: %u", direction(o), l->s.clock_delta_min,
	    sample(l->s.rtt_minimum), l->active);
}

void
report_text_maximum(const struct options *o, const struct result_mode *m,
    char *buf)
{
	const struct result_rates *r = &m->max.rates;
	char what[32], suffix[PART];
	struct number l3, l2, l1, vlan;

	label(o->bimodal > 0, "Maximum", "Max", m, what, sizeof(what));
	snprintf(buf, REPORT_LINE, "%s %s Mbps(L3/IP): %s%s, "
	    "Mbps(L2/Eth): %s, Mbps(L1/Eth): %s, Mbps(L1/Eth+VLAN): %s",
	    direction(o), what, fixed(r->l3, 2, &l3),
	    interface(o, r, suffix, sizeof(suffix)), fixed(r->l2, 2, &l2),
	    fixed(r->l1, 2, &l1), fixed(r->vlan, 2, &vlan));
}
