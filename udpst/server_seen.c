/* SPDX-License-Identifier: BSD-2-Clause */
/* Authenticated requests that somebody else sends once more. */
#include "config.h"

#include <string.h>

#include "udpst/server_private.h"

/*
 * Whoever reads a request on its way can send it from elsewhere for as long as
 * its time is good. No two clients have the same digest, so the first address
 * that shows one is the only one that may.
 */
bool
server_is_replayed(struct server *s, const struct addr *peer,
    const struct policy_setup *setup)
{
	const struct wire_setup *p = &setup->request;
	struct server_seen *e;
	size_t i;

	if (!setup->authenticated)
		return false;
	for (i = 0; i < SERVER_SEEN_MAX; i++) {
		e = &s->seen[i];
		if (e->peer.len > 0 && memcmp(e->digest, p->auth.digest,
		    sizeof(e->digest)) == 0)
			return addr_port(&e->peer) != addr_port(peer) ||
			    !addr_same_host(&e->peer, peer);
	}
	e = &s->seen[s->seen_next];
	s->seen_next = (s->seen_next + 1) % SERVER_SEEN_MAX;
	e->peer = *peer;
	memcpy(e->digest, p->auth.digest, sizeof(e->digest));
	return false;
}
