/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPING_NAP_H
#define UDPING_NAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * When a receiver may leave its socket alone for a while. To be woken for a
 * packet costs some ten times what it costs to read it; with the kernel's
 * stamps nothing is gained by reading it at once. So while packets come
 * steadily they are read once a nap. Where few come, each wakes the receiver
 * as that is cheaper; where many come, they are read as fast as they can be.
 */
struct nap {
	int64_t	 len_ns;	/* of one; 0: none is ever taken */
	bool	 on;
	int64_t	 since_ns;	/* packets are counted since then */
	size_t	 packets;
};

/*
 * Naps of most_ns, or shorter ones: buffer bytes of the socket have to hold
 * what the fastest sender can put there meanwhile. None at all when the buffer
 * is too small for naps worth their while.
 */
void	nap_init(struct nap *n, int64_t most_ns, size_t buffer,
	    int64_t now_ns);

/*
 * A read brought this many packets (monotonic time now_ns). Returns how long
 * to leave the socket alone, in ns; 0: be woken by the next packet.
 */
int64_t	nap_after(struct nap *n, size_t packets, int64_t now_ns);

#endif
