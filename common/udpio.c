/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/udpio.h"

size_t
udpio_msg_count(const struct udpio_msg *m)
{
	if (m->segment == 0)
		return 1;
	return (m->wire_len + m->segment - 1) / m->segment;
}

void
udpio_gso_init(struct udpio_gso *g, bool want)
{
	g->below = want ? SIZE_MAX : 0;
	g->asked = false;
	g->used = false;
}

bool
udpio_gso_used(const struct udpio_gso *g)
{
	return g->used;
}
