/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "tests/linkem/outage.h"

static bool
take(struct outage *o)
{
	uint32_t n = o->seen++;

	if (n < o->first)
		return false;
	n -= o->first;
	return (o->every == 0 ? n : n % o->every) < o->count;
}

bool
outages_take(struct outages *a, uint16_t sport)
{
	bool lost = false;
	size_t i;

	for (i = 0; i < a->n; i++)
		if (a->o[i].sport == sport && take(&a->o[i]))
			lost = true;
	return lost;
}
