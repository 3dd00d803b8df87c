/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef UDPST_LADDER_H
#define UDPST_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udpst/wire.h"

/*
 * How a client finds the protocol and port that a server speaks, spec 3.1: a
 * ladder of setup requests, each rung with a socket of its own, within the 3 s
 * that the original allows in all. Time in, requests out; no socket.
 */
#define LADDER_RUNGS	6
#define LADDER_TIMEOUT_NS INT64_C(3000000000)
#define LADDER_BELIEVE_NS INT64_C(300000000)
#define LADDER_GAP_NS	INT64_C(100000000)	/* least, on a rung */
#define LADDER_SENDS	12			/* most, in all */

struct ladder_conf {
	uint16_t	port;		/* first choice */
	uint16_t	port_other;	/* second choice, 0: stay on port */
	unsigned int	protocol;	/* pinned, 0: negotiate */
	bool		have_key;
	bool		allow_downgrade; /* below 20 although there is a key */
	uint16_t	port_old;	/* for protocol 10, 0: port_other */
};

struct ladder_rung {
	unsigned int	version;
	uint16_t	port;
	int64_t		next_ns;	/* when to send (again), CLOCK_NEVER */
	unsigned int	sent;		/* times */
	bool		dead;		/* rejected or superseded */
	int64_t		base_ns;	/* of its schedule */
	const uint16_t	*at_ms;		/* since base, ends with 0 */
};

struct ladder {
	struct ladder_conf conf;
	struct ladder_rung rungs[LADDER_RUNGS];
	size_t		nrungs;
	int64_t		start_ns, end_ns;
	unsigned int	rejection;	/* code to report at the end, 0: none */
	unsigned int	server_version;	/* that a rejection named */
	bool		over;		/* rejection is final */
	bool		downgraded;	/* happens once */
	/* A rejection that nobody signed is believed at this time. */
	int64_t		believe_ns;	/* CLOCK_NEVER: there is none */
	size_t		believe_rung;
	unsigned int	believe_code, believe_version;
};

enum ladder_step { LADDER_WAIT, LADDER_SEND, LADDER_TIMEOUT, LADDER_REJECTED };

void	ladder_init(struct ladder *l, const struct ladder_conf *conf,
	    int64_t now_ns);
/*
 * What to do at now_ns. SEND: *rung says which one; call again. WAIT: *when is
 * the next time to ask. TIMEOUT, REJECTED (code in rejection): it is over.
 */
enum ladder_step ladder_next(struct ladder *l, int64_t now_ns, size_t *rung,
	    int64_t *when);
/*
 * A rejection came on a rung: code and protocolVer of the response; whether
 * its digest was verified (without a key always true; below protocol 20 none
 * is signed, and it does not matter). The ladder goes down a version, ends,
 * or, for an unverified rejection, goes on waiting for a better answer (spec
 * 7.2.10): codes 2, 4 and 7 are then believed after LADDER_BELIEVE_NS, others
 * are only reported at the end.
 */
void	ladder_rejected(struct ladder *l, size_t rung, unsigned int code,
	    unsigned int version, bool verified, int64_t now_ns);

#endif
