/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <math.h>

#include "common/stats.h"

void
stats_add(struct stats *s, double v)
{
	double off = v - s->mean;

	if (s->n == 0 || v < s->min)
		s->min = v;
	if (s->n == 0 || v > s->max)
		s->max = v;
	s->n++;
	s->mean += off / (double)s->n;
	s->m2 += off * (v - s->mean);
}

void
stats_merge(struct stats *s, const struct stats *other)
{
	double na = (double)s->n, nb = (double)other->n;
	double off = other->mean - s->mean;

	if (other->n == 0)
		return;
	if (s->n == 0) {
		*s = *other;
		return;
	}
	s->m2 += other->m2 + off * off * na * nb / (na + nb);
	s->mean += off * nb / (na + nb);
	if (other->min < s->min)
		s->min = other->min;
	if (other->max > s->max)
		s->max = other->max;
	s->n += other->n;
}

double
stats_variance(const struct stats *s)
{
	return s->n < 2 ? 0 : s->m2 / (double)s->n;
}

double
stats_cv(const struct stats *s)
{
	return s->mean == 0 ? 0 : sqrt(stats_variance(s)) / s->mean;
}
