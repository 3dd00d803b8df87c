/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <stdlib.h>

#include "msak/server_peers.h"

struct peer {
	struct peer	*next;
	struct addr	 addr;
	int64_t		 n;
};

/* IPv4 and IPv4 in IPv6 are the same host. */
static size_t
bucket(const struct peers *p, const struct addr *a)
{
	struct addr mapped = *a;
	uint64_t h = p->seed;
	size_t i;

	addr_map(&mapped);
	for (i = 0; i < sizeof(mapped.in6.sin6_addr.s6_addr); i++)
		h = (h ^ mapped.in6.sin6_addr.s6_addr[i]) *
		    UINT64_C(0x9e3779b97f4a7c15) + (h >> 47);
	return (size_t)(h >> 32) % PEERS_BUCKETS;
}

static struct peer **
find(struct peers *p, const struct addr *a)
{
	struct peer **at = &p->buckets[bucket(p, a)];

	while (*at != NULL && !addr_same_host(&(*at)->addr, a))
		at = &(*at)->next;
	return at;
}

bool
peers_add(struct peers *p, const struct addr *a, int64_t max)
{
	struct peer **at = find(p, a);

	if (*at == NULL) {
		*at = calloc(1, sizeof(**at));
		if (*at == NULL)
			return false;
		(*at)->addr = *a;
	}
	if ((*at)->n >= max)
		return false;
	(*at)->n++;
	return true;
}

void
peers_remove(struct peers *p, const struct addr *a)
{
	struct peer **at = find(p, a), *gone = *at;

	if (gone == NULL || --gone->n > 0)
		return;
	*at = gone->next;
	free(gone);
}

void
peers_clear(struct peers *p)
{
	struct peer *next;
	size_t i;

	for (i = 0; i < PEERS_BUCKETS; i++)
		for (; p->buckets[i] != NULL; p->buckets[i] = next) {
			next = p->buckets[i]->next;
			free(p->buckets[i]);
		}
}
