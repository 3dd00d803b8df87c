/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef THRULAY_DGRAM_SEND_H
#define THRULAY_DGRAM_SEND_H

#include "common/addr.h"
#include "common/loop.h"
#include "thrulay/pace.h"
#include "thrulay/wire.h"

/*
 * The sending end of a UDP test: packets at the times of a schedule, each with
 * its number and the time right before the system call. What is overdue goes
 * at once, in batches. Used by the client, and by the server in a reverse
 * test.
 */
struct dgram_send;

struct dgram_send_config {
	int			fd;		/* UDP socket, the caller's */
	struct addr		to;
	size_t			payload;	/* bytes of UDP payload; below
						 * WIRE_PACKET_LEN the packet
						 * is cut as the 0.9 client
						 * cuts it */
	uint64_t		rate;		/* packets per 1000 s */
	uint64_t		packets;
	uint8_t			nonce[WIRE_NONCE_LEN];
	enum thrulay_spacing	spacing;
	uint64_t		seed;
	bool			busy;		/* spin between packets */
};

/* done: all packets sent (error 0) or sending failed for good (errno), called
 * once, may free the object; ECONNREFUSED, ENOBUFS and EAGAIN do not end a
 * test. NULL with errno. */
struct dgram_send *dgram_send_new(struct loop *l,
	    const struct dgram_send_config *c,
	    void (*done)(void *arg, int error), void *arg);
void	dgram_send_free(struct dgram_send *s);
int	dgram_send_start(struct dgram_send *s);
void	dgram_send_stop(struct dgram_send *s);		/* done is not called */
uint64_t dgram_send_count(const struct dgram_send *s);	/* sent so far */
void	dgram_send_pacing(const struct dgram_send *s,
	    struct thrulay_pacing *out);

#endif
