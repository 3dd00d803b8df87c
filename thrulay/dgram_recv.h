/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_DGRAM_RECV_H
#define THRULAY_DGRAM_RECV_H

#include "common/addr.h"
#include "common/loop.h"
#include "thrulay/arrival.h"
#include "thrulay/wire.h"

/*
 * The receiving end of a UDP test: takes datagrams in batches, checks length,
 * nonce and source, feeds arrival. Used by the server, and by the client in a
 * reverse test.
 */
struct dgram_recv;

struct dgram_recv_config {
	int		fd;			/* UDP socket, the caller's */
	uint8_t		nonce[WIRE_NONCE_LEN];
	struct addr	peer;			/* source host must match; unset
						 * (len 0): any host */
	uint64_t	packets;
	size_t		exact;			/* delays kept exactly */
	/* Neither may free the object. Hello packets (ext.h) from the peer's
	 * host: NULL or called with the source address. */
	void		(*hello)(void *arg, const struct addr *from);
	void		(*first)(void *arg);	/* first good packet; NULL */
	void		*arg;
};

struct dgram_recv *dgram_recv_new(struct loop *l,
	    const struct dgram_recv_config *c);
void	dgram_recv_free(struct dgram_recv *r);
int	dgram_recv_start(struct dgram_recv *r);		/* 0 or -1 with errno */
/* Take what is still in the socket buffer, then stop listening. */
void	dgram_recv_stop(struct dgram_recv *r);
size_t	dgram_recv_memory(const struct dgram_recv *r);
void	dgram_recv_feedback(struct dgram_recv *r, struct ext_feedback *out);
/* Everything but id, direction and proposed. */
void	dgram_recv_result(struct dgram_recv *r, uint64_t sent,
	    struct thrulay_udp_result *out);
/* Of the test so far: good packets, and the wall clock of first and last. */
/* What the peer has sent at least, by the numbers that came. */
uint64_t dgram_recv_next(const struct dgram_recv *r);
uint64_t dgram_recv_unique(const struct dgram_recv *r);

#endif
