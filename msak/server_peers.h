/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_SERVER_PEERS_H
#define MSAK_SERVER_PEERS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

/* How many connections each address has. */
#define PEERS_BUCKETS	4096

struct peer;

struct peers {
	struct peer	*buckets[PEERS_BUCKETS];
	uint64_t	 seed;		/* a secret, against collisions */
};

/* One more of this host. False: it has max of them, or out of memory. */
bool	peers_add(struct peers *p, const struct addr *a, int64_t max);
void	peers_remove(struct peers *p, const struct addr *a);
void	peers_clear(struct peers *p);

#endif
