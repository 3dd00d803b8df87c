/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include "common/fetch.h"
#include "udping/session_private.h"

/* Of the source's latest session, and not more: a guess that costs little. */
static void
fetch_session(const struct session *s)
{
	fetch_range(s, offsetof(struct session, bits));
	fetch(&s->bits[(s->max + 1) % WINDOW / 64]);
}

/* Each step asks for what the next one reads, of all packets before any. */
void
session_ahead(const struct session_table *t, const struct addr *const from[],
    size_t n)
{
	struct source *const *slot[SESSION_AHEAD], *source[SESSION_AHEAD];
	size_t i;

	for (i = 0; i < n; i++) {
		slot[i] = &t->sources[source_hash(t, from[i]) & t->mask];
		fetch(slot[i]);
	}
	for (i = 0; i < n; i++) {
		source[i] = *slot[i];
		if (source[i] != NULL)
			fetch(source[i]);
	}
	for (i = 0; i < n; i++)
		if (source[i] != NULL && source[i]->recent != NULL)
			fetch(&source[i]->recent->max);
	for (i = 0; i < n; i++)
		if (source[i] != NULL && source[i]->recent != NULL)
			fetch_session(source[i]->recent);
}
