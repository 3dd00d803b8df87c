/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MSAK_LATENCY_PACKET_H
#define MSAK_LATENCY_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The datagrams of latency1, spec 3.6; the kickoff is an HTTP body too. */
#define LATENCY_PACKET_MAX	1024	/* bytes that a server reads */
#define LATENCY_ID_MAX		LATENCY_PACKET_MAX	/* with its NUL */

enum latency_type {
	LATENCY_C2S,		/* kickoff */
	LATENCY_S2C		/* ping, and its echo */
};

struct latency_packet {
	enum latency_type	type;
	char			id[LATENCY_ID_MAX];
	int64_t			seq;
	int64_t			last_rtt_us;	/* 0: none said */
};

/*
 * Returns the length, without the NUL that buf, of LATENCY_PACKET_MAX + 1
 * bytes, ends in; 0: it does not fit, or out of memory.
 */
size_t	latency_packet_put(const struct latency_packet *p, char *buf);
/* Of what is longer only the first LATENCY_PACKET_MAX bytes count. */
bool	latency_packet_get(const void *buf, size_t len,
	    struct latency_packet *p);

#endif
