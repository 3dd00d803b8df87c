/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "msak/scale.h"

#define GROW_PART	16	/* a message is this part of what was sent */

void
scale_init(struct scale *s, int64_t limit)
{
	s->limit = limit > 0 ? limit : 0;
	s->size = s->limit > 0 && s->limit < SCALE_MIN ? s->limit : SCALE_MIN;
}

void
scale_next(struct scale *s, int64_t sent)
{
	if (s->size < SCALE_MAX && s->size <= sent / GROW_PART)
		s->size *= 2;
	scale_fit(s, sent);
}

void
scale_fit(struct scale *s, int64_t sent)
{
	if (s->limit > 0 && sent + s->size > s->limit)
		s->size = s->limit - sent;
}
