/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "udpst/result.h"

/*
 * One aggregate is open at a time. A connection is in it at most once, so that
 * its rates are sums over connections and never count one of them twice.
 */
struct aggregate {
	struct aggregate_conf	conf;
	bool			left[OPTIONS_CONNS_MAX];
	bool			reported[OPTIONS_CONNS_MAX];
	unsigned int		given[OPTIONS_CONNS_MAX];
	struct result_line	open;
	size_t			count;
	struct result_line	lines[];	/* conf.limit */
};

static void
open_next(struct aggregate *a)
{
	struct result_line *l = &a->open;
	unsigned int i;

	result_empty(&l->s);
	l->s.number = (unsigned int)a->count + 1;
	l->rates = (struct result_rates){ .interface = -1 };
	for (i = 0; i < a->conf.conns; i++)
		a->reported[i] = false;
}

struct aggregate *
aggregate_new(const struct aggregate_conf *conf)
{
	struct aggregate *a;

	a = calloc(1, sizeof(*a) + conf->limit * sizeof(a->lines[0]));
	if (a == NULL)
		return NULL;
	a->conf = *conf;
	if (a->conf.conns > OPTIONS_CONNS_MAX)
		a->conf.conns = OPTIONS_CONNS_MAX;
	open_next(a);
	return a;
}

void
aggregate_free(struct aggregate *a)
{
	free(a);
}

/* Those in the open aggregate, and those that may still come into it. */
static unsigned int
open_active(const struct aggregate *a)
{
	unsigned int i, n = 0;

	for (i = 0; i < a->conf.conns; i++)
		n += a->reported[i] || !a->left[i];
	return n;
}

static bool
any_reported(const struct aggregate *a)
{
	unsigned int i;

	for (i = 0; i < a->conf.conns; i++)
		if (a->reported[i])
			return true;
	return false;
}

static bool
all_reported(const struct aggregate *a)
{
	unsigned int i;

	for (i = 0; i < a->conf.conns; i++)
		if (!a->reported[i] && !a->left[i])
			return false;
	return true;
}

static void
close_open(struct aggregate *a, int64_t wall_ns, struct result_line *out)
{
	struct result_line *l = &a->open;

	l->active = open_active(a);
	l->wall_ns = wall_ns;
	l->owd_avg = result_average(l->s.owd_sum, l->s.owd_cnt,
	    a->conf.compat_8);
	l->rtt_avg = result_average(l->s.rtt_sum, l->s.rtt_cnt, false);
	*out = *l;
	a->lines[a->count++] = *l;
	open_next(a);
}

static void
add_rates(struct result_rates *to, const struct result_rates *r)
{
	to->l3 += r->l3;
	to->l2 += r->l2;
	to->l1 += r->l1;
	to->vlan += r->vlan;
}

bool
aggregate_add(struct aggregate *a, unsigned int conn,
    const struct result_subint *s, int64_t wall_ns, struct result_line *out)
{
	struct result_rates r;
	bool closed = false;

	if (conn >= a->conf.conns || a->given[conn] == a->conf.limit)
		return false;
	a->given[conn]++;
	if (a->reported[conn]) {
		close_open(a, wall_ns, out);
		closed = true;
	}
	if (a->count == a->conf.limit)
		return closed;		/* a straggler's, of no aggregate */
	result_rates(s, &r);
	add_rates(&a->open.rates, &r);
	result_merge(&a->open.s, s);
	a->reported[conn] = true;
	return closed;
}

void
aggregate_leave(struct aggregate *a, unsigned int conn)
{
	if (conn < a->conf.conns)
		a->left[conn] = true;
}

void
aggregate_interface(struct aggregate *a, double mbps)
{
	a->open.rates.interface = mbps;
}

bool
aggregate_close(struct aggregate *a, bool force, int64_t wall_ns,
    struct result_line *out)
{
	if (!any_reported(a) || (!force && !all_reported(a)))
		return false;
	close_open(a, wall_ns, out);
	return true;
}

/* Sums over the lines of a summary. */
struct sums {
	size_t		n, nowd, ninterface;
	uint64_t	owd;		/* of averages */
	double		interface;
};

static void
summary_add(struct result_line *to, struct sums *sums,
    const struct result_line *l)
{
	result_merge(&to->s, &l->s);
	add_rates(&to->rates, &l->rates);
	to->active = l->active;
	to->wall_ns = l->wall_ns;
	sums->n++;
	if (l->s.owd_cnt > 0) {
		sums->owd += l->owd_avg;
		sums->nowd++;
	}
	if (l->rates.interface >= 0) {
		sums->interface += l->rates.interface;
		sums->ninterface++;
	}
}

static void
summary_end(struct result_line *to, const struct sums *sums)
{
	double n = (double)sums->n;

	to->rates.l3 /= n;
	to->rates.l2 /= n;
	to->rates.l1 /= n;
	to->rates.vlan /= n;
	to->rates.interface = sums->ninterface == 0 ? -1 :
	    sums->interface / (double)sums->ninterface;
	to->owd_avg = result_average(sums->owd, sums->nowd, false);
	to->rtt_avg = result_average(to->s.rtt_sum, to->s.rtt_cnt, false);
}

static void
summarize(const struct aggregate *a, size_t first, size_t end,
    struct result_line *out)
{
	struct sums sums = { 0 };
	size_t i;

	*out = (struct result_line){ 0 };
	result_empty(&out->s);
	for (i = first; i < end; i++)
		summary_add(out, &sums, &a->lines[i]);
	summary_end(out, &sums);
	/* Minima are of the test, whatever the mode (spec 5.4). */
	for (i = 0; i < first; i++)
		result_merge_minima(&out->s, &a->lines[i].s);
	for (i = end; i < a->count; i++)
		result_merge_minima(&out->s, &a->lines[i].s);
}

static double
rank(const struct aggregate *a, const struct result_line *l)
{
	return a->conf.interface_max ? l->rates.interface : l->rates.l3;
}

static void
maximum(const struct aggregate *a, size_t first, size_t end,
    struct result_line *out)
{
	const struct result_line *best = &a->lines[first];
	size_t i;

	for (i = first + 1; i < end; i++)
		if (rank(a, &a->lines[i]) > rank(a, best))
			best = &a->lines[i];
	*out = *best;
}

bool
aggregate_mode(const struct aggregate *a, int mode, struct result_mode *out)
{
	size_t split = a->conf.bimodal, first, end;
	bool whole;

	if (split == 0 || split > a->count)
		split = a->count;
	first = mode == 1 ? 0 : split;
	end = mode == 1 ? split : a->count;
	if (first == end)
		return false;
	out->first = (unsigned int)first + 1;
	out->last = (unsigned int)end;
	whole = a->conf.compat_8 && mode == 1;
	summarize(a, first, whole ? a->count : end, &out->summary);
	maximum(a, first, end, &out->max);
	return true;
}

size_t
aggregate_count(const struct aggregate *a)
{
	return a->count;
}

const struct result_line *
aggregate_line(const struct aggregate *a, size_t i)
{
	return &a->lines[i];
}
